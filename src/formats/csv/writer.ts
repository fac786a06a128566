import { isValid, type RowBatch, type StructType, typeName } from '../../types/index.ts'
import { type FormatOptions, flag, unsupportedColumn } from '../record-mode.ts'
import { textWriter, type WriteValue } from '../texts.ts'
import { type CsvOptions, csvOptions } from './options.ts'

const NEVER: ReadonlySet<string> = new Set(['binary', 'variant', 'null'])

/** How one field is put: what is cut, quoted and escaped. */
function fieldWriter(o: CsvOptions, raw: FormatOptions): (text: string, column: number) => string {
  const left = flag(raw, 'ignoreleadingwhitespace', true)
  const right = flag(raw, 'ignoretrailingwhitespace', true)
  const all = flag(raw, 'quoteall', false)
  const quotes = flag(raw, 'escapequotes', true)
  const empty = raw.emptyvalue ?? '""'
  // Spark's writer takes # for the beginning of a comment where nothing else is said.
  const comment = raw.comment === undefined ? '#' : o.comment
  const inQuotes = (text: string): string => {
    let out = o.quote
    for (const c of text) out += c === o.quote ? o.escape + c : c === o.escape && o.escapeEscape !== '' ? o.escapeEscape + c : c
    return out + o.quote
  }
  return (value, column) => {
    if (value === '') return empty
    let text = left ? value.replace(/^[\u0000-\u0020]+/, '') : value
    if (right) text = text.replace(/[\u0000-\u0020]+$/, '')
    if (text === '') return empty
    if (o.quote === '') return text
    const must =
      all ||
      text.includes(o.separator) ||
      text.includes('\n') ||
      text.includes('\r') ||
      text.startsWith(o.quote) ||
      (quotes && text.includes(o.quote)) ||
      (column === 0 && comment !== '' && value.startsWith(comment))
    return must ? inQuotes(text) : text
  }
}

/** The lines of rows of flat columns; `header` gives the first line. */
export interface CsvLines {
  header(): string
  line(batch: RowBatch, i: number): string
}

type TextsOf = (schema: StructType, raw: FormatOptions) => readonly (WriteValue | undefined)[]
const fileTexts: TextsOf = (schema, raw) => schema.fields.map(f => (NEVER.has(f.dataType.kind) ? undefined : textWriter(f.dataType, raw)))

/** `textsOf` says how values are written, for files by default. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for columns that cannot be. */
export function csvLines(schema: StructType, raw: FormatOptions, textsOf: TextsOf = fileTexts): CsvLines {
  const o = csvOptions(raw)
  const put = fieldWriter(o, raw)
  const ofNull = flag(raw, 'quoteall', false) ? o.quote + o.nullValue + o.quote : o.nullValue
  const isNull = (k: number, batch: RowBatch, i: number): boolean =>
    schema.fields[k]!.dataType.kind === 'null' || !isValid(batch.columns[k]!, i)
  const writers = textsOf(schema, raw).map((write, k) => {
    const { name, dataType } = schema.fields[k]!
    if (!write) throw unsupportedColumn('csv', name, dataType, typeName(dataType))
    return write
  })
  return {
    header: () => schema.fields.map((f, k) => put(f.name, k)).join(o.separator),
    line: (batch, i) => writers.map((write, k) => (isNull(k, batch, i) ? ofNull : put(write(batch.columns[k]!, i), k))).join(o.separator),
  }
}

/** Csv of batches as Spark writes it. The first answer begins with the header where `header` is true. */
export function csvEncoder(schema: StructType, raw: FormatOptions): (batch: RowBatch) => Uint8Array {
  const lines = csvLines(schema, raw)
  const end = raw.linesep ?? '\n'
  let out = flag(raw, 'header', false) ? lines.header() + end : ''
  return batch => {
    for (let i = 0; i < batch.length; i++) {
      const line = lines.line(batch, i)
      // One column, and null: no line, as Spark writes it.
      if (line !== '') out += line + end
    }
    const bytes = Buffer.from(out, 'utf8')
    out = ''
    return bytes
  }
}
