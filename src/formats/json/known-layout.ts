import { BrokenJson, JsonCursor } from './cursor.ts'
import { type JsonOptions, MOST_CHARACTERS, MOST_DIGITS } from './options.ts'
import { type PlainForm, plainValue } from './plain-values.ts'
import { GOOD, type Slot } from './slots.ts'

/** What stands between two values, byte for byte (`{"user":`, `,"at":`, `}`), and the value behind it. */
interface Joint {
  readonly bytes: Uint8Array
  /** The first bytes of it, four at a time: compared so. */
  readonly words: Uint32Array
  readonly opens: boolean
  readonly closes: boolean
  /** Whose value comes, by number; -1 = nobody's. */
  readonly place: number
  readonly form: PlainForm
  /** What came after it last time. */
  next: Joint | undefined
}

const MOST_JOINTS = 64
const LONGEST_WAIT = 64
const QUOTE = 34
const NO_FORM: PlainForm = { kind: 'other' }
const SKIPPED: PlainForm = { kind: 'skipped' }

/**
 * Reads records that are laid out as ones before them: the bytes between the values are compared, not parsed, and values in their plain form are
 * read straight into the columns. Whatever is unusual is left to the slot, and the whole record to the careful way when that does not help:
 * what is read here is what the careful way would have read.
 */
export class KnownLayout {
  readonly #slots: readonly Slot[]
  readonly #names: ReadonlyMap<string, number>
  readonly #cursor: JsonCursor
  /** Values in plain form are not measured, but for what nobody forbids by default. */
  readonly #usual: boolean
  readonly #joints: Joint[] = []
  readonly #start: Joint = joint(new Uint8Array(0), { opens: true })
  #view: DataView = new DataView(new ArrayBuffer(0))
  #viewed: Uint8Array | undefined
  /** The row each slot got its last value for. */
  readonly #lastRow: Int32Array
  /** Every slot got a value for the row that was read last. */
  complete = false
  /** Records to leave to the careful way: more and more while they come in ever new layouts. */
  #wait = 0
  #misses = 0

  constructor(names: readonly string[], slots: readonly Slot[], options: JsonOptions) {
    this.#slots = slots
    this.#names = new Map(names.map((n, i) => [n, i]))
    this.#lastRow = new Int32Array(slots.length).fill(-1)
    this.#cursor = new JsonCursor(options)
    this.#usual = options.maxDepth >= 1 && options.maxNumber >= MOST_DIGITS && options.maxString >= MOST_CHARACTERS
  }

  /** Reads a record into row `row`. False: nothing was appended. */
  read(b: Uint8Array, start: number, end: number, row: number): boolean {
    if (this.#wait > 0) {
      this.#wait--
      return false
    }
    if (this.#joints.length === 0) return false
    // Rows are counted anew when they were taken.
    if (row === 0) this.#lastRow.fill(-1)
    if (b !== this.#viewed) {
      this.#viewed = b
      this.#view = new DataView(b.buffer, b.byteOffset, b.byteLength)
    }
    try {
      if (this.#follow(b, start, end, row)) {
        this.#misses = 0
        return true
      }
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error
    }
    for (const s of this.#slots) if (s.builder.length > row) s.builder.rollback(row)
    this.#lastRow.fill(-1)
    if (++this.#misses > 4) this.#wait = Math.min(LONGEST_WAIT, this.#misses)
    return false
  }

  #follow(b: Uint8Array, start: number, end: number, row: number): boolean {
    const view = this.#view
    const lastRow = this.#lastRow
    let at = start
    let before = this.#start
    let filled = 0
    for (;;) {
      let next = before.next
      if (next === undefined || !matches(next, b, view, at, end)) {
        next = this.#joints.find(j => j.opens === (before === this.#start) && matches(j, b, view, at, end))
        if (next === undefined) return false
        before.next = next
      }
      at += next.bytes.length
      if (next.closes) {
        this.complete = filled === lastRow.length
        return true
      }
      const { place } = next
      if (place >= 0) {
        // A field that comes twice is the careful way's affair.
        if (lastRow[place] === row) return false
        lastRow[place] = row
        filled++
      }
      const behind = plainValue(next.form, b, at, end)
      at = behind >= 0 ? behind : this.#unusual(this.#slots[place], b, at, end)
      if (at < 0) return false
      before = next
    }
  }

  /** A value in the slot's own way, or a field nobody asked for; -1 when the slot cannot take it. */
  #unusual(slot: Slot | undefined, b: Uint8Array, at: number, end: number): number {
    const cursor = this.#cursor
    cursor.set(b, at, end)
    cursor.depth = 1
    if (slot === undefined) cursor.skip()
    else if (slot.read(cursor) !== GOOD) return -1
    return cursor.at
  }

  /** Remembers how a good record is laid out. */
  learn(b: Uint8Array, start: number, end: number): void {
    if (this.#wait > 0 || this.#joints.length >= MOST_JOINTS || !this.#usual) return
    const cursor = this.#cursor
    cursor.set(b, start, end)
    cursor.blanks()
    if (b[cursor.at] !== 123) return
    cursor.at++
    let from = start
    for (let first = true; ; first = false) {
      if (!cursor.more(125, first)) {
        if (!first) this.#add(joint(b.slice(from, cursor.at), { closes: true }))
        return
      }
      if (b[cursor.at] !== QUOTE) return
      cursor.name()
      if (cursor.text !== b) return
      const name = Buffer.from(b.buffer, b.byteOffset + cursor.textStart, cursor.textEnd - cursor.textStart).toString('utf8')
      const place = this.#names.get(name) ?? -1
      cursor.blanks()
      const form = place < 0 ? SKIPPED : (this.#slots[place]!.plain ?? NO_FORM)
      this.#add(joint(b.slice(from, cursor.at), { opens: first, place, form }))
      cursor.skip()
      from = cursor.at
    }
  }

  #add(fresh: Joint): void {
    const same = (j: Joint): boolean => j.opens === fresh.opens && Buffer.compare(j.bytes, fresh.bytes) === 0
    if (!this.#joints.some(same)) this.#joints.push(fresh)
  }
}

function joint(
  bytes: Uint8Array,
  { opens = false, closes = false, place = -1, form = NO_FORM }: { opens?: boolean; closes?: boolean; place?: number; form?: PlainForm },
): Joint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true))
  return { bytes, words, opens, closes, place, form, next: undefined }
}

function matches({ bytes, words }: Joint, b: Uint8Array, view: DataView, at: number, end: number): boolean {
  if (at + bytes.length > end) return false
  for (let i = 0; i < words.length; i++) if (view.getUint32(at + 4 * i, true) !== words[i]) return false
  for (let i = words.length << 2; i < bytes.length; i++) if (b[at + i] !== bytes[i]) return false
  return true
}
