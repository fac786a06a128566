import { textOf } from '../values.ts'
import type { JsonOptions } from './options.ts'

/** What stands at a place of a JSON text. */
export type Token = 'object' | 'array' | 'string' | 'integer' | 'number' | 'true' | 'false' | 'null' | 'named' | 'end'

/** Thrown at text that is no JSON; carries nothing, so that a bad record costs little. */
export class BrokenJson {}
const BROKEN = new BrokenJson()
export const broken = (): never => {
  throw BROKEN
}

const QUOTE = 34
const APOSTROPHE = 39
const BACKSLASH = 92
const digit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57

const ESCAPES: Readonly<Record<number, number>> = { 34: 34, 92: 92, 47: 47, 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 }

const MOST_NAME = 50_000

/** Walks over the bytes of a JSON text; knows its grammar and Spark's options, but no schema. */
export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** Objects and arrays around the place. */
  depth = 0
  /** The string or field name read last: `text[textStart, textEnd)`. */
  text: Uint8Array = this.bytes
  textStart = 0
  textEnd = 0
  /** Where the number read last begins; it ends at `at`. */
  start = 0
  readonly #options: JsonOptions
  #scratch = new Uint8Array(256)

  constructor(options: JsonOptions) {
    this.#options = options
  }

  set(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.at = start
    this.end = end
    this.depth = 0
  }

  /** Blanks, and comments where they are allowed. */
  blanks(): void {
    const b = this.bytes
    for (;;) {
      while (this.at < this.end && (b[this.at] === 32 || b[this.at] === 10 || b[this.at] === 13 || b[this.at] === 9)) this.at++
      if (b[this.at] !== 47 || !this.#options.comments || this.at >= this.end) return
      this.#comment()
    }
  }

  /** The kind of value that begins here, at its first character. */
  token(): Token {
    this.blanks()
    if (this.at >= this.end) return 'end'
    const c = this.bytes[this.at]!
    switch (c) {
      case 123:
        return 'object'
      case 91:
        return 'array'
      case QUOTE:
        return 'string'
      case 116:
        return 'true'
      case 102:
        return 'false'
      case 110:
        return 'null'
      default:
        if (c === APOSTROPHE && this.#options.singleQuotes) return 'string'
        if (digit(c)) return 'integer'
        if (c === 45) return this.bytes[this.at + 1] === 73 ? 'named' : 'integer'
        if ((c === 78 || c === 73 || c === 43) && this.#options.nonNumericNumbers) return 'named'
        return broken()
    }
  }

  /** Passes this character or fails. */
  pass(c: number): void {
    this.blanks()
    if (this.at >= this.end || this.bytes[this.at] !== c) broken()
    this.at++
  }

  /** Passes a comma and answers true, or the closing character and answers false. `first`: no comma is due yet. */
  more(close: number, first: boolean): boolean {
    if (first && ++this.depth > this.#options.maxDepth) broken()
    this.blanks()
    if (this.at >= this.end) broken()
    if (this.bytes[this.at] === close) {
      this.at++
      this.depth--
      return false
    }
    if (!first) {
      if (this.bytes[this.at] !== 44) broken()
      this.at++
      this.blanks()
      if (this.bytes[this.at] === close) broken()
    }
    return true
  }

  word(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.at + i >= this.end || this.bytes[this.at + i] !== word.charCodeAt(i)) broken()
    this.at += word.length
    const c = this.bytes[this.at]
    if (this.at < this.end && c !== undefined && (digit(c) || ((c | 32) >= 97 && (c | 32) <= 122))) broken()
  }

  /** `NaN`, `Infinity`, `-INF`, …: the number it names. */
  named(): number {
    const m = /^([+-]?)(NaN|Infinity|INF)/.exec(
      Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at, Math.min(10, this.end - this.at)).toString('latin1'),
    )
    if (!m || !this.#options.nonNumericNumbers) return broken()
    this.start = this.at
    this.word(m[0])
    return m[2] === 'NaN' ? Number.NaN : m[1] === '-' ? -Infinity : Infinity
  }

  /** Passes a number; true when it has neither fraction nor exponent. */
  number(): boolean {
    const b = this.bytes
    this.start = this.at
    if (b[this.at] === 45) this.at++
    const first = this.at
    while (this.at < this.end && digit(b[this.at])) this.at++
    if (this.at === first) broken()
    if (b[first] === 48 && this.at - first > 1 && !this.#options.leadingZeros) broken()
    let whole = true
    if (this.at < this.end && b[this.at] === 46) {
      whole = false
      this.at++
      this.#digits()
    }
    if (this.at < this.end && (b[this.at]! | 32) === 101) {
      whole = false
      this.at++
      if (b[this.at] === 43 || b[this.at] === 45) this.at++
      this.#digits()
    }
    const size = this.at - this.start
    if (size > this.#options.maxNumber && textOf(b, this.start, this.at).replace(/\D/g, '').length > this.#options.maxNumber) broken()
    const c = b[this.at]
    if (this.at < this.end && c !== undefined && c !== 44 && c !== 93 && c !== 125 && c > 32 && c !== 47) broken()
    return whole
  }

  /** Reads the string that begins here into `text`. */
  string(): void {
    const quote = this.bytes[this.at++]!
    const b = this.bytes
    const start = this.at
    const controls = this.#options.controlChars
    let i = start
    for (; i < this.end; i++) {
      const c = b[i]!
      if (c === quote) {
        this.text = b
        this.textStart = start
        this.textEnd = i
        this.at = i + 1
        if (i - start > this.#options.maxString) this.#checkLength()
        return
      }
      if (c === BACKSLASH) break
      if (c < 32 && !controls) broken()
    }
    if (i >= this.end) broken()
    this.#escaped(quote, start, i)
  }

  /** Reads a field name and its colon. */
  name(): void {
    const c = this.bytes[this.at]
    if (c === QUOTE || (c === APOSTROPHE && this.#options.singleQuotes)) this.string()
    else if (this.#options.unquotedNames) this.#bareName()
    else broken()
    if (this.textEnd - this.textStart > MOST_NAME && textOf(this.text, this.textStart, this.textEnd).length > MOST_NAME) broken()
    this.pass(58)
  }

  /** Passes a whole value of any kind. */
  skip(): void {
    const token = this.token()
    switch (token) {
      case 'string':
        this.string()
        break
      case 'integer':
        this.number()
        break
      case 'true':
      case 'false':
      case 'null':
        this.word(token)
        break
      case 'named':
        this.named()
        break
      case 'object':
        this.at++
        for (let first = true; this.more(125, first); first = false) {
          this.name()
          this.skip()
        }
        break
      case 'array':
        this.at++
        for (let first = true; this.more(93, first); first = false) this.skip()
        break
      default:
        broken()
    }
  }

  #digits(): void {
    const from = this.at
    while (this.at < this.end && digit(this.bytes[this.at])) this.at++
    if (this.at === from) broken()
  }

  #bareName(): void {
    const from = this.at
    while (this.at < this.end && /[\w$\u0080-\u00ff]/.test(String.fromCharCode(this.bytes[this.at]!))) this.at++
    if (this.at === from) broken()
    this.text = this.bytes
    this.textStart = from
    this.textEnd = this.at
  }

  #comment(): void {
    const b = this.bytes
    const kind = b[this.at + 1]
    if (kind !== 42 && kind !== 47) broken()
    const stop = kind === 42 ? '*/' : '\n'
    const at = Buffer.from(b.buffer, b.byteOffset, b.byteLength).indexOf(stop, this.at + 2, 'latin1')
    if (at < 0 || at >= this.end) {
      if (kind === 42) broken()
      this.at = this.end
    } else this.at = at + stop.length
  }

  /** A string with escapes, rebuilt in scratch memory. */
  #escaped(quote: number, start: number, firstEscape: number): void {
    const b = this.bytes
    let out = this.#room(firstEscape - start)
    out.set(b.subarray(start, firstEscape))
    let n = firstEscape - start
    let i = firstEscape
    for (;;) {
      if (i >= this.end) broken()
      const c = b[i++]!
      if (c === quote) break
      if (n + 4 > out.length) out = this.#room(n + 4)
      if (c !== BACKSLASH) {
        if (c < 32 && !this.#options.controlChars) broken()
        out[n++] = c
        continue
      }
      const e = b[i++]!
      if (i > this.end) broken()
      if (e === 117) {
        let unit = this.#hex(i)
        i += 4
        if (unit >= 0xd800 && unit < 0xdc00 && b[i] === BACKSLASH && b[i + 1] === 117) {
          const low = this.#hex(i + 2)
          if (low >= 0xdc00 && low < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            i += 6
          }
        }
        n = putUtf8(out, n, unit)
      } else {
        const plain = ESCAPES[e] ?? (e === APOSTROPHE && this.#options.singleQuotes ? e : this.#options.anyEscape ? e : broken())
        out[n++] = plain
      }
    }
    this.text = out
    this.textStart = 0
    this.textEnd = n
    this.at = i
    if (n > this.#options.maxString) this.#checkLength()
  }

  /** Strings are measured in characters; their bytes are more. */
  #checkLength(): void {
    if (textOf(this.text, this.textStart, this.textEnd).length > this.#options.maxString) broken()
  }

  #hex(at: number): number {
    const text = String.fromCharCode(this.bytes[at] ?? 0, this.bytes[at + 1] ?? 0, this.bytes[at + 2] ?? 0, this.bytes[at + 3] ?? 0)
    if (at + 4 > this.end || !/^[0-9a-fA-F]{4}$/.test(text)) broken()
    return Number.parseInt(text, 16)
  }

  #room(size: number): Uint8Array {
    if (size > this.#scratch.length) {
      const larger = new Uint8Array(Math.max(size, this.#scratch.length * 2))
      larger.set(this.#scratch)
      this.#scratch = larger
    }
    return this.#scratch
  }
}

/** A code point as UTF-8; half of a pair alone becomes `?`, as in Java. */
function putUtf8(out: Uint8Array, at: number, c: number): number {
  let n = at
  if (c < 0x80) out[n++] = c
  else if (c < 0x800) {
    out[n++] = 0xc0 | (c >> 6)
    out[n++] = 0x80 | (c & 63)
  } else if (c >= 0xd800 && c < 0xe000) out[n++] = 63
  else if (c < 0x10000) {
    out[n++] = 0xe0 | (c >> 12)
    out[n++] = 0x80 | ((c >> 6) & 63)
    out[n++] = 0x80 | (c & 63)
  } else {
    out[n++] = 0xf0 | (c >> 18)
    out[n++] = 0x80 | ((c >> 12) & 63)
    out[n++] = 0x80 | ((c >> 6) & 63)
    out[n++] = 0x80 | (c & 63)
  }
  return n
}
