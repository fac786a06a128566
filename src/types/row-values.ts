import type { DataType, StructType } from './data-type.ts'
import { Decimal } from './decimal.ts'
import { Interval } from './interval-value.ts'
import { readInt128 } from './js-values.ts'
import { LocalDate } from './local-date.ts'
import { LocalTimestamp } from './local-timestamp.ts'
import { type ColumnData, isValid, type RowBatch } from './row-batch.ts'
import { Timestamp } from './timestamp.ts'

type Read = (i: number) => unknown
type Reader<T extends DataType = DataType> = (column: ColumnData, type: T) => Read

const fixed: Reader = column => {
  const values = column.values!
  return i => values[i]
}
const micros =
  (make: (micros: bigint) => unknown): Reader =>
  column => {
    const values = column.values as BigInt64Array
    return i => make(values[i]!)
  }
const text: Reader = column => {
  const bytes = column.values as Uint8Array
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const offsets = column.offsets!
  return i => buffer.toString('utf8', offsets[i]!, offsets[i + 1]!)
}

/** One reader a type, bound to a column's buffers; asked only for values that are not null. */
const READERS: { readonly [K in DataType['kind']]: Reader<Extract<DataType, { kind: K }>> } = {
  null: () => () => null,
  boolean: column => {
    const bits = column.values as Uint8Array
    return i => (bits[i >> 3]! & (1 << (i & 7))) !== 0
  },
  byte: fixed,
  short: fixed,
  integer: fixed,
  long: fixed,
  float: fixed,
  double: fixed,
  time: fixed,
  string: text,
  char: text,
  varChar: text,
  variant: (column, type) => {
    const json = text(column, type) as (i: number) => string
    return i => JSON.parse(json(i))
  },
  binary: column => {
    const bytes = column.values as Uint8Array
    const offsets = column.offsets!
    return i => bytes.slice(offsets[i]!, offsets[i + 1]!)
  },
  date: column => {
    const days = column.values as Int32Array
    return i => new LocalDate(days[i]!)
  },
  timestamp: micros(m => new Timestamp(m)),
  timestampNtz: micros(m => new LocalTimestamp(m)),
  dayTimeInterval: (column, type) => micros(m => new Interval({ days: Number(m / DAY), micros: m % DAY }, type))(column, type),
  yearMonthInterval: (column, type) => {
    const months = column.values as Int32Array
    return i => new Interval({ months: months[i]! }, type)
  },
  calendarInterval: column => {
    const words = column.values as BigInt64Array
    return i =>
      new Interval({ months: Number(BigInt.asIntN(32, words[2 * i]!)), days: Number(words[2 * i]! >> 32n), micros: words[2 * i + 1]! })
  },
  decimal: (column, type) => {
    const words = column.values as BigInt64Array
    return i => new Decimal(readInt128(words, 2 * i), type.scale)
  },
  array: (column, type) => {
    const read = columnReader(column.children![0]!, type.elementType)
    const offsets = column.offsets!
    return i => {
      const out: unknown[] = []
      for (let k = offsets[i]!; k < offsets[i + 1]!; k++) out.push(read(k))
      return out
    }
  },
  map: (column, type) => {
    const key = columnReader(column.children![0]!, type.keyType)
    const value = columnReader(column.children![1]!, type.valueType)
    const offsets = column.offsets!
    return i => {
      const out = new Map<unknown, unknown>()
      for (let k = offsets[i]!; k < offsets[i + 1]!; k++) out.set(key(k), value(k))
      return out
    }
  },
  struct: (column, type) => rowReader(column.children!, type),
}
const DAY = 86_400_000_000n

/** Reads a column's values as JS values: null, or what the table in `docs/types` says of its type. Bind once, read often. */
export function columnReader(column: ColumnData, type: DataType): Read {
  const read = (READERS[type.kind] as Reader)(column, type)
  return column.validity ? i => (isValid(column, i) ? read(i) : null) : read
}

function rowReader(columns: readonly ColumnData[], schema: StructType): (i: number) => Record<string, unknown> {
  const names = schema.fields.map(f => f.name)
  const reads = schema.fields.map((f, c) => columnReader(columns[c]!, f.dataType))
  return i => {
    const row: Record<string, unknown> = {}
    for (let c = 0; c < names.length; c++) row[names[c]!] = reads[c]!(i)
    return row
  }
}

const bound = new WeakMap<ColumnData, { readonly type: DataType; readonly read: Read }>()

/** One value of a column as a JS value; null where there is none. */
export function valueAt(column: ColumnData, type: DataType, i: number): unknown {
  let found = bound.get(column)
  if (found?.type !== type) {
    found = { type, read: columnReader(column, type) }
    bound.set(column, found)
  }
  return found.read(i)
}

/** A batch's rows as plain objects by column name (of columns with one name the last wins). */
export function* rowsOf(batch: RowBatch): Generator<Record<string, unknown>, void, undefined> {
  const read = rowReader(batch.columns, batch.schema)
  for (let i = 0; i < batch.length; i++) yield read(i)
}
