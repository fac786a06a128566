import { isUtf8 } from 'node:buffer'
import { native, type Vector } from './bindings.ts'

/**
 * Strings in a vector. A cell (DuckDB's string_t) has 16 bytes, little endian: u32 length; up to 12 bytes stand in the cell itself, zero padded;
 * a longer string has its first 4 bytes there and a u64 pointer.
 *
 * The fast way copies the whole region of bytes into the vector's own heap with one call, reads the address back, and makes the cells by hand:
 * a wrong address ends the process, so nothing but this file makes cells. The safe way makes one call a value.
 */
const INLINE = 12

/** `MILLRACE_SAFE_STRINGS`-style switch: set by `instance.ts` from its settings. */
export const stringSettings = { safe: false }

let cells = new Uint32Array(4 * 2048)
const latin1 = new TextDecoder('utf-8')

export function writeStrings(vector: Vector, bytes: Uint8Array, offsets: Int32Array, from: number, count: number, text: boolean): void {
  const start = offsets[from]!
  const region = bytes.subarray(start, offsets[from + count]!)
  if (text && !isUtf8(region)) writeRepaired(vector, bytes, offsets, from, count)
  else if (stringSettings.safe) writeSafely(vector, bytes, offsets, from, count)
  else writeCells(vector, bytes, offsets, from, count)
}

/** Bytes that are not UTF-8 become U+FFFD, as Java shows them; DuckDB would make the value null without a word. */
function writeRepaired(vector: Vector, bytes: Uint8Array, offsets: Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const value = latin1.decode(bytes.subarray(offsets[from + i]!, offsets[from + i + 1]!))
    native.vector_assign_string_element_len(vector, i, Buffer.from(value))
  }
}

function writeSafely(vector: Vector, bytes: Uint8Array, offsets: Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++)
    native.vector_assign_string_element_len(vector, i, bytes.subarray(offsets[from + i]!, offsets[from + i + 1]!))
}

function writeCells(vector: Vector, bytes: Uint8Array, offsets: Int32Array, from: number, count: number): void {
  if (cells.length < 4 * count) cells = new Uint32Array(4 * count)
  const start = offsets[from]!
  const end = offsets[from + count]!
  let low = 0
  let high = 0
  if (hasLong(offsets, from, count)) {
    native.vector_assign_string_element_len(vector, 0, bytes.subarray(start, end))
    const cell = native.vector_get_data(vector, 16)
    const view = new DataView(cell.buffer, cell.byteOffset, 16)
    if (view.getUint32(0, true) !== end - start) throw new Error('a region of strings did not arrive in its vector')
    low = view.getUint32(8, true)
    high = view.getUint32(12, true)
  }
  for (let i = 0, q = 0; i < count; i++, q += 4) {
    const at = offsets[from + i]!
    const length = offsets[from + i + 1]! - at
    cells[q] = length
    if (length > INLINE) {
      cells[q + 1] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      const pointer = low + (at - start)
      cells[q + 2] = pointer
      cells[q + 3] = pointer > 0xffffffff ? high + 1 : high
    } else {
      cells[q + 1] = cells[q + 2] = cells[q + 3] = 0
      for (let k = 0; k < length; k++) cells[q + 1 + (k >> 2)]! |= bytes[at + k]! << ((k & 3) << 3)
    }
  }
  native.copy_data_to_vector(vector, 0, cells.buffer as ArrayBuffer, 0, count * 16)
}

function hasLong(offsets: Int32Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (offsets[i + 1]! - offsets[i]! > INLINE) return true
  return false
}

/** How far apart two strings may lie and still be fetched with one call. */
const GAP = 4096

/** Copies the strings of `count` cells into one buffer with offsets. Cells of null rows are not looked at. */
export function readStrings(vector: Vector, count: number, valid: (i: number) => boolean): { values: Uint8Array; offsets: Int32Array } {
  const raw = native.vector_get_data(vector, count * 16)
  const view = new DataView(raw.buffer, raw.byteOffset, count * 16)
  const offsets = new Int32Array(count + 1)
  let total = 0
  for (let i = 0; i < count; i++) {
    if (valid(i)) total += view.getUint32(i * 16, true)
    offsets[i + 1] = total
  }
  const values = new Uint8Array(total)
  const buffer = raw.buffer as ArrayBuffer
  for (let i = 0; i < count; i++) {
    const length = offsets[i + 1]! - offsets[i]!
    if (length === 0) continue
    if (length > INLINE) {
      i = readRun(i, { view, raw, buffer, count, offsets, values })
      continue
    }
    const at = i * 16 + 4
    for (let k = 0, to = offsets[i]!; k < length; k++) values[to + k] = raw[at + k]!
  }
  return { values, offsets }
}

interface Run {
  readonly view: DataView
  readonly raw: Uint8Array
  readonly buffer: ArrayBuffer
  readonly count: number
  readonly offsets: Int32Array
  readonly values: Uint8Array
}

/** Fetches the long string at `first` and those after it that lie close behind it in memory; answers the last row it fetched. */
function readRun(first: number, run: Run): number {
  const { view, raw, buffer, count, offsets, values } = run
  const lengthAt = (i: number): number => offsets[i + 1]! - offsets[i]!
  const base = view.getBigUint64(first * 16 + 8, true)
  let end = lengthAt(first)
  const starts = [0]
  let last = first
  for (let i = first + 1; i < count; i++) {
    const length = lengthAt(i)
    if (length <= INLINE) break
    const distance = view.getBigUint64(i * 16 + 8, true) - base
    if (distance < BigInt(end) || distance > BigInt(end + GAP)) break
    starts.push(Number(distance))
    end = Number(distance) + length
    last = i
  }
  const bytes = native.get_data_from_pointer(buffer, raw.byteOffset + first * 16 + 8, end)
  for (let i = first; i <= last; i++) {
    const start = starts[i - first]!
    values.set(bytes.subarray(start, start + lengthAt(i)), offsets[i]!)
  }
  return last
}
