import type { ColumnData, RowBatch, StructType } from '../../../types/index.ts'
import type { ByteColumn } from './byte-column.ts'
import { HeaderColumn } from './header-column.ts'
import { NOTHING_LENT } from './lent-columns.ts'
import { TopicColumn } from './topic-column.ts'

/** Where each column stands in the Kafka schema. */
export const COLUMN = { key: 0, value: 1, topic: 2, partition: 3, offset: 4, timestamp: 5, timestampType: 6, headers: 7 } as const
type ColumnName = keyof typeof COLUMN

const NOT_WANTED: ColumnData = Object.freeze({ length: 0 })

/** What is expected to come: rows, and bytes of keys or values. */
export interface Room {
  readonly rows: number
  readonly bytes: number
}

/** Records in columns, being filled from batches of several partitions. Columns that are not wanted are never made. */
export class RecordTable {
  readonly #schema: StructType
  readonly #wants: (column: ColumnName) => boolean
  readonly key: ByteColumn | undefined
  readonly value: ByteColumn | undefined
  readonly headers: HeaderColumn | undefined
  readonly #topic: TopicColumn | undefined
  #partition: Int32Array | undefined
  #timestampType: Int32Array | undefined
  /** 64-bit integers as pairs of words, low first: a bigint a record would cost more than all the rest. */
  #offset: Uint32Array | undefined
  #timestamp: Uint32Array | undefined
  #capacity: number
  length = 0

  constructor(schema: StructType, wanted: ReadonlySet<number> | undefined, { rows, bytes }: Room, lent = NOTHING_LENT) {
    this.#schema = schema
    this.#wants = column => COLUMN[column] < schema.fields.length && (wanted?.has(COLUMN[column]) ?? true)
    this.#capacity = rows
    this.key = this.#wants('key') ? lent.take(COLUMN.key, rows, bytes >> 3) : undefined
    this.value = this.#wants('value') ? lent.take(COLUMN.value, rows, bytes) : undefined
    this.headers = this.#wants('headers') ? new HeaderColumn() : undefined
    this.#topic = this.#wants('topic') ? new TopicColumn() : undefined
    this.#partition = this.#wants('partition') ? new Int32Array(rows) : undefined
    this.#timestampType = this.#wants('timestampType') ? new Int32Array(rows) : undefined
    this.#offset = this.#wants('offset') ? new Uint32Array(rows * 2) : undefined
    this.#timestamp = this.#wants('timestamp') ? new Uint32Array(rows * 2) : undefined
  }

  /** Bytes of keys and values so far. */
  get bytes(): number {
    return (this.key?.size ?? 0) + (this.value?.size ?? 0)
  }

  /** Room for the records of one batch: nothing below looks again. */
  reserve(rows: number, bytes: number): void {
    this.key?.reserve(rows, bytes)
    this.value?.reserve(rows, bytes)
    if (this.length + rows <= this.#capacity) return
    this.#capacity = Math.max(this.length + rows, this.#capacity * 2)
    this.#partition = this.#partition && grown(this.#partition, this.#capacity)
    this.#timestampType = this.#timestampType && grown(this.#timestampType, this.#capacity)
    this.#offset = this.#offset && grown(this.#offset, this.#capacity * 2)
    this.#timestamp = this.#timestamp && grown(this.#timestamp, this.#capacity * 2)
  }

  /** Offset and timestamp of the record whose key and value were just appended. */
  endRecord(offset: number, timestampMs: number): void {
    const row = this.length
    if (this.#offset) putInt64(this.#offset, row, offset)
    if (this.#timestamp) putInt64(this.#timestamp, row, timestampMs * 1000)
    this.length = row + 1
  }

  /** What all records since `from` have in common. */
  endBatch(from: number, common: { readonly topic: string; readonly partition: number; readonly timestampType: 0 | 1 }): void {
    this.#topic?.extend(common.topic, this.length)
    this.#partition?.fill(common.partition, from, this.length)
    this.#timestampType?.fill(common.timestampType, from, this.length)
  }

  finish(): RowBatch {
    const n = this.length
    const made: Record<ColumnName, ColumnData | undefined> = {
      key: this.key?.finish(),
      value: this.value?.finish(),
      topic: this.#topic?.finish(),
      partition: this.#partition && { length: n, values: this.#partition.subarray(0, n) },
      offset: this.#offset && { length: n, values: int64s(this.#offset, n) },
      timestamp: this.#timestamp && { length: n, values: int64s(this.#timestamp, n) },
      timestampType: this.#timestampType && { length: n, values: this.#timestampType.subarray(0, n) },
      headers: this.headers?.finish(),
    }
    const columns = Object.values(made).slice(0, this.#schema.fields.length)
    return { schema: this.#schema, length: n, columns: columns.map(c => c ?? NOT_WANTED) }
  }
}

function putInt64(words: Uint32Array, row: number, value: number): void {
  const high = Math.floor(value / 4294967296)
  words[row * 2] = value - high * 4294967296
  words[row * 2 + 1] = high
}

const int64s = (words: Uint32Array, n: number): BigInt64Array => new BigInt64Array(words.buffer as ArrayBuffer, 0, n)

function grown<T extends Int32Array | Uint32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (n: number) => T)(length)
  larger.set(array)
  return larger
}
