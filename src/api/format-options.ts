import { MillraceError } from '../errors/index.ts'

const FILE_SOURCE = [
  'path',
  'maxFilesPerTrigger',
  'maxBytesPerTrigger',
  'latestFirst',
  'maxFileAge',
  'fileNameOnly',
  'cleanSource',
  'sourceArchiveDir',
  'pathGlobFilter',
  'recursiveFileLookup',
  'modifiedBefore',
  'modifiedAfter',
  'stableAfter',
  'schemaInference',
  'basePath',
  'ignoreMissingFiles',
  'ignoreCorruptFiles',
  'maxCachedFiles',
  'discardCachedInputRatio',
] as const
const FILE_SINK = ['path', 'checkpointLocation', 'queryName', 'compression', 'retention', 'onExistingLog'] as const
const CSV = [
  'sep',
  'delimiter',
  'encoding',
  'charset',
  'quote',
  'escape',
  'charToEscapeQuoteEscaping',
  'comment',
  'header',
  'ignoreLeadingWhiteSpace',
  'ignoreTrailingWhiteSpace',
  'nullValue',
  'nanValue',
  'positiveInf',
  'negativeInf',
  'dateFormat',
  'timestampFormat',
  'timestampNTZFormat',
  'locale',
  'lineSep',
  'timeZone',
  'emptyValue',
] as const
const CSV_READ = [
  'inferSchema',
  'enforceSchema',
  'samplingRatio',
  'preferDate',
  'maxColumns',
  'maxCharsPerColumn',
  'unescapedQuoteHandling',
  'mode',
  'columnNameOfCorruptRecord',
  'multiLine',
  'enableDateTimeParsingFallback',
] as const
const JSON_BOTH = ['encoding', 'charset', 'dateFormat', 'timestampFormat', 'timestampNTZFormat', 'locale', 'lineSep', 'timeZone'] as const
const JSON_READ = [
  'primitivesAsString',
  'prefersDecimal',
  'allowComments',
  'allowUnquotedFieldNames',
  'allowSingleQuotes',
  'allowNumericLeadingZeros',
  'allowBackslashEscapingAnyCharacter',
  'allowUnquotedControlChars',
  'allowNonNumericNumbers',
  'mode',
  'columnNameOfCorruptRecord',
  'multiLine',
  'samplingRatio',
  'dropFieldIfAllNull',
  'enableDateTimeParsingFallback',
] as const
const KAFKA = [
  'subscribe',
  'subscribePattern',
  'assign',
  'startingOffsets',
  'startingTimestamp',
  'startingOffsetsByTimestamp',
  'startingOffsetsByTimestampStrategy',
  'endingOffsets',
  'endingTimestamp',
  'endingOffsetsByTimestamp',
  'failOnDataLoss',
  'maxOffsetsPerTrigger',
  'minOffsetsPerTrigger',
  'maxTriggerDelay',
  'minPartitions',
  'maxRecordsPerPartition',
  'groupIdPrefix',
  'includeHeaders',
  'fetchOffset.numRetries',
  'fetchOffset.retryIntervalMs',
] as const

/** Options of the built-in formats by side, for the compiler. The connectors' own tables are the judges at run time. */
export const FORMAT_OPTIONS = {
  csv: { source: [...FILE_SOURCE, ...CSV, ...CSV_READ], sink: [...FILE_SINK, ...CSV, 'quoteAll', 'escapeQuotes'] },
  json: { source: [...FILE_SOURCE, ...JSON_BOTH, ...JSON_READ], sink: [...FILE_SINK, ...JSON_BOTH, 'ignoreNullFields'] },
  text: { source: [...FILE_SOURCE, 'wholetext', 'lineSep', 'encoding', 'charset'], sink: [...FILE_SINK, 'lineSep', 'encoding', 'charset'] },
  parquet: { source: [...FILE_SOURCE, 'mergeSchema', 'datetimeRebaseMode', 'int96RebaseMode'], sink: [...FILE_SINK] },
  rate: { source: ['rowsPerSecond', 'rampUpTime', 'numPartitions'], sink: [] },
  'rate-micro-batch': { source: ['rowsPerBatch', 'startTimestamp', 'advanceMillisPerBatch', 'numPartitions'], sink: [] },
  socket: { source: ['host', 'port', 'includeTimestamp'], sink: [] },
  memory: { source: ['id'], sink: ['checkpointLocation', 'queryName'] },
  console: { source: [], sink: ['numRows', 'truncate', 'checkpointLocation', 'queryName'] },
  noop: { source: [], sink: ['checkpointLocation', 'queryName'] },
  kafka: { source: [...KAFKA], sink: ['topic', 'includeHeaders', 'checkpointLocation', 'queryName'] },
} as const

type Table = typeof FORMAT_OPTIONS
export type BuiltIn = keyof Table
export type Side = 'source' | 'sink'
/** Names the compiler takes for a format; any name where the format is not built in or not known. */
export type OptionName<F extends string, S extends Side> = string extends F
  ? string
  : F extends BuiltIn
    ? Table[F][S][number] | (F extends 'kafka' ? `kafka.${string}` : never)
    : string
/** A literal name is checked, a run-time text is not (the connector checks it). */
export type CheckedName<K extends string, F extends string, S extends Side> = string extends K ? K : OptionName<F, S>
/** An options object whose literal names are checked. */
export type CheckedOptions<O, F extends string, S extends Side> = string extends keyof O
  ? O
  : {
      [K in keyof O]: K extends OptionName<F, S>
        ? O[K]
        : O[K] extends object
          ? O[K]
          : `there is no option "${K & string}" on this side of ${F}`
    }

/** An option that stands on the wrong side for sure is refused where it is written. */
export function refuseWrongSide(format: string | undefined, name: string, side: Side): void {
  const other = side === 'source' ? 'sink' : 'source'
  const tables = format && format in FORMAT_OPTIONS ? [FORMAT_OPTIONS[format as BuiltIn]] : format ? [] : Object.values(FORMAT_OPTIONS)
  if (tables.length === 0 || name.includes('.')) return
  const has = (s: Side) => tables.some(t => (t[s] as readonly string[]).some(o => o.toLowerCase() === name.toLowerCase()))
  if (has(side) || !has(other)) return
  const [given, belongs] = side === 'sink' ? ['writeStream', 'readStream'] : ['readStream', 'writeStream']
  throw new MillraceError('OPTION_ON_WRONG_SIDE', { option: name, format: format ?? 'this', given, belongs })
}
