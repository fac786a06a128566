import { join } from 'node:path'
import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { FileStore, Writer } from '../../../storage/contract.ts'
import { type StructType, structType } from '../../../types/index.ts'
import type { FileColumn, Output, WrittenFile } from '../../contract.ts'
import type { AddFile, PartitionValues } from '../log/actions.ts'
import { encodePath } from '../log/file-path.ts'
import { fileField, type MappingMode, physicalName } from '../log/schema.ts'
import { positions } from './fit-schema.ts'
import { statsText } from './stats.ts'

/** Where rows go and what they are there. */
export interface Target {
  readonly path: string
  /** As the log will have it. */
  readonly schema: StructType
  readonly partitionColumns: readonly string[]
  readonly mode: MappingMode
  readonly compression: string
  /** Directory below the table, with a slash at its end; absent = the table's own. */
  readonly directory?: string
  /** How many columns have statistics; -1 = all. */
  readonly indexed: number
}
export interface FileMaker {
  readonly store: FileStore
  readonly platform: Platform
  readonly writer: Writer
}

const ENDING: Readonly<Record<string, string>> = { snappy: '.snappy', gzip: '.gz', zstd: '.zstd' }
/** Files put in place side by side: each waits for the disk or the network. */
const PUTS_AT_ONCE = 16
/** Where files are made before they get their names: hidden from readers of the directory. */
const STAGE = '_millrace'

/** Writes an output's rows as data files of a table: they count once a commit adds them. */
export async function writeData(output: Output, target: Target, { store, platform, writer }: FileMaker): Promise<readonly AddFile[]> {
  if (output.rowCount === 0) return []
  const id = platform.ids.uuid()
  const directory = store.localRoot === undefined ? await platform.files.tempDir('millrace-delta-') : join(store.localRoot, STAGE, id)
  try {
    await platform.files.makeDir(directory)
    const ending = `${ENDING[target.compression] ?? ''}.parquet`
    const written = await output.toFiles({
      format: 'parquet',
      directory,
      name: n => `part-${String(n).padStart(5, '0')}-${id}.c000${ending}`,
      partitionBy: target.partitionColumns.map(c => nameOf(target.schema, c)),
      options: { compression: target.compression },
      columns: columnsOf(output.schema, target.schema, target.mode),
    })
    checkNulls(written, target)
    const filled = written.filter(file => file.rows > 0)
    for (let i = 0; i < filled.length; i += PUTS_AT_ONCE) {
      await Promise.all(
        filled.slice(i, i + PUTS_AT_ONCE).map(f => store.put(join(directory, f.path), `${target.directory ?? ''}${f.path}`, writer)),
      )
    }
    return filled.map(file => addOf(file, target, platform.clock.now()))
  } finally {
    await platform.files.removeTree(directory).catch(() => {})
  }
}

const nameOf = (schema: StructType, column: string): string =>
  schema.fields.find(f => f.name.toLowerCase() === column.toLowerCase())?.name ?? column

function columnsOf(rows: StructType, table: StructType, mode: MappingMode): readonly FileColumn[] {
  const from = positions(rows, table)
  return table.fields.map((f, i) => ({
    ...(from[i] !== undefined && { from: from[i] }),
    name: f.name,
    dataType: f.dataType,
    file: fileField(f, mode),
  }))
}

function checkNulls(written: readonly WrittenFile[], { schema, mode, path, partitionColumns }: Target): void {
  for (const f of schema.fields.filter(f => !f.nullable)) {
    const parted = partitionColumns.some(c => c.toLowerCase() === f.name.toLowerCase())
    const rows = written.reduce((n, file) => {
      if (parted) return n + (file.partition?.[f.name] === null ? file.rows : 0)
      return n + (file.columns?.find(c => c.path.length === 1 && c.path[0] === physicalName(f, mode))?.nulls ?? 0)
    }, 0)
    if (rows > 0) throw new MillraceError('DELTA_NOT_NULL_VIOLATED', { path, column: f.name, rows })
  }
}

function addOf(file: WrittenFile, target: Target, now: number): AddFile {
  const parted = new Set(target.partitionColumns.map(c => c.toLowerCase()))
  const inner = target.schema.fields.filter(f => !parted.has(f.name.toLowerCase()))
  return {
    path: encodePath(`${target.directory ?? ''}${file.path}`),
    partitionValues: partitionValues(file.partition ?? {}, target),
    size: file.size,
    modificationTime: now,
    dataChange: true,
    stats: statsText(file.rows, file.columns ?? [], structType(inner.map(f => fileField(f, target.mode))), target.indexed),
  }
}

/** Instants as the log has them: ISO, in UTC, with all digits. */
function partitionValues(values: Readonly<Record<string, string | null>>, { schema, mode }: Target): PartitionValues {
  return Object.fromEntries(
    schema.fields
      .filter(f => f.name in values)
      .map(f => {
        const value = values[f.name] ?? null
        return [physicalName(f, mode), value !== null && f.dataType.kind === 'timestamp' ? isoInstant(value) : value]
      }),
  )
}

function isoInstant(text: string): string {
  const m = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text)
  return m ? `${m[1]}T${m[2]}.${(m[3] ?? '').padEnd(6, '0')}Z` : text
}
