import type { Clock } from '../../../platform/index.ts'
import type { CallOptions, KafkaClient, KafkaOffset } from '../client/contract.ts'
import type { Fetcher } from '../fetch/contract.ts'
import type { Assignment } from './assignment.ts'
import type { Positions } from './positions.ts'
import { offsetsOfAll } from './resolve-limit.ts'

/** A broker that has just become leader may name an end that is too low: it is asked so often before that counts. */
const LOOKS = 3
const PAUSE_MS = 300

/** Where the partitions end now. What the fetcher saw in its answers costs nothing and is at most a moment old; the brokers know for sure. */
export class Latest {
  readonly #client: KafkaClient
  readonly #fetcher: Pick<Fetcher, 'known'>
  readonly #clock: Clock
  #listed: Positions = new Map()
  #listedOf: Assignment | undefined
  #listedAtMs = 0

  constructor(client: KafkaClient, fetcher: Pick<Fetcher, 'known'>, clock: Clock) {
    this.#client = client
    this.#fetcher = fetcher
    this.#clock = clock
  }

  /** Milliseconds since the brokers were asked. */
  get age(): number {
    return this.#clock.ticks() - this.#listedAtMs
  }

  /** At least so far, from what was seen. Never behind `from`. */
  known(from: Positions, assignment: Assignment): Positions {
    const listed = this.#listedOf === assignment ? this.#listed : new Map<string, KafkaOffset>()
    return new Map(
      [...from].map(([name, offset]) => {
        const seen = this.#fetcher.known(assignment.partitions.get(name)!) ?? 0
        return [name, Math.max(offset, seen, listed.get(name) ?? 0)]
      }),
    )
  }

  /** Asks the brokers. An end before `from` is asked for again before it is believed. */
  async ask(from: Positions, assignment: Assignment, options: CallOptions): Promise<Positions> {
    let latest = await this.#list(assignment, options)
    for (let looks = 1; looks < LOOKS && wentBack(from, latest).length > 0; looks++) {
      await this.#clock.sleep(PAUSE_MS, options.signal)
      latest = await this.#list(assignment, options)
    }
    return latest
  }

  async #list(assignment: Assignment, options: CallOptions): Promise<Positions> {
    const latest = await offsetsOfAll(this.#client, assignment.partitions.values(), 'latest', options)
    this.#listed = latest
    this.#listedOf = assignment
    this.#listedAtMs = this.#clock.ticks()
    return latest
  }
}

/** Partitions that end before the place where they should be read on. */
export const wentBack = (from: Positions, latest: Positions): readonly string[] =>
  [...latest].filter(([name, end]) => end < (from.get(name) ?? 0)).map(([name]) => name)
