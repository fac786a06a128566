import { isMillraceError } from '../../../errors/index.ts'
import type { Clock } from '../../../platform/index.ts'
import type { Warning } from '../../contract.ts'
import { libraryCall } from '../client/api-call.ts'
import type { CallOptions, KafkaClient } from '../client/contract.ts'
import { kafkaErrorOf } from '../client/failure.ts'
import { partitionOf } from '../client/partition-name.ts'
import { inOrder, type Positions } from './positions.ts'

const OFFSET_COMMIT = { key: 8, name: 'OffsetCommit', oldest: 8, newest: 9 } as const
/** A commit from outside: no generation, no member. Brokers take it while the group has no members of its own. */
const OUTSIDE = [-1, '', null] as const

const COORDINATOR_MOVED: readonly (string | undefined)[] = ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE']
const HAS_MEMBERS: readonly string[] = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS', 'STALE_MEMBER_EPOCH']

/**
 * Tells Kafka how far the stream has come, as offsets of a consumer group, so that ordinary lag monitors see it. The stream itself never reads
 * them: its checkpoint says where it is. Runs beside the stream: only the newest position counts, and one request is under way at a time.
 */
export class GroupCommit {
  readonly #client: KafkaClient
  readonly #group: string
  readonly #clock: Clock
  readonly #warn: (warning: Warning) => void
  readonly #closing = new AbortController()
  #noted: Positions = new Map()
  #wanted: Positions | undefined
  #running: Promise<void> | undefined

  constructor(client: KafkaClient, group: string, clock: Clock, warn: (warning: Warning) => void) {
    this.#client = client
    this.#group = group
    this.#clock = clock
    this.#warn = warn
  }

  /** Everything below these positions is done. Returns at once. */
  note(positions: Positions): void {
    if (positions.size === this.#noted.size && [...positions].every(([name, offset]) => this.#noted.get(name) === offset)) return
    this.#noted = positions
    this.#wanted = positions
    this.#running ??= this.#run()
  }

  /** Waits for what was noted last, `timeoutMs` at most. */
  async close(timeoutMs: number): Promise<void> {
    const waited = new AbortController()
    const late = this.#clock.sleep(timeoutMs, waited.signal).then(
      () => this.#closing.abort(),
      () => {},
    )
    await this.#running
    waited.abort()
    await late
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#closing.signal.aborted) {
      const positions = this.#wanted
      this.#wanted = undefined
      try {
        await this.#commit(positions)
      } catch (error) {
        this.#warn(this.#failed(error))
      }
    }
    this.#running = undefined
  }

  #commit(positions: Positions): Promise<void> {
    const what = `commit the offsets of group "${this.#group}"`
    return this.#client.retrying(what, left => this.#send(positions, left), { signal: this.#closing.signal })
  }

  async #send(positions: Positions, left: Required<CallOptions>): Promise<void> {
    const coordinator = await this.#client.coordinatorOf('group', this.#group, left)
    try {
      const version = await this.#client.versionOf(coordinator, OFFSET_COMMIT, left)
      const { library } = this.#client
      const { api } = version >= 9 ? library.offsetCommitV9 : library.offsetCommitV8
      await this.#client.send(coordinator, libraryCall('OffsetCommit', api, this.#group, ...OUTSIDE, requested(positions)), left)
    } catch (error) {
      const answered = kafkaErrorOf(error)
      if (answered === undefined || COORDINATOR_MOVED.includes(answered)) this.#client.forgetCoordinator('group', this.#group)
      throw error
    }
  }

  #failed(error: unknown): Warning {
    const code = 'KAFKA_GROUP_COMMIT_FAILED'
    if (isMillraceError(error, 'KAFKA_REQUEST_FAILED') && HAS_MEMBERS.includes(error.params.error))
      return {
        code,
        message: `offsets are not committed to the group "${this.#group}": consumers have joined it`,
        hint: 'The stream goes on. Give commitGroup a name that no consumer uses, or stop the consumers of that group.',
      }
    const message = isMillraceError(error) ? error.message.split('\n')[0]! : String(error)
    return { code, message, hint: 'The stream goes on; only the offsets that lag monitors see stay behind.' }
  }
}

function requested(positions: Positions) {
  const topics = Map.groupBy(inOrder(positions.keys()).map(partitionOf), at => at.topic)
  return [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ topic, partition }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(positions.get(`${topic}-${partition}`)!),
      committedLeaderEpoch: -1,
      committedMetadata: '',
    })),
  }))
}
