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
   * empty (`length: 0`).
   */
  read(
    ranges: readonly OffsetRange[],
    options: { readonly signal: AbortSignal; readonly columns?: ReadonlySet<number>; readonly onDataLoss: (loss: DataLoss) => void },
  ): AsyncIterable<RowBatch>
  /** From here on `positions` may be fetched ahead (bounded by memory); nothing below them will be asked again. */
  ahead(positions: ReadonlyMap<string, KafkaOffset>): void
  /** Highest offset known to exist by partition, from fetch answers (high watermark or last stable offset): costs no request. */
  known(at: TopicPartition): KafkaOffset | undefined
  /** Resolves when records beyond the positions given to `ahead` have arrived, or `signal` aborts. */
  arrived(options: { readonly signal: AbortSignal }): Promise<void>
  close(): Promise<void>
}
export interface FetcherOptions {
  readonly schema: StructType
  readonly includeHeaders: boolean
  /** Bytes held ahead of who asks, all partitions together. */
  readonly aheadBytes: number
}
