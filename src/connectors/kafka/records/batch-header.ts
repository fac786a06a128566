import { crc32c } from '../../../formats/index.ts'
import type { KafkaOffset } from '../client/contract.ts'

/** Bytes in front of a batch's records; also in front of anything: where its length and its format stand. */
export const HEADER_BYTES = 61
const LENGTH_AT = 8
const MAGIC_AT = 16
const CRC_AT = 17
const CHECKED_FROM = 21
/** First offset and length: what the length does not count. */
const BEFORE_LENGTH = 12

/**
 * The header of a record batch of format v2, as numbers.
 *
 * | byte | field | byte | field |
 * |---|---|---|---|
 * | 0 | first offset, int64 | 23 | last offset delta, int32 |
 * | 8 | length behind here, int32 | 27 | first timestamp, int64 |
 * | 12 | leader epoch, int32 | 35 | max timestamp, int64 |
 * | 16 | magic, int8 | 43 | producer id, int64 |
 * | 17 | CRC32C of all behind, uint32 | 51 | producer epoch, int16, first sequence, int32 |
 * | 21 | attributes, int16 | 57 | number of records, int32 |
 */
export interface BatchHeader {
  /** Where the batch begins and ends in its bytes. */
  readonly start: number
  readonly end: number
  readonly magic: number
  readonly firstOffset: KafkaOffset
  /** Also where compaction removed the last record. */
  readonly lastOffset: KafkaOffset
  readonly firstTimestampMs: number
  readonly maxTimestampMs: number
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd */
  readonly codec: number
  /** Every record has the batch's max timestamp: LogAppendTime. */
  readonly logAppendTime: boolean
  readonly transactional: boolean
  /** Markers of a transaction's end; never rows. */
  readonly control: boolean
  /** -1 = none. */
  readonly producerId: number
  readonly records: number
}

/** A 64-bit integer, big-endian, as a number: exact to 2^53. */
export const int64 = (view: DataView, at: number): number => view.getInt32(at) * 4294967296 + view.getUint32(at + 4)

/** The header that begins at `start`, or undefined when the bytes end before its batch does: a fetch may cut the last one off. */
export function headerAt(view: DataView, start: number): BatchHeader | undefined {
  if (start + MAGIC_AT >= view.byteLength) return undefined
  const length = view.getInt32(start + LENGTH_AT)
  // No batch is as short as that: what follows is not to be found, so it all counts as one damaged batch.
  const end = length > MAGIC_AT - BEFORE_LENGTH ? start + BEFORE_LENGTH + length : view.byteLength
  if (end > view.byteLength) return undefined
  const magic = view.getInt8(start + MAGIC_AT)
  const firstOffset = int64(view, start)
  if (magic !== 2 || length < HEADER_BYTES - BEFORE_LENGTH) return { ...OTHER, start, end, magic, firstOffset, lastOffset: firstOffset }
  const attributes = view.getInt16(start + 21)
  return {
    start,
    end,
    magic,
    firstOffset,
    lastOffset: firstOffset + view.getInt32(start + 23),
    firstTimestampMs: int64(view, start + 27),
    maxTimestampMs: int64(view, start + 35),
    codec: attributes & 7,
    logAppendTime: (attributes & 8) !== 0,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    producerId: int64(view, start + 43),
    records: view.getInt32(start + 57),
  }
}

/** What a header of another format, or of no format at all, cannot say. */
const OTHER = {
  firstTimestampMs: -1,
  maxTimestampMs: -1,
  codec: 0,
  logAppendTime: false,
  transactional: false,
  control: false,
  producerId: -1,
  records: -1,
} as const

/** Do the bytes of a batch give the checksum in its header? */
export const checksumHolds = (bytes: Uint8Array, view: DataView, header: BatchHeader): boolean =>
  crc32c(bytes, header.start + CHECKED_FROM, header.end) === view.getUint32(header.start + CRC_AT)
