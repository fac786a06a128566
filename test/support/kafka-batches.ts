import { type CodecName, crc32c, loadCodec } from '../../src/formats/index.ts'

/** A record of a batch as the wire has it. Slow and plain: the judge of the decoder, never its copy. */
export interface PlainRecord {
  readonly offsetDelta: number
  readonly timestampDelta?: number
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: readonly (readonly [Uint8Array, Uint8Array | null])[]
}
export interface PlainBatch {
  readonly firstOffset: number
  readonly records: readonly PlainRecord[]
  /** Absent = that of the last record; compaction keeps it when the record itself goes. */
  readonly lastOffsetDelta?: number
  readonly firstTimestampMs?: number
  readonly maxTimestampMs?: number
  readonly codec?: CodecName
  readonly logAppendTime?: boolean
  readonly transactional?: boolean
  readonly control?: boolean
  readonly producerId?: number
}

const CODECS: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

function varint(value: number): number[] {
  let zigzag = BigInt(value) >= 0n ? BigInt(value) * 2n : -BigInt(value) * 2n - 1n
  const bytes: number[] = []
  for (; zigzag >= 128n; zigzag >>= 7n) bytes.push(Number(zigzag & 127n) | 128)
  return [...bytes, Number(zigzag)]
}
const sized = (b: Uint8Array | null | undefined): Uint8Array =>
  b ? Buffer.concat([Uint8Array.from(varint(b.length)), b]) : Uint8Array.from(varint(-1))

function record(r: PlainRecord): Uint8Array {
  const headers = (r.headers ?? []).flatMap(([key, value]) => [sized(key), sized(value)])
  const head = Uint8Array.from([0, ...varint(r.timestampDelta ?? 0), ...varint(r.offsetDelta)])
  const body = Buffer.concat([head, sized(r.key), sized(r.value), Uint8Array.from(varint(r.headers?.length ?? 0)), ...headers])
  return Buffer.concat([Uint8Array.from(varint(body.length)), body])
}

/** The bytes of a record batch, format v2. */
export async function batchBytes(batch: PlainBatch): Promise<Uint8Array> {
  const codec = await loadCodec(batch.codec ?? 'none')
  const records = codec.compress(Buffer.concat(batch.records.map(record)))
  const bytes = Buffer.alloc(61 + records.length)
  bytes.writeBigInt64BE(BigInt(batch.firstOffset), 0)
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt8(2, 16)
  const flags = (batch.logAppendTime ? 8 : 0) | (batch.transactional ? 16 : 0) | (batch.control ? 32 : 0)
  bytes.writeInt16BE(CODECS.indexOf(batch.codec ?? 'none') | flags, 21)
  bytes.writeInt32BE(batch.lastOffsetDelta ?? batch.records.at(-1)?.offsetDelta ?? 0, 23)
  bytes.writeBigInt64BE(BigInt(batch.firstTimestampMs ?? 0), 27)
  bytes.writeBigInt64BE(BigInt(batch.maxTimestampMs ?? batch.firstTimestampMs ?? 0), 35)
  bytes.writeBigInt64BE(BigInt(batch.producerId ?? -1), 43)
  bytes.writeInt16BE(batch.producerId === undefined ? -1 : 0, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(batch.records.length, 57)
  bytes.set(records, 61)
  bytes.writeUInt32BE(crc32c(bytes, 21), 17)
  return bytes
}

/** The batch that ends a transaction. */
export const markerBatch = (firstOffset: number, producerId: number, type: 'abort' | 'commit'): Promise<Uint8Array> =>
  batchBytes({
    firstOffset,
    producerId,
    transactional: true,
    control: true,
    records: [{ offsetDelta: 0, key: Uint8Array.of(0, 0, 0, type === 'abort' ? 0 : 1), value: Uint8Array.of(0, 0, 0, 0, 0, 0) }],
  })
