import { STORE_SETTINGS } from './store-settings.ts'

/** What becomes of a setting here. */
export type SettingRow =
  | { readonly do: 'honour'; readonly type: SettingType; readonly default?: string; readonly doc: string }
  /** Taken and written down; has no effect, which is said once. `quiet` ones belong to checkpoints or to the program's name. */
  | { readonly do: 'accept'; readonly why: string; readonly quiet?: true; readonly default?: string }
  | { readonly do: 'refuse'; readonly unless: string; readonly why: string; readonly instead: string }
export type SettingType = 'boolean' | 'integer' | 'interval' | 'size' | 'zone' | 'text' | readonly string[]

const honour = (type: SettingType, doc: string, value?: string): SettingRow => ({
  do: 'honour',
  type,
  doc,
  ...(value !== undefined && { default: value }),
})
const accept = (why: string): SettingRow => ({ do: 'accept', why })
const quiet = (why: string, value?: string): SettingRow => ({
  do: 'accept',
  why,
  quiet: true,
  ...(value !== undefined && { default: value }),
})

const ONE_PROCESS = 'there is one process and no cluster'
const DUCKDB = 'DuckDB plans each batch by itself'
const STORE = 'state is kept in DuckDB tables and Parquet files'

/** Every setting by its key: `spark.*` means what it means in Spark, `millrace.*` is ours. */
export const SETTINGS: Readonly<Record<string, SettingRow>> = {
  'spark.app.name': quiet('it names the program'),
  'spark.master': quiet(ONE_PROCESS),
  'spark.sql.ansi.enabled': honour(
    ['true', 'false'],
    'A bad value ends the query. With `false` a plan is refused where an expression of it could fail, naming the `try_` function or `get` to write for each.',
    'true',
  ),
  'spark.sql.session.timeZone': honour('zone', 'Time zone in which timestamps are written and read as text.', 'UTC'),
  'spark.sql.caseSensitive': {
    do: 'refuse',
    unless: 'false',
    why: 'column names are found without regard to case, as is Spark’s default',
    instead: 'Rename the columns that differ only in case.',
  },
  'spark.sql.shuffle.partitions': quiet(ONE_PROCESS, '200'),
  'spark.sql.sources.default': honour('text', 'Format of load() and save() without format().', 'parquet'),
  'spark.sql.sources.partitionOverwriteMode': honour(
    ['static', 'dynamic'],
    'Overwriting a Delta table replaces all its rows, or only the partitions that have new ones.',
    'static',
  ),
  'spark.databricks.delta.schema.autoMerge.enabled': honour(
    'boolean',
    'New columns of rows become columns of a Delta table without `mergeSchema`.',
    'false',
  ),
  'spark.databricks.delta.retentionDurationCheck.enabled': honour(
    'boolean',
    'vacuum() refuses to keep files for less than the Delta table says.',
    'true',
  ),
  'spark.sql.sources.partitionColumnTypeInference.enabled': honour(
    'boolean',
    'Types of partition columns are read from their values.',
    'true',
  ),
  'spark.sql.streaming.checkpointLocation': honour('text', 'Root of the checkpoints of named queries.'),
  'spark.sql.streaming.schemaInference': honour('boolean', 'Streams of files may find out their schema.', 'false'),
  'spark.sql.streaming.noDataMicroBatches.enabled': honour(
    'boolean',
    'A batch without data runs when only the watermark has moved.',
    'true',
  ),
  'spark.sql.streaming.multipleWatermarkPolicy': honour(['min', 'max'], 'Which of several watermarks counts.', 'min'),
  'spark.sql.streaming.minBatchesToRetain': honour('integer', 'How many batches of logs and state stay.', '100'),
  'spark.sql.streaming.numRecentProgressUpdates': honour('integer', 'How many progress records recentProgress keeps.', '100'),
  'spark.sql.streaming.noDataProgressEventInterval': honour('interval', 'How often an idle query says so.', '10 seconds'),
  'spark.sql.streaming.pollingDelay': accept('sources call an idle query, it does not ask again and again'),
  'spark.sql.streaming.stopActiveRunOnRestart': honour('boolean', 'A start on the same checkpoint stops the running query first.', 'true'),
  'spark.sql.streaming.stopTimeout': honour('interval', 'How long stop() waits; see millrace.stopTimeout.', '0'),
  'spark.sql.streaming.fileSource.log.compactInterval': honour('integer', 'After how many batches a source’s log is compacted.', '10'),
  'spark.sql.streaming.fileSource.log.cleanupDelay': honour('interval', 'How long compacted source logs stay.', '10 minutes'),
  'spark.sql.streaming.fileSink.log.compactInterval': honour('integer', 'After how many batches a sink’s log is compacted.', '10'),
  'spark.sql.streaming.fileSink.log.cleanupDelay': honour('interval', 'How long compacted sink logs stay.', '10 minutes'),
  'spark.sql.streaming.fileSource.log.deletion': honour('boolean', 'Compacted source logs are deleted in the end.', 'true'),
  'spark.sql.streaming.fileSink.log.deletion': honour('boolean', 'Compacted sink logs are deleted in the end.', 'true'),
  'spark.sql.streaming.metricsEnabled': accept('progress always goes out on diagnostics channels'),
  'spark.sql.streaming.forceDeleteTempCheckpointLocation': honour('boolean', 'Temporary checkpoints go even after a failure.', 'false'),
  'spark.sql.streaming.stateStore.minDeltasForSnapshot': honour(
    'integer',
    'After how many change files a snapshot of the state is made; not set: 10, or 50 while few rows have changed.',
  ),
  'spark.sql.streaming.stateStore.providerClass': quiet(STORE),
  'spark.sql.streaming.stateStore.encodingFormat': quiet(STORE),
  'spark.sql.streaming.stateStore.compression.codec': quiet(STORE),
  'spark.sql.streaming.statefulOperator.checkCorrectness.enabled': {
    do: 'refuse',
    unless: 'true',
    why: 'the check keeps late rows from being lost between stateful operators',
    instead: 'Leave it on, or put the query in two.',
  },
  'spark.sql.streaming.unsupportedOperationCheck': {
    do: 'refuse',
    unless: 'true',
    why: 'what the check refuses gives wrong results',
    instead: 'Leave it on.',
  },
  'spark.sql.files.ignoreMissingFiles': honour('boolean', 'Files that vanish before they are read are passed over.', 'false'),
  'spark.sql.files.ignoreCorruptFiles': {
    do: 'refuse',
    unless: 'false',
    why: 'rows of a file that cannot be read would be left out without a word',
    instead: 'Mend, replace or remove the file that the error names, and start again.',
  },
  'spark.sql.parquet.compression.codec': honour(
    ['none', 'uncompressed', 'snappy', 'gzip', 'zstd'],
    'How Parquet files are compressed.',
    'snappy',
  ),
  'spark.sql.avro.compression.codec': honour(
    ['uncompressed', 'snappy', 'deflate', 'zstandard'],
    'How Avro files are compressed.',
    'snappy',
  ),
  'spark.sql.repl.eagerEval.enabled': accept('Node’s prompt shows frames by their columns'),
  'spark.sql.repl.eagerEval.maxNumRows': accept('see spark.sql.repl.eagerEval.enabled'),
  'spark.sql.legacy.timeParserPolicy': {
    do: 'refuse',
    unless: 'EXCEPTION|CORRECTED',
    why: 'patterns are read as by Spark 3 and later',
    instead: 'Write the pattern anew for java.time.',
  },
  'spark.sql.timestampType': {
    do: 'refuse',
    unless: 'TIMESTAMP_LTZ',
    why: '"timestamp" is an instant here',
    instead: 'Write timestamp_ntz where a wall clock is meant.',
  },
  'spark.sql.datetime.java8API.enabled': accept('values are classes of Millrace'),
  'spark.sql.catalogImplementation': accept('there is no Hive here'),
  'spark.sql.warehouse.dir': honour('text', 'Directory of tables: where saveAsTable() and toTable() make them.', 'spark-warehouse'),
  'millrace.tables': honour(
    'text',
    'Tables that lie elsewhere: `rides=s3://lake/rides, words=parquet:/out/words`, Delta tables without a format.',
  ),
  'spark.jars': accept('connectors are part of Millrace'),
  'spark.jars.packages': accept('connectors are part of Millrace, no jar is loaded'),
  'spark.jars.repositories': accept('no jar is loaded'),
  'spark.jars.excludes': accept('no jar is loaded'),
  'spark.submit.deployMode': accept(ONE_PROCESS),
  'spark.submit.pyFiles': accept('there is no Python here'),
  'spark.serializer': accept('rows travel as columns'),
  'spark.cores.max': accept('see millrace.threads'),
  'spark.default.parallelism': accept('see millrace.threads'),
  'spark.local.dir': accept('see millrace.tempDirectory'),
  'millrace.extensions': honour(
    'boolean',
    'Whether Millrace may go beyond Spark: default limits of a batch, late and duplicate rows as outputs.',
    'true',
  ),
  'millrace.memoryLimit': honour('size', 'Memory of all queries together, e.g. 2GB.'),
  'millrace.threads': honour('integer', 'Threads of all queries together.'),
  'millrace.tempDirectory': honour('text', 'Where rows go that memory cannot hold.'),
  'millrace.stopTimeout': honour('interval', 'How long stop() waits for a function of one’s own.'),
  'millrace.sliceBytes': honour('size', 'How much of a source is in memory at once.', '64MB'),
  'millrace.checkpoint.sync': honour('boolean', 'Log entries are made durable (fsync) before a batch goes on.', 'true'),
  ...STORE_SETTINGS,
}

/** Families of settings that are taken without effect, by how their keys begin. */
export const FAMILIES: readonly (readonly [prefix: string, why: string])[] = [
  ['spark.executor.', ONE_PROCESS],
  ['spark.driver.', ONE_PROCESS],
  ['spark.dynamicAllocation.', ONE_PROCESS],
  ['spark.scheduler.', ONE_PROCESS],
  ['spark.shuffle.', ONE_PROCESS],
  ['spark.task.', ONE_PROCESS],
  ['spark.network.', ONE_PROCESS],
  ['spark.rpc.', ONE_PROCESS],
  ['spark.kubernetes.', ONE_PROCESS],
  ['spark.yarn.', ONE_PROCESS],
  ['spark.memory.', 'see millrace.memoryLimit'],
  ['spark.ui.', 'there is no Spark page'],
  ['spark.eventLog.', 'events go out on diagnostics channels'],
  ['spark.metrics.', 'events go out on diagnostics channels'],
  ['spark.kryo', 'rows travel as columns'],
  ['spark.speculation', ONE_PROCESS],
  ['spark.sql.adaptive.', DUCKDB],
  ['spark.sql.cbo.', DUCKDB],
  ['spark.sql.optimizer.', DUCKDB],
  ['spark.sql.autoBroadcastJoinThreshold', DUCKDB],
  ['spark.sql.broadcastTimeout', DUCKDB],
  ['spark.sql.join.', DUCKDB],
  ['spark.sql.codegen.', DUCKDB],
  ['spark.sql.inMemoryColumnarStorage.', DUCKDB],
  ['spark.sql.execution.arrow.', 'rows travel as columns'],
  ['spark.sql.hive.', 'there is no Hive here'],
  ['spark.hive.', 'there is no Hive here'],
  ['hive.', 'there is no Hive here'],
  ['spark.hadoop.', 'there is no Hadoop here'],
  ['spark.sql.extensions', 'no jar is loaded'],
  ['spark.sql.catalog.', 'catalogs are given by their own connectors'],
  ['spark.sql.streaming.stateStore.rocksdb.', STORE],
  ['spark.sql.streaming.stateStore.', STORE],
  ['spark.databricks.', 'this is not Databricks'],
]
