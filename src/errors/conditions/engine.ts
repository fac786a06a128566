import { conditions } from '../condition.ts'

/** Conditions of the embedded engine. */
export const engine = conditions({
  ENGINE_FAILED: {
    domain: 'internal',
    message: (p: { message: string }) => `DuckDB could not run the batch: ${p.message}`,
    hint: () => 'Please report it with the program that led here.',
  },
  OUT_OF_MEMORY: {
    domain: 'user',
    message: (p: { message: string }) => `the memory limit was reached: ${p.message}`,
    hint: () => 'Raise the session setting millrace.memoryLimit, or take less in a batch (maxFilesPerTrigger, maxBytesPerTrigger).',
  },
  FILE_NOT_READABLE: {
    domain: 'external',
    message: (p: { message: string }) => `a file cannot be read: ${p.message}`,
    hint: () => 'Look at the file and its permissions, then start again: the query goes on from its last committed batch.',
  },
  VALUE_OUT_OF_RANGE: {
    domain: 'user',
    message: (p: { message: string }) => `a value does not fit its type: ${p.message}`,
    hint: () => 'Use a wider type, or a try_ function, which gives null instead.',
    sparkClass: 'ARITHMETIC_OVERFLOW',
  },
  OPERATOR_NOT_SUPPORTED: {
    domain: 'user',
    message: (p: { operator: string; on: string }) => `${p.operator} is not supported ${p.on} yet`,
    hint: (p: { instead?: string }) => p.instead ?? 'See docs/ for the operators a stream takes.',
  },
  CHECKPOINT_LOCATION_NEEDED: {
    domain: 'user',
    message: (p: { format: string }) => `a stream into "${p.format}" needs a checkpoint location`,
    hint: () =>
      "Give option('checkpointLocation', 'dir'), or set spark.sql.streaming.checkpointLocation and a queryName: without a fixed place a restart would begin anew.",
    sparkClass: '_LEGACY_ERROR_TEMP_1138',
  },
  CHECKPOINT_UNNAMED: {
    domain: 'user',
    message: (p: { root: string }) => `an unnamed query under the default checkpoint root "${p.root}" would begin anew at every start`,
    hint: () => "Give the query a name with queryName('…'), or its own option('checkpointLocation', 'dir').",
  },
  SINK_OPTION_BESIDE_FUNCTION: {
    domain: 'user',
    message: (p: { function: string; options: readonly string[] }) =>
      `${p.function} takes no sink options, got ${p.options.map(o => `"${o}"`).join(', ')}`,
    hint: (p: { function: string }) => `Leave them out: the function given to ${p.function} decides how rows are written.`,
  },
  FORMAT_SIDE_NOT_SUPPORTED: {
    domain: 'user',
    message: (p: { format: string; side: string }) => `the format "${p.format}" cannot be used for ${p.side}`,
    hint: () => 'Choose another format for this side.',
  },
  FAILED_EXECUTE_UDF: {
    domain: 'user',
    message: (p: { function: string; reason: string }) => `the function "${p.function}" failed: ${p.reason}`,
    hint: () => 'Mend the function, or let it give null for values it cannot take; the cause holds its own error.',
    sparkClass: 'FAILED_EXECUTE_UDF',
  },
  MAP_BATCHES_FUNCTION_ERROR: {
    domain: 'user',
    message: (p: { function: string; reason: string }) => `the function "${p.function}" given to mapBatches() failed: ${p.reason}`,
    hint: () => 'The batch is not committed; mend the function and start again: it gets the same rows. The cause holds its own error.',
  },
  MAP_BATCHES_RESULT: {
    domain: 'user',
    message: (p: { function: string; what: string }) => `the function "${p.function}" given to mapBatches() gave ${p.what}`,
    hint: (p: { columns: string }) => `Give back an array of rows, or an object of equally long arrays, with the columns ${p.columns}.`,
  },
  COLLECTION_SIZE_LIMIT_EXCEEDED: {
    domain: 'user',
    message: (_: {}) => 'an array would have more elements than fit into one',
    hint: () => 'Use explode() over smaller parts, or session.range() for long sequences.',
    sparkClass: 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION',
  },
  FUNCTION_MUST_NOT_AWAIT: {
    domain: 'user',
    message: (p: { function: string }) => `the function "${p.function}" returned a Promise`,
    hint: () => 'A function of a row answers at once; for work that must be awaited use frame.mapBatches(fn, schema).',
  },
  PIVOT_TOO_MANY_VALUES: {
    domain: 'user',
    message: (p: { most: number }) => `the pivot column has more than ${p.most} distinct values`,
    hint: () => 'Name the values you want: pivot(column, [values]).',
    sparkClass: '_LEGACY_ERROR_TEMP_1324',
  },
})
