import { MillraceError } from '../../errors/index.ts'
import { checkFormatOptions } from '../../formats/index.ts'
import type { ConnectorContext, OptionTable } from '../contract.ts'
import { warnOfIdle } from '../options.ts'
import { FORMAT_OPTIONS, type FormatName } from './format-options.ts'

/** Options of the file source that are the same for every format. */
export const SOURCE_OPTIONS = {
  maxFilesPerTrigger: { type: 'integer', describe: 'How many new files a batch takes at most.', side: 'source', mode: 'stream', min: 1 },
  maxBytesPerTrigger: {
    type: 'integer',
    describe: 'How many bytes of new files a batch takes at most; the first file is always taken.',
    example: '100000000',
    side: 'source',
    mode: 'stream',
    min: 1,
  },
  latestFirst: { type: 'boolean', describe: 'Newest files first.', side: 'source', mode: 'stream', default: 'false' },
  maxFileAge: {
    type: 'interval',
    describe: 'Files older than the newest one seen by more than this are ignored.',
    side: 'source',
    mode: 'stream',
    default: '7d',
    example: '30 days',
  },
  fileNameOnly: {
    type: 'boolean',
    describe: 'Tell files apart by name alone, not by path.',
    side: 'source',
    mode: 'stream',
    default: 'false',
  },
  cleanSource: {
    type: 'enum',
    describe: 'What becomes of a file once its batch is done.',
    values: ['off', 'archive', 'delete'],
    side: 'source',
    mode: 'stream',
    default: 'off',
  },
  sourceArchiveDir: {
    type: 'string',
    describe: "Where cleanSource 'archive' moves files.",
    side: 'source',
    mode: 'stream',
    example: 'done/',
  },
  maxCachedFiles: {
    type: 'integer',
    describe: 'How many waiting files are remembered between batches.',
    side: 'source',
    mode: 'stream',
    default: '10000',
    min: 0,
  },
  discardCachedInputRatio: {
    type: 'string',
    describe: 'A remembered list smaller than this share of a batch is listed anew.',
    side: 'source',
    mode: 'stream',
    default: '0.2',
    example: '0.5',
  },
  stableAfter: {
    type: 'interval',
    describe: 'Take a file only when its size and time stood still that long.',
    side: 'source',
    mode: 'stream',
    default: '0',
  },
  pathGlobFilter: { type: 'string', describe: 'Only files whose name matches this glob.', side: 'source', example: '*.csv' },
  recursiveFileLookup: {
    type: 'boolean',
    describe: 'Files of all directories below, without partition columns.',
    side: 'source',
    default: 'false',
  },
  modifiedBefore: {
    type: 'string',
    describe: 'Only files changed before this time.',
    side: 'source',
    mode: 'batch',
    example: '2026-01-31T10:00:00',
  },
  modifiedAfter: {
    type: 'string',
    describe: 'Only files changed after this time.',
    side: 'source',
    mode: 'batch',
    example: '2026-01-31T10:00:00',
  },
  basePath: { type: 'string', describe: 'Where partition columns begin.', side: 'source', example: 'data/' },
  ignoreMissingFiles: { type: 'boolean', describe: 'Leave out files that vanished instead of failing.', side: 'source', default: 'false' },
} as const satisfies OptionTable

/** Options of the file sink that are the same for every format. */
export const SINK_OPTIONS = {
  retention: { type: 'interval', describe: 'Files older than this leave the log when it is compacted.', side: 'sink', mode: 'stream' },
  onExistingLog: {
    type: 'enum',
    describe: 'What to do when the directory already holds the batches of another checkpoint.',
    values: ['refuse', 'append'],
    side: 'sink',
    mode: 'stream',
    default: 'refuse',
  },
} as const satisfies OptionTable

/** Every option of a file format, on both sides. */
export const fileOptions = (format: FormatName): OptionTable => ({ ...SOURCE_OPTIONS, ...SINK_OPTIONS, ...FORMAT_OPTIONS[format] })

/** The options that decoders and encoders read: those of the format alone, keys in lower case. */
export function formatOptions(format: FormatName, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = new Set(Object.keys(FORMAT_OPTIONS[format]).map(k => k.toLowerCase()))
  return Object.fromEntries(Object.entries(given).flatMap(([k, v]) => (known.has(k.toLowerCase()) ? [[k.toLowerCase(), v]] : [])))
}

/** Looks at the options that belong to the format itself, and says which have no effect. */
export function checkFormat(format: FormatName, context: ConnectorContext, side: 'source' | 'sink'): void {
  checkFormatOptions(format, formatOptions(format, context.options), side)
  warnOfIdle(FORMAT_OPTIONS[format], context)
}

/** Refuses options that do not go together. */
export function checkSourceOptions(
  format: string,
  o: {
    readonly maxFilesPerTrigger?: number
    readonly maxBytesPerTrigger?: number
    readonly cleanSource: string
    readonly sourceArchiveDir?: string
  },
): void {
  if (o.maxFilesPerTrigger !== undefined && o.maxBytesPerTrigger !== undefined) {
    throw new MillraceError('CONFLICTING_OPTIONS', {
      options: ['maxFilesPerTrigger', 'maxBytesPerTrigger'],
      format,
      why: 'one limit decides',
    })
  }
  if (o.cleanSource === 'archive' && !o.sourceArchiveDir) {
    throw new MillraceError('MISSING_OPTION', { option: 'sourceArchiveDir', format, describe: "cleanSource 'archive' needs to know where" })
  }
}
