import { Validity } from '../../../types/growing.ts'
import type { ColumnData } from '../../../types/index.ts'

/** From here on a native copy is worth its view object. */
const NATIVE_FROM = 384
/** Copies of words go so far beyond the last byte of a value. */
const WORD = 8

/** A column of binary or string being filled from buffers, no object a value. */
export class ByteColumn {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #offsets: Int32Array
  #validity = new Validity()
  length = 0

  constructor(rows: number, bytes: number) {
    this.#bytes = new Uint8Array(bytes + WORD)
    this.#view = new DataView(this.#bytes.buffer)
    this.#offsets = new Int32Array(rows + 1)
  }

  /** Bytes of all values so far. */
  get size(): number {
    return this.#offsets[this.length]!
  }

  /** Room for `rows` more values of `bytes` in all: `append` does not look. */
  reserve(rows: number, bytes: number): void {
    if (this.length + rows >= this.#offsets.length) {
      const offsets = new Int32Array(Math.max(this.length + rows + 1, this.#offsets.length * 2))
      offsets.set(this.#offsets)
      this.#offsets = offsets
    }
    const wanted = this.size + bytes + WORD
    if (wanted <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.size))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }

  append(from: Uint8Array, fromView: DataView, start: number, length: number): void {
    const row = this.length
    const at = this.#offsets[row]!
    if (length >= NATIVE_FROM) this.#bytes.set(from.subarray(start, start + length), at)
    else if (start + length + WORD <= fromView.byteLength) copyWords(this.#view, at, fromView, start, length)
    else for (let i = 0; i < length; i++) this.#bytes[at + i] = from[start + i]!
    this.#offsets[row + 1] = at + length
    this.length = row + 1
  }

  appendNull(): void {
    this.#validity.setNull(this.length)
    this.#offsets[this.length + 1] = this.#offsets[this.length]!
    this.length++
  }

  /** Begins anew in the same memory: what `finish` gave is written over. */
  clear(): void {
    this.#validity = new Validity()
    this.length = 0
  }

  finish(): ColumnData {
    const validity = this.#validity.finish(this.length)
    return {
      length: this.length,
      ...(validity && { validity }),
      offsets: this.#offsets.subarray(0, this.length + 1),
      values: this.#bytes.subarray(0, this.size),
    }
  }
}

/** Whole words: what follows the value comes along, up to seven bytes, and the next value is written over it. */
function copyWords(to: DataView, at: number, from: DataView, start: number, length: number): void {
  for (let i = 0; i < length; i += WORD) to.setBigUint64(at + i, from.getBigUint64(start + i, true), true)
}
