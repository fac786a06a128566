import { conditions } from '../condition.ts'

/** Conditions of checkpoints: logs, ownership, shape. */
export const checkpoint = conditions({
  MALFORMED_LOG_FILE: {
    domain: 'external',
    message: (p: { path: string; reason: string }) => `the log file "${p.path}" is malformed: ${p.reason}`,
    hint: () =>
      'Restore the file from a copy, or start with a new checkpoint. Do not delete single entries: batches would be lost or repeated.',
  },
  UNSUPPORTED_LOG_VERSION: {
    domain: 'user',
    message: (p: { path: string; found: number; supported: number }) =>
      `the log file "${p.path}" has version v${p.found}, and at most v${p.supported} can be read`,
    hint: () => 'It was written by a newer program: use that one.',
  },
  STREAMING_CHECKPOINT_MISSING_METADATA_FILE: {
    domain: 'external',
    message: (p: { checkpoint: string }) => `the checkpoint "${p.checkpoint}" has log entries but no "metadata" file`,
    hint: () => 'Restore "metadata" ({"id":"<uuid>"}) from a copy, or start with a new checkpoint.',
    sparkClass: 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE',
  },
  STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY: {
    domain: 'user',
    message: (p: { checkpoint: string; directory: string }) =>
      `the checkpoint "${p.checkpoint}" has no offsets, but its "${p.directory}" directory is not empty`,
    hint: () => 'Choose an empty directory, or delete what is left there of another query.',
    sparkClass: 'STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY',
  },
  CHECKPOINT_LOG_GAP: {
    domain: 'external',
    message: (p: { log: string; missing: number; latest: number }) =>
      `batch ${p.missing} doesn't exist in the log "${p.log}", whose latest entry is ${p.latest}`,
    hint: () => 'Restore the missing entry from a copy, or start with a new checkpoint.',
  },
  CHECKPOINT_COMMIT_WITHOUT_OFFSETS: {
    domain: 'external',
    message: (p: { checkpoint: string; batchId: number }) =>
      `the checkpoint "${p.checkpoint}" has committed batch ${p.batchId} but no offsets of it`,
    hint: () => 'Restore the missing offsets entries from a copy, or start with a new checkpoint.',
  },
  CHECKPOINT_SOURCES_CHANGED: {
    domain: 'user',
    message: (p: { logged: number; requested: number }) =>
      `There are [${p.logged}] sources in the checkpoint offsets and now there are [${p.requested}] sources requested by the query. Cannot continue.`,
    hint: () => 'Start the query with the same sources in the same order, or with a new checkpoint.',
    sparkClass: 'STREAM_FAILED',
  },
  CHECKPOINT_OTHER_SHAPE: {
    domain: 'user',
    message: (p: { part: string; was: string; is: string }) =>
      `the checkpoint was made by another query shape: ${p.part} was ${p.was} and is now ${p.is}`,
    hint: () => 'Undo that change, or start with a new checkpoint: the state kept there does not fit the new plan.',
  },
  STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA: {
    domain: 'user',
    message: (p: { was: string; is: string }) =>
      `the stateful operators of the checkpoint are [${p.was}], those of the query are [${p.is}]`,
    hint: () => 'Start the query with the same stateful steps in the same order, or with a new checkpoint.',
    sparkClass: 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA',
  },
  STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE: {
    domain: 'user',
    message: (p: { operator: string; was: string; is: string }) =>
      `the key of "${p.operator}" was "${p.was}" in the checkpoint and is now "${p.is}"`,
    hint: () => 'Group by the same columns and types as before, or start with a new checkpoint.',
    sparkClass: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
  },
  STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE: {
    domain: 'user',
    message: (p: { operator: string; was: string; is: string }) =>
      `the state of "${p.operator}" was "${p.was}" in the checkpoint and is now "${p.is}"`,
    hint: () => 'Compute the same aggregates as before, or start with a new checkpoint.',
    sparkClass: 'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
  },
  STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY: {
    domain: 'user',
    message: (p: { checkpoint: string; version: number }) =>
      `the checkpoint "${p.checkpoint}" is at state version ${p.version}, but holds no state of this program`,
    hint: (p: { spark: boolean }) =>
      p.spark
        ? 'The checkpoint was made by Spark, whose state files cannot be read yet: start with a new checkpoint.'
        : 'Restore "millrace/state" from a copy, or start with a new checkpoint.',
    sparkClass: 'STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY',
  },
  STATE_FILE_MISSING: {
    domain: 'external',
    message: (p: { operator: number; version: number; path: string }) =>
      `state version ${p.version} of operator ${p.operator} needs the file "${p.path}", which is not there`,
    hint: () => 'Restore the file from a copy, or start with a new checkpoint.',
    sparkClass: 'CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS',
  },
  CHECKPOINT_NOT_THERE: {
    domain: 'user',
    message: (p: { checkpoint: string }) => `there is no checkpoint at "${p.checkpoint}"`,
    hint: () => 'Name the directory that was given as checkpointLocation.',
  },
  CHECKPOINT_IN_USE: {
    domain: 'user',
    message: (p: { checkpoint: string; owner: string }) => `the checkpoint "${p.checkpoint}" is used by ${p.owner}`,
    hint: () => 'Stop that query first, or give this one a checkpoint of its own.',
    sparkClass: 'CONCURRENT_QUERY',
  },
  CONCURRENT_STREAM_LOG_UPDATE: {
    domain: 'user',
    message: (p: { batchId: number; log: string; owner: string }) =>
      `batch ${p.batchId} was already written to the log "${p.log}" by ${p.owner}: two queries use one checkpoint`,
    hint: () => 'Leave one of them running. This one has stopped without committing the batch.',
    sparkClass: 'CONCURRENT_STREAM_LOG_UPDATE',
  },
})
