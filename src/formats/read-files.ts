import { isMillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import { type ColumnData, dayIn, type Field, type RowBatch, type StructType, structType } from '../types/index.ts'
import { avroFiles } from './avro/container-reader.ts'
import { csvDecoder } from './csv/decoder.ts'
import { jsonDecoder } from './json/decoder.ts'
import { type InputFile, openBytes, toUtf8 } from './open-bytes.ts'
import type { Decoder, FormatOptions, OnBad } from './record-mode.ts'
import { textDecoder } from './text/decoder.ts'
import { cellOf } from './values.ts'

/** Files of one format with the schema they are read by: data columns, then partition columns. */
export interface FileSet {
  readonly format: 'csv' | 'json' | 'text' | 'parquet' | 'avro'
  readonly files: readonly InputFile[]
  readonly options: FormatOptions
  readonly schema: StructType
  /** Told of a file that cannot be read for what is in it, before the error comes out. */
  readonly unreadable?: (file: InputFile) => Promise<void>
}
export interface ReadFilesOptions {
  readonly timeZone: string
  /** How many bytes of text a batch is made of at most. */
  readonly sliceBytes?: number
  readonly signal?: AbortSignal
  /** The columns that are read, by their place in the schema; the others may come out empty. Absent = all. */
  readonly columns?: ReadonlySet<number>
  /** Told of each record of csv and JSON that cannot be parsed, which is then left out (mode DROPMALFORMED). */
  readonly onBad?: OnBad
}

type MakeDecoder = (schema: StructType, options: FormatOptions, today: () => number, used?: ReadonlySet<number>, onBad?: OnBad) => Decoder
const DECODERS: Partial<Record<FileSet['format'], MakeDecoder>> = { csv: csvDecoder, json: jsonDecoder, text: textDecoder }

const BATCH_BYTES = 8 << 20

/** The partition columns: those whose values the files' directories give. */
function partitionFields(set: FileSet): readonly Field[] {
  const names = new Set(set.files.flatMap(f => Object.keys(f.partition ?? {})))
  return set.schema.fields.filter(f => names.has(f.name))
}

const encoder = new TextEncoder()

/** One value of a partition column, as often as there are rows. */
function constant(field: Field, text: string | null, length: number, timeZone: string): ColumnData {
  const options = {
    timeZone,
    dateFormat: undefined,
    timestampFormat: undefined,
    timestampNtzFormat: undefined,
    strictDates: false,
    today: () => 0,
  }
  const cell = cellOf(field.dataType, options)
  const bytes = text === null ? undefined : encoder.encode(text)
  for (let i = 0; i < length; i++) if (!bytes || !cell!.read(bytes, 0, bytes.length)) cell!.builder.appendNull()
  return cell!.builder.take()
}

/** The columns that files themselves hold, and which of them are read, by their place. */
function dataColumns(
  set: FileSet,
  options: ReadFilesOptions,
): { readonly data: StructType; readonly used: ReadonlySet<number> | undefined } {
  const partitions = partitionFields(set)
  const data = structType(set.schema.fields.filter(f => !partitions.includes(f)))
  const used = options.columns && new Set(data.fields.flatMap((f, i) => (options.columns!.has(set.schema.fields.indexOf(f)) ? [i] : [])))
  return { data, used }
}

/** A decoder of the data columns of a set, which leaves the partition columns out. */
export function decoderOf(set: FileSet, platform: Platform, options: ReadFilesOptions): Decoder {
  const { data, used } = dataColumns(set, options)
  const today = () => dayIn(options.timeZone, platform.clock.now())
  const { onBad } = options
  return DECODERS[set.format]!(
    data,
    { timezone: options.timeZone, ...set.options, ...(onBad && { mode: 'dropmalformed' }) },
    today,
    used,
    onBad,
  )
}

/**
 * Reads files into batches: opens, unpacks, decodes, adds the partition columns. Rows come in the order of the files and of their lines.
 * Where the bytes are cut changes nothing. Parquet is the engine's.
 */
export async function* readFiles(set: FileSet, platform: Platform, options: ReadFilesOptions): AsyncGenerator<RowBatch> {
  if (set.format === 'avro') {
    yield* readAvroFiles(set, platform, options)
    return
  }
  const partitions = partitionFields(set)
  const decoder = decoderOf(set, platform, options)
  const encoding = set.options.encoding ?? set.options.charset
  const most = Math.min(options.sliceBytes ?? BATCH_BYTES, BATCH_BYTES)
  let bytes = 0
  async function* one(file: InputFile): AsyncGenerator<RowBatch> {
    const finish = (batch: RowBatch) => withPartitions(batch, set.schema, partitions, file, options.timeZone)
    const convert = toUtf8(encoding)
    decoder.open(file.path)
    for await (const chunk of openBytes(file, platform)) {
      options.signal?.throwIfAborted()
      for (const piece of pieces(convert ? convert(chunk) : chunk)) {
        decoder.push(piece)
        bytes += piece.length
        if (bytes < most) continue
        bytes = 0
        if (decoder.length > 0) yield finish(decoder.take())
      }
    }
    const rest = convert?.(undefined)
    if (rest?.length) decoder.push(rest)
    decoder.close()
    if (partitions.length > 0 && decoder.length > 0) yield finish(decoder.take())
  }
  yield* each(set, one)
  if (decoder.length > 0) yield decoder.take()
}

async function* each(set: FileSet, read: (file: InputFile) => AsyncGenerator<RowBatch>): AsyncGenerator<RowBatch> {
  for (const file of set.files) {
    try {
      yield* read(file)
    } catch (error) {
      if (isBroken(error)) await set.unreadable?.(file)
      throw error
    }
  }
}

async function* readAvroFiles(set: FileSet, platform: Platform, options: ReadFilesOptions): AsyncGenerator<RowBatch> {
  const partitions = partitionFields(set)
  const { data, used } = dataColumns(set, options)
  const files = avroFiles(data, set.options, platform, used)
  yield* each(set, async function* (file) {
    for await (const batch of files.read(file)) {
      options.signal?.throwIfAborted()
      yield withPartitions(batch, set.schema, partitions, file, options.timeZone)
    }
  })
}

const BROKEN = new Set([
  'INVALID_AVRO_FILE',
  'TRUNCATED_FILE',
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
  'CSV_HEADER_MISMATCH',
  'MALFORMED_CSV_RECORD.TOO_MANY_COLUMNS',
])
/** What is in the file is wrong, and will be at every attempt; a disk that fails for once is not meant. */
function isBroken(error: unknown): boolean {
  if (!isMillraceError(error)) return false
  return (
    BROKEN.has(error.condition) || (error.condition === 'READ_FILE_FAILED' && /^Z/.test((error.cause as NodeJS.ErrnoException)?.code ?? ''))
  )
}

/** Unpacked chunks may be of any size; the decoder gets them in bounded ones. */
function* pieces(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += BATCH_BYTES) yield chunk.subarray(at, at + BATCH_BYTES)
}

function withPartitions(batch: RowBatch, schema: StructType, partitions: readonly Field[], file: InputFile, timeZone: string): RowBatch {
  if (partitions.length === 0) return batch
  const data = new Map(batch.schema.fields.map((f, i) => [f.name, batch.columns[i]!]))
  const columns = schema.fields.map(f => data.get(f.name) ?? constant(f, file.partition?.[f.name] ?? null, batch.length, timeZone))
  return { schema, length: batch.length, columns }
}
