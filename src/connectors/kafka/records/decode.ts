import { isMillraceError, MillraceError } from '../../../errors/index.ts'
import { type CodecName, codecNow, loadCodec } from '../../../formats/index.ts'
import type { KafkaOffset, TopicPartition } from '../client/contract.ts'
import type { Marker } from './aborted.ts'
import { type BatchHeader, checksumHolds, HEADER_BYTES } from './batch-header.ts'
import type { Span } from './header-column.ts'
import type { RecordTable } from './record-table.ts'

/** Bytes of record batches as a fetch answer holds them, and where they come from. */
export interface RecordBytes extends TopicPartition {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Which records of a batch become rows: `from` included, `to` not. */
export interface Between {
  readonly from: KafkaOffset
  readonly to: KafkaOffset
}

const CODECS: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** Loads what the batch is compressed with, so that `decodeBatch` need not wait. Undefined when there is nothing to wait for. */
export function codecReady(header: BatchHeader): Promise<unknown> | undefined {
  const name = CODECS[header.codec]
  return name === undefined || codecNow(name) ? undefined : loadCodec(name)
}

/** Refuses what is no whole, undamaged batch of format v2: KAFKA_OLD_MESSAGE_FORMAT, KAFKA_CORRUPT_RECORDS. */
export function checkBatch(source: RecordBytes, header: BatchHeader, checkCrc: boolean): void {
  const { topic, partition, bytes, view } = source
  const at = { topic, partition, offset: header.firstOffset }
  if (header.magic === 0 || header.magic === 1) throw new MillraceError('KAFKA_OLD_MESSAGE_FORMAT', { ...at, magic: header.magic })
  if (header.magic !== 2) throw corrupt(source, header, `its format is ${header.magic}`)
  if (checkCrc && header.end >= header.start + HEADER_BYTES && !checksumHolds(bytes, view, header))
    throw corrupt(source, header, 'its checksum is wrong')
  if (header.records < 0 || header.lastOffset < header.firstOffset) throw corrupt(source, header, 'its header contradicts itself')
  if (CODECS[header.codec] === undefined) throw corrupt(source, header, `there is no codec ${header.codec}`)
}

/** The records of a batch, unpacked. The codec must be loaded (`codecReady`). */
function unpacked(source: RecordBytes, header: BatchHeader): RecordBytes {
  const packed = source.bytes.subarray(header.start + HEADER_BYTES, header.end)
  try {
    const bytes = codecNow(CODECS[header.codec]!)!.decompress(packed)
    return { ...source, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  } catch (cause) {
    throw isMillraceError(cause, 'DECOMPRESSION_FAILED') ? corrupt(source, header, cause.params.why, cause) : cause
  }
}

/** Where the varint that was read last ends. */
let next = 0

/** A zigzag varint of up to 64 bits as a number: exact to 2^53. */
function varint(bytes: Uint8Array, at: number): number {
  let byte = bytes[at]!
  let value = byte & 127
  next = at + 1
  if (byte < 128) return (value >>> 1) ^ -(value & 1)
  byte = bytes[next++]!
  value |= (byte & 127) << 7
  if (byte < 128) return (value >>> 1) ^ -(value & 1)
  return longVarint(bytes, value)
}

function longVarint(bytes: Uint8Array, low: number): number {
  let value = low
  for (let scale = 16384; scale <= 2 ** 63; scale *= 128) {
    const byte = bytes[next++]!
    value += (byte & 127) * scale
    if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  return Number.NaN
}

/**
 * Appends the data records of one batch to the table: those between the offsets, in order. `checkBatch` and `codecReady` come first.
 * Throws KAFKA_CORRUPT_RECORDS where lengths contradict each other.
 */
export function decodeBatch(source: RecordBytes, header: BatchHeader, between: Between, into: RecordTable): void {
  const { bytes, view } = header.codec === 0 ? source : unpacked(source, header)
  const { key, value, headers } = into
  const { records, firstOffset, firstTimestampMs, maxTimestampMs, logAppendTime } = header
  const limit = header.codec === 0 ? header.end : bytes.length
  const firstRow = into.length
  let at = header.codec === 0 ? header.start + HEADER_BYTES : 0
  into.reserve(records, limit - at)
  for (let i = 0; i < records; i++) {
    const length = varint(bytes, at)
    const end = next + length
    if (!(length > 0 && end <= limit)) throw corrupt(source, header, `record ${i + 1} of ${records} is not whole`)
    const timestamp = varint(bytes, next + 1)
    const offset = firstOffset + varint(bytes, next)
    const keyLength = varint(bytes, next)
    const keyAt = next
    const valueLength = varint(bytes, keyAt + Math.max(keyLength, 0))
    const valueAt = next
    if (!(valueAt + valueLength < end && keyAt + keyLength < end)) throw corrupt(source, header, `record ${i + 1} of ${records} is damaged`)
    at = end
    if (offset < between.from) continue
    if (offset >= between.to) break
    if (key) {
      if (keyLength < 0) key.appendNull()
      else key.append(bytes, view, keyAt, keyLength)
    }
    if (value) {
      if (valueLength < 0) value.appendNull()
      else value.append(bytes, view, valueAt, valueLength)
    }
    if (headers)
      decodeHeaders(bytes, view, valueAt + Math.max(valueLength, 0), end, into, () => corrupt(source, header, 'a header is damaged'))
    into.endRecord(offset, logAppendTime ? maxTimestampMs : firstTimestampMs + timestamp)
  }
  into.endBatch(firstRow, { topic: source.topic, partition: source.partition, timestampType: logAppendTime ? 1 : 0 })
}

function decodeHeaders(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  into: RecordTable,
  damaged: () => MillraceError,
): void {
  const count = varint(bytes, start)
  for (let i = 0; i < count; i++) {
    const key = spanAt(bytes, next)
    const value = spanAt(bytes, next)
    if (key.length < 0 || !(next <= end)) throw damaged()
    into.headers!.append(bytes, view, key, value)
  }
  if (next !== end) throw damaged()
  into.headers!.endRecord()
}

function spanAt(bytes: Uint8Array, at: number): Span {
  const length = varint(bytes, at)
  const start = next
  if (length > 0) next += length
  return { start, length }
}

/** What a control batch says: its only record's key is a version and a type, 0 = abort, 1 = commit. Others (snapshots, …) say nothing here. */
export function markerOf({ bytes, view }: RecordBytes, header: BatchHeader): Marker | undefined {
  varint(bytes, header.start + HEADER_BYTES)
  varint(bytes, next + 1)
  varint(bytes, next)
  const keyLength = varint(bytes, next)
  if (keyLength < 4 || next + 4 > header.end) return undefined
  return ([`abort`, `commit`] as const)[view.getInt16(next + 2)]
}

const corrupt = ({ topic, partition }: TopicPartition, { firstOffset }: BatchHeader, why: string, cause?: unknown): MillraceError =>
  new MillraceError('KAFKA_CORRUPT_RECORDS', { topic, partition, offset: firstOffset, why }, cause === undefined ? {} : { cause })
