import type { ColumnData } from '../../../types/index.ts'
import type { CallOptions, KafkaOffset } from '../client/contract.ts'

/** Records in columns, ready to be encoded: same length each; absent columns are null for every record. */
export interface RecordColumns {
  readonly length: number
  /** binary */
  readonly key?: ColumnData
  /** binary; null = tombstone */
  readonly value?: ColumnData
  /** array<struct<key: string, value: binary>> */
  readonly headers?: ColumnData
  /** Epoch milliseconds; absent = now. */
  readonly timestampMs?: Float64Array
}
/** Where records came to lie. */
export interface Delivered {
  readonly topic: string
  readonly partition: number
  /** Of the first record; -1 with acks=0. */
  readonly baseOffset: KafkaOffset
}

/**
 * Puts records into partitions, in order, retried within `delivery.timeout.ms`. Idempotent by default: a retry leaves one copy.
 * Both the sink and the producer for people stand on it.
 */
export interface RecordProducer {
  /** Number of partitions; waits until the topic has leaders. */
  partitionsOf(topic: string, options: CallOptions): Promise<number>
  /** All records go to one partition, as one or more record batches. */
  send(topic: string, partition: number, records: RecordColumns, options: CallOptions): Promise<Delivered>
  close(): Promise<void>
}

/**
 * One transaction at a time. Opening takes over what an earlier owner of the id left open (and fences it).
 * After any failure the transaction must be aborted; a fenced producer says so by MillraceError `KAFKA_PRODUCER_FENCED`.
 */
export interface TransactionalProducer extends RecordProducer {
  begin(options: CallOptions): Promise<void>
  /** Stores an offset with metadata of `group` as part of the transaction. */
  commitOffset(
    group: string,
    at: { readonly topic: string; readonly partition: number; readonly offset: KafkaOffset; readonly metadata: string },
    options: CallOptions,
  ): Promise<void>
  commit(options: CallOptions): Promise<void>
  abort(options: CallOptions): Promise<void>
}
