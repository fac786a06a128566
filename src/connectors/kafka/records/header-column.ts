import { Validity } from '../../../types/growing.ts'
import type { ColumnData } from '../../../types/index.ts'
import { ByteColumn } from './byte-column.ts'

/** Spark's `headers`: an array of key and value a record, null where a record has none. */
export class HeaderColumn {
  readonly #keys = new ByteColumn(64, 1024)
  readonly #values = new ByteColumn(64, 1024)
  readonly #validity = new Validity()
  #offsets = new Int32Array(1025)
  #rows = 0

  /** One header of the record that `endRecord` ends next. A length of -1 is a null value. */
  append(bytes: Uint8Array, view: DataView, key: Span, value: Span): void {
    this.#keys.reserve(1, key.length * 3)
    this.#values.reserve(1, Math.max(value.length, 0))
    if (isAscii(bytes, key)) this.#keys.append(bytes, view, key.start, key.length)
    else this.#appendText(bytes.subarray(key.start, key.start + key.length))
    if (value.length < 0) this.#values.appendNull()
    else this.#values.append(bytes, view, value.start, value.length)
  }

  endRecord(): void {
    if (this.#rows + 1 >= this.#offsets.length) {
      const larger = new Int32Array(this.#offsets.length * 2)
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    if (this.#keys.length === this.#offsets[this.#rows]!) this.#validity.setNull(this.#rows)
    this.#offsets[++this.#rows] = this.#keys.length
  }

  finish(): ColumnData {
    const validity = this.#validity.finish(this.#rows)
    const entries = { length: this.#keys.length, children: [this.#keys.finish(), this.#values.finish()] }
    return {
      length: this.#rows,
      ...(validity && { validity }),
      offsets: this.#offsets.subarray(0, this.#rows + 1),
      children: [entries],
    }
  }

  /** A string column holds UTF-8: bytes that are none become U+FFFD, as in Java. */
  #appendText(key: Uint8Array): void {
    const text = Buffer.from(new TextDecoder().decode(key))
    this.#keys.append(text, new DataView(text.buffer, text.byteOffset, text.byteLength), 0, text.length)
  }
}

/** Bytes of one key or value. */
export interface Span {
  readonly start: number
  readonly length: number
}

function isAscii(bytes: Uint8Array, { start, length }: Span): boolean {
  for (let i = start; i < start + length; i++) if (bytes[i]! > 0x7f) return false
  return true
}
