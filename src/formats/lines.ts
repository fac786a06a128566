const LF = 10
const CR = 13

/** Takes one line: `bytes[start, end)`, without its end. Only valid during the call. */
export type TakeLine = (bytes: Uint8Array, start: number, end: number) => void

/**
 * Cuts bytes into lines as Hadoop's LineRecordReader does: at `\n`, `\r\n` and `\r`, or at a separator of one's own.
 * The last line needs no end; an empty one there is none. A byte order mark in front is left out.
 */
export class Lines {
  readonly #take: TakeLine
  readonly #separator: Uint8Array | undefined
  #rest: Uint8Array | undefined
  #first = true

  constructor(take: TakeLine, separator?: Uint8Array) {
    this.#take = take
    this.#separator = separator
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#joined(chunk)
    if (this.#first && bytes.length < 3 && bytes.length > 0 && bytes[0] === 0xef) {
      this.#rest = bytes.slice()
      return
    }
    const start = this.#first ? afterMark(bytes) : 0
    if (bytes.length > 0) this.#first = false
    const done = this.#separator ? this.#own(bytes, start, this.#separator) : this.#default(bytes, start)
    this.#rest = done < bytes.length ? bytes.slice(done) : undefined
  }

  close(): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest) {
      const end = !this.#separator && rest[rest.length - 1] === CR ? rest.length - 1 : rest.length
      const start = this.#first ? afterMark(rest) : 0
      if (start < rest.length) this.#take(rest, start, end)
    }
    this.#first = true
  }

  #joined(chunk: Uint8Array): Uint8Array {
    if (!this.#rest) return chunk
    const joined = new Uint8Array(this.#rest.length + chunk.length)
    joined.set(this.#rest)
    joined.set(chunk, this.#rest.length)
    return joined
  }

  /** Answers where the first line begins that is not whole yet. A `\r` at the very end may be half of `\r\n`. */
  #default(bytes: Uint8Array, from: number): number {
    let start = from
    let cr = bytes.indexOf(CR, start)
    let lf = bytes.indexOf(LF, start)
    while (lf >= 0 || cr >= 0) {
      if (cr < 0 || (lf >= 0 && lf < cr)) {
        this.#take(bytes, start, lf)
        start = lf + 1
        lf = bytes.indexOf(LF, start)
      } else {
        if (cr + 1 === bytes.length) return start
        this.#take(bytes, start, cr)
        start = lf === cr + 1 ? cr + 2 : cr + 1
        if (lf >= 0 && lf < start) lf = bytes.indexOf(LF, start)
        cr = bytes.indexOf(CR, start)
      }
    }
    return start
  }

  #own(bytes: Uint8Array, from: number, separator: Uint8Array): number {
    let start = from
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = buffer.indexOf(separator, start); at >= 0; at = buffer.indexOf(separator, start)) {
      this.#take(bytes, start, at)
      start = at + separator.length
    }
    return start
  }
}

const afterMark = (b: Uint8Array): number => (b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf ? 3 : 0)

/** The option `lineSep` as bytes. */
export const lineSeparator = (text: string | undefined): Uint8Array | undefined =>
  text === undefined || text === '' ? undefined : new TextEncoder().encode(text)
