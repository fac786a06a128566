import { MillraceError } from '../../../errors/index.ts'
import { type DataType, type Field, field, parseDdl, type StructType, stringType, structType } from '../../../types/index.ts'
import { typesOf } from '../catalog.ts'
import type { Connection } from '../connection.ts'
import { parseTableName, quoted } from '../identifiers.ts'
import type { PostgresSettings } from '../settings.ts'
import { columnTypeFor, type PgType, readType } from '../types.ts'

/** What is read: SQL that stands behind FROM, and what stands before the SELECT. */
export interface Relation {
  readonly from: string
  readonly before: string
}

/** @throws MISSING_OPTION, CONFLICTING_OPTIONS, INVALID_OPTION */
export function relationOf({ options, format }: PostgresSettings): Relation {
  const { dbtable, query, prepareQuery } = options
  if (dbtable !== undefined && query !== undefined)
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['dbtable', 'query'], format, why: 'each says what to read' })
  const before = prepareQuery === undefined ? '' : `${prepareQuery} `
  if (query !== undefined) return { from: `(${query.trim().replace(/;\s*$/, '')}) AS millrace_query`, before }
  if (dbtable === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'dbtable', format, describe: 'the table to read (or option query)' })
  const name = parseTableName(dbtable)
  if (name) return { from: name.sql, before }
  if (dbtable.trim().startsWith('(')) return { from: dbtable, before }
  const expected = 'a table name such as shop.orders, or a query in parentheses with a name'
  throw new MillraceError('INVALID_OPTION', { option: 'dbtable', format, value: dbtable, expected })
}

/** A column to read: as which field, by which SQL, and in which of the server's binary forms it comes. */
export interface ReadColumn {
  readonly field: Field
  readonly sql: string
  readonly wire: Wire
}
/** Names of binary forms; an array's is its element's. */
export type WireName =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'text'
  | 'bytea'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
export interface Wire {
  readonly name: WireName
  readonly array: boolean
}

/** Asks the server for the columns of the relation, and how each is to be read. */
export async function readColumns(
  connection: Connection,
  relation: Relation,
  { options, format }: PostgresSettings,
): Promise<readonly ReadColumn[]> {
  const { fields } = await connection.query(`${relation.before}SELECT * FROM ${relation.from} LIMIT 0`)
  const depth = await dimensionsOf(connection, fields)
  const types = await typesOf(
    connection,
    fields.map((f, i) => ({ oid: f.dataTypeID, modifier: f.dataTypeModifier, dimensions: depth[i]! })),
  )
  const custom = customTypes(
    options.customSchema,
    fields.map(f => f.name),
    format,
  )
  return fields.map(({ name }, i) => readColumn(name, types[i]!, custom.get(name), options.preferTimestampNTZ))
}

export const schemaOf = (columns: readonly ReadColumn[]): StructType => structType(columns.map(column => column.field))

/** How deep arrays are is known of columns of tables only. */
async function dimensionsOf(
  connection: Connection,
  fields: readonly { readonly tableID: number; readonly columnID: number }[],
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ dimensions: number | null }>(
    `SELECT a.attndims::int4 AS dimensions FROM unnest($1::oid[], $2::int2[]) WITH ORDINALITY AS w(t, c, place)
     LEFT JOIN pg_attribute a ON a.attrelid = w.t AND a.attnum = w.c ORDER BY w.place`,
    [fields.map(f => f.tableID), fields.map(f => f.columnID)],
  )
  return rows.map(row => row.dimensions ?? 0)
}

/** Columns may be left out of it; names do not regard case. */
function customTypes(ddl: string | undefined, names: readonly string[], format: string): ReadonlyMap<string, DataType> {
  const types = new Map<string, DataType>()
  for (const { name, dataType } of ddl === undefined ? [] : parseDdl(ddl).fields) {
    const found = names.find(n => n === name) ?? names.find(n => n.toLowerCase() === name.toLowerCase())
    if (found === undefined) {
      throw new MillraceError('INVALID_OPTION', {
        option: 'customSchema',
        format,
        value: name,
        expected: `types of its columns (${names.join(', ')})`,
      })
    }
    types.set(found, dataType)
  }
  return types
}

/** What comes in binary as it is. */
const AS_IS: Readonly<Record<string, WireName>> = {
  bool: 'bool',
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float4: 'float4',
  float8: 'float8',
  numeric: 'numeric',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  bytea: 'bytea',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  time: 'time',
}
const WIRES: Readonly<Partial<Record<DataType['kind'], WireName>>> = {
  boolean: 'bool',
  byte: 'int2',
  short: 'int2',
  integer: 'int4',
  long: 'int8',
  float: 'float4',
  double: 'float8',
  decimal: 'numeric',
  string: 'text',
  char: 'text',
  varChar: 'text',
  variant: 'text',
  binary: 'bytea',
  date: 'date',
  timestamp: 'timestamptz',
  timestampNtz: 'timestamp',
  time: 'time',
}

function readColumn(name: string, type: PgType, custom: DataType | undefined, preferTimestampNtz: boolean): ReadColumn {
  const column = quoted(name)
  if (custom !== undefined) return castColumn(name, custom)
  const dataType = readType(type, { preferTimestampNtz })
  const made = (sql: string, wire: WireName, array = false): ReadColumn => ({
    field: field(name, dataType),
    sql,
    wire: { name: wire, array },
  })
  if (type.element) {
    const wire = AS_IS[type.element.name]
    if (wire !== undefined) return made(column, wire, true)
    return type.element.name === 'oid' ? made(`${column}::int8[]`, 'int8', true) : made(`${column}::text[]`, 'text', true)
  }
  const wire = AS_IS[type.name]
  if (wire !== undefined) return made(column, wire)
  const other = OTHERS[type.name]
  if (other) return made(other.sql(column), other.wire)
  if (type.name === 'bit')
    return dataType.kind === 'boolean' ? made(`(${column} = B'1')`, 'bool') : made(`convert_to(${column}::text, 'UTF8')`, 'bytea')
  return { field: field(name, stringType), sql: `${column}::text`, wire: { name: 'text', array: false } }
}

const OTHERS: Readonly<Record<string, { readonly wire: WireName; readonly sql: (column: string) => string }>> = {
  oid: { wire: 'int8', sql: column => `${column}::int8` },
  timetz: { wire: 'timestamptz', sql: column => `('1970-01-01'::date + ${column})` },
}

/** A type that the person asks for: the server casts. */
function castColumn(name: string, type: DataType): ReadColumn {
  const sqlType = type.kind === 'variant' ? 'text' : columnTypeFor(type)
  const wire = WIRES[type.kind === 'array' ? innermost(type.elementType).kind : type.kind]
  if (sqlType === undefined || wire === undefined) {
    throw new MillraceError('NOT_SUPPORTED', {
      what: `column "${name}" as ${type.kind} in customSchema`,
      instead: 'Read it as text and parse it with from_json.',
    })
  }
  return { field: field(name, type), sql: `CAST(${quoted(name)} AS ${sqlType})`, wire: { name: wire, array: type.kind === 'array' } }
}
const innermost = (type: DataType): DataType => (type.kind === 'array' ? innermost(type.elementType) : type)
