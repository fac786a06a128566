import type { RowBatch, StructType } from '../../types/index.ts'
import { BytesBuilder } from '../builders.ts'
import { type FormatOptions, malformed, type OnBad, type Origin, type RecordShape, recordShape } from '../record-mode.ts'
import { textOf } from '../values.ts'
import { BrokenJson, JsonCursor } from './cursor.ts'
import { KnownLayout } from './known-layout.ts'
import { type JsonOptions, jsonOptions } from './options.ts'
import { BAD, GOOD, ObjectFields, type Outcome, type SlotOptions } from './slots.ts'

export const slotOptions = (o: JsonOptions, exactTexts: boolean, today: () => number): SlotOptions => ({
  exactTexts,
  timeZone: o.timeZone,
  dateFormat: o.dateFormat,
  timestampFormat: o.timestampFormat,
  timestampNtzFormat: o.timestampNtzFormat,
  strictDates: false,
  fallback: o.fallback,
  nonNumericNumbers: o.nonNumericNumbers,
  today,
})

/** Records of JSON into rows of a schema, by Spark's three modes. */
export class JsonRows {
  readonly options: JsonOptions
  readonly #shape: RecordShape
  readonly #fields: ObjectFields
  readonly #cursor: JsonCursor
  readonly #known: KnownLayout
  readonly #corrupt: BytesBuilder | undefined
  readonly #arrays: boolean
  readonly #onBad: OnBad | undefined
  length = 0

  /** `arrays`: a file's records, where an array of objects at the top is as many rows; it is a bad record for from_json. Without a stated encoding their bytes are at hand, too. */
  constructor(schema: StructType, raw: FormatOptions, arrays: boolean, today: () => number, onBad?: OnBad) {
    this.options = jsonOptions(raw)
    this.#shape = recordShape(schema, raw)
    this.#fields = new ObjectFields(
      this.#shape.parsed,
      slotOptions(this.options, arrays && raw.encoding === undefined && raw.charset === undefined, today),
    )
    this.#cursor = new JsonCursor(this.options)
    this.#known = new KnownLayout(
      this.#shape.parsed.fields.map(f => f.name),
      this.#fields.slots,
      this.options,
    )
    this.#corrupt = this.#shape.corruptAt < 0 ? undefined : new BytesBuilder(true)
    this.#arrays = arrays
    this.#onBad = onBad
  }

  /** One record. False when it is blank: it gives no row then. */
  record(b: Uint8Array, start: number, end: number, origin: Origin): boolean {
    const row = this.length
    if (this.#known.read(b, start, end, row)) {
      if (this.#known.complete) this.length++
      else this.#fill()
      this.#mark(row, undefined)
      return true
    }
    const cursor = this.#cursor
    cursor.set(b, start, end)
    let outcome: Outcome
    try {
      cursor.blanks()
      if (cursor.at >= end) return false
      outcome = this.#root(cursor)
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error
      outcome = BAD
    }
    if (outcome === GOOD) {
      this.#mark(row, undefined)
      this.#known.learn(b, start, end)
    } else this.#malformed(row, outcome, b, start, end, origin)
    return true
  }

  /** A row of nulls. */
  none(): void {
    const row = this.length
    this.#fill()
    this.#mark(row, undefined)
  }

  take(): RowBatch {
    const columns = this.#fields.slots.map(s => s.builder.take())
    if (this.#corrupt) columns.splice(this.#shape.corruptAt, 0, this.#corrupt.take())
    const batch = { schema: this.#shape.schema, length: this.length, columns }
    this.length = 0
    return batch
  }

  #root(cursor: JsonCursor): Outcome {
    const token = cursor.token()
    if (token === 'object') return this.#object(cursor)
    if (token !== 'array' || !this.#arrays) return BAD
    cursor.at++
    let worst: Outcome = GOOD
    for (let first = true; cursor.more(93, first); first = false) {
      if (cursor.token() !== 'object') return BAD
      worst = Math.max(worst, this.#object(cursor)) as Outcome
    }
    return worst
  }

  #object(cursor: JsonCursor): Outcome {
    const outcome = this.#fields.read(cursor, this.length)
    this.#fill()
    return outcome
  }

  /** Ends a row: fields without a value get null. */
  #fill(): void {
    const length = ++this.length
    for (const s of this.#fields.slots) if (s.builder.length < length) s.builder.appendNull()
  }

  #malformed(row: number, outcome: Outcome, b: Uint8Array, start: number, end: number, origin: Origin): void {
    if (this.options.mode === 'failfast') throw malformed(textOf(b, start, end), origin)
    if (outcome === BAD || this.options.mode === 'dropmalformed') this.#rollback(row)
    if (this.options.mode === 'dropmalformed') {
      this.#onBad?.({ bytes: b.slice(start, end), ...origin })
      return
    }
    if (outcome === BAD) this.#fill()
    this.#mark(row, b.subarray(start, end))
  }

  #mark(row: number, text: Uint8Array | undefined): void {
    if (!this.#corrupt) return
    for (let i = row; i < this.length; i++) {
      if (text) this.#corrupt.append(text, 0, text.length)
      else this.#corrupt.appendNull()
    }
  }

  #rollback(row: number): void {
    for (const s of this.#fields.slots) if (s.builder.length > row) s.builder.rollback(row)
    this.length = row
  }
}
