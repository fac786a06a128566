import { type ColumnData, isValid } from '../../../types/index.ts'
import type { RecordColumns, SingleRecord } from '../producer/contract.ts'
import { type ByteSource, byteSource, putBytes, putVarint, sizeOfVarint } from './encode-bytes.ts'

/*
  A record batch (format 2), 61 bytes and then its records, which a codec may have made smaller:

  0 baseOffset i64 · 8 length i32 · 12 leaderEpoch i32 · 16 magic i8 · 17 crc u32 · 21 attributes i16 · 23 lastOffsetDelta i32
  27 baseTimestamp i64 · 35 maxTimestamp i64 · 43 producerId i64 · 51 producerEpoch i16 · 53 baseSequence i32 · 57 records i32 · 61 …

  A record: length, attributes i8, timestampDelta, offsetDelta, key, value, headers; lengths are zigzag varints, -1 = null.
*/

/** Bytes before the records. */
export const BATCH_HEADER = 61
const NULL_SIZE = 1

const encoder = new TextEncoder()

/** Not filled with zeros: every byte is written before it is read. */
function freshBytes(size: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(size)
  return new Uint8Array(buffer, byteOffset, size)
}

/** Bytes of a key or value with its length in front. */
const fieldSize = (length: number): number => sizeOfVarint(length) + length

/** The records of one batch, appended from columns into one growing buffer: no object a record. */
export class BatchWriter {
  bytes: Uint8Array
  #view: DataView
  length = BATCH_HEADER
  count = 0
  baseTimestamp = 0
  maxTimestamp = 0

  constructor(capacity: number) {
    this.bytes = freshBytes(Math.max(capacity, 256))
    this.#view = new DataView(this.bytes.buffer)
  }

  /** Puts records behind, from the `from`-th on; answers how far it came before the batch had `limit` bytes. */
  appendRows(columns: RecordColumns, from: number, limit: number, nowMs: number): number {
    const { rows, length, timestampMs, key, value, headers } = columns
    const keyBytes = bytesOf(key)
    const valueBytes = bytesOf(value)
    let i = from
    for (; i < length; i++) {
      const row = rows ? rows[i]! : i
      const keySize = lengthAt(key, row)
      const valueSize = lengthAt(value, row)
      const headerSize = headers ? headersSize(headers, row) : NULL_SIZE
      const fields = (keySize < 0 ? NULL_SIZE : fieldSize(keySize)) + (valueSize < 0 ? NULL_SIZE : fieldSize(valueSize)) + headerSize
      if (!this.#begin(timestampMs ? timestampMs[row]! : nowMs, fields, limit)) return i
      this.#field(keyBytes, key, row, keySize)
      this.#field(valueBytes, value, row, valueSize)
      if (headers) this.#headers(headers, row)
      else this.bytes[this.length++] = 0
    }
    return i
  }

  /** Like `appendRows` for one record; false when the batch is full. */
  appendRecord({ key, value, headers = [], timestampMs }: SingleRecord, limit: number, nowMs: number): boolean {
    const names = headers.map(([name]) => encoder.encode(name))
    const optional = (bytes: Uint8Array | null) => (bytes === null ? NULL_SIZE : fieldSize(bytes.length))
    let fields = optional(key) + optional(value) + sizeOfVarint(headers.length)
    for (let h = 0; h < headers.length; h++) fields += fieldSize(names[h]!.length) + optional(headers[h]![1])
    if (!this.#begin(timestampMs ?? nowMs, fields, limit)) return false
    this.#whole(key)
    this.#whole(value)
    this.length = putVarint(this.bytes, this.length, headers.length)
    for (let h = 0; h < headers.length; h++) {
      this.#whole(names[h]!)
      this.#whole(headers[h]![1])
    }
    return true
  }

  /** A record whose key, value and headers are encoded already. */
  appendFields(timestampMs: number, fields: Uint8Array): void {
    this.#begin(timestampMs, fields.length, Number.POSITIVE_INFINITY)
    this.bytes.set(fields, this.length)
    this.length += fields.length
  }

  /** The head of a record whose fields take `fields` bytes. A batch always takes its first record, however large. */
  #begin(timestampMs: number, fields: number, limit: number): boolean {
    if (this.count === 0) this.baseTimestamp = this.maxTimestamp = timestampMs
    const delta = timestampMs - this.baseTimestamp
    const body = 1 + sizeOfVarint(delta) + sizeOfVarint(this.count) + fields
    const end = this.length + sizeOfVarint(body) + body
    if (end > limit && this.count > 0) return false
    if (end > this.bytes.length) this.#grow(end)
    let at = putVarint(this.bytes, this.length, body)
    this.bytes[at++] = 0
    at = putVarint(this.bytes, at, delta)
    this.length = putVarint(this.bytes, at, this.count)
    if (timestampMs > this.maxTimestamp) this.maxTimestamp = timestampMs
    this.count++
    return true
  }

  #grow(wanted: number): void {
    const larger = freshBytes(Math.max(wanted, this.bytes.length * 4))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
    this.#view = new DataView(larger.buffer)
  }

  /** `size` < 0 is null. */
  #field(from: ByteSource, column: ColumnData | undefined, row: number, size: number): void {
    let at = putVarint(this.bytes, this.length, size)
    if (size > 0) {
      putBytes(this.bytes, this.#view, at, from, column!.offsets![row]!, size)
      at += size
    }
    this.length = at
  }

  #whole(bytes: Uint8Array | null): void {
    const at = putVarint(this.bytes, this.length, bytes === null ? -1 : bytes.length)
    if (bytes !== null) this.bytes.set(bytes, at)
    this.length = at + (bytes === null ? 0 : bytes.length)
  }

  #headers(headers: ColumnData, row: number): void {
    const first = headersFrom(headers, row)
    const last = headersTo(headers, row)
    const [names, values] = headers.children![0]!.children!
    const nameBytes = bytesOf(names)
    const valueBytes = bytesOf(values)
    this.length = putVarint(this.bytes, this.length, last - first)
    for (let h = first; h < last; h++) {
      this.#field(nameBytes, names, h, lengthAt(names, h))
      this.#field(valueBytes, values, h, lengthAt(values, h))
    }
  }
}

const NO_BYTES = byteSource(new Uint8Array(0))

const bytesOf = (column: ColumnData | undefined): ByteSource => (column?.values ? byteSource(column.values as Uint8Array) : NO_BYTES)

/** Bytes of a value; -1 = null. */
function lengthAt(column: ColumnData | undefined, row: number): number {
  if (column === undefined || (column.validity !== undefined && !isValid(column, row))) return -1
  return column.offsets![row + 1]! - column.offsets![row]!
}

/** A null list has no headers. */
const headersFrom = (headers: ColumnData, row: number): number => headers.offsets![row]!
const headersTo = (headers: ColumnData, row: number): number =>
  isValid(headers, row) ? headers.offsets![row + 1]! : headers.offsets![row]!

function headersSize(headers: ColumnData, row: number): number {
  const first = headersFrom(headers, row)
  const last = headersTo(headers, row)
  const [names, values] = headers.children![0]!.children!
  let size = sizeOfVarint(last - first)
  for (let h = first; h < last; h++) {
    const name = lengthAt(names, h)
    const value = lengthAt(values, h)
    size += fieldSize(name) + (value < 0 ? NULL_SIZE : fieldSize(value))
  }
  return size
}

/** Bytes that row `row` would take in a batch of its own, its head included. */
export function recordSize({ key, value, headers }: RecordColumns, row: number): number {
  const field = (size: number) => (size < 0 ? NULL_SIZE : fieldSize(size))
  const fields = field(lengthAt(key, row)) + field(lengthAt(value, row)) + (headers ? headersSize(headers, row) : NULL_SIZE)
  return fields + 3 + sizeOfVarint(fields + 3)
}
