import type { OptionTable } from '../contract.ts'

export type FormatName = 'csv' | 'json' | 'text' | 'parquet'

const source = (type: 'string' | 'boolean' | 'integer', describe: string) => ({ type, describe, side: 'source' }) as const
const sink = (type: 'string' | 'boolean' | 'integer', describe: string) => ({ type, describe, side: 'sink' }) as const
const both = (type: 'string' | 'boolean' | 'integer', describe: string) => ({ type, describe, side: 'both' }) as const
const MODE = {
  type: 'enum',
  describe: 'What becomes of bad records.',
  values: ['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'],
  side: 'source',
} as const

/** Days before 1582 in files of old writers: read as they stand. */
const CORRECTED = {
  type: 'enum',
  describe: 'How days before 1582 are read: as they stand in the file.',
  values: ['CORRECTED'],
  side: 'source',
} as const

const TEXTUAL = {
  compression: sink('string', 'none, gzip or zstd; what is read goes by the endings of its names (.gz, .zst, .deflate).'),
  codec: sink('string', 'The same as compression.'),
  encoding: both('string', 'The character set; default UTF-8, the only one that is written.'),
  charset: both('string', 'The same as encoding.'),
  lineSep: both('string', 'What ends a line; default \\n, and on reading also \\r\\n and \\r.'),
} as const satisfies OptionTable

const TIMES = {
  dateFormat: both('string', 'The pattern of dates.'),
  timestampFormat: both('string', 'The pattern of timestamps.'),
  timestampNTZFormat: both('string', 'The pattern of timestamps without a zone.'),
  timeZone: both('string', 'The zone of timestamps that name none; default the session zone.'),
  locale: both('string', 'The language of names of months and days in patterns: en-US, other ones are refused.'),
} as const satisfies OptionTable

const RECORDS = {
  mode: MODE,
  columnNameOfCorruptRecord: source('string', 'The column that keeps the text of bad records.'),
  multiLine: source('boolean', 'A record may span lines.'),
  samplingRatio: source('string', 'The share of records that inference looks at, above 0 and up to 1; the same records every time.'),
  inferSchema: source('boolean', 'Find out the types of columns from the data.'),
  enableDateTimeParsingFallback: source(
    'boolean',
    'Take a date or time that does not fit its pattern if it has the default form; default false.',
  ),
  preferDate: source('boolean', 'Inference takes dates for dates.'),
} as const satisfies OptionTable

const CSV = {
  ...TEXTUAL,
  ...TIMES,
  ...RECORDS,
  sep: both('string', 'What stands between fields; default a comma.'),
  delimiter: both('string', 'The same as sep.'),
  quote: both('string', 'The quote character; empty turns quoting off.'),
  escape: both('string', 'The character that escapes quotes inside quoted fields; default a backslash.'),
  charToEscapeQuoteEscaping: both('string', 'The character that escapes the escape.'),
  header: both('boolean', 'The first line names the columns.'),
  comment: both('string', 'Lines that begin with this character are left out.'),
  nullValue: both('string', 'The text of a null.'),
  emptyValue: both('string', 'The text of an empty string.'),
  nanValue: source('string', 'The text of a number that is none.'),
  positiveInf: source('string', 'The text of infinity.'),
  negativeInf: source('string', 'The text of minus infinity.'),
  ignoreLeadingWhiteSpace: both('boolean', 'Cut blanks in front of fields.'),
  ignoreTrailingWhiteSpace: both('boolean', 'Cut blanks behind fields.'),
  enforceSchema: source('boolean', 'Ignore the header; false checks it against the schema.'),
  maxColumns: source('integer', 'How many columns a record may have.'),
  maxCharsPerColumn: source('integer', 'How many characters a field may have at most, else the query ends; default -1: any number.'),
  inputBufferSize: {
    type: 'integer',
    describe: 'The size of the parser’s buffer.',
    side: 'source',
    withoutEffect: 'the decoder has buffers of its own',
  },
  unescapedQuoteHandling: {
    type: 'enum',
    describe: 'What to do with quotes inside fields that are not escaped; default STOP_AT_DELIMITER, and BACK_TO_DELIMITER is refused.',
    values: ['STOP_AT_DELIMITER', 'STOP_AT_CLOSING_QUOTE', 'BACK_TO_DELIMITER', 'SKIP_VALUE', 'RAISE_ERROR'],
    side: 'source',
  },
  quoteAll: sink('boolean', 'Put every field in quotes.'),
  escapeQuotes: sink('boolean', 'Put fields that hold quotes in quotes.'),
} as const satisfies OptionTable

const JSON_OPTIONS = {
  ...TEXTUAL,
  ...TIMES,
  ...RECORDS,
  primitivesAsString: source('boolean', 'Inference takes every plain value for a string.'),
  prefersDecimal: source('boolean', 'Inference takes numbers for decimals where they fit.'),
  dropFieldIfAllNull: source('boolean', 'Inference leaves out columns of nulls.'),
  allowComments: source('boolean', 'Take /* */ and // comments.'),
  allowUnquotedFieldNames: source('boolean', 'Take field names without quotes.'),
  allowSingleQuotes: source('boolean', "Take 'text' for text; default true."),
  allowNumericLeadingZeros: source('boolean', 'Take 007 for a number.'),
  allowNonNumericNumbers: source('boolean', 'Take NaN and Infinity for numbers; default true.'),
  allowBackslashEscapingAnyCharacter: source('boolean', 'Take a backslash before any character.'),
  allowUnquotedControlChars: source('boolean', 'Take control characters inside texts; default false.'),
  ignoreNullFields: sink('boolean', 'Leave out fields that are null; default true.'),
  pretty: sink('boolean', 'Objects over several lines, indented.'),
} as const satisfies OptionTable

const TEXT = {
  ...TEXTUAL,
  wholetext: source('boolean', 'One row a file.'),
} as const satisfies OptionTable

const PARQUET = {
  compression: sink('string', 'none, snappy, gzip or zstd; default snappy.'),
  mergeSchema: source('boolean', 'Take the columns of all files together.'),
  datetimeRebaseMode: CORRECTED,
  int96RebaseMode: CORRECTED,
} as const satisfies OptionTable

/** The options of each format by themselves. */
export const FORMAT_OPTIONS: Readonly<Record<FormatName, OptionTable>> = { csv: CSV, json: JSON_OPTIONS, text: TEXT, parquet: PARQUET }
