import { isDeepStrictEqual } from 'node:util'
import type { Output, Sink, SinkContext, SinkWriteOptions } from '../../src/connectors/contract.ts'
import { openKafkaClient } from '../../src/connectors/kafka/client/cluster.ts'
import type { KafkaClient } from '../../src/connectors/kafka/client/contract.ts'
import { openFetcher } from '../../src/connectors/kafka/fetch/fetcher.ts'
import { readKafkaOptions } from '../../src/connectors/kafka/options/read.ts'
import { kafkaSchema } from '../../src/connectors/kafka/schema.ts'
import { MarkedPlaces } from '../../src/connectors/kafka/sink/batch-mark.ts'
import { TransactionalKafkaSink } from '../../src/connectors/kafka/sink/transactional-sink.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { outputOf } from '../../src/testing/sink-contract.ts'
import { parseDdl, rowsOf } from '../../src/types/index.ts'
import { until } from './records.ts'

export const signal: AbortSignal = new AbortController().signal
export const WRITE: SinkWriteOptions = { signal, outputMode: 'append', noData: false }
export const COLUMNS = parseDdl('key string, value string')
export const rows = (...values: string[]): Output =>
  outputOf(
    COLUMNS,
    values.map(value => ({ key: value, value })),
  )

/** A client with these options. */
export async function clientFor(bootstrap: string, options: Readonly<Record<string, string>> = {}): Promise<KafkaClient> {
  const given = { 'kafka.bootstrap.servers': bootstrap, ...options }
  const { config } = await readKafkaOptions({ options: given, platform: nodePlatform, warn: () => {} }, { side: 'sink', mode: 'batch' })
  return openKafkaClient(config, nodePlatform)
}

/**
 * Waits until readers of committed records see all there is: the coordinator answers a commit before its markers stand in the partitions.
 * Only where no transaction is left open.
 */
export async function settled(bootstrap: string, topic: string): Promise<void> {
  const all = await clientFor(bootstrap)
  const committed = await openKafkaClient({ ...all.config, isolation: 'read_committed' }, nodePlatform)
  const ends = async (client: KafkaClient): Promise<readonly (number | null)[]> => {
    const { partitions } = (await client.topics([topic], { signal })).get(topic)!
    return client.offsets(
      partitions.map(({ partition }) => ({ topic, partition, at: 'latest' as const })),
      { signal },
    )
  }
  try {
    await until(async () => isDeepStrictEqual(await ends(committed), await ends(all)))
  } finally {
    await committed.close()
    await all.close()
  }
}

export async function valuesIn(
  bootstrap: string,
  topic: string,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<string[]> {
  const open = await clientFor(bootstrap)
  const client = await openKafkaClient({ ...open.config, isolation }, nodePlatform)
  const fetcher = openFetcher(client, { schema: kafkaSchema(true), includeHeaders: true, aheadBytes: 1 << 20 }, nodePlatform)
  try {
    const partitions = (await client.topics([topic], { signal })).get(topic)!.partitions.map(({ partition }) => ({ topic, partition }))
    const from = await client.offsets(
      partitions.map(p => ({ ...p, at: 'earliest' as const })),
      { signal },
    )
    const to = await client.offsets(
      partitions.map(p => ({ ...p, at: 'latest' as const })),
      { signal },
    )
    const ranges = partitions.map((p, i) => ({ ...p, from: from[i]!, to: to[i]! })).filter(r => r.from < r.to)
    const all: string[] = []
    for await (const batch of fetcher.read(ranges, { signal, onDataLoss: () => {} }))
      for (const row of rowsOf(batch)) all.push(row.value === null ? 'null' : Buffer.from(row.value as Uint8Array).toString())
    return all.sort()
  } finally {
    await fetcher.close()
    await client.close()
    await open.close()
  }
}

/** Where a process dies: around the n-th request of this name. */
export interface Death {
  readonly request: string
  readonly when: 'before' | 'after'
  readonly nth?: number
}

/** The client of a process that dies at a request: it goes out or not, its answer is never seen, and nothing goes out any more. */
export function mortal(client: KafkaClient, death: Death): KafkaClient {
  let dead = false
  let seen = 0
  const die = (): never => {
    dead = true
    throw new Error('the process is dead')
  }
  return new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (typeof member !== 'function') return member
      if (name !== 'send') return member.bind(target)
      const send: KafkaClient['send'] = async (broker, call, options) => {
        if (dead) die()
        const here = call.name === death.request && ++seen === (death.nth ?? 1)
        if (here && death.when === 'before') die()
        const answer = await target.send(broker, call, options)
        return here ? die() : answer
      }
      return send
    },
  })
}

/** The client of a cluster that does not add partitions to transactions by itself. */
export function older(client: KafkaClient): KafkaClient {
  return new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (name !== 'send') return typeof member === 'function' ? member.bind(target) : member
      const send: KafkaClient['send'] = async (broker, call, options) => {
        const answer = await target.send(broker, call, options)
        return call.name === 'ApiVersions' ? { ...answer, finalizedFeatures: [] } : answer
      }
      return send
    },
  })
}

export interface SinkOf {
  readonly bootstrap: string
  readonly topic: string | undefined
  readonly queryId: string
  readonly uncommitted?: SinkContext['uncommitted']
  readonly client?: KafkaClient
  readonly options?: Readonly<Record<string, string>>
}

/** A transactional sink over a client of one's own. */
export async function transactionalSink({ bootstrap, topic, queryId, uncommitted, client, options }: SinkOf): Promise<Sink> {
  const own = client ?? (await clientFor(bootstrap, options))
  const committed = await openKafkaClient({ ...own.config, isolation: 'read_committed' }, nodePlatform)
  const places = new MarkedPlaces(committed, async function* ({ topic, partition }, from, to, signal) {
    const fetcher = openFetcher(committed, { schema: kafkaSchema(true), includeHeaders: true, aheadBytes: 1 << 20 }, nodePlatform)
    yield* fetcher.read([{ topic, partition, from, to }], { signal, onDataLoss: () => {} })
    await fetcher.close()
  })
  const sink = new TransactionalKafkaSink({ client: own, platform: nodePlatform, topic, batchBytes: 1 << 19, queryId, uncommitted, places })
  await sink.open(signal)
  return sink
}
