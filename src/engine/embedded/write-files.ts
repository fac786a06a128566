import type { ToFiles, WrittenFile } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { columnReader, type RowBatch, type StructType, structType, valueText } from '../../types/index.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import { takeRows } from './duck/read-vector.ts'
import { quoteName, quoteText } from './lower/context.ts'
import type { OutputRows } from './outputs.ts'
import { encodeText } from './write-text.ts'

export interface Target {
  readonly options: ToFiles
  readonly platform: Platform
  readonly timeZone: string
}

/** Writes an output as local files: Parquet by DuckDB, the text formats by the encoders of `formats/`. One file, or one a partition value. */
export async function writeFiles(source: OutputRows, batches: () => AsyncIterable<RowBatch>, to: Target): Promise<readonly WrittenFile[]> {
  const { options, platform } = to
  if (options.columns) return (await import('./write-described.ts')).writeDescribed(source, to, options.columns)
  const inner = source.schema.fields.flatMap((f, i) => (options.partitionBy.includes(f.name) ? [] : [i]))
  const keys = options.partitionBy.map(name => source.schema.fields.findIndex(f => f.name === name))
  if (options.format === 'parquet') return writeParquet(source, to, inner, keys)
  const writers = new Map<string, RowBatch[]>()
  const schema = structType(inner.map(i => source.schema.fields[i]!))
  for await (const batch of batches()) {
    for (const [directory, rows] of parted(batch, keys, to.timeZone)) {
      const part = rows
        ? narrowed(batch, rows, inner, schema)
        : { schema, length: batch.length, columns: inner.map(i => batch.columns[i]!) }
      writers.set(directory, [...(writers.get(directory) ?? []), part])
    }
  }
  if (writers.size === 0 && keys.length === 0) writers.set('', [])
  const files: WrittenFile[] = []
  let n = 0
  for (const [directory, parts] of writers) {
    const path = `${directory}${options.name(n++)}`
    if (directory) await platform.files.makeDir(`${options.directory}/${directory}`)
    const bytes = await encodeText(schema, parts, options, to.timeZone)
    await platform.files.write(`${options.directory}/${path}`, bytes)
    files.push({ path, size: bytes.length, rows: parts.reduce((sum, b) => sum + b.length, 0) })
  }
  return files
}

const narrowed = (batch: RowBatch, rows: Int32Array, inner: readonly number[], schema: StructType): RowBatch => ({
  schema,
  length: rows.length,
  columns: inner.map(i => takeRows(batch.columns[i]!, batch.schema.fields[i]!.dataType, rows)),
})

/** Hive's escapes in directory names. */
const escapeName = (text: string): string =>
  text.replace(/[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
export const directoryOf = (name: string, text: string | null): string =>
  `${escapeName(name)}=${text === null || text === '' ? '__HIVE_DEFAULT_PARTITION__' : escapeName(text)}/`

function parted(batch: RowBatch, keys: readonly number[], timeZone: string): ReadonlyMap<string, Int32Array | undefined> {
  if (keys.length === 0) return new Map([['', undefined]])
  const groups = new Map<string, number[]>()
  const parts = keys.map(k => {
    const { name, dataType } = batch.schema.fields[k]!
    const read = columnReader(batch.columns[k]!, dataType)
    return (i: number) => {
      const value = read(i)
      return directoryOf(name, value === null ? null : valueText(value, dataType, timeZone))
    }
  })
  for (let i = 0; i < batch.length; i++) {
    const directory = parts.map(part => part(i)).join('')
    const rows = groups.get(directory)
    if (rows) rows.push(i)
    else groups.set(directory, [i])
  }
  return new Map([...groups].map(([d, rows]) => [d, Int32Array.from(rows)]))
}

/** Spark's names of codecs, as DuckDB calls them. */
const CODECS: Readonly<Record<string, string>> = {
  none: 'uncompressed',
  uncompressed: 'uncompressed',
  snappy: 'snappy',
  gzip: 'gzip',
  zstd: 'zstd',
  lz4: 'lz4_raw',
  lz4_raw: 'lz4_raw',
  brotli: 'brotli',
}

/** DuckDB's name of the codec that the options say. */
export function codecOf(options: Readonly<Record<string, string>>): string {
  const codec = CODECS[(options['compression'] ?? 'snappy').toLowerCase()]
  if (codec) return codec
  const expected = `one of ${Object.keys(CODECS).join(', ')}`
  throw new MillraceError('INVALID_ARGUMENT', { name: 'compression', value: options['compression'], expected })
}

async function writeParquet(
  source: OutputRows,
  to: Target,
  inner: readonly number[],
  keys: readonly number[],
): Promise<readonly WrittenFile[]> {
  const { options } = to
  const codec = codecOf(options.options)
  const connection = await source.duck.connect()
  try {
    const copy = async (path: string, where: string): Promise<WrittenFile> => {
      const columns = inner.map(i => `f${i} AS ${quoteName(source.schema.fields[i]!.name)}`).join(', ')
      const target = `${options.directory}/${path}`
      const done = await connection.run(
        `COPY (SELECT ${columns} FROM ${source.from}${where}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION ${codec})`,
      )
      return { path, size: (await to.platform.files.stat(target))?.size ?? 0, rows: done.rowsChanged }
    }
    if (keys.length === 0) return [await copy(options.name(0), '')]
    const files: WrittenFile[] = []
    const schema = structType(keys.map(k => source.schema.fields[k]!))
    const list = keys.map(k => `f${k}`).join(', ')
    const distinct = batchOfAnswer(await connection.run(`SELECT DISTINCT ${list} FROM ${source.from} ORDER BY ALL`), schema)
    for (let i = 0; i < distinct.length; i++) {
      const [[directory]] = [
        ...parted(
          narrowed(
            distinct,
            Int32Array.of(i),
            keys.map((_, k) => k),
            schema,
          ),
          keys.map((_, k) => k),
          to.timeZone,
        ),
      ] as [[string, unknown]]
      await to.platform.files.makeDir(`${options.directory}/${directory}`)
      const id = source.duck.feeds.add(schema, [
        narrowed(
          distinct,
          Int32Array.of(i),
          keys.map((_, k) => k),
          schema,
        ),
      ])
      const same = keys.map((k, at) => `f${k} IS NOT DISTINCT FROM (SELECT f${at} FROM feed(${id}))`).join(' AND ')
      files.push(await copy(`${directory}${options.name(i)}`, ` WHERE ${same}`))
      source.duck.feeds.remove(id)
    }
    return files
  } finally {
    await source.duck.release(connection)
  }
}
