import type { findCoordinatorV6, listOffsetsV9, metadataV12 } from '@platformatic/kafka'
import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import { libraryCall, newestApi, type VersionRange } from './api-call.ts'
import { type Address, Connections, type Lane, show } from './connections.ts'
import type {
  ApiCall,
  BrokerAddress,
  CallOptions,
  ClientConfig,
  KafkaClient,
  KafkaOffset,
  OffsetAt,
  Topic,
  TopicPartition,
} from './contract.ts'
import { BrokerError, kafkaErrorOf, retryable } from './failure.ts'
import { type KafkaLibrary, kafkaLibrary } from './library.ts'
import { foundOffsets, offsetsRequest, type WantedOffset } from './list-offsets.ts'
import { answerIn, type ClusterView, viewOf } from './metadata.ts'
import { Retry } from './retry.ts'

/** The oldest versions that say what we need: topic ids (Kafka 2.8), leader epochs, several coordinators. */
const OLDEST = { Metadata: 10, ListOffsets: 4, FindCoordinator: 3 } as const
const KEYS = { Metadata: 3, ListOffsets: 2, FindCoordinator: 10 } as const
type Api = keyof typeof OLDEST

/** How often a partition that metadata does not show is looked for again: a new topic reaches brokers one after the other. */
const LOOKS = 4

/** Opens the door to a cluster. Asks nothing yet: the first call connects. */
export async function openKafkaClient(config: ClientConfig, platform: Platform): Promise<KafkaClient> {
  return new Cluster(await kafkaLibrary(), config, platform)
}

class Cluster implements KafkaClient {
  readonly config: ClientConfig
  readonly library: KafkaLibrary
  readonly #connections: Connections
  readonly #retry: Retry
  readonly #brokers = new Map<number, BrokerAddress>()
  readonly #topics = new Map<string, Topic>()
  readonly #coordinators = new Map<string, number>()
  readonly #closed = new AbortController()
  /** Which of the addresses answered last: asked first next time. */
  #preferred: string | undefined

  constructor(library: KafkaLibrary, config: ClientConfig, platform: Platform) {
    this.library = library
    this.config = config
    this.#connections = new Connections(library, config, platform.clock)
    this.#retry = new Retry(config, platform, this.#connections, this.#closed.signal)
  }

  retrying<T>(what: string, work: (left: Required<CallOptions>) => Promise<T>, options: CallOptions): Promise<T> {
    return this.#retry.run(what, work, options)
  }

  async topics(names: readonly string[] | 'all', options: CallOptions): Promise<ReadonlyMap<string, Topic>> {
    if (names !== 'all' && names.length === 0) return new Map()
    const what = names === 'all' ? 'list the topics' : `look up ${names.join(', ')}`
    const view = await this.retrying(what, left => this.#refresh(names, left), options)
    return new Map(view.topics.map(t => [t.name, t]))
  }

  async offsets(
    wanted: readonly (TopicPartition & { readonly at: OffsetAt })[],
    options: CallOptions,
  ): Promise<readonly (KafkaOffset | null)[]> {
    const found = new Map<number, KafkaOffset | null>()
    const named = wanted.slice(0, 5).map(w => `${w.topic}-${w.partition}`)
    const what = `look up offsets of ${named.join(', ')}${wanted.length > 5 ? ' …' : ''}`
    const ask = async (left: Required<CallOptions>): Promise<void> => {
      const open = wanted.map((w, i) => ({ ...w, i })).filter(w => !found.has(w.i))
      const parts = await this.#byLeader(open, left)
      const answers = await Promise.allSettled(parts.map(part => this.#ask(part, found, left)))
      const failed = answers.filter(a => a.status === 'rejected').map(a => a.reason as unknown)
      if (failed.length > 0) throw failed.find(e => !retryable(e)) ?? failed[0]
    }
    await this.retrying(what, ask, options)
    return wanted.map((_, i) => found.get(i) ?? null)
  }

  async leaderOf(
    at: TopicPartition,
    options: CallOptions,
  ): Promise<{ readonly broker: number; readonly leaderEpoch: number; readonly topicId: string }> {
    const known = this.#leader(at)
    if (known) return known
    let looks = 0
    return this.retrying(
      `find the leader of ${at.topic}-${at.partition}`,
      async left => {
        await this.#refresh([at.topic], left)
        const leader = this.#leader(at)
        if (leader) return leader
        const exists = this.#topics.get(at.topic)?.partitions.some(p => p.partition === at.partition)
        if (exists) throw this.#error('LEADER_NOT_AVAILABLE')
        if (++looks >= LOOKS) throw new MillraceError('KAFKA_UNKNOWN_TOPIC_PARTITION', { topic: at.topic, partition: at.partition })
        throw this.#error('UNKNOWN_TOPIC_OR_PARTITION')
      },
      options,
    )
  }

  forgetLeaders(topic: string): void {
    this.#topics.delete(topic)
  }

  async anyBroker(options: CallOptions): Promise<number> {
    await this.retrying('look up the brokers', left => this.#refresh([], left), options)
    return this.#brokers.keys().next().value!
  }

  async coordinatorOf(kind: 'group' | 'transaction', key: string, options: CallOptions): Promise<number> {
    const id = `${kind} ${key}`
    const known = this.#coordinators.get(id)
    if (known !== undefined) return known
    const broker = await this.retrying(`find the coordinator of ${kind} "${key}"`, left => this.#findCoordinator(kind, key, left), options)
    this.#coordinators.set(id, broker)
    return broker
  }

  forgetCoordinator(kind: 'group' | 'transaction', key: string): void {
    this.#coordinators.delete(`${kind} ${key}`)
  }

  async send<T>(broker: number, call: ApiCall<T>, options: CallOptions & { readonly lane?: Lane }): Promise<T> {
    const address = this.#brokers.get(broker) ?? (await this.#findBroker(broker, options))
    return this.#connections.request(address, call, options.lane ?? 'other', options.signal)
  }

  async versionOf(
    broker: number,
    api: { readonly key: number; readonly name: string; readonly oldest: number; readonly newest: number },
    options: CallOptions,
  ): Promise<number> {
    const address = this.#brokers.get(broker) ?? (await this.#findBroker(broker, options))
    const range = (await this.#connections.versions(address, options.signal)).get(api.key)
    const version = range && Math.min(range.max, api.newest)
    if (version === undefined || version < Math.max(range!.min, api.oldest)) throw tooOld(address, api.name, api.oldest, range)
    return version
  }

  brokerError(code: number, detail?: string | null): Error | undefined {
    return code === 0 ? undefined : this.#error(this.library.protocolErrorsCodesById[code as 0] ?? 'UNKNOWN_SERVER_ERROR', detail)
  }

  async close(): Promise<void> {
    this.#closed.abort(new MillraceError('KAFKA_CLIENT_CLOSED', {}))
    await this.#connections.close()
  }

  #error(id: string, detail?: string | null): BrokerError {
    return new BrokerError(this.library.protocolErrors[id]!, detail)
  }

  #leader(at: TopicPartition): { readonly broker: number; readonly leaderEpoch: number; readonly topicId: string } | undefined {
    const topic = this.#topics.get(at.topic)
    const p = topic?.partitions.find(x => x.partition === at.partition)
    return p && p.leader >= 0 ? { broker: p.leader, leaderEpoch: p.leaderEpoch, topicId: topic!.id } : undefined
  }

  async #findBroker(id: number, options: CallOptions): Promise<BrokerAddress> {
    await this.#refresh([], options)
    const found = this.#brokers.get(id)
    if (!found) throw this.#error('BROKER_NOT_AVAILABLE', `broker ${id} is not in the cluster`)
    return found
  }

  /** Asks for metadata and remembers it: brokers, leaders. */
  async #refresh(names: readonly string[] | 'all', options: CallOptions): Promise<ClusterView> {
    const wanted = names === 'all' ? null : [...names]
    const answer = await this.#anyBroker('Metadata', [wanted, false], options).catch((error: unknown) => {
      const inside = answerIn<metadataV12.MetadataResponse>(error, 'topics')
      if (!inside) throw error
      return inside
    })
    const view = viewOf(answer as metadataV12.MetadataResponse, names !== 'all')
    if (view.brokers.length > 0) this.#brokers.clear()
    for (const b of view.brokers) this.#brokers.set(b.id, b)
    for (const name of names === 'all' ? this.#topics.keys() : names) this.#topics.delete(name)
    for (const topic of view.topics) this.#topics.set(topic.name, topic)
    const failed = view.failed[0]
    if (failed) throw this.brokerError(failed.code, `topic "${failed.topic}"`)
    return view
  }

  async #findCoordinator(kind: 'group' | 'transaction', key: string, options: CallOptions): Promise<number> {
    const answer = (await this.#anyBroker(
      'FindCoordinator',
      [kind === 'group' ? 0 : 1, [key]],
      options,
    )) as findCoordinatorV6.FindCoordinatorResponse
    const { nodeId, host, port } = answer.coordinators[0]!
    if (!this.#brokers.has(nodeId)) this.#brokers.set(nodeId, { id: nodeId, host, port })
    return nodeId
  }

  /** Asks the brokers in turn, the one that answered last first, until one answers. */
  async #anyBroker(api: Api, args: unknown[], options: CallOptions): Promise<unknown> {
    const all = new Map([...this.#brokers.values(), ...this.config.bootstrap].map(a => [show(a), a as Address]))
    const first = this.#preferred === undefined ? undefined : all.get(this.#preferred)
    const order = first ? [first, ...[...all.values()].filter(a => a !== first)] : [...all.values()]
    let last: unknown
    for (const address of order) {
      try {
        const answer = await this.#call(address, api, args, options)
        this.#preferred = show(address)
        return answer
      } catch (error) {
        if (options.signal.aborted || !retryable(error) || kafkaErrorOf(error) !== undefined) throw error
        last = error
      }
    }
    throw last
  }

  async #call(address: Address, name: Api, args: unknown[], options: CallOptions): Promise<unknown> {
    const range = (await this.#connections.versions(address, options.signal)).get(KEYS[name])
    const api = range && newestApi(this.library, name, range, OLDEST[name])
    if (!api) throw tooOld(address, name, OLDEST[name], range)
    return this.#connections.request(address, libraryCall(name, api, ...args), 'other', options.signal)
  }

  async #byLeader<W extends TopicPartition>(
    wanted: readonly W[],
    options: CallOptions,
  ): Promise<{ broker: number; wanted: (W & WantedLeader)[] }[]> {
    const unled = [...new Set(wanted.filter(w => !this.#leader(w)).map(w => w.topic))]
    if (unled.length > 0) await this.#refresh(unled, options)
    const led = await Promise.all(wanted.map(async w => ({ ...w, ...(await this.leaderOf(w, options)) })))
    return [...Map.groupBy(led, w => w.broker)].map(([broker, of]) => ({ broker, wanted: of }))
  }

  /** Asks one leader; an offset that is found is written down, one that is not throws. */
  async #ask(
    part: { readonly broker: number; readonly wanted: readonly (WantedOffset & { readonly i: number })[] },
    found: Map<number, KafkaOffset | null>,
    options: CallOptions,
  ): Promise<void> {
    const isolation = this.config.isolation === 'read_committed' ? 1 : 0
    for (const wanted of oncePerPartition(part.wanted)) {
      const address = this.#brokers.get(part.broker) ?? (await this.#findBroker(part.broker, options))
      const answer = await this.#call(address, 'ListOffsets', [-1, isolation, offsetsRequest(wanted)], options).catch((error: unknown) => {
        const inside = answerIn<listOffsetsV9.ListOffsetsResponse>(error, 'topics')
        if (inside) return inside
        for (const w of wanted) this.forgetLeaders(w.topic)
        throw error
      })
      let failed: Error | undefined
      for (const f of foundOffsets(answer as listOffsetsV9.ListOffsetsResponse)) {
        const w = wanted.find(x => x.topic === f.topic && x.partition === f.partition)!
        if (f.code === 0) found.set(w.i, f.offset)
        else {
          this.forgetLeaders(f.topic)
          failed = this.brokerError(f.code, `${f.topic}-${f.partition}`)
        }
      }
      if (failed) throw failed
    }
  }
}

interface WantedLeader {
  readonly broker: number
  readonly leaderEpoch: number
}

/** A request may name a partition once: wishes for the same partition go one request after the other. */
function oncePerPartition<W extends TopicPartition>(wanted: readonly W[]): W[][] {
  const perPartition = [...Map.groupBy(wanted, w => `${w.topic}-${w.partition}`).values()]
  const rounds = Math.max(0, ...perPartition.map(same => same.length))
  return Array.from({ length: rounds }, (_, n) => perPartition.flatMap(same => same.slice(n, n + 1)))
}

function tooOld(at: Address, api: string, oldest: number, range: VersionRange | undefined): MillraceError {
  const offered = range ? `versions ${range.min} to ${range.max}` : 'not at all'
  return new MillraceError('KAFKA_BROKER_TOO_OLD', { broker: show(at), api, wanted: String(oldest), offered })
}
