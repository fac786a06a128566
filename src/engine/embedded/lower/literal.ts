import type { LiteralValue } from '../../../plan/index.ts'
import type { DataType, DayTimeIntervalType, StructType } from '../../../types/index.ts'
import { quoteName, quoteText } from './context.ts'
import { duckType, structField } from './types.ts'

/** SQL for a value of a plan literal, of exactly the DuckDB type that holds its Spark type. */
export function lowerLiteral(value: LiteralValue, type: DataType): string {
  if (value === null) return `CAST(NULL AS ${duckType(type)})`
  const write = WRITERS[type.kind]
  return write(value, type as never)
}

type Writer = (value: any, type: any) => string
const number: Writer = (value, type) => `CAST(${value} AS ${duckType(type)})`
/** Through text: NaN, infinities, -0.0 and 38 digits survive. */
const text: Writer = (value, type) => `CAST('${Object.is(value, -0) ? '-0.0' : value}' AS ${duckType(type)})`
/** A zero character ends SQL text, so it is put in from outside. */
const string: Writer = value => (value.includes('\0') ? `(${value.split('\0').map(quoteText).join(' || chr(0) || ')})` : quoteText(value))

const WRITERS: Readonly<Record<DataType['kind'], Writer>> = {
  null: () => 'NULL',
  boolean: value => (value ? 'TRUE' : 'FALSE'),
  byte: number,
  short: number,
  integer: number,
  long: text,
  float: text,
  double: text,
  decimal: text,
  string,
  char: string,
  varChar: string,
  binary: value => `from_hex('${Buffer.from(value).toString('hex')}')`,
  date: value => `make_date(${value})`,
  timestamp: value => `make_timestamptz(${value})`,
  timestampNtz: value => `make_timestamp(${value})`,
  time: value => `(TIME '00:00:00' + to_microseconds(${value}))`,
  yearMonthInterval: number,
  dayTimeInterval: (value: bigint, type: DayTimeIntervalType) => text(value, type),
  calendarInterval: value => `(to_months(${value.months}) + to_days(${value.days}) + to_microseconds(${value.micros}))`,
  variant: string,
  array: (value, type) => `CAST([${value.map((v: LiteralValue) => lowerLiteral(v, type.elementType)).join(', ')}] AS ${duckType(type)})`,
  map: (value, type) => {
    const side = (i: 0 | 1, t: DataType) =>
      `CAST([${value.map((entry: LiteralValue[]) => lowerLiteral(entry[i]!, t)).join(', ')}] AS ${duckType(t)}[])`
    return `map(${side(0, type.keyType)}, ${side(1, type.valueType)})`
  },
  struct: (value, type: StructType) =>
    packStruct(
      type.fields.map((f, i) => lowerLiteral(value[i], f.dataType)),
      type,
    ),
}

/** A struct of the given fields, in order. */
export function packStruct(values: readonly string[], type: StructType): string {
  if (type.fields.length === 0) return `CAST(ROW(NULL) AS ${duckType(type)})`
  const names = type.fields.map(f => f.name)
  return `struct_pack(${values.map((v, i) => `${quoteName(structField(names, i))} := ${v}`).join(', ')})`
}
