import type { DataType, DayTimeIntervalType, Field, StructType, YearMonthIntervalType } from './data-type.ts'

const DAY_TIME = ['day', 'hour', 'minute', 'second'] as const
const YEAR_MONTH = ['year', 'month'] as const

function intervalName(t: YearMonthIntervalType | DayTimeIntervalType): string {
  const units: readonly string[] = t.kind === 'yearMonthInterval' ? YEAR_MONTH : DAY_TIME
  const [start, end] = [units[t.startField]!, units[t.endField]!]
  return start === end ? `interval ${start}` : `interval ${start} to ${end}`
}

type Namer<T> = (type: T, inner: (t: DataType) => string) => string
type Of<K, T = DataType> = T extends { readonly kind: infer TK } ? (K extends TK ? T : never) : never
type NameTable = { readonly [K in DataType['kind']]: string | Namer<Of<K>> }

const NAMES = {
  null: 'void',
  boolean: 'boolean',
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  timestampNtz: 'timestamp_ntz',
  calendarInterval: 'interval',
  variant: 'variant',
  string: t => (t.collation ? `string collate ${t.collation}` : 'string'),
  decimal: t => `decimal(${t.precision},${t.scale})`,
  char: t => `char(${t.length})`,
  varChar: t => `varchar(${t.length})`,
  time: t => `time(${t.precision})`,
  yearMonthInterval: intervalName,
  dayTimeInterval: intervalName,
  array: (t, inner) => `array<${inner(t.elementType)}>`,
  map: (t, inner) => `map<${inner(t.keyType)},${inner(t.valueType)}>`,
  struct: (t, inner) => `struct<${t.fields.map(f => `${f.name}:${inner(f.dataType)}`).join(',')}>`,
} satisfies NameTable

/** A type as Spark shows it in schemas and messages (`simpleString`): `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:int>`. */
export function typeName(t: DataType): string {
  const name = NAMES[t.kind] as string | Namer<DataType>
  return typeof name === 'string' ? name : name(t, typeName)
}

/** A type as SQL text that `parseDataType` reads back: `BIGINT`, `ARRAY<STRING>`, `` STRUCT<a: INT NOT NULL, `b c`: STRING> ``. */
export function sqlName(t: DataType): string {
  if (t.kind === 'struct') return `STRUCT<${t.fields.map(f => `${quoteIfNeeded(f.name)}: ${columnTail(f)}`).join(', ')}>`
  if (t.kind === 'array') return `ARRAY<${sqlName(t.elementType)}>`
  if (t.kind === 'map') return `MAP<${sqlName(t.keyType)}, ${sqlName(t.valueType)}>`
  return typeName(t).toUpperCase()
}

/** A table schema as DDL (Spark's `toDDL`): `a INT NOT NULL,b STRING COMMENT 'x'`. `parseDdl` reads it back. */
export const printDdl = (schema: StructType): string => schema.fields.map(f => `${quoteIfNeeded(f.name)} ${columnTail(f)}`).join(',')

function columnTail(f: Field): string {
  const comment = f.metadata?.comment
  return `${sqlName(f.dataType)}${f.nullable ? '' : ' NOT NULL'}${typeof comment === 'string' ? ` COMMENT '${comment.replace(/[\\']/g, c => `\\${c}`)}'` : ''}`
}

/** A name in backticks where it is not a plain one. */
export const quoteIfNeeded = (name: string): string => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)

/** A schema as Spark's `printSchema` draws it, without the last line break. */
export function treeString(schema: StructType): string {
  return ['root', ...schema.fields.flatMap(f => fieldLines(f, ' |'))].join('\n')
}

const treeName = (t: DataType): string => {
  if (t.kind === 'struct' || t.kind === 'array' || t.kind === 'map') return t.kind
  return SPARK_TYPE_NAMES[t.kind] ?? typeName(t)
}
/** Where Spark's `typeName` is not its `simpleString`. */
const SPARK_TYPE_NAMES: Readonly<Record<string, string>> = { byte: 'byte', short: 'short', integer: 'integer', long: 'long' }

function fieldLines(f: Field, prefix: string): string[] {
  return [`${prefix}-- ${f.name}: ${treeName(f.dataType)} (nullable = ${f.nullable})`, ...innerLines(f.dataType, `${prefix}    |`)]
}

function innerLines(t: DataType, prefix: string): string[] {
  if (t.kind === 'struct') return t.fields.flatMap(f => fieldLines(f, prefix))
  if (t.kind === 'array') {
    return [
      `${prefix}-- element: ${treeName(t.elementType)} (containsNull = ${t.containsNull})`,
      ...innerLines(t.elementType, `${prefix}    |`),
    ]
  }
  if (t.kind !== 'map') return []
  return [
    `${prefix}-- key: ${treeName(t.keyType)}`,
    ...innerLines(t.keyType, `${prefix}    |`),
    `${prefix}-- value: ${treeName(t.valueType)} (valueContainsNull = ${t.valueContainsNull})`,
    ...innerLines(t.valueType, `${prefix}    |`),
  ]
}
