import type { DataType, StructType } from '../../types/index.ts'

export type WarehouseName = 'bigquery' | 'redshift' | 'snowflake' | 'postgres'

/** What the statements are made for: a lake folder, and the table its rows are merged into. */
export interface Lake {
  /** Columns of the files. */
  readonly data: StructType
  /** Columns that stand in the names of folders: `day=2026-01-31/`. */
  readonly partitions: StructType
  readonly format: 'parquet' | 'csv' | 'json'
  /** `s3://lake/clicks`, without a slash behind it; for Snowflake `@stage/clicks`. */
  readonly location: string
  /** The external table, in parts. */
  readonly external: readonly string[]
  /** The table of the warehouse, in parts. */
  readonly table: readonly string[]
  readonly keys: readonly string[]
  /** Of rows with one key the greatest here counts. */
  readonly newest?: string
}

/** One warehouse: its types, its quotes, and the statements that only it words that way. */
export interface Dialect {
  readonly quote: (name: string) => string
  /** Undefined where it has no such type. */
  readonly type: (type: DataType) => string | undefined
  /** Makes the lake's files readable as a table. */
  readonly external: (lake: Lake, dialect: Dialect) => readonly string[]
  /** Brings the external table's rows into the table by key. */
  readonly merge: (lake: Lake, dialect: Dialect) => readonly string[]
}

export const allFields = ({ data, partitions }: Lake): StructType['fields'] => [...data.fields, ...partitions.fields]
export const named = (parts: readonly string[], { quote }: Dialect): string => parts.map(quote).join('.')

/** A list of columns with their types, one a line. */
export function columnLines(fields: StructType['fields'], dialect: Dialect): string {
  return fields.map(f => `  ${dialect.quote(f.name)} ${dialect.type(f.dataType)!}${f.nullable ? '' : ' NOT NULL'}`).join(',\n')
}

/** The external rows, of each key one: the newest where a column says which. */
export function oneOfEach(lake: Lake, dialect: Dialect): string {
  const { quote } = dialect
  const order = lake.newest === undefined ? '' : ` ORDER BY ${quote(lake.newest)} DESC`
  const list = allFields(lake)
    .map(f => quote(f.name))
    .join(', ')
  // A window needs an order in some of them; the key itself says nothing more.
  const over = `PARTITION BY ${lake.keys.map(quote).join(', ')}${order || ` ORDER BY ${lake.keys.map(quote).join(', ')}`}`
  return [
    `SELECT ${list}`,
    `  FROM (SELECT *, ROW_NUMBER() OVER (${over}) AS row_of_key FROM ${named(lake.external, dialect)}) AS numbered`,
    '  WHERE row_of_key = 1',
  ].join('\n')
}

/** `MERGE INTO t USING s …`; `target` is how the table's own columns are named. */
export function mergeInto(lake: Lake, dialect: Dialect, using: string, target: string, as: string): string {
  const { quote } = dialect
  const fields = allFields(lake).map(f => f.name)
  const rest = fields.filter(name => !lake.keys.includes(name))
  const on = lake.keys.map(key => `${target}.${quote(key)} = s.${quote(key)}`).join(' AND ')
  const set = rest.map(name => `${quote(name)} = s.${quote(name)}`).join(', ')
  const matched = rest.length === 0 ? [] : [`WHEN MATCHED THEN UPDATE SET ${set}`]
  const insert = `WHEN NOT MATCHED THEN INSERT (${fields.map(quote).join(', ')}) VALUES (${fields.map(name => `s.${quote(name)}`).join(', ')})`
  return [`MERGE INTO ${named(lake.table, dialect)}${as}`, `USING ${using}`, `ON ${on}`, ...matched, insert].join('\n')
}
