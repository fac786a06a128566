import { batchFromRows, columnReader, type DataType, type RowBatch, type StructType, Timestamp, valueText } from '../types/index.ts'

/** Rows drawn as text: a line of column names, then a line a row; `null` is null, text with blanks stands in single quotes. */
export interface Drawn {
  readonly columns: readonly string[]
  readonly cells: readonly (readonly (string | null)[])[]
}

/**
 * Rows as a person draws them.
 *
 * @example
 * table`
 *   at       page
 *   00:00:12 home
 *   00:00:14 'about us'`
 */
export function table(strings: TemplateStringsArray, ...values: readonly unknown[]): Drawn {
  const lines = String.raw({ raw: strings }, ...values)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('//'))
  const [head = '', ...rows] = lines
  const columns = words(head).map(word => word ?? 'null')
  const cells = rows.map(row => words(row))
  for (const [i, row] of cells.entries()) {
    if (row.length !== columns.length)
      throw new Error(`row ${i + 1} of the table has ${row.length} cells, its head has ${columns.length}: ${rows[i]}`)
  }
  return { columns, cells }
}

const words = (line: string): (string | null)[] =>
  [...line.matchAll(/'((?:[^']|'')*)'|\S+/g)].map(m => (m[1] !== undefined ? m[1].replaceAll("''", "'") : m[0] === 'null' ? null : m[0]))

/** What the drawing means under these types: objects that a source can take. */
export function rowsFrom(drawn: Drawn, schema: StructType): readonly Record<string, unknown>[] {
  const fields = drawn.columns.map(name => {
    const field = schema.fields.find(f => f.name.toLowerCase() === name.toLowerCase())
    if (!field) throw new Error(`the table draws a column "${name}", the rows have ${schema.fields.map(f => `"${f.name}"`).join(', ')}`)
    return field
  })
  return drawn.cells.map(row =>
    Object.fromEntries(row.map((cell, c) => [fields[c]!.name, cell === null ? null : cellValue(cell, fields[c]!.dataType)])),
  )
}

const whole = (cell: string): number => Number(cell)
const VALUES: Readonly<Partial<Record<DataType['kind'], (cell: string) => unknown>>> = {
  boolean: cell => cell === 'true',
  byte: whole,
  short: whole,
  integer: whole,
  long: cell => BigInt(cell),
  float: Number,
  double: Number,
  timestamp: cell => new Timestamp(instant(cell)),
}
const cellValue = (cell: string, type: DataType): unknown => (VALUES[type.kind] ?? ((text: string) => text))(cell)

/** `00:00:12` is on 1970-01-01; without a zone the time is UTC. */
function instant(cell: string): string {
  const full = /^\d{1,2}:\d{2}/.test(cell) ? `1970-01-01T${cell}` : cell.replace(' ', 'T')
  return /(Z|[+-]\d{2}:?\d{2})$/.test(full) ? full : `${full}${full.includes('T') ? 'Z' : ''}`
}

/** A row as texts by column; a struct's fields stand as `window.start`, and as `start` where that is clear. */
export type TextRow = Readonly<Record<string, string>>

interface Leaf {
  readonly path: string
  readonly type: DataType
  readonly read: (row: Readonly<Record<string, unknown>>) => unknown
}

function leavesOf(schema: StructType): readonly Leaf[] {
  return schema.fields.flatMap((field): Leaf[] => {
    const read: Leaf['read'] = row => row[field.name]
    if (field.dataType.kind !== 'struct') return [{ path: field.name, type: field.dataType, read }]
    return leavesOf(field.dataType).map(leaf => ({
      path: `${field.name}.${leaf.path}`,
      type: leaf.type,
      read: row => {
        const inner = read(row) as Record<string, unknown> | null
        return inner == null ? null : leaf.read(inner)
      },
    }))
  })
}

const text = (value: unknown, type: DataType): string => (value == null ? 'null' : valueText(value, type, 'UTC'))

/** The columns a table draws, as leaves of the result. */
function drawnLeaves(columns: readonly string[], schema: StructType): readonly Leaf[] {
  const leaves = leavesOf(schema)
  return columns.map(name => {
    const found = leaves.filter(l => l.path === name)
    const last = found.length > 0 ? found : leaves.filter(l => l.path.endsWith(`.${name}`))
    if (last.length === 1) return last[0]!
    throw new Error(`the table draws a column "${name}"; the result has ${leaves.map(l => `"${l.path}"`).join(', ')}`)
  })
}

/** The expected rows and the given ones, both as texts of the columns that are drawn. */
export function comparable(expected: Drawn | readonly object[], actual: readonly Readonly<Record<string, unknown>>[], schema: StructType) {
  const drawn = isDrawn(expected)
  const leaves = drawn ? drawnLeaves(expected.columns, schema) : leavesOf(schema)
  const shown = (row: Readonly<Record<string, unknown>>): TextRow =>
    Object.fromEntries(leaves.map(l => [l.path, text(l.read(row), l.type)]))
  const wanted = drawn
    ? expected.cells.map(cells =>
        Object.fromEntries(
          leaves.map((l, c) => [l.path, cells[c] === null ? 'null' : text(through(cellValue(cells[c]!, l.type), l.type), l.type)]),
        ),
      )
    : reread(expected, schema).map(shown)
  return { wanted, found: actual.map(shown) }
}

const isDrawn = (rows: Drawn | readonly object[]): rows is Drawn => 'cells' in rows

/** A value as the engine would hand it out. */
function through(value: unknown, type: DataType): unknown {
  const one: StructType = { kind: 'struct', fields: [{ name: 'v', dataType: type, nullable: true }] } as StructType
  return reread([{ v: value }], one)[0]!.v
}

function reread(rows: readonly object[], schema: StructType): Record<string, unknown>[] {
  const batch: RowBatch = batchFromRows(schema, rows)
  const reads = schema.fields.map((f, c) => columnReader(batch.columns[c]!, f.dataType))
  return rows.map((_, i) => Object.fromEntries(schema.fields.map((f, c) => [f.name, reads[c]!(i)])))
}
