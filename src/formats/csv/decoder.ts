import { MillraceError } from '../../errors/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import { BytesBuilder, UNREAD } from '../builders.ts'
import { Lines, lineSeparator } from '../lines.ts'
import {
  columnsToMake,
  type Decoder,
  type FormatOptions,
  malformed,
  type OnBad,
  type Origin,
  placeOf,
  type RecordShape,
  recordShape,
} from '../record-mode.ts'
import { textOf } from '../values.ts'
import { type CsvField, csvFields } from './fields.ts'
import { type CsvOptions, csvOptions } from './options.ts'
import { checkSize } from './size.ts'
import { CsvTokenizer } from './tokenizer.ts'

const encoder = new TextEncoder()
const single = (text: string): number => (text.length === 1 && text.charCodeAt(0) < 128 ? text.charCodeAt(0) : -1)

/** A row of csv at a time, from bytes or from fields, into columns. */
export class CsvRows {
  readonly options: CsvOptions
  readonly #shape: RecordShape
  readonly #fields: readonly CsvField[]
  readonly #corrupt: BytesBuilder | undefined
  readonly #tokenizer: CsvTokenizer
  readonly #separator: number
  readonly #quote: number
  readonly #escape: number
  readonly #plain: boolean
  readonly #comment: Uint8Array
  /** No field behind this one is read; a line is not looked at further. */
  readonly #last: number
  readonly #onBad: OnBad | undefined
  /** The record at hand as it stands in the file, where it is one line. */
  #raw: Uint8Array | undefined
  length = 0

  constructor(schema: StructType, options: CsvOptions, raw: FormatOptions, today: () => number, used?: ReadonlySet<number>, onBad?: OnBad) {
    this.options = options
    this.#onBad = onBad
    this.#shape = recordShape(schema, raw)
    const make = columnsToMake(schema, raw, used)
    const made = (i: number): boolean => make?.has(schema.fields.indexOf(this.#shape.parsed.fields[i]!)) ?? true
    this.#fields = csvFields(this.#shape.parsed, options, today, made)
    this.#last = make ? this.#fields.findLastIndex((_, i) => made(i)) : Number.POSITIVE_INFINITY
    this.#corrupt = this.#shape.corruptAt < 0 || make ? undefined : new BytesBuilder(true)
    this.#tokenizer = new CsvTokenizer(options)
    this.#comment = encoder.encode(options.comment)
    this.#separator = single(options.separator)
    this.#quote = single(options.quote)
    this.#escape = single(options.escape)
    // Byte for byte only when every special character is one byte, no blanks are cut and no length counts.
    this.#plain =
      this.#separator >= 0 &&
      (this.#quote >= 0 || options.quote === '') &&
      (this.#escape >= 0 || options.escape === '') &&
      !options.trimLeft &&
      !options.trimRight &&
      options.maxChars < 0
  }

  /** One line. */
  line(bytes: Uint8Array, start: number, end: number, origin: Origin): void {
    if (this.#onBad) this.#raw = bytes.subarray(start, end)
    if (this.#plain) {
      const row = this.length
      const good = this.#scan(bytes, start, end)
      if (good !== undefined) {
        this.#end(row, good, () => textOf(bytes, start, end), origin)
        return
      }
      this.#rollback(row)
    }
    const text = textOf(bytes, start, end)
    this.record(this.#cut(text, origin), () => text, origin)
  }

  #cut(text: string, origin: Origin): readonly (string | null)[] {
    try {
      return this.#tokenizer.line(text)
    } catch (error) {
      // unescapedQuoteHandling RAISE_ERROR: the person asked for the end.
      throw error instanceof SyntaxError ? malformed(text, origin) : error
    }
  }

  /** The text of a `from_csv`. One that holds no record at all (empty, a comment) is a bad one: nulls, without even a text that is corrupt. */
  functionLine(bytes: Uint8Array, start: number, end: number, origin: Origin): void {
    if (start < end && !this.isComment(bytes, start)) this.line(bytes, start, end, origin)
    else if (this.options.mode === 'failfast') throw malformed('', origin)
    else this.none()
  }

  isComment(b: Uint8Array, start: number): boolean {
    return this.#comment.length > 0 && this.#comment.every((c, i) => b[start + i] === c)
  }

  /** One record that is cut into fields already. */
  record(tokens: readonly (string | null)[], text: () => string, origin: Origin): void {
    const row = this.length
    let good = tokens.length === this.#fields.length
    checkSize(tokens, this.options, placeOf(origin))
    for (let i = 0; i < this.#fields.length; i++) {
      const token = tokens[i]
      if (token === null || token === undefined) this.#fields[i]!.builder.appendNull()
      else {
        const bytes = encoder.encode(token)
        if (!this.#fields[i]!.read(bytes, 0, bytes.length)) good = false
      }
    }
    this.#end(row, good, text, origin)
  }

  /** A row of nulls. */
  none(): void {
    for (const f of this.#fields) f.builder.appendNull()
    this.#corrupt?.appendNull()
    this.length++
  }

  take(): RowBatch {
    const columns = this.#fields.map(f => f.builder.take())
    if (this.#shape.corruptAt >= 0) columns.splice(this.#shape.corruptAt, 0, this.#corrupt?.take() ?? UNREAD)
    const batch = { schema: this.#shape.schema, length: this.length, columns }
    this.length = 0
    return batch
  }

  /** The short cut: fields that are not quoted, or plainly so. Undefined where the tokenizer must decide. */
  #scan(b: Uint8Array, start: number, end: number): boolean | undefined {
    const separator = this.#separator
    const fields = this.#fields
    let at = start
    let good = true
    let i = 0
    while (i <= this.#last) {
      let to = at
      if (at < end && b[at] === this.#quote && this.#quote >= 0) {
        to = this.#closing(b, at + 1, end)
        if (to < 0) return undefined
        if (i < fields.length && !this.#quoted(fields[i]!, b, at + 1, to)) good = false
        to++
      } else {
        while (to < end && b[to] !== separator) to++
        if (i < fields.length) {
          if (to === at) fields[i]!.builder.appendNull()
          else if (!fields[i]!.read(b, at, to)) good = false
        }
      }
      i++
      if (to >= end) break
      at = to + 1
    }
    if (i > this.options.maxColumns) return undefined
    for (let k = i; k < fields.length; k++) fields[k]!.builder.appendNull()
    return good && i === fields.length
  }

  /** Where a quoted field ends that holds no quote and no escape in need of care, else -1. */
  #closing(b: Uint8Array, from: number, end: number): number {
    for (let i = from; i < end; i++) {
      if (b[i] === this.#quote) return i + 1 === end || b[i + 1] === this.#separator ? i : -1
      if (b[i] === this.#escape) return -1
    }
    return -1
  }

  #quoted(field: CsvField, b: Uint8Array, start: number, end: number): boolean {
    if (end > start) return field.read(b, start, end)
    const empty = encoder.encode(this.options.emptyValue)
    return field.read(empty, 0, empty.length)
  }

  #end(row: number, good: boolean, text: () => string, origin: Origin): void {
    if (!good && this.options.mode === 'failfast') throw malformed(text(), origin)
    if (!good && this.options.mode === 'dropmalformed') {
      this.#onBad?.({ bytes: this.#raw?.slice() ?? encoder.encode(text()), ...origin })
      this.#rollback(row)
      return
    }
    if (this.#corrupt) {
      if (good) this.#corrupt.appendNull()
      else {
        const bytes = encoder.encode(text())
        this.#corrupt.append(bytes, 0, bytes.length)
      }
    }
    this.length = row + 1
  }

  #rollback(row: number): void {
    for (const f of this.#fields) if (f.builder.length > row) f.builder.rollback(row)
  }
}

const isBlank = (b: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (b[i]! > 32) return false
  return true
}

/** Csv files into rows. A record is a line, or with `multiLine` as long as its quotes are open. */
class CsvDecoder implements Decoder {
  readonly #schema: StructType
  readonly #rows: CsvRows
  readonly #lines: Lines
  readonly #origin: Origin = { file: '', line: 0 }
  #header = false
  #parts: Uint8Array[] = []

  constructor(schema: StructType, raw: FormatOptions, today: () => number, used?: ReadonlySet<number>, onBad?: OnBad) {
    const options = csvOptions(raw)
    this.#schema = schema
    this.#rows = new CsvRows(schema, options, raw, today, used, onBad)
    this.#lines = new Lines((b, start, end) => this.#line(b, start, end), lineSeparator(options.lineSep))
  }

  get length(): number {
    return this.#rows.length
  }

  open(file: string): void {
    this.#origin.file = file
    this.#origin.line = 0
    this.#header = this.#rows.options.header
    this.#parts = []
  }

  push(chunk: Uint8Array): void {
    if (this.#rows.options.multiLine) this.#parts.push(chunk.slice())
    else this.#lines.push(chunk)
  }

  close(): void {
    if (this.#rows.options.multiLine) this.#wholeFile()
    else this.#lines.close()
  }

  take(): RowBatch {
    return this.#rows.take()
  }

  #line(b: Uint8Array, start: number, end: number): void {
    this.#origin.line++
    if (isBlank(b, start, end) || this.#rows.isComment(b, start)) return
    if (this.#header) {
      this.#header = false
      if (!this.#rows.options.enforceSchema) this.#checkHeader(new CsvTokenizer(this.#rows.options).line(textOf(b, start, end)))
      return
    }
    this.#rows.line(b, start, end, this.#origin)
  }

  #wholeFile(): void {
    const { options } = this.#rows
    const tokenizer = new CsvTokenizer(options, true)
    const text = Buffer.concat(this.#parts)
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replace(options.lineSep ?? /\r\n|\r/g, '\n')
    tokenizer.start(text)
    let before = 0
    this.#origin.line = 1
    for (;;) {
      const from = tokenizer.position
      this.#origin.line += text.slice(before, from).split('\n').length - 1
      before = from
      const record = tokenizer.record()
      if (!record) return
      const raw = text.slice(from, tokenizer.position).replace(/\n$/, '')
      if (raw.trim() === '' || (options.comment !== '' && raw.startsWith(options.comment))) continue
      if (this.#header) {
        this.#header = false
        if (!options.enforceSchema) this.#checkHeader(record)
      } else this.#rows.record(record, () => raw, this.#origin)
    }
  }

  #checkHeader(header: readonly (string | null)[]): void {
    const names = this.#schema.fields.map(f => f.name)
    const same = header.length === names.length && names.every((n, i) => n.toLowerCase() === header[i]?.toLowerCase())
    if (!same)
      throw new MillraceError('CSV_HEADER_MISMATCH', { path: this.#origin.file, header: header.join(','), schema: names.join(',') })
  }
}

const noDay = (): number => 0

/**
 * Bytes of csv files into rows of a schema. `options`: keys in lower case; `timezone` is the session's where the read names none.
 * `used`: the columns that are read; the others may come out empty. `onBad`: told of each record that DROPMALFORMED leaves out.
 */
export const csvDecoder = (
  schema: StructType,
  options: FormatOptions,
  today: () => number = noDay,
  used?: ReadonlySet<number>,
  onBad?: OnBad,
): Decoder => new CsvDecoder(schema, options, today, used, onBad)
