import type { DataType, DecimalType } from '../../types/index.ts'
import {
  arrayType,
  binaryType,
  booleanType,
  dateType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  shortType,
  stringType,
  timestampNtzType,
  timestampType,
} from '../../types/index.ts'

/** A type of a server's catalog. */
export interface PgType {
  readonly oid: number
  /** `int4`, `numeric`, `varchar`, `mood` (an enum); of a domain, what stands below it. */
  readonly name: string
  /** As SQL writes it: `numeric(10,2)`, `text[]`. */
  readonly sql: string
  /** `pg_type.typtype`: b base, e enum, c composite, r range, … */
  readonly kind: string
  readonly modifier: number
  readonly element?: PgType
  /** Of an array: how deep, where the catalog says. */
  readonly dimensions?: number
}

/** Texts in all but name: they are written and read as text, and the server checks them. */
const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'char', 'name', 'citext'])
const PARSED = new Set([
  'json',
  'jsonb',
  'uuid',
  'xml',
  'inet',
  'cidr',
  'macaddr',
  'macaddr8',
  'tsvector',
  'tsquery',
  'ltree',
  'hstore',
  'jsonpath',
])

/** Digits and digits behind the point of a numeric; undefined where it has no bounds. */
export function numericBounds({ modifier }: Pick<PgType, 'modifier'>): { readonly precision: number; readonly scale: number } | undefined {
  if (modifier < 4) return undefined
  const packed = modifier - 4
  // Scales may be negative: eleven bits with a sign.
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 0x400) - 0x400 }
}

const MAX_PRECISION = 38
/** Spark's type for a numeric: within 38 digits, and 18 behind the point where the server knows no bounds. */
function decimalOf(type: PgType): DecimalType {
  const bounds = numericBounds(type)
  if (!bounds) return decimalType(MAX_PRECISION, 18)
  const { precision, scale } = bounds
  if (scale < 0) return decimalType(Math.min(precision - scale, MAX_PRECISION), 0)
  return decimalType(Math.min(Math.max(precision, scale), MAX_PRECISION), Math.min(scale, MAX_PRECISION))
}

export interface ReadChoice {
  readonly preferTimestampNtz: boolean
}

const FIXED: Readonly<Record<string, DataType>> = {
  bool: booleanType,
  int2: shortType,
  int4: integerType,
  int8: longType,
  oid: longType,
  float4: floatType,
  float8: doubleType,
  bytea: binaryType,
  date: dateType,
  timestamptz: timestampType,
  timetz: timestampType,
}

/** What is read by an expression of its own stands as text in arrays. */
const ELEMENT_TEXTS = new Set(['bit', 'timetz'])

/** The type that a column is read as, as Spark's dialect has it: what has no counterpart is read as its text. */
export function readType(type: PgType, choice: ReadChoice): DataType {
  if (type.element) return nested(ELEMENT_TEXTS.has(type.element.name) ? stringType : readType(type.element, choice), type.dimensions ?? 1)
  if (type.name === 'numeric') return decimalOf(type)
  if (type.name === 'timestamp' || type.name === 'time') return choice.preferTimestampNtz ? timestampNtzType : timestampType
  if (type.name === 'bit') return type.modifier === 1 || type.modifier < 0 ? booleanType : binaryType
  return FIXED[type.name] ?? stringType
}

const nested = (element: DataType, dimensions: number): DataType =>
  dimensions <= 1 ? arrayType(element) : arrayType(nested(element, dimensions - 1))

const NAMES: Readonly<Partial<Record<DataType['kind'], string>>> = {
  boolean: 'boolean',
  byte: 'smallint',
  short: 'smallint',
  integer: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  string: 'text',
  binary: 'bytea',
  date: 'date',
  timestamp: 'timestamp with time zone',
  timestampNtz: 'timestamp without time zone',
  variant: 'jsonb',
  calendarInterval: 'interval',
  dayTimeInterval: 'interval',
  yearMonthInterval: 'interval',
}

/** The type of a column that is made for ours; undefined where PostgreSQL has none (map, struct). */
export function columnTypeFor(type: DataType): string | undefined {
  switch (type.kind) {
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`
    case 'char':
      return `char(${type.length})`
    case 'varChar':
      return `varchar(${type.length})`
    case 'time':
      return `time(${type.precision})`
    case 'array': {
      const element = columnTypeFor(type.elementType)
      return element === undefined ? undefined : `${element}[]`
    }
    default:
      return NAMES[type.kind]
  }
}

const INTEGERS: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 }
const DIGITS: Readonly<Partial<Record<DataType['kind'], number>>> = { byte: 3, short: 5, integer: 10, long: 19 }
const EXACT_IN_FLOAT: Readonly<Record<string, readonly DataType['kind'][]>> = {
  float4: ['byte', 'short', 'float'],
  float8: ['byte', 'short', 'integer', 'float', 'double'],
}

function holdsDigits(type: PgType, whole: number, scale: number): boolean {
  const bounds = numericBounds(type)
  return bounds === undefined || (bounds.scale >= scale && bounds.precision - bounds.scale >= whole)
}

/** Can every value of ours stand in the server's column, unchanged? Texts go into whatever is read from text: the server checks each. */
export function takesType(type: DataType, to: PgType): boolean {
  if (type.kind === 'array') return to.element !== undefined && takesType(type.elementType, innermost(type.elementType, to))
  if (to.element) return false
  const { name } = to
  switch (type.kind) {
    case 'null':
      return true
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      const digits = DIGITS[type.kind]!
      if (name in INTEGERS) return INTEGERS[name]! >= digits
      return name === 'numeric' ? holdsDigits(to, digits, 0) : (EXACT_IN_FLOAT[name]?.includes(type.kind) ?? false)
    }
    case 'float':
    case 'double':
      return EXACT_IN_FLOAT[name]?.includes(type.kind) ?? false
    case 'decimal':
      return name === 'numeric' && holdsDigits(to, type.precision - type.scale, type.scale)
    case 'string':
    case 'char':
    case 'varChar':
      return TEXTUAL.has(name) || PARSED.has(name) || to.kind === 'e'
    case 'variant':
      return name === 'jsonb' || name === 'json'
    case 'timestamp':
      return name === 'timestamptz' || name === 'timestamp'
    case 'timestampNtz':
      return name === 'timestamp'
    case 'calendarInterval':
    case 'dayTimeInterval':
    case 'yearMonthInterval':
      return name === 'interval'
    default:
      return TAKEN[type.kind] === name
  }
}
const TAKEN: Readonly<Partial<Record<DataType['kind'], string>>> = { boolean: 'bool', binary: 'bytea', date: 'date', time: 'time' }

/** Arrays of arrays have one type in PostgreSQL, however deep they are. */
const innermost = (element: DataType, to: PgType): PgType => (element.kind === 'array' ? to : to.element!)

/** What to do about types that do not fit. */
export function adviceFor(type: DataType, to: PgType): string | undefined {
  if (type.kind === 'struct' || type.kind === 'map') return 'write it as text with to_json(), which a json or jsonb column takes'
  if (type.kind === 'timestampNtz' && to.name === 'timestamptz') return 'cast it to timestamp'
  const cast = CASTS[to.name]
  return cast === undefined || to.element ? undefined : `cast it to ${cast(to)}`
}
const CASTS: Readonly<Record<string, (to: PgType) => string>> = {
  bool: () => 'boolean',
  int2: () => 'smallint',
  int4: () => 'int',
  int8: () => 'bigint',
  float4: () => 'float',
  float8: () => 'double',
  numeric: to => {
    const { precision, scale } = decimalOf(to)
    return `decimal(${precision},${scale})`
  },
  text: () => 'string',
  varchar: () => 'string',
  bpchar: () => 'string',
  json: () => 'string with to_json()',
  jsonb: () => 'string with to_json()',
  uuid: () => 'string',
  bytea: () => 'binary',
  date: () => 'date',
  timestamp: () => 'timestamp_ntz',
  timestamptz: () => 'timestamp',
}
