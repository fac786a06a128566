import { MillraceError } from '../../../errors/index.ts'
import type { StructType } from '../../../types/index.ts'
import { type ColumnPair, fittingColumns } from '../../target-schema.ts'
import { findTable, PG_TYPES, type PgColumn, type PgTable, tablesNear } from '../catalog.ts'
import type { Connection } from '../connection.ts'
import { columnList, quoted, type TableName } from '../identifiers.ts'
import type { PostgresOptions } from '../settings.ts'
import { createTableSql } from './create-table.ts'

/** What a batch does to the table: adds its rows, replaces those of the same key, or is all there is. */
export type WriteKind = 'append' | 'upsert' | 'replace'

/** A table that was looked at: the rows fit. */
export interface Target {
  readonly table: PgTable
  readonly pairs: readonly ColumnPair<PgColumn>[]
  readonly kind: WriteKind
  /** Of an upsert: the table's own names. */
  readonly keys: readonly string[]
  /** The index takes two nulls in a key for different, and there may be nulls. */
  readonly nullsDiffer: boolean
}

export interface TargetRequest {
  readonly name: TableName
  readonly schema: StructType
  readonly kind: WriteKind
  readonly options: Pick<PostgresOptions, 'keyColumns' | 'createTableColumnTypes' | 'createTableOptions'>
  /** Make the table where there is none. */
  readonly create: boolean
}

/** Kinds of writing by output mode; who names keys in append mode wants rows replaced. */
export const kindOf = (outputMode: 'append' | 'update' | 'complete', keyColumns: string | undefined): WriteKind =>
  outputMode === 'complete' ? 'replace' : outputMode === 'update' || keyColumns !== undefined ? 'upsert' : 'append'

/**
 * Finds the table, or makes it on request, and compares it with the rows.
 * @throws POSTGRES_NO_TABLE, TARGET_SCHEMA_MISMATCH, POSTGRES_KEY, POSTGRES_TYPE
 */
export async function resolveTarget(connection: Connection, request: TargetRequest): Promise<Target> {
  const { name, schema, kind } = request
  const found = await findTable(connection, name)
  if (!found && !request.create) await refuseMissing(connection, request)
  const table = found ?? (await makeTable(connection, request))
  const pairs = fittingColumns(schema, table.columns, PG_TYPES, table.name.sql)
  const key = kind === 'upsert' ? keysOf(table, pairs, request.options.keyColumns) : { keys: [], nullsDiffer: false }
  return { table, pairs, kind, ...key }
}

async function refuseMissing(connection: Connection, request: TargetRequest): Promise<never> {
  const near = await tablesNear(connection, request.name)
  const create = `${await tableSql(connection, request)};`
  throw new MillraceError('POSTGRES_NO_TABLE', { table: request.name.sql, database: connection.server.database, near, create })
}

async function makeTable(connection: Connection, request: TargetRequest): Promise<PgTable> {
  await connection.query((await tableSql(connection, request)).replace(/^CREATE TABLE/, 'CREATE TABLE IF NOT EXISTS'))
  return (await findTable(connection, request.name))!
}

export async function tableSql(connection: Connection, { name, schema, kind, options }: Omit<TargetRequest, 'create'>): Promise<string> {
  const { rows } = await connection.query<{ version: number }>("SELECT current_setting('server_version_num')::int4 AS version")
  const given = kind === 'upsert' ? columnList(options.keyColumns ?? '') : []
  const keys = given.map(
    key =>
      schema.fields.find(f => f.name === key)?.name ?? schema.fields.find(f => f.name.toLowerCase() === key.toLowerCase())?.name ?? key,
  )
  if (kind === 'upsert' && keys.length === 0) {
    const instead = "Name them in option('keyColumns', …): the table is made with a key of these columns."
    throw new MillraceError('POSTGRES_KEY', {
      table: name.sql,
      reason: 'a table that is made for update mode needs to know its key',
      instead,
    })
  }
  return createTableSql({
    name,
    schema,
    keys,
    nullsEqual: rows[0]!.version >= 150_000,
    ...(options.createTableColumnTypes !== undefined && { columnTypes: options.createTableColumnTypes }),
    ...(options.createTableOptions !== undefined && { tableOptions: options.createTableOptions }),
  })
}

/** The columns that tell rows apart, of which the table must have an index. */
function keysOf(table: PgTable, pairs: readonly ColumnPair<PgColumn>[], given: string | undefined): Pick<Target, 'keys' | 'nullsDiffer'> {
  const keys = given === undefined ? table.primaryKey : columnList(given).map(name => columnNamed(table, name))
  if (keys.length === 0) {
    const instead = "Name the columns that tell rows apart in option('keyColumns', …), or give the table a primary key."
    throw new MillraceError('POSTGRES_KEY', { table: table.name.sql, reason: 'it has no primary key, and keyColumns names none', instead })
  }
  const absent = keys.filter(key => !pairs.some(pair => pair.column.name === key))
  if (absent.length > 0) {
    const reason = `the rows have no column ${absent.map(key => `"${key}"`).join(', ')}`
    throw new MillraceError('POSTGRES_KEY', {
      table: table.name.sql,
      reason,
      instead: 'Add it to the rows, or name other columns in keyColumns.',
    })
  }
  const same = (columns: readonly string[]): boolean => columns.length === keys.length && columns.every(column => keys.includes(column))
  const unique = table.uniques.filter(u => same(u.columns))
  if (unique.length === 0) {
    const columns = keys.map(quoted).join(', ')
    throw new MillraceError('POSTGRES_KEY', {
      table: table.name.sql,
      reason: `no unique index is over (${columns})`,
      instead: `Create it: CREATE UNIQUE INDEX ON ${table.name.sql} (${columns});`,
    })
  }
  const mayBeNull = table.columns.some(column => column.nullable && keys.includes(column.name))
  return { keys, nullsDiffer: mayBeNull && !unique.some(u => u.nullsEqual) }
}

function columnNamed(table: PgTable, name: string): string {
  const found = table.columns.find(c => c.name === name) ?? table.columns.find(c => c.name.toLowerCase() === name.toLowerCase())
  if (!found) {
    const instead = `Name columns of the table: ${table.columns.map(c => c.name).join(', ')}.`
    throw new MillraceError('POSTGRES_KEY', {
      table: table.name.sql,
      reason: `it has no column "${name}", which keyColumns names`,
      instead,
    })
  }
  return found.name
}
