import type { RowBatch, StructType } from '../../../types/index.ts'
import type { KafkaOffset, TopicPartition } from '../client/contract.ts'

/** Records of one partition, open at neither end: `from` is the first offset wanted, `to` the first one not wanted any more. */
export interface OffsetRange extends TopicPartition {
  readonly from: KafkaOffset
  readonly to: KafkaOffset
}

/** What happened to a range that cannot be read as asked: records were removed, or the partition is gone. */
export interface DataLoss extends TopicPartition {
  readonly asked: KafkaOffset
  /** Where reading can go on; null = the partition does not exist any more. */
  readonly earliest: KafkaOffset | null
  readonly latest: KafkaOffset | null
}

/**
 * Reads partitions into columns, ahead of who asks, in bounded memory.
 * Promises: `read` gives exactly the records of the ranges (data records only; aborted ones left out under read_committed), each partition in offset
 * order, also when asked again for the same ranges; it survives leader changes, broker restarts and records larger than the fetch size.
 * Holes (compaction, markers) are no loss. It ends only when every range is exhausted.
 */
export interface Fetcher {
  /**
   * Batches of the Kafka schema (`key, value, topic, partition, offset, timestamp, timestampType[, headers]`); columns not in `columns` (indices) may be
   * empty (`length: 0`), and what is in columns of `lent` may be written over by the next read that lends.
   */
  read(ranges: readonly OffsetRange[], options: ReadOptions): AsyncIterable<RowBatch>
  /**
   * From here on `positions` (by `topic-partition`) may be fetched ahead, in bounded memory. What is below them may be forgotten: it can still be
   * read, by fetching it again. Partitions not named are not fetched ahead any more.
   */
  ahead(positions: ReadonlyMap<string, KafkaOffset>): void
  /** Highest offset known to exist by partition, from fetch answers (high watermark or last stable offset): costs no request. */
  known(at: TopicPartition): KafkaOffset | undefined
  /**
   * Resolves when there are records beyond the positions given to `ahead`, or `signal` aborts; also, once, when one of them turns out to be gone
   * (out of range, topic deleted or made again, no access): `known` does not know the partition then, and `read` says what is wrong.
   */
  arrived(options: { readonly signal: AbortSignal }): Promise<void>
  close(): Promise<void>
}
export interface ReadOptions {
  readonly signal: AbortSignal
  readonly columns?: ReadonlySet<number>
  readonly lent?: ReadonlySet<number>
  readonly onDataLoss: (loss: DataLoss) => void
}
export interface FetcherOptions {
  readonly schema: StructType
  readonly includeHeaders: boolean
  /** Bytes held ahead of who asks, all partitions together: raw, as they were compressed. */
  readonly aheadBytes: number
  /**
   * The id of the topic that offsets are meant for, asked whenever a leader is looked up; undefined = any. When the cluster has another one by that
   * name now, its records are other records: a range of it is lost (`earliest: null`), what was fetched ahead is dropped, `known` is undefined.
   */
  readonly topicId?: (topic: string) => string | undefined
}
