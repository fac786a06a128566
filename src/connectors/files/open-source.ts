import { MillraceError } from '../../errors/index.ts'
import type { Source, SourceContext } from '../contract.ts'
import { readOptions } from '../options.ts'
import { cleanerAt } from './clean-source.ts'
import { filesAt } from './files-at.ts'
import type { FormatName } from './format-options.ts'
import { isGlob } from './glob.ts'
import { inferSchema } from './infer.ts'
import { checkFormat, checkSourceOptions, fileOptions, formatOptions, SOURCE_OPTIONS } from './options.ts'
import type { FoundFile } from './partition.ts'
import { type FilesPlace, placesOf } from './place.ts'
import { fileSchema } from './schema.ts'
import { LoggedFiles } from './sink-log.ts'
import { FileSource } from './source.ts'

function ratio(text: string, format: string): number {
  const n = Number(text)
  if (n >= 0 && n <= 1 && text.trim() !== '') return n
  throw new MillraceError('INVALID_OPTION', { option: 'discardCachedInputRatio', format, value: text, expected: 'a number from 0 to 1' })
}

const known = new Set(Object.keys(SOURCE_OPTIONS).map(k => k.toLowerCase()))
const own = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).filter(([k]) => known.has(k.toLowerCase())))

/** Opens a stream over files: checks options and path, finds schema and partition columns, reads the log. */
export async function openSource(format: FormatName, context: SourceContext): Promise<Source> {
  const use = { format, side: 'source', mode: 'stream' } as const
  readOptions(fileOptions(format), context.options, use)
  checkFormat(format, context, 'source')
  const options = readOptions(SOURCE_OPTIONS, own(context.options), use)
  checkSourceOptions(format, options)
  const [place, ...more] = await placesOf(format, context)
  if (more.length > 0)
    throw new MillraceError('NOT_SUPPORTED', {
      what: 'a stream over several paths',
      instead: 'Use one path with a glob such as {a,b}, or union several streams.',
    })
  const { path } = place!
  const files = await filesAt(place!, context, options)
  const clean = cleanerAt(place!, options, context)
  const list = lister(place!, context, complete => files.listing.files(complete), clean !== undefined)
  const { schema, partitionColumns } = await fileSchema(format, { ...context, streaming: true }, await list(), f =>
    files.infer(f, local => inferSchema(format, local, context)),
  )
  return FileSource.open({
    format,
    path,
    schema,
    partitionColumns,
    formatOptions: formatOptions(format, context.options),
    options: {
      ...options,
      ignoreMissingFiles: options.ignoreMissingFiles || context.conf('spark.sql.files.ignoreMissingFiles') === 'true',
      discardCachedInputRatio: ratio(options.discardCachedInputRatio, format),
    },
    list,
    forget: p => files.listing.forget(p),
    watch: files.watch,
    access: files.access,
    clean,
    context,
  })
}

/** A directory that a file sink writes is read through the sink's log, so that files of unfinished batches are not seen. */
function lister(
  place: FilesPlace,
  context: SourceContext,
  files: (complete: boolean) => Promise<FoundFile[]>,
  cleans: boolean,
): (how?: { readonly complete: boolean }) => Promise<readonly FoundFile[]> {
  if (isGlob(place.path)) return how => files(how?.complete ?? false)
  const log = new LoggedFiles(place, context)
  let logged: boolean | undefined
  return async how => {
    const fromLog = logged === false ? undefined : await log.files()
    if (fromLog) {
      logged = true
      if (cleans)
        throw new MillraceError('CONFLICTING_OPTIONS', {
          options: ['cleanSource', '_spark_metadata'],
          format: 'files',
          why: 'files of a file sink belong to its log',
        })
      return fromLog
    }
    const found = await files(how?.complete ?? false)
    if (found.length > 0) logged ??= false
    return found
  }
}
