import { type StructType, typeName } from '../../types/index.ts'
import { type Builder, UNREAD } from '../builders.ts'
import { unsupportedColumn } from '../record-mode.ts'
import { cellOf, type ReadValue, type ValueOptions } from '../values.ts'
import type { CsvOptions } from './options.ts'

/** One column of a csv text. */
export interface CsvField {
  readonly builder: Builder
  /** False: the text is no value of this type; null was appended. */
  read(bytes: Uint8Array, start: number, end: number): boolean
}

const encoder = new TextEncoder()

/** Is `bytes[start, end)` this text? */
function matcher(text: string): (b: Uint8Array, start: number, end: number) => boolean {
  const want = encoder.encode(text)
  return (b, start, end) => {
    if (end - start !== want.length) return false
    for (let i = 0; i < want.length; i++) if (b[start + i] !== want[i]) return false
    return true
  }
}

/** Numbers by name in front of a reader of numbers: nanValue, positiveInf, negativeInf. */
function withNames(read: ReadValue, o: CsvOptions): ReadValue {
  const names: [(b: Uint8Array, s: number, e: number) => boolean, Uint8Array][] = [
    [matcher(o.nanValue), encoder.encode('NaN')],
    [matcher(o.negativeInf), encoder.encode('-Infinity')],
    [matcher(o.positiveInf), encoder.encode('Infinity')],
  ]
  return (b, start, end) => {
    const first = b[start]!
    // Digits cannot begin a name, unless a person's option does.
    const named =
      first >= 48 && first <= 57 && !/^\d/.test(o.nanValue + o.negativeInf + o.positiveInf)
        ? undefined
        : names.find(([is]) => is(b, start, end))
    return named ? read(named[1], 0, named[1].length) : read(b, start, end)
  }
}

const valueOptions = (o: CsvOptions, today: () => number): ValueOptions => ({
  timeZone: o.timeZone,
  dateFormat: o.dateFormat,
  timestampFormat: o.timestampFormat,
  timestampNtzFormat: o.timestampNtzFormat,
  strictDates: o.preferDate && o.fallback === false,
  fallback: o.fallback,
  today,
})

const NOTHING: Builder = { length: 0, appendNull: () => {}, rollback: () => {}, take: () => UNREAD }
const UNREAD_FIELD: CsvField = { builder: NOTHING, read: () => true }

/** The columns of a schema; those that are not `made` only take up their place. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for types csv cannot hold. */
export function csvFields(schema: StructType, options: CsvOptions, today: () => number, made: (i: number) => boolean): readonly CsvField[] {
  const values = valueOptions(options, today)
  const isNull = matcher(options.nullValue)
  return schema.fields.map(({ name, dataType }, at) => {
    const cell = cellOf(dataType, values)
    if (!cell) throw unsupportedColumn('csv', name, dataType, typeName(dataType))
    if (!made(at)) return UNREAD_FIELD
    const { builder } = cell
    const read = dataType.kind === 'float' || dataType.kind === 'double' ? withNames(cell.read, options) : cell.read
    return {
      builder,
      read: (b, start, end) => {
        if (isNull(b, start, end)) {
          builder.appendNull()
          return true
        }
        if (read(b, start, end)) return true
        builder.appendNull()
        return false
      },
    }
  })
}
