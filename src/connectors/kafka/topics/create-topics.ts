import { MillraceError } from '../../../errors/index.ts'
import { nodePlatform, type Platform } from '../../../platform/index.ts'
import { libraryCall } from '../client/api-call.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { ApiCall, CallOptions, KafkaClient } from '../client/contract.ts'
import { readKafkaOptions } from '../options/read.ts'
import { meaningOf } from '../producer/verdict.ts'
import { Wire } from '../producer/wire.ts'
import { alterConfigCall, createPartitionsCall, createTopicsCall, describeConfigsCall, type TopicAnswer } from './admin-calls.ts'
import { type ActualTopic, planTopics, type TopicChange } from './plan-topics.ts'
import { readTopicFile, type WantedTopic } from './topic-file.ts'

export interface TopicsConnection {
  readonly bootstrapServers?: string
  /** A properties file with client options, by Java's or librdkafka's names. */
  readonly configFile?: string
  readonly tokenProvider?: string
  readonly [option: `kafka.${string}`]: string | number | boolean | undefined
}

/** What was done, in order; topics that were as wanted are not in it. */
export type TopicDone =
  | { readonly topic: string; readonly did: 'created' }
  | { readonly topic: string; readonly did: 'grown'; readonly from: number; readonly to: number }
  | { readonly topic: string; readonly did: 'configured'; readonly config: Readonly<Record<string, string>> }

/** `createTopics` of the package's front door. */
export async function makeTopics(
  yaml: string,
  connection: TopicsConnection,
  platform: Platform = nodePlatform,
): Promise<readonly TopicDone[]> {
  const isText = yaml.includes('\n') || yaml.includes(': ')
  const text = isText ? yaml : new TextDecoder().decode(await platform.files.read(yaml))
  const wanted = readTopicFile(text, isText ? 'topics' : yaml)
  const { bootstrapServers, configFile, tokenProvider, ...kafka } = connection
  const options = {
    ...Object.fromEntries(Object.entries(kafka).map(([name, value]) => [name, String(value)])),
    ...(bootstrapServers !== undefined && { 'kafka.bootstrap.servers': bootstrapServers }),
    ...(configFile !== undefined && { configFile }),
    ...(tokenProvider !== undefined && { tokenProvider }),
  }
  const { config } = await readKafkaOptions({ options, platform, warn: () => {} }, { side: 'sink', mode: 'batch' })
  const client = await openKafkaClient(config, platform)
  try {
    return await new TopicMaker(client).make(wanted)
  } finally {
    await client.close()
  }
}

const OPTIONS: CallOptions = { signal: new AbortController().signal }
const UNKNOWN_TOPIC = 3
const ALREADY_EXISTS = 36

class TopicMaker {
  readonly #client: KafkaClient
  readonly #wire: Wire

  constructor(client: KafkaClient) {
    this.#client = client
    this.#wire = new Wire(client.library)
  }

  async make(wanted: readonly WantedTopic[]): Promise<readonly TopicDone[]> {
    const changes = planTopics(wanted, await this.#actual(wanted.map(t => t.name)))
    const done: TopicDone[] = []
    for (const change of changes) done.push(await this.#apply(change))
    for (const { topic } of changes) await this.#waitForLeaders(topic)
    return done
  }

  async #apply(change: TopicChange): Promise<TopicDone> {
    const { topic } = change
    const timeoutMs = this.#client.config.requestTimeoutMs
    if (change.do === 'create') {
      // Somebody else made it in the meantime: then it is there.
      await this.#ask(createTopicsCall(this.#wire, [change.wanted], timeoutMs), [0, ALREADY_EXISTS])
      return { topic, did: 'created' }
    }
    if (change.do === 'grow') {
      await this.#ask(createPartitionsCall(this.#wire, topic, change.to, timeoutMs))
      return { topic, did: 'grown', from: change.from, to: change.to }
    }
    await this.#ask(alterConfigCall(this.#wire, topic, change.config))
    return { topic, did: 'configured', config: change.config }
  }

  async #ask<A extends TopicAnswer>(call: ApiCall<readonly A[]>, fine: readonly number[] = [0]): Promise<readonly A[]> {
    return this.#client.retrying(
      call.name,
      async left => {
        const answers = await this.#client.send(await this.#client.anyBroker(left), call, left)
        for (const { topic, errorCode, message } of answers) {
          if (fine.includes(errorCode)) continue
          const error = this.#client.brokerError(errorCode, message)
          if (meaningOf(errorCode).verdict === 'again' || errorCode === NOT_CONTROLLER) throw error
          const name = (error as { apiId?: string }).apiId ?? String(errorCode)
          throw new MillraceError('KAFKA_TOPIC_CREATION_FAILED', { topic, error: name, reason: message ?? '' }, { cause: error })
        }
        return answers
      },
      OPTIONS,
    )
  }

  async #actual(names: readonly string[]): Promise<ReadonlyMap<string, ActualTopic>> {
    const there = await this.#client.topics(names, OPTIONS)
    if (there.size === 0) return new Map()
    const replicas = await this.#replicas([...there.keys()])
    const configs = await this.#ask(describeConfigsCall(this.#wire, [...there.keys()]))
    const topics = configs.map(({ topic, config }) => ({
      name: topic,
      partitions: there.get(topic)!.partitions.length,
      replicas: replicas.get(topic) ?? 0,
      config,
    }))
    return new Map(topics.map(t => [t.name, t]))
  }

  async #replicas(names: string[]): Promise<ReadonlyMap<string, number>> {
    const { api } = this.#client.library.metadataV12
    return this.#client.retrying(
      'look up replicas',
      async left => {
        const answer = await this.#client.send(await this.#client.anyBroker(left), libraryCall('Metadata', api, names, false), left)
        return new Map(answer.topics.map(t => [t.name!, t.partitions[0]?.replicaNodes.length ?? 0]))
      },
      OPTIONS,
    )
  }

  /** A topic is made before its partitions can be written to. */
  #waitForLeaders(topic: string): Promise<void> {
    return this.#client.retrying(
      `wait for the leaders of "${topic}"`,
      async left => {
        const found = (await this.#client.topics([topic], left)).get(topic)
        if (!found || found.partitions.some(p => p.leader < 0)) throw this.#client.brokerError(UNKNOWN_TOPIC)
      },
      OPTIONS,
    )
  }
}
const NOT_CONTROLLER = 41
