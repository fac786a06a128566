import type { DataType, StructType } from '../../../types/index.ts'
import type { ColumnFacts } from '../../contract.ts'

/** How much of a text stands in statistics. */
const TEXT = 32

const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/
const finite = (text: string): boolean => Number.isFinite(Number(text))

type Side = 'min' | 'max'
type Print = (text: string, side: Side) => string | undefined

/** To the millisecond, down for the least and up for the greatest. */
function instant(text: string, side: Side, zone: string): string | undefined {
  const m = INSTANT.exec(text)
  if (!m) return undefined
  const micros = (m[3] ?? '').padEnd(6, '0')
  const up = side === 'max' && micros.slice(3) !== '000' ? 1 : 0
  const ms = Date.parse(`${m[1]}T${m[2]}.${micros.slice(0, 3)}Z`) + up
  return Number.isNaN(ms) || ms >= 253_402_300_800_000 ? undefined : JSON.stringify(`${new Date(ms).toISOString().slice(0, -1)}${zone}`)
}

function shortened(text: string, side: Side): string {
  const characters = [...text]
  if (characters.length <= TEXT) return JSON.stringify(text)
  const begin = characters.slice(0, TEXT).join('')
  // Greater than every text that begins so.
  return JSON.stringify(side === 'min' ? begin : `${begin}\u{10FFFF}`)
}

const whole: Print = text => (/^-?\d+$/.test(text) ? text : undefined)
const double: Print = (text, side) =>
  !finite(text) ? undefined : Number(text) === 0 ? (side === 'min' ? '-0.0' : '0.0') : JSON.stringify(Number(text))

/** A least or greatest value as JSON; types that are not here have none. */
const PRINT: Readonly<Partial<Record<DataType['kind'], Print>>> = {
  byte: whole,
  short: whole,
  integer: whole,
  long: whole,
  // The double that the float is: what reads it as a double must not find it too large.
  float: (text, side) => double(String(Math.fround(Number(text))), side),
  double,
  decimal: text => (/^-?\d+(\.\d+)?$/.test(text) ? text : undefined),
  date: text => (/^\d{4}-\d\d-\d\d$/.test(text) ? JSON.stringify(text) : undefined),
  timestamp: (text, side) => instant(text, side, 'Z'),
  timestampNtz: (text, side) => instant(text, side, ''),
  string: shortened,
  char: shortened,
  varChar: shortened,
}

type Leaf = (facts: ColumnFacts, type: DataType) => string | undefined

/** One of the objects of statistics, in the shape of the columns; '' where nothing is known. */
function object(columns: StructType, facts: ReadonlyMap<string, ColumnFacts>, leaf: Leaf, above: readonly string[] = []): string {
  const parts = columns.fields.flatMap(f => {
    const path = [...above, f.name]
    const found = facts.get(path.join('\u0000'))
    const text = f.dataType.kind === 'struct' ? object(f.dataType, facts, leaf, path) : found && leaf(found, f.dataType)
    return text === undefined || text === '' ? [] : [`${JSON.stringify(f.name)}:${text}`]
  })
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

/**
 * `add.stats` of a file: how many rows, and of the first `leaves` columns least and greatest value and how many nulls. Numbers keep every digit.
 * `columns` as the file has them.
 */
export function statsText(rows: number, known: readonly ColumnFacts[], columns: StructType, leaves = 32): string {
  const wanted = new Set(leafPaths(columns).slice(0, leaves < 0 ? undefined : leaves))
  const facts = new Map(known.map(f => [f.path.join('\u0000'), f] as const).filter(([path]) => wanted.has(path)))
  const side = (which: Side) =>
    object(columns, facts, (f, type) => (f[which] === undefined ? undefined : PRINT[type.kind]?.(f[which], which)))
  const nulls = object(columns, facts, f => String(f.nulls))
  const parts = [
    ['minValues', side('min')],
    ['maxValues', side('max')],
    ['nullCount', nulls],
  ].map(([name, text]) => `,"${name}":${text || '{}'}`)
  return `{"numRecords":${rows}${parts.join('')}}`
}

const leafPaths = (columns: StructType, above: readonly string[] = []): readonly string[] =>
  columns.fields.flatMap(f => {
    const path = [...above, f.name]
    return f.dataType.kind === 'struct' ? leafPaths(f.dataType, path) : [path.join('\u0000')]
  })
