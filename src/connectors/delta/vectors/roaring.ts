const SERIAL_COOKIE_NO_RUN = 12346
const SERIAL_COOKIE = 12347
const MAGIC = 1681511377
const NO_OFFSETS_BELOW = 4

/**
 * The row positions in Delta's form of a 64-bit roaring bitmap: a magic number, how many 32-bit bitmaps, then each one's high word and portable
 * serialization; all little endian. Ascending. @throws RangeError for bytes that are none
 */
export function readPositions(bytes: Uint8Array): BigInt64Array {
  const at = new Cursor(bytes)
  if (at.int32() !== MAGIC) throw new RangeError('it does not begin as a deletion vector does')
  const found: bigint[] = []
  const bitmaps = Number(at.int64())
  for (let i = 0; i < bitmaps; i++) {
    const high = BigInt(at.uint32()) << 32n
    for (const low of readBitmap(at)) found.push(high | BigInt(low))
  }
  return BigInt64Array.from(found)
}

/** One 32-bit bitmap in the portable serialization. */
function readBitmap(at: Cursor): readonly number[] {
  const cookie = at.uint32()
  const withRuns = (cookie & 0xffff) === SERIAL_COOKIE
  if (!withRuns && cookie !== SERIAL_COOKIE_NO_RUN) throw new RangeError('it holds a bitmap of an unknown kind')
  const containers = withRuns ? (cookie >>> 16) + 1 : at.uint32()
  const runs = withRuns ? at.bytes((containers + 7) >> 3) : new Uint8Array(0)
  const headers = Array.from({ length: containers }, () => ({ key: at.uint16(), cardinality: at.uint16() + 1 }))
  if (!withRuns || containers >= NO_OFFSETS_BELOW) at.bytes(containers * 4)
  const values: number[] = []
  for (const [i, { key, cardinality }] of headers.entries()) {
    const high = key * 65_536
    if ((runs[i >> 3] ?? 0) & (1 << (i & 7))) readRuns(at, high, values)
    else if (cardinality <= 4096) for (let k = 0; k < cardinality; k++) values.push(high + at.uint16())
    else readBits(at.bytes(8192), high, values)
  }
  return values
}

function readRuns(at: Cursor, high: number, values: number[]): void {
  const count = at.uint16()
  for (let k = 0; k < count; k++) {
    const first = at.uint16()
    const more = at.uint16()
    for (let v = first; v <= first + more; v++) values.push(high + v)
  }
}

function readBits(bits: Uint8Array, high: number, values: number[]): void {
  for (const [i, byte] of bits.entries()) for (let b = 0; b < 8; b++) if (byte & (1 << b)) values.push(high + i * 8 + b)
}

class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  #step(size: number): number {
    const at = this.#at
    if (at + size > this.#bytes.length) throw new RangeError('it ends too early')
    this.#at += size
    return at
  }
  uint16 = (): number => this.#view.getUint16(this.#step(2), true)
  int32 = (): number => this.#view.getInt32(this.#step(4), true)
  uint32 = (): number => this.#view.getUint32(this.#step(4), true)
  int64 = (): bigint => this.#view.getBigInt64(this.#step(8), true)
  bytes(size: number): Uint8Array {
    const at = this.#step(size)
    return this.#bytes.subarray(at, at + size)
  }
}
