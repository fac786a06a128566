import type { DataType } from '../../../types/index.ts'
import type { TargetColumn, TargetTypes } from '../../target-schema.ts'

/** What a column of a table holds, without its length. */
export type Family =
  | 'number'
  | 'float'
  | 'text'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'time'
  | 'timestamp_ntz'
  | 'timestamp_ltz'
  | 'timestamp_tz'
  | 'variant'
  | 'object'
  | 'array'
  | 'other'

export interface SnowflakeColumn extends TargetColumn {
  readonly family: Family
  /** Digits in all of a number; digits of a second of a time. */
  readonly precision: number
  readonly scale: number
}

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(NUMBER|DECIMAL|NUMERIC|INT|INTEGER|BIGINT|SMALLINT|TINYINT|BYTEINT|FIXED)\b/, 'number'],
  [/^(FLOAT|DOUBLE|REAL)/, 'float'],
  [/^(VARCHAR|STRING|TEXT|CHAR|CHARACTER|NCHAR|NVARCHAR)/, 'text'],
  [/^BOOLEAN/, 'boolean'],
  [/^(BINARY|VARBINARY)/, 'binary'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP_LTZ/, 'timestamp_ltz'],
  [/^TIMESTAMP_TZ/, 'timestamp_tz'],
  [/^(TIMESTAMP|TIMESTAMP_NTZ|DATETIME)/, 'timestamp_ntz'],
  [/^TIME/, 'time'],
  [/^VARIANT/, 'variant'],
  // A structured OBJECT(…) or ARRAY(…) is not filled from JSON.
  [/^(OBJECT)$/, 'object'],
  [/^(ARRAY)$/, 'array'],
]

/** A column from what DESCRIBE TABLE says of its type: `NUMBER(38,0)`, `VARCHAR(16777216)`, `TIMESTAMP_NTZ(9)`. */
export function columnOf(facts: {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  readonly generated: boolean
}): SnowflakeColumn {
  const { type, ...rest } = facts
  const upper = type.toUpperCase()
  const family = FAMILIES.find(([pattern]) => pattern.test(upper))?.[1] ?? 'other'
  const [precision, scale] = /\((\d+)(?:,\s*(\d+))?\)/.exec(upper)?.slice(1) ?? []
  return { ...rest, typeName: type, family, precision: Number(precision ?? (family === 'number' ? 38 : 9)), scale: Number(scale ?? 0) }
}

/** Digits in front of the point that a whole number may have. */
const DIGITS: Partial<Record<DataType['kind'], number>> = { byte: 3, short: 5, integer: 10, long: 19 }
const isTimestamp = (family: Family): boolean => family.startsWith('timestamp_')

type Takes = (type: DataType, column: SnowflakeColumn) => boolean
const wholeNumber: Takes = ({ kind }, c) =>
  c.family === 'number' ? c.precision - c.scale >= DIGITS[kind]! : c.family === 'float' && kind !== 'long'
const in_ =
  (...families: readonly Family[]): Takes =>
  (_, c) =>
    families.includes(c.family)
const exactTimes =
  (takes: Takes): Takes =>
  (type, c) =>
    takes(type, c) && c.precision >= 6

const TAKES: Partial<Record<DataType['kind'], Takes>> = {
  boolean: in_('boolean'),
  byte: wholeNumber,
  short: wholeNumber,
  integer: wholeNumber,
  long: wholeNumber,
  float: in_('float'),
  double: in_('float'),
  decimal: (type, c) =>
    type.kind === 'decimal' && c.family === 'number' && c.scale >= type.scale && c.precision - c.scale >= type.precision - type.scale,
  string: in_('text'),
  char: in_('text'),
  varChar: in_('text'),
  binary: in_('binary'),
  date: in_('date'),
  time: exactTimes(in_('time')),
  timestamp: exactTimes((_, c) => isTimestamp(c.family)),
  timestampNtz: exactTimes(in_('timestamp_ntz')),
  variant: in_('variant'),
  array: in_('array', 'variant'),
  map: in_('object', 'variant'),
  struct: in_('object', 'variant'),
  null: () => true,
}

const TYPE_FOR: Partial<Record<DataType['kind'], (type: DataType) => string>> = {
  boolean: () => 'BOOLEAN',
  byte: () => 'NUMBER(3,0)',
  short: () => 'NUMBER(5,0)',
  integer: () => 'NUMBER(10,0)',
  long: () => 'NUMBER(19,0)',
  float: () => 'FLOAT',
  double: () => 'FLOAT',
  decimal: t => (t.kind === 'decimal' ? `NUMBER(${t.precision},${t.scale})` : 'NUMBER'),
  string: () => 'VARCHAR',
  char: t => ('length' in t ? `VARCHAR(${t.length})` : 'VARCHAR'),
  varChar: t => ('length' in t ? `VARCHAR(${t.length})` : 'VARCHAR'),
  binary: () => 'BINARY',
  date: () => 'DATE',
  time: () => 'TIME(6)',
  timestamp: () => 'TIMESTAMP_LTZ(6)',
  timestampNtz: () => 'TIMESTAMP_NTZ(6)',
  variant: () => 'VARIANT',
  array: () => 'ARRAY',
  map: () => 'OBJECT',
  struct: () => 'OBJECT',
}

/** Names for `.cast()` of what a column holds. */
const CASTS: Partial<Record<Family, (c: SnowflakeColumn) => string>> = {
  number: c => `decimal(${c.precision},${c.scale})`,
  float: () => 'double',
  text: () => 'string',
  boolean: () => 'boolean',
  binary: () => 'binary',
  date: () => 'date',
  timestamp_ntz: () => 'timestamp_ntz',
  timestamp_ltz: () => 'timestamp',
  timestamp_tz: () => 'timestamp',
}

function advice(type: DataType, column: SnowflakeColumn): string | undefined {
  if ((isTimestamp(column.family) || column.family === 'time') && column.precision < 6)
    return `it keeps ${column.precision} digits of a second, 6 are needed`
  if (column.family === 'variant' && type.kind === 'string') return 'parse it with parseJson() if it is JSON'
  const cast = CASTS[column.family]?.(column)
  return cast === undefined ? undefined : `cast it to ${cast}`
}

/** What Snowflake says of its types: which values stand in a column unchanged, and what a column for a type would be. A text that is too long for its column fails when it is written. */
export const SNOWFLAKE_TYPES: TargetTypes<SnowflakeColumn> = {
  takes: (type, column) => TAKES[type.kind]?.(type, column) ?? false,
  typeFor: type => TYPE_FOR[type.kind]?.(type),
  advice,
}
