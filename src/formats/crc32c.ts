import { BLOCK, type Folding, folding } from './crc32c-fold.ts'

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78

/** Row k says what a byte does to the sum when k bytes follow it in the same step of 16. */
const TABLE = table()

function table(): Int32Array {
  const t = new Int32Array(16 * 256)
  for (let i = 0; i < 256; i++) {
    let c = i
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1
    t[i] = c
  }
  for (let i = 256; i < t.length; i++) t[i] = (t[i - 256]! >>> 8) ^ t[t[i - 256]! & 255]!
  return t
}

/** From here on folding is worth the copy into its memory. */
const FOLD_FROM = 512
let fold: Folding | undefined

/**
 * CRC32C of a range of bytes, unsigned: the checksum of Kafka's record batches and of snappy's frames.
 *
 * @example
 * crc32c(Buffer.from('123456789')) // 0xe3069283
 */
export function crc32c(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  if (to - from < FOLD_FROM) return ~sumOf(bytes, from, to, -1) >>> 0
  fold ??= folding((sum, byte) => TABLE[(sum ^ byte) & 255]! ^ (sum >>> 8))
  const rest = to - ((to - from) % BLOCK)
  return ~sumOf(bytes, rest, to, sumOf(fold.fold(bytes, from, rest, -1), 0, BLOCK, 0)) >>> 0
}

function sumOf(bytes: Uint8Array, from: number, to: number, start: number): number {
  const t = TABLE
  let c = start
  let i = from
  // Sixteen bytes a step, each by a table of its own: the look-ups do not wait for one another.
  for (const last = to - 16; i <= last; i += 16) {
    c =
      t[3840 + ((c ^ bytes[i]!) & 255)]! ^
      t[3584 + (((c >>> 8) ^ bytes[i + 1]!) & 255)]! ^
      t[3328 + (((c >>> 16) ^ bytes[i + 2]!) & 255)]! ^
      t[3072 + ((c >>> 24) ^ bytes[i + 3]!)]! ^
      t[2816 + bytes[i + 4]!]! ^
      t[2560 + bytes[i + 5]!]! ^
      t[2304 + bytes[i + 6]!]! ^
      t[2048 + bytes[i + 7]!]! ^
      t[1792 + bytes[i + 8]!]! ^
      t[1536 + bytes[i + 9]!]! ^
      t[1280 + bytes[i + 10]!]! ^
      t[1024 + bytes[i + 11]!]! ^
      t[768 + bytes[i + 12]!]! ^
      t[512 + bytes[i + 13]!]! ^
      t[256 + bytes[i + 14]!]! ^
      t[bytes[i + 15]!]!
  }
  for (; i < to; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8)
  return c
}
