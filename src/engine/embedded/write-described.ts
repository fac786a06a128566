import type { ColumnFacts, FileColumn, WrittenFile } from '../../connectors/contract.ts'
import {
  type ColumnData,
  columnReader,
  type Field,
  field,
  integerType,
  parseDdl,
  type RowBatch,
  rowsOf,
  structType,
  valueText,
} from '../../types/index.ts'
import type { DuckConnection } from './duck/connection.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import { takeRows } from './duck/read-vector.ts'
import { fieldIds } from './field-ids.ts'
import { quoteName, quoteText } from './lower/context.ts'
import { duckType } from './lower/types.ts'
import type { OutputRows } from './outputs.ts'
import { renamed } from './reshape.ts'
import { codecOf, directoryOf, type Target } from './write-files.ts'

/** With more, one pass over the rows writes them all instead of one each. */
const FEW_PARTITIONS = 8
/** Stands in the rows of that pass alone. */
const NUMBER = '__millrace_partition'

/** Parquet files with columns of the caller's choice, each file with its partition values and what is in its columns. */
export async function writeDescribed(source: OutputRows, to: Target, columns: readonly FileColumn[]): Promise<readonly WrittenFile[]> {
  const connection = await source.duck.connect()
  try {
    const keys = columns.filter(c => to.options.partitionBy.includes(c.name))
    const inner = columns.filter(c => !keys.includes(c))
    const writer = new DescribedWriter(source, to, connection, inner)
    if (keys.length === 0) return [await writer.copy('', undefined)]
    const partitions = await distinct(source, keys, connection)
    if (partitions.length > FEW_PARTITIONS) return await writer.allPartitions(partitions, keys)
    const written: WrittenFile[] = []
    for (let i = 0; i < partitions.length; i++) written.push(await writer.partition(partitions, i, keys))
    return written
  } finally {
    await source.duck.release(connection)
  }
}

/** A partition column's value. A text without characters cannot be told from null in a partition: it is null. */
const keyIn = (c: FileColumn): string => (c.dataType.kind === 'string' ? `nullif(${valueIn(c)}, '')` : valueIn(c))
const valueIn = (c: FileColumn): string =>
  c.from === undefined ? `CAST(NULL AS ${duckType(c.dataType)})` : `CAST(f${c.from} AS ${duckType(c.dataType)})`

/** Every combination of partition values that occurs. */
async function distinct(source: OutputRows, keys: readonly FileColumn[], connection: DuckConnection): Promise<RowBatch> {
  const schema = structType(keys.map(k => field(k.name, k.dataType)))
  return batchOfAnswer(await connection.run(`SELECT DISTINCT ${keys.map(keyIn).join(', ')} FROM ${source.from} ORDER BY ALL`), schema)
}

class DescribedWriter {
  readonly #source: OutputRows
  readonly #to: Target
  readonly #connection: DuckConnection
  readonly #columns: readonly FileColumn[]
  #files = 0

  constructor(source: OutputRows, to: Target, connection: DuckConnection, columns: readonly FileColumn[]) {
    this.#source = source
    this.#to = to
    this.#connection = connection
    this.#columns = columns
  }

  async partition(values: RowBatch, i: number, keys: readonly FileColumn[]): Promise<WrittenFile> {
    const { directory, partition } = await this.#directory(values, i, keys)
    const { feeds } = this.#source.duck
    const id = feeds.add(values.schema, [oneRow(values, i)])
    try {
      const same = keys.map((k, at) => `${keyIn(k)} IS NOT DISTINCT FROM (SELECT f${at} FROM feed(${id}))`)
      return await this.copy(directory, partition, ` WHERE ${same.join(' AND ')}`)
    } finally {
      feeds.remove(id)
    }
  }

  /** The rows once, each to the file of its partition's number; the files are then put where they belong. */
  async allPartitions(values: RowBatch, keys: readonly FileColumn[]): Promise<readonly WrittenFile[]> {
    const { options, platform } = this.#to
    const { feeds } = this.#source.duck
    const numbers = { length: values.length, values: Int32Array.from({ length: values.length }, (_, i) => i) }
    const schema = structType([...values.schema.fields, field(NUMBER, integerType)])
    const id = feeds.add(schema, [{ schema, length: values.length, columns: [...values.columns, numbers] }])
    const aside = `${options.directory}/${NUMBER}`
    try {
      const known = `(SELECT ${schema.fields.map((_, i) => `f${i} AS p${i}`).join(', ')} FROM feed(${id})) AS mr_parts`
      const same = keys.map((k, at) => `${keyIn(k)} IS NOT DISTINCT FROM mr_parts.p${at}`).join(' AND ')
      const from = `${this.#source.from} AS mr_rows JOIN ${known} ON ${same}`
      const written: WrittenFile[] = []
      for (const told of await this.#run(from, aside, [`p${keys.length} AS ${NUMBER}`], `, PARTITION_BY (${NUMBER})`)) {
        const { directory, partition } = await this.#directory(values, Number(told.keys.get(NUMBER)), keys)
        const path = `${directory}${options.name(this.#files++)}`
        await platform.files.rename(told.file, `${options.directory}/${path}`)
        written.push(fileOf(path, partition, told))
      }
      return written
    } finally {
      feeds.remove(id)
      await platform.files.removeTree(aside)
    }
  }

  async #directory(values: RowBatch, i: number, keys: readonly FileColumn[]) {
    const texts = keys.map((_, at) => valueOfPartition(values.columns[at]!, values.schema.fields[at]!, i))
    const directory = keys.map((k, at) => directoryOf(k.name, texts[at]!)).join('')
    await this.#to.platform.files.makeDir(`${this.#to.options.directory}/${directory}`)
    return { directory, partition: Object.fromEntries(keys.map((k, at) => [k.name, texts[at]!])) }
  }

  async copy(directory: string, partition: WrittenFile['partition'], where = ''): Promise<WrittenFile> {
    const { options } = this.#to
    const path = `${directory}${options.name(this.#files++)}`
    const [told] = await this.#run(`${this.#source.from}${where}`, `${options.directory}/${path}`)
    return fileOf(path, partition, told!)
  }

  /** Copies rows to a file, or to a directory of them. */
  async #run(from: string, to: string, more: readonly string[] = [], how = ''): Promise<readonly Told[]> {
    const list = this.#columns.map(c => `${renamed(valueIn(c), c.dataType, c.file.dataType)} AS ${quoteName(c.file.name)}`)
    const ids = fieldIds(structType(this.#columns.map(c => c.file)))
    const form = `(FORMAT parquet, COMPRESSION ${codecOf(this.#to.options.options)}, RETURN_STATS${how}${ids})`
    const copied = `COPY (SELECT ${[...list, ...more].join(', ')} FROM ${from}) TO ${quoteText(to)} ${form}`
    return [...rowsOf(batchOfAnswer(await this.#connection.run(copied), STATS))] as unknown as Told[]
  }
}

const fileOf = (path: string, partition: WrittenFile['partition'], told: Told): WrittenFile => ({
  path,
  size: Number(told.size),
  rows: Number(told.count),
  partition: partition ?? {},
  columns: factsOf(told),
})

/** What COPY answers with RETURN_STATS. */
const STATS = parseDdl(
  'file string, count bigint, size bigint, footer bigint, stats map<string, map<string, string>>, keys map<string, string>',
)
interface Told {
  readonly file: string
  readonly keys: ReadonlyMap<string, string>
  readonly count: bigint
  readonly size: bigint
  readonly stats: ReadonlyMap<string, ReadonlyMap<string, string>>
}

function factsOf({ stats }: Told): readonly ColumnFacts[] {
  return [...(stats ?? [])].map(([name, of]) => {
    const odd = of.get('has_nan') === 'true'
    const [min, max] = [of.get('min'), of.get('max')]
    return {
      path: partsOf(name),
      nulls: Number(of.get('null_count') ?? 0),
      ...(!odd && min !== undefined && { min }),
      ...(!odd && max !== undefined && { max }),
    }
  })
}

/** `"s"."a ""b"""` in its parts. */
const partsOf = (name: string): readonly string[] => [...name.matchAll(/"((?:[^"]|"")*)"/g)].map(m => m[1]!.replaceAll('""', '"'))

/** As a log takes it: instants in UTC. */
function valueOfPartition(column: ColumnData, { dataType }: Field, i: number): string | null {
  const value = columnReader(column, dataType)(i)
  return value === null ? null : valueText(value, dataType, 'UTC')
}

const oneRow = (batch: RowBatch, i: number): RowBatch => ({
  schema: batch.schema,
  length: 1,
  columns: batch.columns.map((c, at) => takeRows(c, batch.schema.fields[at]!.dataType, Int32Array.of(i))),
})
