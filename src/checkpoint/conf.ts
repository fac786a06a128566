/** How one setting travels through the offset log. */
interface LoggedSetting {
  readonly key: string
  /** Written when the session says nothing. */
  readonly fallback: string
  /** What a log without the key means; absent = the session's own value. */
  readonly legacy?: string
}

/**
 * The settings Spark 4.3 logs with each batch, in its order. All are written, or Spark would pick legacy formats when it takes the checkpoint over.
 * Values of the log win over the session's at restart (`OffsetSeqMetadata.setSessionConf`).
 */
const LOGGED: readonly LoggedSetting[] = [
  {
    key: 'spark.sql.streaming.stateStore.providerClass',
    fallback: 'org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider',
  },
  { key: 'spark.sql.dropDuplicates.deterministicKeyOrder.enabled', fallback: 'true', legacy: 'false' },
  { key: 'spark.sql.streaming.stateStore.rocksdb.mergeOperatorVersion', fallback: '2', legacy: '1' },
  { key: 'spark.sql.streaming.stateStore.rocksdb.formatVersion', fallback: '5' },
  { key: 'spark.sql.streaming.queryEvolution.enableSourceEvolution', fallback: 'false', legacy: 'false' },
  { key: 'spark.sql.streaming.stateStore.encodingFormat', fallback: 'unsaferow', legacy: 'unsaferow' },
  { key: 'spark.sql.streaming.statefulOperator.useStrictDistribution', fallback: 'true', legacy: 'false' },
  { key: 'spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion', fallback: '2', legacy: '1' },
  { key: 'spark.sql.streaming.multipleWatermarkPolicy', fallback: 'min', legacy: 'min' },
  { key: 'spark.sql.streaming.stateStore.rowChecksum.enabled', fallback: 'false', legacy: 'false' },
  { key: 'spark.sql.streaming.statefulOperator.alwaysNullableOutput.enabled', fallback: 'true', legacy: 'false' },
  { key: 'spark.sql.streaming.aggregation.stateFormatVersion', fallback: '2', legacy: '1' },
  { key: 'spark.sql.function.protobufExtensions.enabled', fallback: 'false', legacy: 'false' },
  { key: 'spark.sql.shuffle.partitions', fallback: '200' },
  { key: 'spark.sql.streaming.join.stateFormatVersion', fallback: '2', legacy: '1' },
  { key: 'spark.sql.streaming.stateStore.compression.codec', fallback: 'lz4', legacy: 'lz4' },
  { key: 'spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan', fallback: 'false', legacy: 'true' },
]

type Conf = (key: string) => string | undefined

/** The settings to log with a batch. */
export const loggedConf = (conf: Conf): Readonly<Record<string, string>> =>
  Object.fromEntries(LOGGED.map(({ key, fallback }) => [key, conf(key) ?? fallback]))

/** The session's settings with those of the checkpoint over them. `logged` undefined = a new checkpoint. */
export function confOver(logged: Readonly<Record<string, string>> | undefined, session: Conf): Conf {
  if (!logged) return session
  const won = new Map<string, string>()
  for (const { key, legacy } of LOGGED) {
    const value = logged[key] ?? legacy
    if (value !== undefined) won.set(key, value)
  }
  return key => won.get(key) ?? session(key)
}
