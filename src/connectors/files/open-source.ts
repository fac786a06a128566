import { MillraceError } from '../../errors/index.ts'
import type { Source, SourceContext } from '../contract.ts'
import { readOptions } from '../options.ts'
import { cleaner } from './clean-source.ts'
import type { FormatName } from './format-options.ts'
import { isGlob } from './glob.ts'
import { inferSchema } from './infer.ts'
import { checkFormat, checkSourceOptions, fileOptions, formatOptions, SOURCE_OPTIONS } from './options.ts'
import type { FoundFile } from './partition.ts'
import { listing, localPaths, mustExist } from './paths.ts'
import { fileSchema } from './schema.ts'
import { loggedFiles } from './sink-log.ts'
import { FileSource } from './source.ts'
import { Watch } from './watch.ts'

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
  const [path, ...more] = localPaths(format, context)
  if (more.length > 0)
    throw new MillraceError('NOT_SUPPORTED', {
      what: 'a stream over several paths',
      instead: 'Use one path with a glob such as {a,b}, or union several streams.',
    })
  await mustExist(path!, context)
  const clean = cleaner(options, path!, context.platform.files, context.platform.process.cwd, context.warn)
  const files = listing(path!, context, options)
  const list = lister(path!, context, () => files.files(), clean !== undefined)
  const { schema, partitionColumns } = await fileSchema(format, { ...context, streaming: true }, await list(), f =>
    inferSchema(format, f, context),
  )
  return FileSource.open({
    format,
    path: path!,
    schema,
    partitionColumns,
    formatOptions: formatOptions(format, context.options),
    options: {
      ...options,
      ignoreMissingFiles: options.ignoreMissingFiles || context.conf('spark.sql.files.ignoreMissingFiles') === 'true',
      discardCachedInputRatio: ratio(options.discardCachedInputRatio, format),
    },
    list,
    forget: p => files.forget(p),
    watch: new Watch(files, context.platform),
    clean,
    context,
  })
}

/** A directory that a file sink writes is read through the sink's log, so that files of unfinished batches are not seen. */
function lister(
  path: string,
  context: SourceContext,
  files: () => Promise<FoundFile[]>,
  cleans: boolean,
): () => Promise<readonly FoundFile[]> {
  if (isGlob(path)) return files
  let logged: boolean | undefined
  return async () => {
    const fromLog = logged === false ? undefined : await loggedFiles(path, context)
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
    const found = await files()
    if (found.length > 0) logged ??= false
    return found
  }
}
