import type { ColumnData } from '../../../types/index.ts'
import type { CallOptions, KafkaOffset } from '../client/contract.ts'

/** Records in columns, ready to be encoded; absent columns are null for every record. */
export interface RecordColumns {
  /** Number of records: of rows, or of `rows` where given. */
  readonly length: number
  /** Which rows of the columns are meant, in this order; absent = all. */
  readonly rows?: Int32Array
  /** string or binary */
  readonly key?: ColumnData
  /** string or binary; null = tombstone */
  readonly value?: ColumnData
  /** array<struct<key: string, value: binary>> */
  readonly headers?: ColumnData
  /** Epoch milliseconds by row; absent = now. */
  readonly timestampMs?: Float64Array
}
/** One record, for those who send them one by one. */
export interface SingleRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly (readonly [string, Uint8Array | null])[]
  readonly timestampMs?: number
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
  /**
   * All records go to one partition, behind what was sent before; they travel together with what else waits for the broker.
   * The columns are read before it returns: they may be used again at once. Resolves when the broker has the last of them, or
   * rejects within `delivery.timeout.ms`; the signal is looked at when it is called, later on it ends `room` and `flush`.
   */
  send(topic: string, partition: number, records: RecordColumns, options: CallOptions): Promise<Delivered>
  /** As `send` for one record. */
  sendOne(topic: string, partition: number, record: SingleRecord, options: CallOptions): Promise<Delivered>
  /** Resolves when less than the buffer's size (`buffer.memory`) waits to be delivered. */
  room(options: CallOptions): Promise<void>
  /** Sends what lingers; resolves when everything sent so far is delivered or has failed (its `send` says so). */
  flush(options: CallOptions): Promise<void>
  /** Gives up what is not delivered yet. */
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
