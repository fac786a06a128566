import { conditions } from '../condition.ts'
import { didYouMean } from '../did-you-mean.ts'

/** Conditions of Delta tables. */
export const delta = conditions({
  DELTA_TABLE_NOT_FOUND: {
    domain: 'user',
    sparkClass: 'DELTA_TABLE_NOT_FOUND',
    message: (p: { path: string }) => `there is no Delta table at ${p.path}: it has no _delta_log`,
    hint: () => "Check the path; write.format('delta').save(path) or a stream's start(path) makes one.",
  },
  DELTA_LOG_BROKEN: {
    domain: 'external',
    message: (p: { path: string; why: string }) => `the Delta log of ${p.path} cannot be read: ${p.why}`,
    hint: () => 'Restore the missing or damaged files of _delta_log, or go on from a copy of the table.',
  },
  DELTA_UNSUPPORTED_FEATURE: {
    domain: 'user',
    sparkClass: 'DELTA_UNSUPPORTED_FEATURES_FOR_READ',
    message: (p: { path: string; features: readonly string[]; to: 'read' | 'write' }) =>
      `the Delta table ${p.path} cannot be ${p.to === 'read' ? 'read' : 'written'}: it uses ${p.features.join(', ')}`,
    hint: () => 'Use a table without it, drop the feature with ALTER TABLE … DROP FEATURE, or use the program that made it.',
  },
  DELTA_VERSION_NOT_FOUND: {
    domain: 'user',
    sparkClass: 'DELTA_VERSION_NOT_FOUND',
    message: (p: { path: string; wanted: string; first: number; last: number }) =>
      `the Delta table ${p.path} has no ${p.wanted}: there are versions ${p.first} to ${p.last}`,
    hint: (p: { first: number; last: number }) => `Ask for a version from ${p.first} to ${p.last}, or leave the option out for the newest.`,
  },
  DELTA_FILE_MISSING: {
    domain: 'external',
    sparkClass: 'DELTA_FILE_NOT_FOUND',
    message: (p: { path: string; file: string }) => `the Delta table ${p.path} names the file ${p.file}, which is gone`,
    hint: () =>
      'It may have been removed by vacuum before it was read: read a newer version, start a stream anew, or keep removed files for longer.',
  },
  DELTA_DELETION_VECTOR_BROKEN: {
    domain: 'external',
    message: (p: { path: string; why: string }) => `a deletion vector of the Delta table ${p.path} cannot be read: ${p.why}`,
    hint: () => 'Restore the file from a copy of the table: without it, deleted rows would come back.',
  },
  DELTA_SCHEMA_MISMATCH: {
    domain: 'user',
    sparkClass: 'DELTA_FAILED_TO_MERGE_FIELDS',
    message: (p: { path: string; differences: readonly string[] }) =>
      `the rows do not fit the Delta table ${p.path}: ${p.differences.join('; ')}`,
    hint: () =>
      "Cast or select the columns to fit. For new columns set option('mergeSchema', true); with mode('overwrite') option('overwriteSchema', true) replaces the schema.",
  },
  DELTA_PARTITIONING_MISMATCH: {
    domain: 'user',
    sparkClass: 'DELTA_METADATA_MISMATCH',
    message: (p: { path: string; given: readonly string[]; is: readonly string[] }) =>
      `the Delta table ${p.path} is partitioned by (${p.is.join(', ')}), not by (${p.given.join(', ')})`,
    hint: () => "Leave out partitionBy(…), or replace the table with mode('overwrite') and option('overwriteSchema', true).",
  },
  DELTA_NOT_NULL_VIOLATED: {
    domain: 'user',
    sparkClass: 'DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
    message: (p: { path: string; column: string; rows: number }) =>
      `the column "${p.column}" of the Delta table ${p.path} takes no nulls, and ${p.rows} rows have one`,
    hint: (p: { column: string }) => `Filter the rows or fill "${p.column}" first: na.drop() or na.fill().`,
  },
  DELTA_COLUMN_TYPE: {
    domain: 'user',
    sparkClass: 'DELTA_UNSUPPORTED_DATA_TYPES',
    message: (p: { column: string; type: string }) => `a Delta table cannot hold the column "${p.column}" of type ${p.type}`,
    hint: (p: { column: string }) => `Cast "${p.column}" to a type that Delta has, or leave it out.`,
  },
  DELTA_COLUMN_NAME: {
    domain: 'user',
    sparkClass: 'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES',
    message: (p: { column: string }) =>
      `the column name "${p.column}" has one of the characters " ,;{}()\\n\\t=" which Delta does not take`,
    hint: (p: { column: string }) => `Rename it: withColumnRenamed('${p.column}', '${p.column.replace(/[ ,;{}()\n\t=]+/g, '_')}').`,
  },
  DELTA_CONCURRENT_CHANGE: {
    domain: 'external',
    sparkClass: 'DELTA_CONCURRENT_WRITE',
    message: (p: { path: string; version: number; why: string; tries: number }) =>
      `another writer changed the Delta table ${p.path} in version ${p.version}: ${p.why}; ${p.tries} attempts were made`,
    hint: () => 'Run it again when the other writer is done. Writers that touch different partitions do not disturb each other.',
  },
  DELTA_APPEND_ONLY: {
    domain: 'user',
    sparkClass: 'DELTA_CANNOT_MODIFY_APPEND_ONLY',
    message: (p: { path: string }) => `the Delta table ${p.path} takes only appended rows (delta.appendOnly)`,
    hint: () => 'Append instead, or set the table property delta.appendOnly to false.',
  },
  DELTA_REPLACE_WHERE_MISMATCH: {
    domain: 'user',
    sparkClass: 'DELTA_REPLACE_WHERE_MISMATCH',
    message: (p: { predicate: string; rows: number }) => `${p.rows} of the rows to write do not meet replaceWhere = ${p.predicate}`,
    hint: () => 'Filter the rows by the same condition first, or widen replaceWhere.',
  },
  DELTA_MERGE_KEYS_NEEDED: {
    domain: 'user',
    message: (p: { path: string }) => `update mode into the Delta table ${p.path} needs to know which row a changed row replaces`,
    hint: () => "Name the columns that tell rows apart: option('keyColumns', 'user,day').",
  },
  DELTA_MERGE_KEY_UNKNOWN: {
    domain: 'user',
    message: (p: { column: string; known: readonly string[] }) =>
      `keyColumns names "${p.column}", which is no column${didYouMean(p.column, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Columns: ${p.known.join(', ')}.`,
  },
  DELTA_DUPLICATE_MERGE_KEYS: {
    domain: 'user',
    sparkClass: 'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE',
    message: (p: { keys: readonly string[]; example: string; rows: number }) =>
      `${p.rows} rows of one batch have the same keyColumns (${p.keys.join(', ')}): ${p.example}`,
    hint: () => 'Group or dropDuplicates() by those columns first, or name more columns in keyColumns: which row wins must be clear.',
  },
  DELTA_SOURCE_SCHEMA_CHANGED: {
    domain: 'user',
    sparkClass: 'DELTA_SCHEMA_CHANGED_WITH_VERSION',
    message: (p: { path: string; version: number; differences: readonly string[] }) =>
      `the schema of the Delta table ${p.path} changed in version ${p.version}: ${p.differences.join('; ')}`,
    hint: () => 'Start the query again: it goes on with the new schema where its state and sink can take it.',
  },
  DELTA_SOURCE_DELETES: {
    domain: 'user',
    sparkClass: 'DELTA_SOURCE_IGNORE_DELETE',
    message: (p: { path: string; version: number; file: string }) =>
      `version ${p.version} of the Delta table ${p.path} deletes rows (${p.file}), which a stream cannot take back`,
    hint: () =>
      "Set option('ignoreDeletes', true) where whole partitions are deleted, option('skipChangeCommits', true) to pass such versions by, or read changes with option('readChangeFeed', true).",
  },
  DELTA_SOURCE_CHANGES: {
    domain: 'user',
    sparkClass: 'DELTA_SOURCE_TABLE_IGNORE_CHANGES',
    message: (p: { path: string; version: number; file: string }) =>
      `version ${p.version} of the Delta table ${p.path} rewrites rows (${p.file}), which a stream of appended rows cannot follow`,
    hint: () =>
      "Set option('skipChangeCommits', true) to pass such versions by, read changes with option('readChangeFeed', true), or start anew with an empty checkpoint.",
  },
  DELTA_SOURCE_OTHER_TABLE: {
    domain: 'user',
    sparkClass: 'DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE',
    message: (p: { path: string; was: string; is: string }) =>
      `the Delta table ${p.path} is not the one that the checkpoint knows: its id is ${p.is}, not ${p.was}`,
    hint: () => 'It was deleted and made anew. Start with an empty checkpoint.',
  },
  DELTA_SOURCE_OFFSET: {
    domain: 'user',
    message: (p: { text: string; why: string }) => `the offset ${p.text} of a Delta source cannot be used: ${p.why}`,
    hint: () => 'It was written by a newer version or damaged. Start with an empty checkpoint and startingVersion.',
  },
  DELTA_CHANGE_FEED_OFF: {
    domain: 'user',
    sparkClass: 'DELTA_MISSING_CHANGE_DATA',
    message: (p: { path: string; version: number }) => `the Delta table ${p.path} keeps no change data in version ${p.version}`,
    hint: () => "Make the table with option('delta.enableChangeDataFeed', true), or start at a later version with startingVersion.",
  },
  DELTA_VACUUM_RETENTION: {
    domain: 'user',
    sparkClass: 'DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT',
    message: (p: { hours: number; least: number }) =>
      `vacuum would remove files that count no more for only ${p.hours} hours; readers may still be at them (least: ${p.least} hours)`,
    hint: () => 'Keep them longer, or say force: true when nobody reads or writes the table.',
  },
  DELTA_REPROCESS: {
    domain: 'user',
    message: (p: { path: string; rows: string }) =>
      `an empty checkpoint with startingTimestamp appends rows to the Delta table ${p.path} that it may already hold (${p.rows})`,
    hint: () =>
      "Write in update mode with option('keyColumns', …), replace the range with option('replaceWhere', …), or say option('reprocess', 'append') to write them again.",
  },
  TABLE_NOT_DELTA: {
    domain: 'user',
    message: (p: { name: string; format: string; what: string }) => `the table "${p.name}" is kept as ${p.format}, which cannot ${p.what}`,
    hint: () => 'Make it a Delta table: write.format("delta").saveAsTable(name).',
  },
})
