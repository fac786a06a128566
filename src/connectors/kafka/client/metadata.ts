import type { metadataV12 } from '@platformatic/kafka'
import type { BrokerAddress, Partition, Topic } from './contract.ts'
import { underneath } from './failure.ts'

/** The cluster as one answer shows it. */
export interface ClusterView {
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly Topic[]
  /** Topics that have an error other than not being there, by name. */
  readonly failed: readonly { readonly topic: string; readonly code: number }[]
}

const UNKNOWN_TOPIC = 3

/** The library throws when anything in an answer has an error; the answer is in the error. `field` tells it from answers to other requests. */
export function answerIn<T>(error: unknown, field: keyof T & string): T | undefined {
  for (const e of underneath(error) as readonly { response?: unknown }[]) {
    if (typeof e.response === 'object' && e.response !== null && field in e.response) return e.response as T
  }
  return undefined
}

/** Broker errors of a partition (no leader yet) leave it without a leader. */
function partitionOf(p: metadataV12.MetadataResponsePartition): Partition {
  return { partition: p.partitionIndex, leader: p.leaderId, leaderEpoch: p.leaderEpoch }
}

/** Reads an answer to Metadata. `withInternal`: keep `__consumer_offsets` and the like. */
export function viewOf(answer: metadataV12.MetadataResponse, withInternal: boolean): ClusterView {
  const wanted = answer.topics.filter(t => withInternal || !t.isInternal)
  const whole = wanted.filter(t => t.errorCode === 0 && t.name !== null)
  return {
    brokers: answer.brokers.map(b => ({ id: b.nodeId, host: b.host, port: b.port })),
    topics: whole.map(t => ({
      name: t.name!,
      id: t.topicId,
      partitions: t.partitions.map(partitionOf).sort((a, b) => a.partition - b.partition),
    })),
    failed: wanted
      .filter(t => t.errorCode !== 0 && t.errorCode !== UNKNOWN_TOPIC)
      .map(t => ({ topic: t.name ?? t.topicId, code: t.errorCode })),
  }
}
