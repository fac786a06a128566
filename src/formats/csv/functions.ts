import { isValid, type StructType } from '../../types/index.ts'
import { BytesBuilder } from '../builders.ts'
import { checkFormatOptions } from '../check.ts'
import { type ColumnFunction, Marks } from '../json/functions.ts'
import type { FormatOptions, Origin } from '../record-mode.ts'
import { CsvRows } from './decoder.ts'
import { csvOptions } from './options.ts'
import { functionTexts } from './text-of.ts'
import { csvLines } from './writer.ts'

const NOWHERE: Origin = { file: '', line: 0 }
const noDay = (): number => 0

/**
 * `from_csv`: texts into structs. Options with keys in lower case, and `timezone`. `fields`: names of the fields that are read; the others may come
 * out empty.
 */
export function csvColumns(
  type: StructType,
  options: FormatOptions,
  today: () => number = noDay,
  fields?: ReadonlySet<string>,
): ColumnFunction {
  checkFormatOptions('csv', options, 'source')
  const used = fields && new Set(type.fields.flatMap((f, i) => (fields.has(f.name) ? [i] : [])))
  let kept: CsvRows | undefined
  return (column, length) => {
    const rows = kept ?? new CsvRows(type, csvOptions(options), options, today, used)
    // Not there after an error: what it holds is half done.
    kept = undefined
    const marks = new Marks(length)
    for (let i = 0; i < length; i++) {
      const [start, end] = [column.offsets![i]!, column.offsets![i + 1]!]
      if (!isValid(column, i)) {
        rows.none()
        marks.setNull(i)
      } else rows.functionLine(column.values as Uint8Array, start, end, NOWHERE)
    }
    const { columns } = rows.take()
    kept = rows
    return { length, children: columns, ...marks.taken() }
  }
}

/** `to_csv`: structs into texts. */
export function csvTexts(type: StructType, options: FormatOptions): ColumnFunction {
  checkFormatOptions('csv', options, 'sink')
  const lines = csvLines(type, options, functionTexts)
  const encoder = new TextEncoder()
  return (column, length) => {
    const out = new BytesBuilder(true)
    const batch = { schema: type, length, columns: column.children! }
    for (let i = 0; i < length; i++) {
      if (!isValid(column, i)) out.appendNull()
      else {
        const line = lines.line(batch, i)
        const bytes = encoder.encode(line)
        // A record in which nothing stands is none.
        if (line === '') out.appendNull()
        else out.append(bytes, 0, bytes.length)
      }
    }
    return out.take()
  }
}
