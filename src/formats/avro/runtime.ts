import { isUtf8 } from 'node:buffer'
import type { ColumnData, ColumnValues } from '../../types/index.ts'
import { validText } from '../builders.ts'

/** What generated decoders call: everything that need not be written out for each schema. */

/** A place no message reaches: says that what was read is none. */
export const NOWHERE = 0x7fffffff

/**
 * Reads a zigzag number of 64 bits into two words, low word first. Answers the place behind it, or NOWHERE for one of more than ten bytes.
 */
export function readLong(b: Uint8Array, p: number, into: Int32Array, at: number): number {
  let low = 0
  let middle = 0
  let high = 0
  let byte = 0
  let shift = 0
  let q = p
  do {
    byte = b[q++]!
    if (shift < 28) low |= (byte & 127) << shift
    else if (shift < 56) middle |= (byte & 127) << (shift - 28)
    else high |= (byte & 127) << (shift - 56)
    shift += 7
  } while (byte > 127 && shift < 70)
  if (byte > 127) return NOWHERE
  const lo = low | (middle << 28)
  const hi = (middle >>> 4) | (high << 24)
  const sign = -(lo & 1)
  into[at] = ((lo >>> 1) | (hi << 31)) ^ sign
  into[at + 1] = (hi >>> 1) ^ sign
  return q
}

/** Reads a zigzag number of 32 bits; NOWHERE for one of more than five bytes. */
export function readInt(b: Uint8Array, p: number, into: Int32Array): number {
  let n = 0
  let shift = 0
  let byte = 0
  let q = p
  do {
    byte = b[q++]!
    n |= (byte & 127) << shift
    shift += 7
  } while (byte > 127 && shift < 35)
  if (byte > 127) return NOWHERE
  into[0] = (n >>> 1) ^ -(n & 1)
  return q
}

/** Millis to micros in place; false where micros do not fit 64 bits. */
export function timesThousand(words: Int32Array, at: number): boolean {
  const low = (words[at]! >>> 0) * 1000
  const high = words[at + 1]! * 1000 + Math.floor(low / 4_294_967_296)
  words[at] = low | 0
  words[at + 1] = high | 0
  return high <= 2_147_483_647 && high >= -2_147_483_648
}

/** Big-endian two's complement of any length as four words, low word first; false where the number has more digits than `limit` (10^precision) allows. */
export function readDecimal(b: Uint8Array, p: number, length: number, words: Int32Array, at: number, limit: bigint): boolean {
  let value = 0n
  if (length === 0) return false
  if (length <= 6) {
    let n = (b[p]! << 24) >> 24
    for (let i = 1; i < length; i++) n = n * 256 + b[p + i]!
    words[at] = n | 0
    words[at + 1] = Math.floor(n / 4_294_967_296)
    words[at + 2] = words[at + 3] = n < 0 ? -1 : 0
    if (limit > 140_737_488_355_328n) return true
    return Math.abs(n) < Number(limit)
  }
  // More bytes than digits need may stand there: they only repeat the sign.
  if (length > 64) return false
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(b[p + i]!)
  value = BigInt.asIntN(8 * length, value)
  if (value >= limit || value <= -limit) return false
  for (let i = 0; i < 4; i++) words[at + i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)))
  return true
}

/** Of equal keys in one map the last counts: marks of those before it, or null where all differ. */
export function superseded(bytes: Uint8Array, offsets: Int32Array, from: number, to: number): Uint8Array | null {
  const last = new Map<string, number>()
  let marks: Uint8Array | null = null
  const keys = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = from; i < to; i++) {
    const key = keys.toString('latin1', offsets[i]!, offsets[i + 1]!)
    const before = last.get(key)
    if (before !== undefined) {
      marks ??= new Uint8Array(to - from)
      marks[before - from] = 1
    }
    last.set(key, i)
  }
  return marks
}

type Growable = Exclude<ColumnValues, never>
export function larger<T extends Growable>(from: T, length: number): T {
  const made = new (from.constructor as new (n: number) => T)(length)
  made.set(from as never)
  return made
}

/** Room for at least `wanted` bytes. */
export const roomFor = (from: Uint8Array, wanted: number): Uint8Array => larger(from, Math.max(wanted, from.length * 2))

/** Marks, one byte a value, as a bitmap. */
function bitmap(marks: Uint8Array, length: number, set: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) if (marks[i] === set) bits[i >> 3]! |= 1 << (i & 7)
  return bits
}

export const bitsOf = (values: Uint8Array, length: number): Uint8Array => bitmap(values, length, 1)

export const columnOf = (length: number, nulls: Uint8Array | null, rest: Omit<ColumnData, 'length'>): ColumnData =>
  nulls === null ? { length, ...rest } : { length, validity: bitmap(nulls, length, 0), ...rest }

/** A column of texts: bytes that are no UTF-8 become U+FFFD. */
export function textOf(length: number, nulls: Uint8Array | null, rest: { offsets: Int32Array; values: Uint8Array }): ColumnData {
  const column = columnOf(length, nulls, rest)
  return isUtf8(rest.values) && !cutsCharacters(rest) ? column : validText(column)
}

/** Does a value begin in the middle of a character? */
function cutsCharacters({ offsets, values }: { offsets: Int32Array; values: Uint8Array }): boolean {
  for (let i = 1; i < offsets.length; i++) if ((values[offsets[i]!]! & 0xc0) === 0x80) return true
  return false
}

/** Copies a constant; answers the place behind it. */
export function put(constant: Uint8Array, into: Uint8Array, at: number): number {
  into.set(constant, at)
  return at + constant.length
}
