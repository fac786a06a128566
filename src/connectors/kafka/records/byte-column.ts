import { Validity } from '../../../types/growing.ts'
import type { ColumnData } from '../../../types/index.ts'

/** Up to here eight bytes at a time are quicker than a call of any kind; from `NATIVE_FROM` on a copy between buffers is worth its view object. */
const WORDS_TO = 24
const NATIVE_FROM = 192

/**
 * A column of binary or string being filled from buffers, no object a value. Large values are put there with all that stands around them (`stage`)
 * and moved together inside the column's own buffer: that takes a third of the time of a copy from one buffer to another.
 */
export class ByteColumn {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #offsets: Int32Array
  readonly #validity = new Validity()
  length = 0

  constructor(rows: number, bytes: number) {
    this.#bytes = new Uint8Array(bytes + 8)
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
    const wanted = this.size + bytes + 8
    if (wanted <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.size))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }

  /** Puts a whole buffer behind the values, as a quarry: answers where it begins, for `appendStaged`. Valid until the next `reserve`. */
  stage(from: Uint8Array): number {
    const start = this.size
    this.#bytes.set(from, start)
    return start
  }

  /** A value out of what was staged. Values are taken in their order there, each once: they move to the left only. */
  appendStaged(start: number, length: number): void {
    const row = this.length
    const at = this.#offsets[row]!
    if (length > WORDS_TO) this.#bytes.copyWithin(at, start, start + length)
    else copyWords(this.#view, at, this.#view, start, length)
    this.#offsets[row + 1] = at + length
    this.length = row + 1
  }

  append(from: Uint8Array, fromView: DataView, start: number, length: number): void {
    const row = this.length
    const at = this.#offsets[row]!
    if (length >= NATIVE_FROM) this.#bytes.set(from.subarray(start, start + length), at)
    else copyWords(this.#view, at, fromView, start, length)
    this.#offsets[row + 1] = at + length
    this.length = row + 1
  }

  appendNull(): void {
    this.#validity.setNull(this.length)
    this.#offsets[this.length + 1] = this.#offsets[this.length]!
    this.length++
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

/** From the left to the right, so that moving to the left inside one buffer is safe. */
function copyWords(to: DataView, at: number, from: DataView, start: number, length: number): void {
  let i = 0
  for (; i + 8 <= length; i += 8) to.setBigUint64(at + i, from.getBigUint64(start + i, true), true)
  for (; i < length; i++) to.setUint8(at + i, from.getUint8(start + i))
}
