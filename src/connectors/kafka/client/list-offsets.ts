import type { listOffsetsV9 } from '@platformatic/kafka'
import type { KafkaOffset, OffsetAt, TopicPartition } from './contract.ts'

/** One partition of a ListOffsets request to its leader. */
export interface WantedOffset extends TopicPartition {
  readonly at: OffsetAt
  readonly leaderEpoch: number
}
/** A timestamp may be asked for a partition once in a request, so several wishes for one partition go in several requests. */
export interface FoundOffset extends TopicPartition {
  readonly code: number
  /** null = no record at or after the timestamp. */
  readonly offset: KafkaOffset | null
}

const timestampOf = (at: OffsetAt): bigint => (at === 'latest' ? -1n : at === 'earliest' ? -2n : BigInt(Math.floor(at.timestampMs)))

export function offsetsRequest(wanted: readonly WantedOffset[]): listOffsetsV9.ListOffsetsRequestTopic[] {
  const topics = Map.groupBy(wanted, w => w.topic)
  return [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(p => ({
      partitionIndex: p.partition,
      currentLeaderEpoch: p.leaderEpoch,
      timestamp: timestampOf(p.at),
    })),
  }))
}

export function foundOffsets(answer: listOffsetsV9.ListOffsetsResponse): readonly FoundOffset[] {
  return answer.topics.flatMap(t =>
    t.partitions.map(p => ({
      topic: t.name,
      partition: p.partitionIndex,
      code: p.errorCode,
      offset: p.offset < 0n ? null : Number(p.offset),
    })),
  )
}
