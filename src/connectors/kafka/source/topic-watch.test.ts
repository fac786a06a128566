import { expect, test } from 'vitest'
import { MillraceError } from '../../../errors/index.ts'
import { nodePlatform } from '../../../platform/index.ts'
import type { Warning } from '../../contract.ts'
import type { KafkaClient } from '../client/contract.ts'
import { subscriptionOf } from './subscription.ts'
import { TopicWatch } from './topic-watch.ts'

const TOPICS = new Map([['t', { name: 't', id: 'one', partitions: [{ partition: 0, leader: 1, leaderEpoch: 0 }] }]])

test('a stream that waits says once that its cluster is gone, and again when it is gone another time', async () => {
  const cluster = { here: true, looks: 0 }
  const warnings: Warning[] = []
  const client = {
    topics: async () => {
      cluster.looks++
      if (cluster.here) return TOPICS
      throw new MillraceError('KAFKA_UNREACHABLE', { brokers: ['b:1'], what: 'look up t', timeoutMs: 1000, tried: ['connection refused'] })
    },
  } as unknown as KafkaClient
  const looked = async (): Promise<void> => {
    const before = cluster.looks
    await expect.poll(() => cluster.looks).toBeGreaterThan(before + 2)
  }
  const warn = (warning: Warning): void => void warnings.push(warning)
  const watch = await TopicWatch.open({
    subscription: subscriptionOf({ subscribe: 't' }),
    client,
    platform: nodePlatform,
    maxAgeMs: 1,
    warn,
  })
  await looked()
  expect(warnings).toEqual([])
  cluster.here = false
  await looked()
  expect(warnings.map(w => w.code)).toEqual(['KAFKA_WAITING'])
  expect(warnings[0]!.message).toContain('b:1')
  cluster.here = true
  await looked()
  cluster.here = false
  await looked()
  expect(warnings).toHaveLength(2)
  cluster.here = true
  await watch.close()
  expect(warnings).toHaveLength(2)
})
