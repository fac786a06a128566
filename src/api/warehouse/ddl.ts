import { MillraceError } from '../../errors/index.ts'
import { type Schema, type StructType, structType, schema as toSchema, typeName } from '../../types/index.ts'
import { allFields, columnLines, type Lake, named, type WarehouseName } from './dialect.ts'
import { DIALECTS } from './dialects.ts'

export interface WarehouseDdlOptions {
  readonly warehouse: WarehouseName
  /** Where the lake folder is: `s3://lake/clicks`, `gs://…`; for Snowflake also a stage, `@lake/clicks`. */
  readonly location: string
  /** The warehouse's table: `shop.clicks`. */
  readonly table: string
  /** The table over the lake's files; default: the table's name with `_lake`. */
  readonly external?: string
  /** Columns that tell rows apart. */
  readonly keys: readonly string[]
  /** Of several rows with one key the one with the greatest value here counts; without it any of them. */
  readonly newest?: string
  /** Columns that stand in the names of folders (`day=2026-01-31/`), as they stood in `partitionBy`. */
  readonly partitionBy?: readonly string[]
  /** Of the files; default parquet. */
  readonly format?: 'parquet' | 'csv' | 'json'
}

/** Statements in the order they are run, and all of them as one text. */
export interface WarehouseDdl {
  /** Make the lake's files readable in the warehouse. */
  readonly external: readonly string[]
  /** Makes the table. */
  readonly table: readonly string[]
  /** Bring what is new or changed into the table; may be run again. */
  readonly merge: readonly string[]
  readonly text: string
}

const FORMATS = ['parquet', 'csv', 'json'] as const

/**
 * The statements that let a warehouse read a lake folder and merge it into a table by key: an external table, the table, and a MERGE.
 * They are printed, not run.
 *
 * @throws WAREHOUSE_DDL where a column, key or type cannot be had there
 * @example
 * const { text } = warehouseDdl('id bigint, user string, at timestamp', {
 *   warehouse: 'bigquery', location: 'gs://lake/clicks', table: 'shop.clicks', keys: ['id'], newest: 'at',
 * })
 * text.startsWith('CREATE OR REPLACE EXTERNAL TABLE')   // true
 */
export function warehouseDdl(schema: Schema<any> | StructType | string, options: WarehouseDdlOptions): WarehouseDdl {
  const lake = lakeOf(toSchema(schema as string), options)
  const dialect = DIALECTS[options.warehouse]
  for (const { name, dataType } of allFields(lake)) {
    if (dialect.type(dataType) === undefined)
      refuse(options, `${options.warehouse} has no type for column "${name}" of ${typeName(dataType)}`)
  }
  const table = [`CREATE TABLE IF NOT EXISTS ${named(lake.table, dialect)} (\n${columnLines(allFields(lake), dialect)}\n)`]
  const external = dialect.external(lake, dialect)
  const merge = dialect.merge(lake, dialect)
  const text = [...external, ...table, ...merge].map(statement => `${statement};\n`).join('\n')
  return Object.freeze({ external, table, merge, text })
}

function refuse({ warehouse }: WarehouseDdlOptions, reason: string): never {
  throw new MillraceError('WAREHOUSE_DDL', { warehouse, reason })
}

function lakeOf({ fields }: StructType, options: WarehouseDdlOptions): Lake {
  const { partitionBy = [], keys, newest, format = 'parquet' } = options
  if (!(options.warehouse in DIALECTS)) refuse(options, `it is none of ${Object.keys(DIALECTS).join(', ')}`)
  if (!FORMATS.includes(format)) refuse(options, `the format "${format}" is none of ${FORMATS.join(', ')}`)
  if (options.warehouse === 'postgres' && format === 'json')
    refuse(options, 'no foreign data wrapper reads folders of JSON; write the lake as Parquet')
  if (keys.length === 0) refuse(options, 'a MERGE needs at least one key column')
  const names = fields.map(f => f.name)
  for (const name of [...keys, ...partitionBy, ...(newest === undefined ? [] : [newest])]) {
    if (!names.includes(name)) refuse(options, `the lake has no column "${name}" (it has ${names.join(', ')})`)
  }
  const table = options.table.split('.')
  return {
    data: structType(fields.filter(f => !partitionBy.includes(f.name))),
    partitions: structType(partitionBy.map(name => fields.find(f => f.name === name)!)),
    format,
    location: options.location.replace(/\/+$/, ''),
    external: options.external?.split('.') ?? [...table.slice(0, -1), `${table.at(-1)}_lake`],
    table,
    keys,
    ...(newest !== undefined && { newest }),
  }
}
