import type { RowBatch } from './row-batch.ts'
import { columnReader } from './row-values.ts'
import { valueText } from './value-text.ts'

export interface ShowOptions {
  /** Rows to draw at most; default 20. */
  readonly rows?: number
  /** Characters a cell is cut to; true = 20 (default), false or 0 = whole cells, left-aligned. */
  readonly truncate?: boolean | number
  /** One line a column instead of one a row. */
  readonly vertical?: boolean
  readonly timeZone?: string
}

/** A batch drawn exactly as Spark's `Dataset.showString` does; `show()` and the console print one more line break. Hand in one row more than asked for and it says so. */
export function drawTable(batch: RowBatch, options: ShowOptions = {}): string {
  const rows = options.rows ?? 20
  const truncate = options.truncate === undefined || options.truncate === true ? 20 : Number(options.truncate)
  const header = batch.schema.fields.map(f => cell(f.name, truncate))
  const reads = batch.schema.fields.map((f, c) => columnReader(batch.columns[c]!, f.dataType))
  const body = Array.from({ length: Math.min(rows, batch.length) }, (_, i) =>
    reads.map((read, c) => cell(valueText(read(i), batch.schema.fields[c]!.dataType, options.timeZone ?? 'UTC'), truncate)),
  )
  const more = batch.length > rows
  if (options.vertical) return vertical(header, body) + footer(more, rows)
  return horizontal(header, body, truncate) + footer(more, rows)
}

const footer = (more: boolean, rows: number): string => (more ? `only showing top ${rows} row${rows === 1 ? '' : 's'}\n` : '')

const META: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\x07': '\\a',
}

function cell(text: string, truncate: number): string {
  const plain = text.replace(/[\n\r\t\f\b\v\x07]/g, c => META[c]!)
  if (truncate <= 0 || plain.length <= truncate) return plain
  return truncate < 4 ? plain.slice(0, truncate) : `${plain.slice(0, truncate - 3)}...`
}

/** Asian characters take two columns of a terminal. */
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/g
const width = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0)

function horizontal(header: readonly string[], body: readonly (readonly string[])[], truncate: number): string {
  const widths = header.map((h, c) => Math.max(3, width(h), ...body.map(row => width(row[c]!))))
  const pad = (text: string, c: number): string => {
    const blanks = ' '.repeat(widths[c]! - width(text))
    return truncate > 0 ? blanks + text : text + blanks
  }
  const rule = `+${widths.map(w => '-'.repeat(w)).join('+')}+\n`
  const line = (cells: readonly string[]): string => `|${cells.map(pad).join('|')}|\n`
  return rule + line(header) + rule + body.map(line).join('') + rule
}

function vertical(header: readonly string[], body: readonly (readonly string[])[]): string {
  if (body.length === 0) return '(0 rows)\n'
  const names = Math.max(3, ...header.map(width))
  const data = Math.max(3, ...body.flatMap(row => row.map(width)))
  return body
    .map(
      (row, i) =>
        `${`-RECORD ${i}`.padEnd(names + data + 5, '-')}\n${row.map((v, c) => ` ${pad(header[c]!, names)} | ${pad(v, data)} \n`).join('')}`,
    )
    .join('')
}
const pad = (text: string, to: number): string => text + ' '.repeat(to - width(text))
