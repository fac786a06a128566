import type { FilesScan, ScanFile } from '../../connectors/contract.ts'
import type { DataType, Field } from '../../types/index.ts'
import { parseDdl, rowsOf } from '../../types/index.ts'
import { batchOfAnswer, firstText } from './duck/read-out.ts'
import type { InputContext, Provided } from './inputs.ts'
import { quoteName, quoteText } from './lower/context.ts'
import { duckType } from './lower/types.ts'

/** Parquet files, read by DuckDB: columns by name, missing ones null, partition values as constants of a file. */
export async function parquetRows(scan: FilesScan, to: InputContext): Promise<Provided> {
  const parts: string[] = []
  for (const files of byPartition(scan.files)) {
    const list = `[${files.map(f => quoteText(f.path)).join(', ')}]`
    const read = `read_parquet(${list}, union_by_name = true, hive_partitioning = false)`
    const types = await columnTypes(read, to)
    const columns = scan.schema.fields.map((f, i) => `${column(f, files[0]!, types)} AS f${i}`)
    parts.push(`SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM ${read}`)
  }
  if (parts.length === 0) return (await import('./inputs.ts')).nothing(scan.schema)
  const all = `[${scan.files.map(f => quoteText(f.path)).join(', ')}]`
  const rows = Number(firstText(await to.run(`SELECT CAST(sum(num_rows) AS VARCHAR) FROM parquet_file_metadata(${all})`)))
  return { from: `(${parts.join(' UNION ALL ')})`, rows, release: async () => {} }
}

function byPartition(files: readonly ScanFile[]): readonly (readonly ScanFile[])[] {
  const groups = new Map<string, ScanFile[]>()
  for (const file of files) {
    const key = JSON.stringify(file.partition ?? {})
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  return [...groups.values()]
}

async function columnTypes(read: string, to: InputContext): Promise<ReadonlyMap<string, { readonly name: string; readonly type: string }>> {
  const schema = parseDdl('column_name string, column_type string')
  const answer = await to.run(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${read})`)
  const rows = [...rowsOf(batchOfAnswer(answer, schema))] as { column_name: string; column_type: string }[]
  return new Map(rows.map(r => [r.column_name.toLowerCase(), { name: r.column_name, type: r.column_type }]))
}

function column(f: Field, file: ScanFile, types: ReadonlyMap<string, { readonly name: string; readonly type: string }>): string {
  const target = duckType(f.dataType)
  if (file.partition && f.name in file.partition) {
    const value = file.partition[f.name]
    return `CAST(${value === null || value === undefined ? 'NULL' : quoteText(value)} AS ${target})`
  }
  const found = types.get(f.name.toLowerCase())
  if (!found) return `CAST(NULL AS ${target})`
  return `CAST(${instant(quoteName(found.name), found.type, f.dataType)} AS ${target})`
}

/** INT96 and unadjusted times come as TIMESTAMP: the same instant in UTC, not the session's wall clock. */
function instant(sql: string, type: string, wanted: DataType): string {
  if (wanted.kind === 'timestamp' && type.startsWith('TIMESTAMP') && !type.includes('TIME ZONE'))
    return `make_timestamptz(epoch_us(${sql}))`
  if (wanted.kind === 'timestampNtz' && type.includes('TIME ZONE')) return `make_timestamp(epoch_us(${sql}))`
  return sql
}
