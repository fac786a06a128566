import { doubleText } from '../types/index.ts'

const FIRST = 4096
const encoder = new TextEncoder()
/** Up to here a number's digits are found with 32-bit arithmetic. */
const SMALL = 2_147_483_647
const SHORT_ESCAPES: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' }

/** UTF-8 text being put together: what is bytes already is copied, and no string is made of it. */
export class TextBytes {
  /** Filled up to `at`. */
  bytes: Uint8Array
  at = 0

  constructor(room = FIRST) {
    this.bytes = new Uint8Array(room)
  }

  /** The text so far; a new one begins. */
  take(): Uint8Array {
    const made = this.bytes.subarray(0, this.at)
    // Slices are about equal.
    this.bytes = new Uint8Array(Math.max(FIRST, this.at + (this.at >> 4)))
    this.at = 0
    return made
  }

  /** Makes room for `more` bytes behind `at`. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
  }

  byte(code: number): void {
    if (this.at === this.bytes.length) this.reserve(1)
    this.bytes[this.at++] = code
  }

  copy(from: Uint8Array, start = 0, end = from.length): void {
    const size = end - start
    this.reserve(size)
    const { bytes, at } = this
    // Short pieces are the rule, and a loop beats a call for them.
    if (size < 48) for (let i = 0; i < size; i++) bytes[at + i] = from[start + i]!
    else bytes.set(from.subarray(start, end), at)
    this.at = at + size
  }

  text(text: string): void {
    this.reserve(text.length * 3)
    const { bytes, at } = this
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) {
        this.at = at + encoder.encodeInto(text, bytes.subarray(at)).written
        return
      }
      bytes[at + i] = code
    }
    this.at = at + text.length
  }

  integer(n: number): void {
    if (n < -SMALL || n > SMALL) {
      this.text(String(n))
      return
    }
    this.reserve(11)
    if (n < 0) this.bytes[this.at++] = 45
    this.#digits(n < 0 ? -n : n)
  }

  /** A double as Java prints it. */
  double(n: number): void {
    const size = Math.abs(n)
    const hundredths = Math.round(size * 100)
    // A double that is the nearest one to a number of so few digits has no shorter text than that.
    if (hundredths < 1 || hundredths >= 1e9 || hundredths / 100 !== size) {
      this.text(doubleText(n))
      return
    }
    this.reserve(13)
    if (n < 0) this.bytes[this.at++] = 45
    const fraction = hundredths % 100
    this.#digits((hundredths - fraction) / 100)
    this.bytes[this.at++] = 46
    this.bytes[this.at++] = 48 + Math.floor(fraction / 10)
    if (fraction % 10 !== 0) this.bytes[this.at++] = 48 + (fraction % 10)
  }

  /** A whole number in so many digits, with zeros in front. */
  padded(n: number, digits: number): void {
    this.reserve(digits)
    let rest = n
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      const tenth = Math.floor(rest / 10)
      this.bytes[i] = 48 + rest - tenth * 10
      rest = tenth
    }
    this.at += digits
  }

  /** Text in quotes as Jackson prints it: control characters with capital hexadecimal digits, all beyond ASCII as it is. */
  quoted(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start + 2)
    let { bytes, at } = this
    bytes[at++] = 34
    for (let i = start; i < end; i++) {
      const code = from[i]!
      if (code >= 32 && code !== 34 && code !== 92) {
        bytes[at++] = code
        continue
      }
      this.at = at
      this.text(SHORT_ESCAPES[code] ?? `\\u00${code.toString(16).toUpperCase().padStart(2, '0')}`)
      this.reserve(end - i)
      bytes = this.bytes
      at = this.at
    }
    bytes[at++] = 34
    this.at = at
  }

  /** Puts another text in the place of all from `start` on. */
  replace(start: number, change: (text: string) => string): void {
    const text = change(Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, this.at - start).toString())
    this.at = start
    this.text(text)
  }

  #digits(n: number): void {
    let digits = 1
    for (let power = 10; power <= n; power *= 10) digits++
    this.padded(n, digits)
  }
}
