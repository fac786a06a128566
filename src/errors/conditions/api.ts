import { conditions } from '../condition.ts'

const at = (line: string | undefined): string => (line ? ` (${line})` : '')

/** Conditions of `api/`: programs that cannot mean what they say. */
export const api = conditions({
  INVALID_WHEN_USAGE: {
    domain: 'user',
    message: (p: { what: string }) => `${p.what} makes no case`,
    hint: () => 'Write when(condition, value).when(…).otherwise(value).',
  },
  BATCH_IN_WRITE_STREAM: {
    domain: 'user',
    message: (_: {}) => '"writeStream" is for streaming frames, and this one is not',
    hint: () => 'Use write, or begin with session.readStream.',
    sparkClass: 'WRITE_STREAM_NOT_ALLOWED',
  },
  FORMAT_WITH_FOREACH: {
    domain: 'user',
    message: (p: { method: string; format: string }) => `format("${p.format}") and ${p.method}() are two sinks`,
    hint: (p: { method: string }) => `Leave out format(), and write inside the function of ${p.method}().`,
  },
  OPTIONS_WITH_FOREACH: {
    domain: 'user',
    message: (p: { method: string; options: readonly string[] }) =>
      `${p.method}() takes no sink options: ${p.options.map(o => `"${o}"`).join(', ')} would do nothing`,
    hint: () => 'Give them to batch.write inside the function. checkpointLocation stays here.',
  },
  UNNAMED_QUERY_UNDER_CHECKPOINT_ROOT: {
    domain: 'user',
    message: (p: { root: string; format: string }) =>
      `the ${p.format} query has no name, so its checkpoint under "${p.root}" would be a new one at each start and a restart would begin anew`,
    hint: () => 'Give it queryName("…"), or option("checkpointLocation", "…").',
  },
  BATCH_CLOSED: {
    domain: 'user',
    message: (p: { batchId: number | string; line?: string }) =>
      `the DataFrame of batch ${p.batchId}${at(p.line)} is used after its function has ended`,
    hint: () => 'Await everything that reads the batch before the function of foreachBatch returns.',
  },
  ALREADY_CLOSED: {
    domain: 'user',
    message: (p: { what: string }) => `${p.what} is closed`,
    hint: () => 'Open a new one with Session.open().',
  },
  UNKNOWN_SETTING: {
    domain: 'user',
    message: (p: { key: string; suggestion: string }) => `there is no setting "${p.key}"${p.suggestion}`,
    hint: () => 'See docs/settings.md for every setting and what it does here.',
  },
  SETTING_REFUSED: {
    domain: 'user',
    message: (p: { key: string; value: string; why: string; instead: string }) => `"${p.key}" = "${p.value}" is refused: ${p.why}`,
    hint: (p: { instead: string }) => p.instead,
  },
  INVALID_SETTING: {
    domain: 'user',
    message: (p: { key: string; value: string; expected: string }) => `"${p.key}" must be ${p.expected}, got "${p.value}"`,
    hint: (p: { key: string; expected: string }) => `Set "${p.key}" to ${p.expected}.`,
    sparkClass: 'INVALID_CONF_VALUE',
  },
  VIEW_EXISTS: {
    domain: 'user',
    message: (p: { name: string }) => `there is already a view "${p.name}"`,
    hint: () => 'Use createOrReplaceTempView, or another name.',
    sparkClass: 'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
  },
  NOT_A_FUNCTION: {
    domain: 'user',
    message: (p: { what: string }) => `${p.what} needs a function`,
    hint: () => 'Hand in a JavaScript function.',
  },
  COLUMN_NOT_IN_SCHEMA: {
    domain: 'user',
    message: (p: { column: string; suggestion: string }) => `there is no column "${p.column}"${p.suggestion}`,
    hint: (p: { columns: readonly string[] }) => `The columns are ${p.columns.join(', ')}.`,
    sparkClass: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
  },
  SINKS_DISAGREE: {
    domain: 'user',
    message: (p: { name: string; values: readonly string[] }) =>
      `the sinks of one query share their ${p.name}, and these say ${p.values.join(' and ')}`,
    hint: (p: { name: string }) =>
      `Give all writers the same ${p.name}${p.name === 'outputMode' ? '' : ', or say it once in the second argument of writeStreams'}.`,
  },
  WAREHOUSE_DDL: {
    domain: 'user',
    message: (p: { warehouse: string; reason: string }) => `no statements for ${p.warehouse}: ${p.reason}`,
    hint: () => 'Change the options of warehouseDdl, or the columns of the lake with cast() and drop().',
  },
})
