import type { TargetColumn, TargetTypes } from '../target-schema.ts'
import type { Connection } from './connection.ts'
import { type TableName, tableName } from './identifiers.ts'
import { adviceFor, columnTypeFor, type PgType, takesType } from './types.ts'

export interface PgColumn extends TargetColumn {
  readonly type: PgType
}
/** A table as the catalog describes it; `name.schema` is always there. */
export interface PgTable {
  readonly oid: number
  readonly name: TableName & { readonly schema: string }
  readonly columns: readonly PgColumn[]
  readonly primaryKey: readonly string[]
  /** Sets of columns that tell rows apart, the primary key first. */
  readonly uniques: readonly Unique[]
}
export interface Unique {
  readonly columns: readonly string[]
  /** Two nulls count as equal. */
  readonly nullsEqual: boolean
}

/** How rows are compared with a table of this system. */
export const PG_TYPES: TargetTypes<PgColumn> = {
  takes: (type, column) => takesType(type, column.type),
  typeFor: columnTypeFor,
  advice: (type, column) => adviceFor(type, column.type),
}

/** Asks for types by oid, those of elements and those below domains as well. */
export async function typesOf(
  connection: Connection,
  wanted: readonly { readonly oid: number; readonly modifier: number; readonly dimensions?: number }[],
): Promise<readonly PgType[]> {
  const { rows } = await connection.query<TypeRow>(TYPES, [wanted.map(w => w.oid), wanted.map(w => w.modifier)])
  return rows.map((row, i) => typeOf(row, wanted[i]!.dimensions))
}

interface TypeRow {
  readonly oid: number
  readonly name: string
  readonly sql: string
  readonly kind: string
  readonly modifier: number
  readonly element_oid: number | null
  readonly element_name: string | null
  readonly element_sql: string | null
  readonly element_kind: string | null
}

const TYPES = `
  SELECT b.oid AS oid, b.typname AS name, format_type(w.oid, w.modifier) AS sql, b.typtype::text AS kind,
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE w.modifier END AS modifier,
         e.oid AS element_oid, e.typname AS element_name, format_type(e.oid, w.modifier) AS element_sql, e.typtype::text AS element_kind
  FROM unnest($1::oid[], $2::int4[]) WITH ORDINALITY AS w(oid, modifier, place)
  JOIN pg_type t ON t.oid = w.oid
  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  LEFT JOIN pg_type e ON e.oid = b.typelem AND b.typcategory = 'A'
  ORDER BY w.place`

const typeOf = (row: TypeRow, dimensions: number | undefined): PgType => ({
  oid: row.oid,
  name: row.name,
  sql: row.sql,
  kind: row.kind,
  modifier: row.modifier,
  ...(row.element_oid !== null && {
    element: { oid: row.element_oid, name: row.element_name!, sql: row.element_sql!, kind: row.element_kind!, modifier: row.modifier },
    dimensions: Math.max(dimensions ?? 1, 1),
  }),
})

/** The table, or undefined when there is none of this name that the session can see. */
export async function findTable(connection: Connection, name: TableName): Promise<PgTable | undefined> {
  const { rows } = await connection.query<{ oid: number; schema: string; name: string; kind: string }>(
    `SELECT c.oid AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`,
    [name.sql],
  )
  const found = rows[0]
  if (!found) return undefined
  const uniques = await uniquesOf(connection, found.oid)
  return {
    oid: found.oid,
    name: tableName(found.name, found.schema) as PgTable['name'],
    columns: await columnsOf(connection, found.oid),
    primaryKey: uniques.find(u => u.primary)?.columns ?? [],
    uniques,
  }
}

async function columnsOf(connection: Connection, table: number): Promise<readonly PgColumn[]> {
  const { rows } = await connection.query<{
    name: string
    oid: number
    modifier: number
    dimensions: number
    required: boolean
    fills: boolean
    generated: boolean
  }>(
    `SELECT attname AS name, atttypid AS oid, atttypmod AS modifier, attndims::int4 AS dimensions, attnotnull AS required,
            atthasdef OR attidentity <> '' AS fills, attgenerated <> '' OR attidentity = 'a' AS generated
     FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  )
  const types = await typesOf(connection, rows)
  return rows.map((row, i) => ({
    name: row.name,
    type: types[i]!,
    typeName: types[i]!.sql,
    nullable: !row.required,
    hasDefault: row.fills,
    ...(row.generated && { generated: true }),
  }))
}

/** Indexes over plain columns of all rows. */
async function uniquesOf(connection: Connection, table: number): Promise<readonly (Unique & { readonly primary: boolean })[]> {
  const { rows } = await connection.query<{ primary: boolean; columns: string[]; nulls_equal: boolean | null }>(
    `SELECT i.indisprimary AS primary, (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean AS nulls_equal,
            (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts) AS columns
     FROM pg_index i WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
     ORDER BY i.indisprimary DESC, i.indexrelid`,
    [table],
  )
  return rows.map(row => ({ primary: row.primary, columns: row.columns, nullsEqual: row.nulls_equal === true }))
}

/** Tables whose names are near, for "did you mean". */
export async function tablesNear(connection: Connection, { name }: TableName): Promise<readonly string[]> {
  const { rows } = await connection.query<{ sql: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS sql FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND (lower(c.relname) = lower($1) OR left(lower(c.relname), 4) = left(lower($1), 4) OR position(lower($1) IN lower(c.relname)) > 0)
     ORDER BY lower(c.relname) <> lower($1), abs(length(c.relname) - length($1)), 1 LIMIT 3`,
    [name],
  )
  return rows.map(row => row.sql)
}
