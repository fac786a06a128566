import { MillraceError } from '../../errors/index.ts'
import { readDateTime, type StructType } from '../../types/index.ts'
import type { ConnectorContext, FilesScan, Scan } from '../contract.ts'
import { readOptions } from '../options.ts'
import type { FormatName } from './format-options.ts'
import { isGlob } from './glob.ts'
import { inferSchema } from './infer.ts'
import { checkFormat, fileOptions, formatOptions, SOURCE_OPTIONS } from './options.ts'
import { type FoundFile, partitionValues } from './partition.ts'
import { listing, localPaths, mustExist } from './paths.ts'
import { fileSchema } from './schema.ts'
import { loggedFiles } from './sink-log.ts'

/** Epoch milliseconds of `modifiedBefore`, or an infinity. */
function instant(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const read = readDateTime(text)
  if (!read)
    throw new MillraceError('INVALID_OPTION', { option, format: 'files', value: text, expected: 'a time such as 2026-01-31T10:00:00' })
  return Number(read.micros / 1000n)
}

/** Every file of the paths by the options of a batch read; a directory with a sink's log is read through it. */
export async function batchFiles(format: FormatName, context: ConnectorContext): Promise<readonly FoundFile[]> {
  const mode = context.streaming ? 'stream' : 'batch'
  readOptions(fileOptions(format), context.options, { format, side: 'source', mode })
  checkFormat(format, context, 'source')
  const options = readOptions(SOURCE_OPTIONS, pick(context.options), { format, side: 'source', mode })
  const before = instant('modifiedBefore', options.modifiedBefore, Number.POSITIVE_INFINITY)
  const after = instant('modifiedAfter', options.modifiedAfter, Number.NEGATIVE_INFINITY)
  const all: FoundFile[] = []
  for (const path of localPaths(format, context)) {
    await mustExist(path, context)
    const files = listing(path, context, options)
    // A stream may wait for what its glob will match; a batch read has nothing to wait for.
    if (!context.streaming && isGlob(path) && !(await files.matches())) throw new MillraceError('PATH_NOT_FOUND', { path })
    all.push(...((await loggedFiles(path, context)) ?? (await files.files())))
  }
  return all.filter(f => f.mtimeMs < before && f.mtimeMs > after).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const SOURCE_KEYS = new Set(Object.keys(SOURCE_OPTIONS).map(k => k.toLowerCase()))
const pick = (given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given).filter(([k]) => SOURCE_KEYS.has(k.toLowerCase())))

export const readSchema = async (format: FormatName, context: ConnectorContext): Promise<StructType> =>
  (await fileSchema(format, context, await batchFiles(format, context), files => inferSchema(format, files, context))).schema

/** A batch read: what is there now. */
export async function scanFiles(format: FormatName, context: ConnectorContext): Promise<Scan> {
  const files = await batchFiles(format, context)
  const { schema, partitionColumns } = await fileSchema(format, context, files, f => inferSchema(format, f, context))
  const scan: FilesScan = {
    kind: 'files',
    format,
    files: files.map(f => {
      const partition = partitionValues(f.path, partitionColumns)
      return { path: f.path, size: f.size, mtimeMs: f.mtimeMs, ...(partition && { partition }) }
    }),
    options: formatOptions(format, context.options),
    schema,
  }
  return scan
}
