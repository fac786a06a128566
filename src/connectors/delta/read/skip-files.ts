import type { DataType, StructType } from '../../../types/index.ts'
import type { ScanFilter } from '../../contract.ts'
import type { AddFile } from '../log/actions.ts'
import { physicalName } from '../log/schema.ts'
import { partitionOf } from './partition-values.ts'
import type { Layout } from './scan-files.ts'

interface Stats {
  readonly numRecords?: number
  readonly minValues?: unknown
  readonly maxValues?: unknown
  readonly nullCount?: unknown
}
const parsed = new WeakMap<AddFile, Stats>()

function statsOf(file: AddFile): Stats {
  const known = parsed.get(file)
  if (known) return known
  let stats: Stats = {}
  try {
    if (file.stats) stats = JSON.parse(file.stats) as Stats
  } catch {
    // Statistics only help: without them the file is read.
  }
  parsed.set(file, stats)
  return stats
}

/** How many rows a file says it has; 0 where it does not. */
export const rowsIn = (file: AddFile): number => statsOf(file).numRecords ?? 0

/** May a file hold a row that a condition lets through? Where nothing is known, yes. */
export function mayHold(file: AddFile, filter: ScanFilter, layout: Layout): boolean {
  const [top] = filter.column
  const partitions = partitionOf(file.partitionValues, layout.partitionColumns, layout.schema, layout.mode)
  const column = filter.column.length === 1 && Object.keys(partitions).find(c => c.toLowerCase() === top!.toLowerCase())
  if (column) {
    const value = partitions[column] ?? null
    const nulls = value === null ? 1 : 0
    return possible(filter, value === null ? undefined : { min: value, max: value }, { nulls, rows: 1 })
  }
  const path = physicalPath(filter.column, layout)
  const { numRecords, minValues, maxValues, nullCount } = statsOf(file)
  if (!path || numRecords === undefined) return true
  const [min, max, nulls] = [at(minValues, path), at(maxValues, path), at(nullCount, path)]
  const rows = typeof nulls === 'number' ? { nulls, rows: numRecords } : undefined
  const known = min !== undefined && min !== null && max !== undefined && max !== null
  if (!known && !(rows && rows.nulls === rows.rows)) return rows && filter.test === 'isNull' ? rows.nulls > 0 : true
  return possible(filter, known ? { min: String(min), max: String(max) } : undefined, rows)
}

function physicalPath(column: readonly string[], { schema, mode }: Layout): readonly string[] | undefined {
  let type: DataType = schema
  const path: string[] = []
  for (const name of column) {
    if (type.kind !== 'struct') return undefined
    const f: StructType['fields'][number] | undefined = type.fields.find(f => f.name.toLowerCase() === name.toLowerCase())
    if (!f) return undefined
    path.push(physicalName(f, mode))
    type = f.dataType
  }
  return path
}

const at = (values: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((v, name) => (typeof v === 'object' && v !== null ? (v as Record<string, unknown>)[name] : undefined), values)

/** `range` absent: every row is null. */
function possible(
  { test, values, dataType }: ScanFilter,
  range: { readonly min: string; readonly max: string } | undefined,
  rows: { readonly nulls: number; readonly rows: number } | undefined,
): boolean {
  if (test === 'isNull') return rows === undefined || rows.nulls > 0
  if (test === 'isNotNull') return rows === undefined || rows.nulls < rows.rows
  if (!range) return false
  const compare = comparing(dataType)
  if (!compare) return true
  const [low, high] = [(v: string) => compare(range.min, v), (v: string) => compare(range.max, v)]
  const within = (v: string): boolean => not(low(v), n => n > 0) && not(high(v), n => n < 0)
  if (test === '=' || test === 'in') return values.some(within)
  const v = values[0]!
  if (test === '<') return not(low(v), n => n >= 0)
  if (test === '<=') return not(low(v), n => n > 0)
  if (test === '>') return not(high(v), n => n <= 0)
  return not(high(v), n => n < 0)
}

/** True unless the comparison is known and rules it out. */
const not = (order: number | undefined, rulesOut: (n: number) => boolean): boolean => order === undefined || !rulesOut(order)

type Compare = (a: string, b: string) => number | undefined
const sign = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/** Compares two values as text; undefined where they cannot be. */
function comparing(type: DataType): Compare | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return (a, b) => (/^-?\d+$/.test(a) && /^-?\d+$/.test(b) ? sign(BigInt(a), BigInt(b)) : undefined)
    case 'float':
    case 'double':
    case 'decimal':
      return numbers
    case 'date':
      return (a, b) => (/^\d{4}-\d\d-\d\d$/.test(a) && /^\d{4}-\d\d-\d\d$/.test(b) ? sign(a, b) : undefined)
    case 'string':
      return (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))
    default:
      return undefined
  }
}

/** Close numbers may be rounded: only a clear distance counts. */
function numbers(a: string, b: string): number | undefined {
  const [x, y] = [Number(a), Number(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return undefined
  if (a === b) return 0
  return Math.abs(x - y) <= Math.max(Math.abs(x), Math.abs(y)) * 1e-12 ? undefined : sign(x, y)
}
