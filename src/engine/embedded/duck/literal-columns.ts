import type { LiteralValue } from '../../../plan/index.ts'
import {
  type ColumnData,
  columnBuilder,
  columnReader,
  type DataType,
  type Decimal,
  Interval,
  LocalDate,
  stringType,
} from '../../../types/index.ts'

type Convert = (value: never) => unknown
const same: Convert = value => value

/** From the JS values of a row to those of a plan Literal. */
function toLiteral(type: DataType): Convert {
  switch (type.kind) {
    case 'date':
      return (v: LocalDate) => v.days
    case 'timestamp':
    case 'timestampNtz':
      return (v: { micros: bigint }) => v.micros
    case 'decimal':
      return (v: Decimal) => v.toString()
    case 'yearMonthInterval':
      return (v: Interval) => v.months
    case 'dayTimeInterval':
      return (v: Interval) => BigInt(v.days) * 86_400_000_000n + v.micros
    case 'calendarInterval':
      return (v: Interval) => ({ months: v.months, days: v.days, micros: v.micros })
    case 'array': {
      const element = orNull(toLiteral(type.elementType))
      return (v: unknown[]) => v.map(element)
    }
    case 'map': {
      const key = orNull(toLiteral(type.keyType))
      const value = orNull(toLiteral(type.valueType))
      return (v: Map<unknown, unknown>) => [...v].map(([k, x]) => [key(k), value(x)])
    }
    case 'struct': {
      const fields = type.fields.map(f => [f.name, orNull(toLiteral(f.dataType))] as const)
      return (v: Record<string, unknown>) => fields.map(([name, convert]) => convert(v[name]))
    }
    default:
      return same
  }
}

/** From the values of a plan Literal to those a column builder takes. */
function fromLiteral(type: DataType): Convert {
  switch (type.kind) {
    case 'date':
      return (v: number) => new LocalDate(v)
    case 'yearMonthInterval':
      return (v: number) => new Interval({ months: v }, type)
    case 'calendarInterval':
      return (v: { months: number; days: number; micros: bigint }) => new Interval(v)
    case 'array': {
      const element = orNull(fromLiteral(type.elementType))
      return (v: unknown[]) => v.map(element)
    }
    case 'map': {
      const key = orNull(fromLiteral(type.keyType))
      const value = orNull(fromLiteral(type.valueType))
      return (v: [unknown, unknown][]) => new Map(v.map(([k, x]) => [key(k), value(x)]))
    }
    case 'struct': {
      const fields = type.fields.map(f => orNull(fromLiteral(f.dataType)))
      return (v: unknown[]) => fields.map((convert, i) => convert(v[i]))
    }
    default:
      return same
  }
}

const orNull =
  (convert: Convert) =>
  (value: unknown): unknown =>
    value === null || value === undefined ? null : convert(value as never)

/** A variant's text is the value: no JSON is read or written here. */
const plain = (type: DataType): DataType => (type.kind === 'variant' ? stringType : type)

/** Reads a column as values of a plan Literal. */
export function literalReader(column: ColumnData, type: DataType): (i: number) => LiteralValue {
  const read = columnReader(column, plain(type))
  const convert = orNull(toLiteral(plain(type)))
  return i => convert(read(i)) as LiteralValue
}

/** A column of literal values. */
export function literalColumn(type: DataType, length: number, value: (i: number) => LiteralValue): ColumnData {
  const builder = columnBuilder(plain(type))
  const convert = orNull(fromLiteral(plain(type)))
  for (let i = 0; i < length; i++) {
    const v = convert(value(i))
    if (v === null) builder.appendNull()
    else builder.append(v)
  }
  return builder.finish()
}
