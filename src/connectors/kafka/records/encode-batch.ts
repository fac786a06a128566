import type { Codec, CodecName } from '../../../formats/compression.ts'
import { crc32c } from '../../../formats/crc32c.ts'
import { BATCH_HEADER, BatchWriter } from './encode.ts'
import { readVarint } from './encode-bytes.ts'

const CODEC_BITS: Readonly<Record<CodecName, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }
const TRANSACTIONAL = 0x10
/** Everything from the attributes on is under the checksum. */
const CHECKED_FROM = 21

export interface SealOptions {
  readonly codec: Codec
  readonly level?: number
}

/** Whose batch it is: what an idempotent producer puts into the head so that the broker knows a repeated one. */
export interface Stamp {
  /** -1n: not idempotent. */
  readonly producerId: bigint
  readonly epoch: number
  readonly sequence: number
  readonly transactional: boolean
}

/** The batch's bytes, whole but for stamp and checksum. Without a codec the writer's own bytes: it must not be written to any more. */
export function sealBatch(writer: BatchWriter, { codec, level }: SealOptions): Uint8Array {
  const bytes = codec.name === 'none' ? writer.bytes.subarray(0, writer.length) : compressed(writer, codec, level)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setBigInt64(0, 0n)
  view.setInt32(8, bytes.length - 12)
  view.setInt32(12, -1)
  view.setInt8(16, 2)
  view.setInt16(21, CODEC_BITS[codec.name])
  view.setInt32(23, writer.count - 1)
  view.setBigInt64(27, BigInt(writer.baseTimestamp))
  view.setBigInt64(35, BigInt(writer.maxTimestamp))
  view.setInt32(57, writer.count)
  return bytes
}

function compressed(writer: BatchWriter, codec: Codec, level: number | undefined): Uint8Array {
  const records = codec.compress(writer.bytes.subarray(BATCH_HEADER, writer.length), level)
  const bytes = new Uint8Array(BATCH_HEADER + records.length)
  bytes.set(records, BATCH_HEADER)
  return bytes
}

/** Puts producer and sequence into the head, and the checksum over all of it. May be done again when the sequence changes. */
export function stampBatch(bytes: Uint8Array, stamp: Stamp): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const attributes = view.getInt16(21) & ~TRANSACTIONAL
  view.setInt16(21, stamp.transactional ? attributes | TRANSACTIONAL : attributes)
  view.setBigInt64(43, stamp.producerId)
  view.setInt16(51, stamp.epoch)
  view.setInt32(53, stamp.producerId < 0n ? -1 : stamp.sequence)
  view.setUint32(17, crc32c(bytes, CHECKED_FROM))
}

/** The records of a sealed batch as two batches of half as many, for brokers that take no larger one. */
export function splitBatch(bytes: Uint8Array, codec: Codec): readonly [BatchWriter, BatchWriter] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const base = Number(view.getBigInt64(27))
  const count = view.getInt32(57)
  const records = codec.decompress(bytes.subarray(BATCH_HEADER))
  const halves = [new BatchWriter(records.length), new BatchWriter(records.length)] as const
  const at = { next: 0 }
  for (let i = 0; i < count; i++) {
    const size = readVarint(records, at)
    const end = at.next + size
    at.next++
    const timestamp = base + readVarint(records, at)
    readVarint(records, at)
    halves[i < count >> 1 ? 0 : 1].appendFields(timestamp, records.subarray(at.next, end))
    at.next = end
  }
  return halves
}
