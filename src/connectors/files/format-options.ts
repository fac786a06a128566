import type { OptionTable } from '../contract.ts'

export type FormatName = 'csv' | 'json' | 'text' | 'parquet' | 'avro'

type Flat = 'string' | 'boolean' | 'integer'
interface Shown {
  readonly default?: string
  readonly example?: string
}
const source = (type: Flat, describe: string, shown: Shown = {}) => ({ type, describe, side: 'source', ...shown }) as const
const sink = (type: Flat, describe: string, shown: Shown = {}) => ({ type, describe, side: 'sink', ...shown }) as const
const both = (type: Flat, describe: string, shown: Shown = {}) => ({ type, describe, side: 'both', ...shown }) as const
const MODE = {
  type: 'enum',
  describe: 'What becomes of bad records.',
  values: ['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'],
  default: 'PERMISSIVE',
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
  compression: sink('string', 'none, gzip or zstd; what is read goes by the endings of its names (.gz, .zst, .deflate).', {
    example: 'gzip',
  }),
  codec: sink('string', 'The same as compression.', { example: 'gzip' }),
  encoding: both('string', 'The character set; default UTF-8, the only one that is written.', { default: 'UTF-8', example: 'ISO-8859-1' }),
  charset: both('string', 'The same as encoding.', { example: 'ISO-8859-1' }),
  lineSep: both('string', 'What ends a line; default \\n, and on reading also \\r\\n and \\r.', { example: ';' }),
} as const satisfies OptionTable

const TIMES = {
  dateFormat: both('string', 'The pattern of dates.', { example: 'dd.MM.yyyy' }),
  timestampFormat: both('string', 'The pattern of timestamps.', { example: 'dd.MM.yyyy HH:mm' }),
  timestampNTZFormat: both('string', 'The pattern of timestamps without a zone.', { example: 'dd.MM.yyyy HH:mm' }),
  timeZone: both('string', 'The zone of timestamps that name none; default the session zone.', { example: 'Europe/Berlin' }),
  locale: both('string', 'The language of names of months and days in patterns: en-US, other ones are refused.', {
    default: 'en-US',
    example: 'en-US',
  }),
} as const satisfies OptionTable

const RECORDS = {
  mode: MODE,
  columnNameOfCorruptRecord: source('string', 'The column that keeps the text of bad records.', {
    default: '_corrupt_record',
    example: 'bad',
  }),
  multiLine: source('boolean', 'A record may span lines.', { default: 'false' }),
  samplingRatio: source('string', 'The share of records that inference looks at, above 0 and up to 1; the same records every time.', {
    default: '1.0',
    example: '0.1',
  }),
  inferSchema: source('boolean', 'Find out the types of columns from the data.', { default: 'false' }),
  enableDateTimeParsingFallback: source('boolean', 'Take a date or time that does not fit its pattern if it has the default form.', {
    default: 'false',
  }),
  preferDate: source('boolean', 'Inference takes dates for dates.', { default: 'true' }),
} as const satisfies OptionTable

const CSV = {
  ...TEXTUAL,
  ...TIMES,
  ...RECORDS,
  sep: both('string', 'What stands between fields.', { default: ',', example: '|' }),
  delimiter: both('string', 'The same as sep.', { example: '|' }),
  quote: both('string', 'The quote character; empty turns quoting off.', { default: '"', example: '~' }),
  escape: both('string', 'The character that escapes quotes inside quoted fields.', { default: '\\', example: '"' }),
  charToEscapeQuoteEscaping: both('string', 'The character that escapes the escape.', { example: '|' }),
  header: both('boolean', 'The first line names the columns.', { default: 'false' }),
  comment: both('string', 'Lines that begin with this character are left out.', { example: '#' }),
  nullValue: both('string', 'The text of a null.', { example: 'NA' }),
  emptyValue: both('string', 'The text of an empty string.', { example: '-' }),
  nanValue: source('string', 'The text of a number that is none.', { default: 'NaN', example: 'nan' }),
  positiveInf: source('string', 'The text of infinity.', { default: 'Inf', example: '+inf' }),
  negativeInf: source('string', 'The text of minus infinity.', { default: '-Inf', example: '-inf' }),
  ignoreLeadingWhiteSpace: both('boolean', 'Cut blanks in front of fields.'),
  ignoreTrailingWhiteSpace: both('boolean', 'Cut blanks behind fields.'),
  enforceSchema: source('boolean', 'Ignore the header; false checks it against the schema.', { default: 'true' }),
  maxColumns: source('integer', 'How many columns a record may have.', { default: '20480' }),
  maxCharsPerColumn: source('integer', 'How many characters a field may have at most, else the query ends; -1 is any number.', {
    default: '-1',
  }),
  inputBufferSize: {
    type: 'integer',
    describe: 'The size of the parser’s buffer.',
    side: 'source',
    withoutEffect: 'the decoder has buffers of its own',
  },
  unescapedQuoteHandling: {
    type: 'enum',
    describe: 'What to do with quotes inside fields that are not escaped; BACK_TO_DELIMITER is refused.',
    default: 'STOP_AT_DELIMITER',
    example: 'STOP_AT_CLOSING_QUOTE',
    values: ['STOP_AT_DELIMITER', 'STOP_AT_CLOSING_QUOTE', 'BACK_TO_DELIMITER', 'SKIP_VALUE', 'RAISE_ERROR'],
    side: 'source',
  },
  quoteAll: sink('boolean', 'Put every field in quotes.', { default: 'false' }),
  escapeQuotes: sink('boolean', 'Put fields that hold quotes in quotes.', { default: 'true' }),
} as const satisfies OptionTable

const JSON_OPTIONS = {
  ...TEXTUAL,
  ...TIMES,
  ...RECORDS,
  primitivesAsString: source('boolean', 'Inference takes every plain value for a string.', { default: 'false' }),
  prefersDecimal: source('boolean', 'Inference takes numbers for decimals where they fit.', { default: 'false' }),
  dropFieldIfAllNull: source('boolean', 'Inference leaves out columns of nulls.', { default: 'false' }),
  allowComments: source('boolean', 'Take /* */ and // comments.', { default: 'false' }),
  allowUnquotedFieldNames: source('boolean', 'Take field names without quotes.', { default: 'false' }),
  allowSingleQuotes: source('boolean', "Take 'text' for text.", { default: 'true' }),
  allowNumericLeadingZeros: source('boolean', 'Take 007 for a number.', { default: 'false' }),
  allowNonNumericNumbers: source('boolean', 'Take NaN and Infinity for numbers.', { default: 'true' }),
  allowBackslashEscapingAnyCharacter: source('boolean', 'Take a backslash before any character.', { default: 'false' }),
  allowUnquotedControlChars: source('boolean', 'Take control characters inside texts.', { default: 'false' }),
  ignoreNullFields: sink('boolean', 'Leave out fields that are null.', { default: 'true' }),
  pretty: sink('boolean', 'Objects over several lines, indented.', { default: 'false' }),
} as const satisfies OptionTable

const TEXT = {
  ...TEXTUAL,
  wholetext: source('boolean', 'One row a file.', { default: 'false' }),
} as const satisfies OptionTable

const PARQUET = {
  compression: sink('string', 'none, snappy, gzip or zstd.', { default: 'snappy', example: 'zstd' }),
  mergeSchema: source('boolean', 'Take the columns of all files together.', { default: 'false' }),
  datetimeRebaseMode: CORRECTED,
  int96RebaseMode: CORRECTED,
} as const satisfies OptionTable

const AVRO = {
  avroSchema: both(
    'string',
    'The schema (JSON text) that files are read by, with its defaults and aliases, or that they are written with.',
    {
      example: '{"type":"record","name":"Ride","fields":[{"name":"id","type":"long"}]}',
    },
  ),
  avroSchemaUrl: both('string', 'A file that holds such a schema, read when the source or sink is opened; avroSchema wins over it.', {
    example: 'schemas/ride.avsc',
  }),
  positionalFieldMatching: both('boolean', 'Match columns and fields of the Avro schema by their places, not by their names.', {
    default: 'false',
  }),
  ignoreExtension: source('boolean', 'Read files whatever their names end in; false takes only .avro.', { default: 'true' }),
  recordName: sink('string', 'The name of the record that stands for a row.', { default: 'topLevelRecord', example: 'Ride' }),
  recordNamespace: sink('string', 'The namespace of its name.', { example: 'org.example' }),
  compression: sink('string', 'uncompressed, snappy, deflate or zstandard.', { default: 'snappy', example: 'zstandard' }),
  recursiveFieldMaxDepth: source('integer', 'How often a record may lie in itself: 1 leaves out the fields that recur, up to 15.', {
    example: '2',
  }),
  enableStableIdentifiersForUnionType: source('boolean', 'Name the fields that stand for a union by type, as member_int.', {
    default: 'false',
  }),
  stableIdentifierPrefixForUnionType: source('string', 'What begins those names.', { default: 'member_', example: 'is_' }),
  datetimeRebaseMode: CORRECTED,
} as const satisfies OptionTable

/** The options of each format by themselves. */
export const FORMAT_OPTIONS: Readonly<Record<FormatName, OptionTable>> = {
  csv: CSV,
  json: JSON_OPTIONS,
  text: TEXT,
  parquet: PARQUET,
  avro: AVRO,
}
