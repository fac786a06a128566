import { expect, test } from 'vitest'
import { nodePlatform } from '../../../platform/index.ts'
import { localStore } from '../../../storage/index.ts'
import type { KafkaClient } from '../client/contract.ts'
import type { Fetcher } from '../fetch/contract.ts'
import { kafkaSchema } from '../schema.ts'
import { lossReporter } from './data-loss.ts'
import { RecordSize } from './record-size.ts'
import { KafkaSource } from './source.ts'
import { Starts } from './starts.ts'
import { subscriptionOf } from './subscription.ts'
import { TopicLog } from './topic-log.ts'
import { TopicWatch } from './topic-watch.ts'

const { signal } = new AbortController()
const DEFAULT = { kind: 'default' } as const

/** One partition `t-0` whose end is moved by hand; counts what the brokers are asked. */
async function hand() {
  const cluster = { end: 5, known: undefined as number | undefined, looks: 0, listings: 0 }
  const topics = new Map([['t', { name: 't', id: 'one', partitions: [{ partition: 0, leader: 1, leaderEpoch: 0 }] }]])
  const client = {
    topics: async () => {
      cluster.looks++
      return topics
    },
    offsets: async (wanted: readonly unknown[]) => {
      cluster.listings++
      return wanted.map(() => cluster.end)
    },
    close: async () => {},
  } as unknown as KafkaClient
  const fetcher = {
    known: () => cluster.known,
    ahead: () => {},
    arrived: (options: { readonly signal: AbortSignal }) =>
      new Promise<void>(resolve => options.signal.addEventListener('abort', () => resolve())),
    close: async () => {},
  } as unknown as Fetcher
  const platform = nodePlatform
  const subscription = subscriptionOf({ subscribe: 't' })
  const report = lossReporter(true, () => {})
  const directory = await platform.files.tempDir('millrace-kafka-source-')
  const log = await TopicLog.open({ store: localStore(directory, platform), path: 'sources/0', millracePath: 'millrace/sources/0' })
  const source = new KafkaSource({
    description: 'KafkaV2[Subscribe[t]]',
    schema: kafkaSchema(false),
    client,
    fetcher,
    topics: await TopicWatch.open({ subscription, client, platform, maxAgeMs: 3_600_000, warn: () => {} }),
    starts: new Starts({ client, subscription, initial: new Map([['t-0', 5]]), topics: log, report, description: 'KafkaV2[Subscribe[t]]' }),
    size: new RecordSize(),
    limits: { maxDelayMs: 0, otherwise: 'slice' },
    report,
    platform,
  })
  const close = async (): Promise<void> => {
    await source.close()
    await platform.files.removeTree(directory)
  }
  return { source, cluster, close }
}

test('what the fetcher saw arrive is a batch without asking anybody; that nothing came is asked', async () => {
  const { source, cluster, close } = await hand()
  const first = await source.plan(null, DEFAULT, { signal })
  expect(first.end).toBe('{"t":{"0":5}}')
  const asked = cluster.listings
  cluster.known = 9
  cluster.end = 12
  expect((await source.plan(first.end, DEFAULT, { signal })).end).toBe('{"t":{"0":9}}')
  expect(cluster.listings).toBe(asked)
  // all that is known is read: there may be more, and there is
  expect((await source.plan('{"t":{"0":9}}', DEFAULT, { signal })).end).toBe('{"t":{"0":12}}')
  expect(cluster.listings).toBe(asked + 1)
  await close()
})

test('a stream that waits asks nothing', async () => {
  const { source, cluster, close } = await hand()
  const { end } = await source.plan(null, DEFAULT, { signal })
  await source.plan(end, DEFAULT, { signal })
  const before = { ...cluster }
  const waiting = new AbortController()
  const changed = source.changed({ signal: waiting.signal })
  await nodePlatform.clock.sleep(50)
  expect(cluster).toEqual(before)
  waiting.abort()
  await changed
  await close()
})

test('a trigger that takes everything asks, also when something is known', async () => {
  const { source, cluster, close } = await hand()
  cluster.known = 6
  cluster.end = 20
  expect((await source.plan(null, { kind: 'none' }, { signal })).end).toBe('{"t":{"0":20}}')
  await close()
})
