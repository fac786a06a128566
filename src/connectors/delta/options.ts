import type { ConnectorContext, OptionTable } from '../contract.ts'
import { readOptions } from '../options.ts'

const NOT_BESIDE = 'a table keeps its schema'

/** Options of Delta tables: reading at once, reading as a stream, writing. */
export const OPTIONS = {
  versionAsOf: {
    type: 'integer',
    min: 0,
    describe: 'Reads the table as it was in this version.',
    side: 'source',
    mode: 'batch',
    example: '12',
  },
  timestampAsOf: {
    type: 'string',
    describe: 'Reads the table as it was at this time: a date, or a date and time in the session’s zone.',
    side: 'source',
    mode: 'batch',
    example: '2026-01-31 10:00:00',
  },
  startingVersion: {
    type: 'string',
    describe:
      'A stream’s first version, its changes included, or `latest` for what comes from now on. Default: all that is there, then what comes.',
    side: 'source',
    example: '12',
  },
  startingTimestamp: {
    type: 'string',
    describe: 'Begins with the first version at or after this time.',
    side: 'source',
    example: '2026-01-31 10:00:00',
  },
  endingVersion: {
    type: 'integer',
    min: 0,
    describe: 'With readChangeFeed: the last version, included.',
    side: 'source',
    mode: 'batch',
    example: '20',
  },
  endingTimestamp: {
    type: 'string',
    describe: 'With readChangeFeed: the last version at or before this time.',
    side: 'source',
    mode: 'batch',
    example: '2026-02-28',
  },
  maxFilesPerTrigger: { type: 'integer', min: 1, describe: 'Most files a batch takes.', default: '1000', side: 'source', mode: 'stream' },
  maxBytesPerTrigger: {
    type: 'string',
    describe: 'About how many bytes a batch takes: at least one file, and no further one once this is reached.',
    side: 'source',
    mode: 'stream',
    example: '1g',
  },
  ignoreDeletes: {
    type: 'boolean',
    describe: 'Versions that only delete rows are passed by; rewritten rows still end the stream.',
    default: 'false',
    side: 'source',
    mode: 'stream',
  },
  skipChangeCommits: {
    type: 'boolean',
    describe: 'Versions that delete or rewrite rows are passed by whole.',
    default: 'false',
    side: 'source',
    mode: 'stream',
  },
  ignoreChanges: {
    type: 'boolean',
    describe: 'Rewritten files are read again, so rows that did not change may come twice.',
    default: 'false',
    side: 'source',
    mode: 'stream',
  },
  readChangeFeed: {
    type: 'boolean',
    describe:
      'Reads changes instead of rows: `_change_type` (insert, delete, update_preimage, update_postimage), `_commit_version`, `_commit_timestamp`.',
    default: 'false',
    side: 'source',
  },
  withEventTimeOrder: {
    type: 'boolean',
    describe: 'Order of the first files by event time.',
    side: 'source',
    mode: 'stream',
    refused: 'files are taken in the order they were written',
  },
  schemaTrackingLocation: {
    type: 'string',
    describe: 'Where Spark keeps schemas of a stream.',
    side: 'source',
    mode: 'stream',
    refused: 'start the query again after the schema changed',
  },
  mergeSchema: { type: 'boolean', describe: 'New columns of the rows become columns of the table.', default: 'false', side: 'sink' },
  overwriteSchema: {
    type: 'boolean',
    describe: 'With overwrite or complete mode: the rows’ schema and partitioning replace the table’s.',
    default: 'false',
    side: 'sink',
  },
  replaceWhere: {
    type: 'string',
    describe: 'With overwrite: replaces only rows that meet this condition.',
    side: 'sink',
    example: "day >= '2026-01-01'",
  },
  partitionOverwriteMode: {
    type: 'enum',
    values: ['static', 'dynamic'],
    describe: 'With overwrite: `dynamic` replaces only the partitions that have new rows.',
    side: 'sink',
  },
  keyColumns: {
    type: 'string',
    describe: 'Update mode: the columns that tell rows apart, with commas. A row replaces the one with the same values.',
    side: 'sink',
    example: 'user,day',
  },
  txnAppId: {
    type: 'string',
    describe: 'With txnVersion: a write that was already done under this name and number is passed by.',
    side: 'sink',
    example: 'daily-load',
  },
  txnVersion: { type: 'integer', min: 0, describe: 'Grows with every write of one txnAppId.', side: 'sink', example: '17' },
  userMetadata: { type: 'string', describe: 'A note in the commit, for the history.', side: 'sink', example: 'backfill' },
  compression: {
    type: 'enum',
    values: ['none', 'uncompressed', 'snappy', 'gzip', 'zstd'],
    describe: 'Codec of the data files.',
    default: 'snappy',
    side: 'sink',
  },
  compactAfter: {
    type: 'integer',
    min: 2,
    describe: 'Once so many small files have gathered, they are made into larger ones beside the stream.',
    side: 'sink',
    mode: 'stream',
    example: '50',
  },
  targetFileSize: { type: 'string', describe: 'How large compactAfter makes files.', default: '128m', side: 'sink', mode: 'stream' },
  reprocess: {
    type: 'enum',
    values: ['append'],
    describe: 'Lets an empty checkpoint with startingTimestamp append to rows that are there already.',
    side: 'sink',
    mode: 'stream',
  },
  'delta.*': {
    type: 'string',
    describe: 'Properties of a table that is made by this write, such as `delta.enableChangeDataFeed`.',
    side: 'sink',
    example: 'true',
  },
  inferSchema: { type: 'string', describe: 'Of file formats.', side: 'source', refused: NOT_BESIDE },
} as const satisfies OptionTable

type Side = 'source' | 'sink'
export const deltaOptions = <S extends Side>(
  context: Pick<ConnectorContext, 'options' | 'streaming'>,
  side: S,
  streaming = context.streaming === true,
) => readOptions(OPTIONS, context.options, { format: 'delta', side, mode: streaming ? 'stream' : 'batch' })
