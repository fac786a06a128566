import type { StructType } from './data-type.ts'
import type { RowBatch } from './row-batch.ts'
import { valueDrawer } from './show-value.ts'

export interface ShowOptions {
  /** Rows drawn at most. */
  readonly numRows: number
  /** Cells longer than this are cut; 0 = never, and cells stand left. */
  readonly truncate: number
  /** One line a column instead of one a row. */
  readonly vertical?: boolean
  readonly timeZone: string
  /** The table may have more rows than were handed over. */
  readonly more?: boolean
}

const META: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\u0007': '\\a',
}
const escapeMeta = (text: string): string => text.replace(/[\n\r\t\f\b\v\u0007]/g, c => META[c]!)
// Wide East Asian characters take two places, as in Spark's table.
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/g
const width = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0)

function cut(text: string, truncate: number): string {
  if (truncate <= 0 || text.length <= truncate) return text
  return truncate < 4 ? text.slice(0, truncate) : `${text.slice(0, truncate - 3)}...`
}

function cells(schema: StructType, batches: Iterable<RowBatch>, options: ShowOptions): { rows: string[][]; more: boolean } {
  const draw = schema.fields.map(f => valueDrawer(f.dataType, options.timeZone))
  const rows: string[][] = []
  for (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      if (rows.length >= options.numRows) return { rows, more: true }
      rows.push(draw.map((d, k) => cut(escapeMeta(d(batch.columns[k]!, i)), options.truncate)))
    }
  }
  return { rows, more: options.more ?? false }
}

const pad = (text: string, to: number, left: boolean): string => {
  const fill = ' '.repeat(Math.max(0, to - width(text)))
  return left ? fill + text : text + fill
}

function horizontal(names: readonly string[], rows: readonly string[][], truncate: number): string {
  const widths = names.map((n, k) => Math.max(3, width(n), ...rows.map(r => width(r[k]!))))
  const rule = `+${widths.map(w => '-'.repeat(w)).join('+')}+\n`
  const line = (row: readonly string[]) => `|${row.map((c, k) => pad(c, widths[k]!, truncate > 0)).join('|')}|\n`
  return `${rule}${line(names)}${rule}${rows.map(line).join('')}${rule}`
}

function upright(names: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '(0 rows)\n'
  const nameWidth = Math.max(3, ...names.map(width))
  const dataWidth = Math.max(3, ...rows.flat().map(width))
  return rows
    .map((row, i) => {
      const head = `-RECORD ${i}`.padEnd(nameWidth + dataWidth + 5, '-')
      return `${head}\n${row.map((c, k) => ` ${pad(names[k]!, nameWidth, false)} | ${pad(c, dataWidth, false)} \n`).join('')}`
    })
    .join('')
}

/** The table as Spark's `show()` and console sink draw it, with its closing line where rows are left out. Ends with a line break. */
export function showTable(schema: StructType, batches: Iterable<RowBatch>, options: ShowOptions): string {
  const names = schema.fields.map(f => escapeMeta(f.name))
  const { rows, more } = cells(schema, batches, options)
  const body = options.vertical ? upright(names, rows) : horizontal(names, rows, options.truncate)
  const rest = more ? `only showing top ${options.numRows} ${options.numRows === 1 ? 'row' : 'rows'}\n` : ''
  return body + rest
}
