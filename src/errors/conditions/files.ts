import { conditions } from '../condition.ts'
import { didYouMean } from '../did-you-mean.ts'

/** Conditions of files: sources, sinks, decoders. */
export const files = conditions({
  PATH_NOT_FOUND: {
    domain: 'user',
    sparkClass: 'PATH_NOT_FOUND',
    message: (p: { path: string }) => `there is nothing at ${p.path}`,
    hint: () => 'Check the path; a stream over a directory needs the directory to exist (a glob may match nothing yet).',
  },
  MISSING_PATH: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1175',
    message: (p: { format: string }) => `format "${p.format}" needs a path`,
    hint: () => "Give the path to load(…), save(…) or start(…), or set .option('path', …).",
  },
  SCHEMA_REQUIRED: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1137',
    message: (p: { format: string }) => `a stream over ${p.format} files needs a schema`,
    hint: () => "Call .schema('a int, b string') before load(), or set spark.sql.streaming.schemaInference to true.",
  },
  UNABLE_TO_INFER_SCHEMA: {
    domain: 'user',
    sparkClass: 'UNABLE_TO_INFER_SCHEMA',
    message: (p: { format: string }) => `there is no file to infer a schema for ${p.format} from`,
    hint: () => "Call .schema('a int, b string'), or put a file there first.",
  },
  SOURCE_FILE_CHANGED: {
    domain: 'external',
    message: (p: { path: string; was: string; is: string }) =>
      `the file ${p.path} changed after a batch had taken it (was ${p.was}, is ${p.is})`,
    hint: () =>
      'Put the file back as it was and start again; let writers finish under another name (for example x.csv.tmp) and rename, or set stableAfter.',
  },
  SOURCE_FILE_VANISHED: {
    domain: 'external',
    sparkClass: 'FAILED_READ_FILE.FILE_NOT_EXIST',
    message: (p: { path: string }) => `the file ${p.path} was taken into a batch but is gone`,
    hint: () => 'Put the file back and start again: the batch reads the same files. Let cleanSource remove files when they are done.',
  },
  READ_FILE_FAILED: {
    domain: 'external',
    sparkClass: 'FAILED_READ_FILE.NO_HINT',
    message: (p: { path: string; why: string }) => `cannot read the file ${p.path}: ${p.why}`,
    hint: () => 'Mend or replace the file and start again.',
  },
  TRUNCATED_FILE: {
    domain: 'external',
    sparkClass: 'FAILED_READ_FILE.NO_HINT',
    message: (p: { path: string; codec: string }) => `the ${p.codec} file ${p.path} ends before its end`,
    hint: () =>
      'Copy the file again under the same name and start again: the batch reads the whole one. Let writers finish under another name and rename, or set stableAfter.',
  },
  UNSUPPORTED_CODEC: {
    domain: 'user',
    message: (p: { codec: string; path: string }) => `${p.path} is compressed with ${p.codec}, which is not supported`,
    hint: (p: { codec: string }) => `Recompress with gzip or zstd instead of ${p.codec}.`,
  },
  DISK_FULL: {
    domain: 'external',
    message: (p: { path: string }) => `no space left on the device that holds ${p.path}`,
    hint: () => 'Free some space and start again; nothing that was committed is lost, the batch runs again.',
  },
  READ_ONLY_DIRECTORY: {
    domain: 'external',
    message: (p: { path: string; code: string }) => `${p.path} cannot be written (${p.code})`,
    hint: () => 'Give this process the right to write there and start again; the batch runs again.',
  },
  PATH_ALREADY_EXISTS: {
    domain: 'user',
    sparkClass: 'PATH_ALREADY_EXISTS',
    message: (p: { path: string }) => `${p.path} already exists`,
    hint: () => "Use mode('overwrite') to replace it or mode('append') to add to it.",
  },
  SINK_LOG_NOT_EMPTY: {
    domain: 'user',
    message: (p: { path: string; last: number }) =>
      `${p.path} already holds the batches of another checkpoint (up to ${p.last}), so this query's batches from 0 on would be dropped`,
    hint: () =>
      "Use another directory, start with the old checkpointLocation, or set option('onExistingLog', 'append') to go on after the last id.",
  },
  INVALID_CORRUPT_RECORD_TYPE: {
    domain: 'user',
    sparkClass: 'INVALID_CORRUPT_RECORD_TYPE',
    message: (p: { column: string }) => `the corrupt-record column "${p.column}" must be a string`,
    hint: (p: { column: string }) => `Declare "${p.column} string" in the schema.`,
  },
  UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: {
    domain: 'user',
    sparkClass: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
    message: (p: { format: string; column: string; type: string }) =>
      `format "${p.format}" cannot hold the column "${p.column}" of type ${p.type}`,
    hint: (p: { column: string; type: string }) =>
      p.column === 'window' || p.type.startsWith('struct<start')
        ? `Select its parts first: select('${p.column}.start', '${p.column}.end', …).`
        : `Leave "${p.column}" out, turn it into text with to_json, or write parquet or json.`,
  },
  'UNSUPPORTED_DATATYPE.IN_CSV': {
    domain: 'user',
    sparkClass: 'UNSUPPORTED_DATATYPE',
    message: (p: { column: string; type: string }) => `from_csv() cannot read the column "${p.column}" of type ${p.type}`,
    hint: (p: { column: string }) => `Read "${p.column}" as STRING, and take it apart with from_json, split or str_to_map.`,
  },
  PARTITION_COLUMN_NOT_FOUND: {
    domain: 'user',
    sparkClass: 'COLUMN_NOT_DEFINED_IN_TABLE',
    message: (p: { column: string; known: readonly string[] }) =>
      `partitionBy names "${p.column}", which is no column${didYouMean(p.column, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Columns: ${p.known.join(', ')}.`,
  },
  ALL_PARTITION_COLUMNS: {
    domain: 'user',
    sparkClass: 'ALL_PARTITION_COLUMNS_NOT_ALLOWED',
    message: () => 'every column is a partition column, so no column is left for the files',
    hint: () => 'Leave at least one column out of partitionBy.',
  },
  TEXT_NEEDS_ONE_STRING: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1290',
    message: (p: { columns: number }) => `the text format holds one string column, got ${p.columns} columns`,
    hint: () => "Join the columns first: select(concatWs(',', …).as('value')).",
  },
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION': {
    domain: 'user',
    sparkClass: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    message: (p: { record: string; where: string }) => `a malformed record${p.where === '' ? '' : ` in ${p.where}`}: ${p.record}`,
    hint: () => "Mend the data, or read with mode 'PERMISSIVE' (bad fields become null) or 'DROPMALFORMED'.",
  },
  CSV_HEADER_MISMATCH: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_3241',
    message: (p: { path: string; header: string; schema: string }) =>
      `the header of ${p.path} does not match the schema: ${p.header} instead of ${p.schema}`,
    hint: () => 'Mend the schema or the file, or leave enforceSchema at true to ignore headers.',
  },
  'MALFORMED_CSV_RECORD.TOO_MANY_COLUMNS': {
    domain: 'user',
    sparkClass: 'MALFORMED_CSV_RECORD',
    message: (p: { where: string; max: number }) => `a record${p.where === '' ? '' : ` in ${p.where}`} has more than ${p.max} columns`,
    hint: () => 'Raise the option maxColumns, or check sep and quote.',
  },
  'MALFORMED_CSV_RECORD.FIELD_TOO_LONG': {
    domain: 'user',
    sparkClass: 'MALFORMED_CSV_RECORD',
    message: (p: { where: string; max: number }) => `a field${p.where === '' ? '' : ` in ${p.where}`} has more than ${p.max} characters`,
    hint: () => 'Raise the option maxCharsPerColumn, or check sep and quote: a quote that is never closed makes one field of what follows.',
  },
  CLEAN_SOURCE_ARCHIVE: {
    domain: 'user',
    message: (p: { archive: string; path: string; why: string }) => `files of ${p.path} cannot be archived in ${p.archive}: ${p.why}`,
    hint: () => 'Choose a sourceArchiveDir on the same file system, outside the directory that is read and deeper than its glob.',
  },
  UNSUPPORTED_ENCODING: {
    domain: 'user',
    sparkClass: 'INVALID_PARAMETER_VALUE.CHARSET',
    message: (p: { encoding: string }) => `the encoding "${p.encoding}" is not known`,
    hint: () => 'Use UTF-8, UTF-16LE, UTF-16BE or ISO-8859-1.',
  },
  DECOMPRESSION_FAILED: {
    domain: 'external',
    message: (p: { codec: string; why: string }) => `these bytes are not what ${p.codec} writes: ${p.why}`,
    hint: () => 'They were damaged or cut short, or their header names another codec than they were written with; write them again.',
  },
})
