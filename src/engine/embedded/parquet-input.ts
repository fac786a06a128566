import type { FilesScan, ScanFile } from '../../connectors/contract.ts'
import { type DataType, type Field, longType, parseDdl, type RowBatch, rowsOf, stringType, structType } from '../../types/index.ts'
import { batchOfAnswer, firstText } from './duck/read-out.ts'
import { fieldNames } from './field-ids.ts'
import type { InputContext, Provided } from './inputs.ts'
import { quoteName, quoteText } from './lower/context.ts'
import { duckType } from './lower/types.ts'
import { renamed } from './reshape.ts'

/** From so many on, partition values come from a table beside the files instead of a statement for each. */
const MANY_PARTITIONS = 8

/** Parquet files, read by DuckDB: columns by name or id, missing ones null, partition values as constants of a file. */
export async function parquetRows(scan: FilesScan, to: InputContext): Promise<Provided> {
  if (scan.files.length === 0) return (await import('./inputs.ts')).nothing(scan.schema)
  const feeds: number[] = []
  const feed = (batch: RowBatch): string => {
    const id = to.duck.feeds.add(batch.schema, [batch])
    feeds.push(id)
    return `feed(${id})`
  }
  const release = async (): Promise<void> => {
    for (const id of feeds) to.duck.feeds.remove(id)
  }
  try {
    const parts: string[] = []
    for (const files of groups(scan.files)) parts.push(await part(scan, files, feed, to))
    const all = listOf(scan.files)
    const rows = Number(firstText(await to.run(`SELECT CAST(sum(num_rows) AS VARCHAR) FROM parquet_file_metadata(${all})`)))
    const gone = scan.files.reduce((n, f) => n + (f.deleted?.length ?? 0), 0)
    return { from: `(${parts.join(' UNION ALL ')})`, rows: rows - gone, release }
  } catch (error) {
    await release()
    throw error
  }
}

const listOf = (files: readonly ScanFile[]): string => `[${files.map(f => quoteText(f.path)).join(', ')}]`

/** Files that one statement reads: those with rows to leave out alone, the others by their partition, or all together where there are many. */
function groups(files: readonly ScanFile[]): readonly (readonly ScanFile[])[] {
  const whole = files.filter(f => !f.deleted)
  const byPartition = new Map<string, ScanFile[]>()
  for (const file of whole) {
    const key = JSON.stringify(file.partition ?? {})
    const same = byPartition.get(key)
    if (same) same.push(file)
    else byPartition.set(key, [file])
  }
  const apart = files.filter(f => f.deleted).map(f => [f])
  return [...(byPartition.size > MANY_PARTITIONS ? [whole] : byPartition.values()), ...apart]
}

async function part(scan: FilesScan, files: readonly ScanFile[], feed: (batch: RowBatch) => string, to: InputContext): Promise<string> {
  const first = files[0]!
  const several = files.some(f => f.partition !== first.partition && JSON.stringify(f.partition) !== JSON.stringify(first.partition))
  const more = `${first.deleted ? ', file_row_number = true' : ''}${several ? ", filename = 'mr_file'" : ''}`
  const read = `read_parquet(${listOf(files)}, union_by_name = true, hive_partitioning = false${more})`
  const types = await columnTypes(read, to)
  const ids = await fieldNames(scan, files, to)
  const source: FileColumns = { types, ids, file: first, several }
  const columns = scan.schema.fields.map((f, i) => `${column(f, scan.fileSchema?.fields[i] ?? f, source)} AS f${i}`)
  const beside = several ? ` JOIN ${feed(partitionTable(files))} AS mr_part ON mr_files.mr_file = mr_part.f0` : ''
  const without = first.deleted ? ` WHERE file_row_number NOT IN (SELECT f0 FROM ${feed(positions(first.deleted))})` : ''
  return `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM ${read} AS mr_files${beside}${without}`
}

const positions = (values: BigInt64Array): RowBatch => ({
  schema: structType([{ name: 'at', dataType: longType, nullable: false }]),
  length: values.length,
  columns: [{ length: values.length, values }],
})

/** Path and partition values of each file, as text, in the order of the first file's. */
function partitionTable(files: readonly ScanFile[]): RowBatch {
  const names = Object.keys(files[0]!.partition ?? {})
  const schema = structType(['path', ...names].map(name => ({ name, dataType: stringType, nullable: true })))
  return {
    schema,
    length: files.length,
    columns: [files.map(f => f.path), ...names.map(n => files.map(f => f.partition?.[n] ?? null))].map(texts),
  }
}

function texts(values: readonly (string | null)[]): RowBatch['columns'][number] {
  const bytes = values.map(v => Buffer.from(v ?? ''))
  const offsets = new Int32Array(values.length + 1)
  const validity = new Uint8Array((values.length + 7) >> 3)
  for (const [i, b] of bytes.entries()) {
    offsets[i + 1] = offsets[i]! + b.length
    if (values[i] !== null) validity[i >> 3]! |= 1 << (i & 7)
  }
  return { length: values.length, validity, offsets, values: new Uint8Array(Buffer.concat(bytes)) }
}

type Types = ReadonlyMap<string, { readonly name: string; readonly type: string }>

async function columnTypes(read: string, to: InputContext): Promise<Types> {
  const schema = parseDdl('column_name string, column_type string')
  const answer = await to.run(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${read})`)
  const rows = [...rowsOf(batchOfAnswer(answer, schema))] as { column_name: string; column_type: string }[]
  return new Map(rows.map(r => [r.column_name.toLowerCase(), { name: r.column_name, type: r.column_type }]))
}

interface FileColumns {
  readonly types: Types
  /** Names by field id. */
  readonly ids: ReadonlyMap<number, string> | undefined
  readonly file: ScanFile
  /** Partition values stand in `mr_part`. */
  readonly several: boolean
}

/** The column `f` of a file that calls it `there`. */
function column(f: Field, there: Field, { types, ids, file, several }: FileColumns): string {
  const target = duckType(f.dataType)
  if (file.partition && f.name in file.partition) {
    const value = file.partition[f.name]
    if (several) return `CAST(mr_part.f${1 + Object.keys(file.partition).indexOf(f.name)} AS ${target})`
    return `CAST(${value === null || value === undefined ? 'NULL' : quoteText(value)} AS ${target})`
  }
  const id = there.metadata?.['parquet.field.id']
  const name = ids && typeof id === 'number' ? ids.get(id) : there.name
  const found = name === undefined ? undefined : types.get(name.toLowerCase())
  if (!found) return `CAST(NULL AS ${target})`
  const value = `CAST(${instant(`mr_files.${quoteName(found.name)}`, found.type, f.dataType)} AS ${duckType(there.dataType)})`
  return renamed(value, there.dataType, f.dataType)
}

/** INT96 and unadjusted times come as TIMESTAMP: the same instant in UTC, not the session's wall clock. */
function instant(sql: string, type: string, wanted: DataType): string {
  if (wanted.kind === 'timestamp' && type.startsWith('TIMESTAMP') && !type.includes('TIME ZONE'))
    return `make_timestamptz(epoch_us(${sql}))`
  if (wanted.kind === 'timestampNtz' && type.includes('TIME ZONE')) return `make_timestamp(epoch_us(${sql}))`
  return sql
}
