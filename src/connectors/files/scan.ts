import { MillraceError } from '../../errors/index.ts'
import { readDateTime, type StructType } from '../../types/index.ts'
import type { ConnectorContext, FilesScan, Scan } from '../contract.ts'
import { readOptions } from '../options.ts'
import { copies } from './fetch.ts'
import { filesAt } from './files-at.ts'
import type { FormatName } from './format-options.ts'
import { isGlob } from './glob.ts'
import { inferSchema } from './infer.ts'
import { checkFormat, fileOptions, formatOptions, SOURCE_OPTIONS } from './options.ts'
import { type FoundFile, partitionValues } from './partition.ts'
import { type FilesPlace, placesOf } from './place.ts'
import { fileSchema } from './schema.ts'
import { LoggedFiles } from './sink-log.ts'

/** Epoch milliseconds of `modifiedBefore`, or an infinity. */
function instant(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const read = readDateTime(text)
  if (!read)
    throw new MillraceError('INVALID_OPTION', { option, format: 'files', value: text, expected: 'a time such as 2026-01-31T10:00:00' })
  return Number(read.micros / 1000n)
}

/** Every file of the paths by the options of a batch read; a directory with a sink's log is read through it. */
async function batchFiles(format: FormatName, context: ConnectorContext): Promise<readonly FoundIn[]> {
  const mode = context.streaming ? 'stream' : 'batch'
  readOptions(fileOptions(format), context.options, { format, side: 'source', mode })
  checkFormat(format, context, 'source')
  const options = readOptions(SOURCE_OPTIONS, pick(context.options), { format, side: 'source', mode })
  const before = instant('modifiedBefore', options.modifiedBefore, Number.POSITIVE_INFINITY)
  const after = instant('modifiedAfter', options.modifiedAfter, Number.NEGATIVE_INFINITY)
  const all: FoundIn[] = []
  for (const place of await placesOf(format, context)) {
    const at = await filesAt(place, context, options)
    // A stream may wait for what its glob will match; a batch read has nothing to wait for.
    if (!context.streaming && isGlob(place.path) && !(await at.listing.matches()))
      throw new MillraceError('PATH_NOT_FOUND', { path: place.path })
    const logged = isGlob(place.path) ? undefined : await new LoggedFiles(place, context).files()
    for (const file of logged ?? (await at.listing.files(true))) all.push({ ...file, place })
  }
  return all.filter(f => f.mtimeMs < before && f.mtimeMs > after).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** A file, and the place it was found in. */
interface FoundIn extends FoundFile {
  readonly place: FilesPlace
}

/** The files as local ones: those of stores are copied. `release` takes the copies away. */
async function localFiles(
  files: readonly FoundIn[],
): Promise<{ readonly files: readonly FoundFile[]; readonly release: () => Promise<void> }> {
  const stores = [...new Set(files.flatMap(f => (f.place.kind === 'remote' ? f.place.bucket : [])))]
  const copied = new Map<string, FoundFile>()
  const release = async (): Promise<void> => {
    const paths = [...copied.values()].map(f => f.path)
    if (stores.length > 0) await stores[0]!.release(paths)
  }
  try {
    for (const store of stores) {
      const own = files.filter(f => f.place.kind === 'remote' && f.place.bucket === store)
      for (const copy of await copies(store, own)) copied.set(copy.name!, copy)
    }
  } catch (error) {
    await release()
    throw error
  }
  return { files: files.map(f => copied.get(f.path) ?? f), release }
}

const SOURCE_KEYS = new Set(Object.keys(SOURCE_OPTIONS).map(k => k.toLowerCase()))
const pick = (given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given).filter(([k]) => SOURCE_KEYS.has(k.toLowerCase())))

export async function readSchema(format: FormatName, context: ConnectorContext): Promise<StructType> {
  const found = await batchFiles(format, context)
  const infer = async (): Promise<StructType> => {
    const { files, release } = await localFiles(found)
    try {
      return await inferSchema(format, files, context)
    } finally {
      await release()
    }
  }
  return (await fileSchema(format, context, found, infer)).schema
}

/** A batch read: what is there now. */
export async function scanFiles(format: FormatName, context: ConnectorContext): Promise<Scan> {
  const { files, release } = await localFiles(await batchFiles(format, context))
  const { schema, partitionColumns } = await fileSchema(format, context, files, f => inferSchema(format, f, context))
  const scan: FilesScan = {
    kind: 'files',
    format,
    files: files.map(({ path, name, size, mtimeMs }) => {
      const partition = partitionValues(name ?? path, partitionColumns)
      return { path, size, mtimeMs, ...(name !== undefined && { name }), ...(partition && { partition }) }
    }),
    options: formatOptions(format, context.options),
    schema,
    release,
  }
  return scan
}
