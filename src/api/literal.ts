import { MillraceError } from '../errors/index.ts'
import type { Literal, LiteralValue } from '../plan/index.ts'
import {
  arrayType,
  binaryType,
  booleanType,
  calendarIntervalType,
  type DataType,
  Decimal,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  durationMicros,
  field,
  Interval,
  integerType,
  LocalDate,
  LocalTimestamp,
  longType,
  mapType,
  nullType,
  sameType,
  stringType,
  structType,
  Timestamp,
  timestampNtzType,
  timestampType,
  typeName,
  yearMonthIntervalType,
} from '../types/index.ts'

const literal = (dataType: DataType, value: LiteralValue): Literal => Object.freeze({ kind: 'literal', dataType, value })

/** A JS value as a literal of the type Spark's `lit` gives it: whole numbers are int or bigint by size, others double; a plain object is a struct. */
export function toLiteral(value: unknown): Literal {
  if (value === null || value === undefined) return literal(nullType, null)
  switch (typeof value) {
    case 'boolean':
      return literal(booleanType, value)
    case 'string':
      return literal(stringType, value)
    case 'bigint':
      return literal(longType, value)
    case 'number':
      return number(value)
    case 'object':
      return fromObject(value)
    default:
      throw new MillraceError('INVALID_ARGUMENT', { name: 'lit', value: typeof value, expected: 'a value that a column can hold' })
  }
}

function number(value: number): Literal {
  if (!Number.isInteger(value) || Object.is(value, -0) || !Number.isSafeInteger(value)) return literal(doubleType, value)
  return value >= -(2 ** 31) && value < 2 ** 31 ? literal(integerType, value) : literal(longType, BigInt(value))
}

function fromObject(value: object): Literal {
  if (value instanceof Timestamp) return literal(timestampType, value.micros)
  if (value instanceof Date) return literal(timestampType, new Timestamp(value).micros)
  if (value instanceof LocalTimestamp) return literal(timestampNtzType, value.micros)
  if (value instanceof LocalDate) return literal(dateType, value.days)
  if (value instanceof Decimal) return decimal(value)
  if (value instanceof Interval) return interval(value)
  if (value instanceof Uint8Array) return literal(binaryType, value)
  if (Array.isArray(value)) return array(value)
  if (value instanceof Map) return map(value)
  const fields = Object.entries(value).map(([name, v]) => ({ name, value: toLiteral(v) }))
  return literal(
    structType(fields.map(f => field(f.name, f.value.dataType, f.value.value === null))),
    fields.map(f => f.value.value),
  )
}

function decimal(value: Decimal): Literal {
  const digits = value.unscaled.toString().replace('-', '').length
  return literal(decimalType(Math.max(digits, value.scale), value.scale), value.toString())
}

function interval(value: Interval): Literal {
  if (value.kind === 'yearMonthInterval') return literal(yearMonthIntervalType(), value.months)
  if (value.kind === 'dayTimeInterval') return literal(dayTimeIntervalType(), durationMicros(value))
  return literal(calendarIntervalType, { months: value.months, days: value.days, micros: value.micros })
}

function array(values: readonly unknown[]): Literal {
  const items = values.map(toLiteral)
  const type = commonType(items)
  return literal(
    arrayType(
      type,
      items.some(i => i.value === null),
    ),
    items.map(i => widened(i, type)),
  )
}

function map(values: ReadonlyMap<unknown, unknown>): Literal {
  const keys = [...values.keys()].map(toLiteral)
  const items = [...values.values()].map(toLiteral)
  const [key, value] = [commonType(keys), commonType(items)]
  return literal(
    mapType(
      key,
      value,
      items.some(i => i.value === null),
    ),
    keys.map((k, i) => [widened(k, key), widened(items[i]!, value)] as const),
  )
}

const WIDER = ['integer', 'long', 'double']

function commonType(items: readonly Literal[]): DataType {
  const types = items.filter(i => i.value !== null).map(i => i.dataType)
  const first = types[0] ?? nullType
  if (types.every(t => sameType(t, first))) return first
  const rank = types.map(t => WIDER.indexOf(t.kind))
  if (rank.every(r => r >= 0)) return types[rank.indexOf(Math.max(...rank))]!
  throw new MillraceError('INVALID_ARGUMENT', {
    name: 'lit',
    value: [...new Set(types.map(typeName))].join(', '),
    expected: 'elements of one type',
  })
}

function widened(item: Literal, type: DataType): LiteralValue {
  if (type.kind === 'long' && typeof item.value === 'number') return BigInt(item.value)
  return type.kind === 'double' && item.value !== null ? Number(item.value) : item.value
}
