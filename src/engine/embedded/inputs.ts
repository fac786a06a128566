import type { BatchesScan, BytesScan, FilesScan, Scan } from '../../connectors/contract.ts'
import { isMillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ColumnData, RowBatch, StructType } from '../../types/index.ts'
import type { BadRows } from './bad-records/bad-rows.ts'
import type { FedBatch } from './duck/feed.ts'
import type { DuckInstance } from './duck/instance.ts'
import type { Run } from './duck/state-table.ts'
import { columnsBelow, decodedSchema, decoding } from './fused/decode.ts'
import type { Decoder } from './fused/decoded-source.ts'
import { PieceToDecode, piecesToDecode } from './fused/piece-to-decode.ts'
import { duckType } from './lower/types.ts'
import { parquetRows } from './parquet-input.ts'
import { plainRows } from './plain-files.ts'
import { ShortCutFailed } from './short-cut.ts'

/** Rows a statement may read as `FROM <from>`, with columns `f0`, `f1`, … */
export interface Provided {
  readonly from: string
  /** How many rows, before predicates. */
  readonly rows: number
  /** What the rows were read from, where they can be read again. */
  readonly scan?: Scan
  /** Read by a faster way; what fails is read again the long way. */
  readonly shortCut?: boolean
  release(): Promise<void>
}

export interface InputContext {
  readonly duck: DuckInstance
  readonly run: Run
  readonly platform: Platform
  readonly timeZone: string
  readonly signal?: AbortSignal
  /** Bytes shown to DuckDB at once. */
  readonly sliceBytes: number
  /** Columns the program reads; absent = all. The others are not kept. */
  readonly used?: ReadonlySet<number>
  /** The program does not look at the order of rows. */
  readonly anyOrder?: boolean
  /** Rows that come batch after batch keep their name in SQL while they fit in one slice; one use at a time. */
  readonly place?: string
  /** What the source decodes; its columns stand behind those of the scan. */
  readonly decoders?: readonly Decoder[]
  /** From so many bytes on, files may be read by other means than the decoder where that is proven equal; absent = never. */
  readonly shortCutBytes?: number
  /** Rows of the scan that are set aside (`badRecords`); more may be found while it is read. */
  readonly bad?: BadRows
}

/** Rows of no scan at all. */
export function nothing(schema: StructType): Provided {
  const columns = schema.fields.map((f, i) => `CAST(NULL AS ${duckType(f.dataType)}) AS f${i}`)
  return { from: `(SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} WHERE false)`, rows: 0, release: async () => {} }
}

export async function provideScan(scan: Scan, to: InputContext): Promise<Provided> {
  const { decoders = [], bad } = to
  if (bad) return { ...(await provideSifted(scan, bad, to)), scan }
  return { ...(decoders.length > 0 ? await provideDecoded(scan, decoders, to) : await provided(scan, to)), scan }
}

async function provideSifted(scan: Scan, bad: BadRows, to: InputContext): Promise<Provided> {
  const { sifted } = await import('./bad-records/sift.ts')
  const batches = async function* (): AsyncGenerator<RowBatch> {
    for await (const { batch } of sifted(scan, bad, to)) yield batch
  }
  return provideBatches(decodedSchema(scan.schema, to.decoders ?? []), batches(), to)
}

async function provideDecoded(scan: Scan, decoders: readonly Decoder[], to: InputContext): Promise<Provided> {
  if (scan.kind === 'files') throw new ShortCutFailed('files are decoded by their own format')
  const schema = decodedSchema(scan.schema, decoders)
  const used = to.used ?? new Set(schema.fields.keys())
  const below = columnsBelow(scan.schema, decoders, used)
  // What only decoders look at ends with the batch.
  const batches = scan.kind === 'bytes' ? scan.slices(below, new Set([...below].filter(i => !used.has(i)))) : scan.batches
  const pieces = piecesToDecode(batches, decoding(scan.schema, decoders, used))
  return { ...(await provideBatches(schema, pieces, to)), shortCut: true }
}

/** DuckDB names the file in what it says. */
async function brokenFile(error: unknown, scan: FilesScan): Promise<never> {
  const named = isMillraceError(error, 'FILE_NOT_READABLE') && scan.files.find(f => error.message.includes(f.path))
  if (named) await scan.unreadable?.(named)
  throw error
}

async function provided(scan: Scan, to: InputContext): Promise<Provided> {
  if (scan.kind === 'batches') return provideBatches(scan.schema, scan.batches, to)
  if (scan.kind === 'bytes') return provideBatches(scan.schema, scan.slices(to.used), to)
  if (scan.format === 'parquet') return parquetRows(scan, to).catch(error => brokenFile(error, scan))
  const plain = await plainRows(scan, to)
  if (plain) return plain
  const { readFiles } = await import('../../formats/index.ts')
  const batches = readFiles(scan, to.platform, {
    timeZone: to.timeZone,
    sliceBytes: to.sliceBytes,
    ...(to.signal && { signal: to.signal }),
    ...(to.used && { columns: to.used }),
  })
  return provideBatches(scan.schema, batches, to)
}

export type { BatchesScan, BytesScan, FilesScan }

const reads = (to: InputContext, column: number): boolean => to.used?.has(column) ?? true
const EMPTY: ColumnData = { length: 0 }

/** Columns nobody reads give their memory back at once. */
const narrowed = (batch: RowBatch, to: InputContext): RowBatch =>
  to.used ? { ...batch, columns: batch.columns.map((c, i) => (reads(to, i) ? c : EMPTY)) } : batch

let stages = 0

/** One slice is shown as it is; more go through a table that DuckDB can spill. Two slices at most are in memory. */
export async function provideBatches(
  schema: StructType,
  source: AsyncIterable<RowBatch | PieceToDecode> | Iterable<RowBatch>,
  to: InputContext,
): Promise<Provided> {
  let held: FedBatch[] = []
  let bytes = 0
  let rows = 0
  let stage: string | undefined
  const all = schema.fields.map((_, i) => i)
  const kept =
    all
      .filter(i => reads(to, i))
      .map(i => `f${i}`)
      .join(', ') || '1 AS none'
  const left = all
    .filter(i => !reads(to, i))
    .map(i => `, NULL AS f${i}`)
    .join('')
  const feed = (batches: readonly FedBatch[]): Provided => {
    const { feeds } = to.duck
    const id = to.place === undefined ? feeds.add(schema, batches, to.anyOrder) : feeds.addAt(to.place, schema, batches, to.anyOrder)
    return { from: `feed(${id})`, rows, release: async () => to.duck.feeds.remove(id) }
  }
  const flush = async (): Promise<void> => {
    const slice = feed(held)
    held = []
    bytes = 0
    try {
      if (stage) await to.run(`INSERT INTO ${stage} SELECT ${kept} FROM ${slice.from}`)
      else {
        stage = `stage_${stages++}`
        await to.run(`CREATE TEMP TABLE ${stage} AS SELECT ${kept} FROM ${slice.from}`)
      }
    } finally {
      await slice.release()
    }
  }
  for await (const batch of source) {
    to.signal?.throwIfAborted()
    if (bytes >= to.sliceBytes) await flush()
    const next = batch instanceof PieceToDecode ? batch : narrowed(batch, to)
    held.push(next)
    bytes += next instanceof PieceToDecode ? next.bytes : batchBytes(next)
    rows += batch.length
  }
  if (!stage) return feed(held)
  if (held.length > 0) await flush()
  const name = stage
  return {
    from: left ? `(SELECT *${left} FROM ${name})` : name,
    rows,
    release: async () => void (await to.run(`DROP TABLE IF EXISTS ${name}`)),
  }
}

type Buffers = { readonly values?: ArrayBufferView; readonly offsets?: ArrayBufferView; readonly children?: readonly Buffers[] }
const columnBytes = (c: Buffers): number =>
  (c.values?.byteLength ?? 0) + (c.offsets?.byteLength ?? 0) + (c.children ?? []).reduce((n, x) => n + columnBytes(x), 0)
export const batchBytes = (batch: RowBatch): number => batch.columns.reduce((n, c) => n + columnBytes(c), 0)
