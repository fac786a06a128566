import { conditions } from '../condition.ts'
import { didYouMean } from '../did-you-mean.ts'

/** Conditions of `connectors/` that are not about files: options, sources, sinks. */
export const connectors = conditions({
  UNKNOWN_FORMAT: {
    domain: 'user',
    sparkClass: 'DATA_SOURCE_NOT_FOUND',
    message: (p: { format: string; known: readonly string[] }) => `there is no format "${p.format}"${didYouMean(p.format, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Known formats: ${p.known.join(', ')}.`,
  },
  UNKNOWN_OPTION: {
    domain: 'user',
    message: (p: { option: string; format: string; known: readonly string[] }) =>
      `format "${p.format}" has no option "${p.option}"${didYouMean(p.option, p.known)}`,
    hint: (p: { format: string; known: readonly string[] }) =>
      p.known.length === 0 ? `Format "${p.format}" takes no options here.` : `It takes here: ${[...p.known].sort().join(', ')}.`,
  },
  OPTION_ON_WRONG_SIDE: {
    domain: 'user',
    message: (p: { option: string; format?: string; given: string; belongs: string }) =>
      `option "${p.option}"${p.format === undefined ? '' : ` of format "${p.format}"`} has no effect on ${p.given}`,
    hint: (p: { option: string; given: string; belongs: string }) => `Give "${p.option}" to ${p.belongs} instead of ${p.given}.`,
  },
  INVALID_OPTION: {
    domain: 'user',
    message: (p: { option: string; format: string; value: string; expected: string }) =>
      `option "${p.option}" of format "${p.format}" must be ${p.expected}, got "${p.value}"`,
    hint: (p: { option: string; expected: string }) => `Set "${p.option}" to ${p.expected}.`,
  },
  MISSING_OPTION: {
    domain: 'user',
    message: (p: { option: string; format: string; describe: string }) =>
      `format "${p.format}" needs the option "${p.option}": ${p.describe}`,
    hint: (p: { option: string }) => `Add .option('${p.option}', …).`,
  },
  REFUSED_OPTION: {
    domain: 'user',
    message: (p: { option: string; format: string; why: string }) => `format "${p.format}" does not take the option "${p.option}"`,
    hint: (p: { why: string }) => `${p.why[0]!.toUpperCase()}${p.why.slice(1)}.`,
  },
  CONFLICTING_OPTIONS: {
    domain: 'user',
    message: (p: { options: readonly string[]; format: string; why: string }) =>
      `options ${p.options.map(o => `"${o}"`).join(' and ')} of format "${p.format}" do not go together: ${p.why}`,
    hint: (p: { options: readonly string[] }) => `Keep one of ${p.options.map(o => `"${o}"`).join(', ')}.`,
  },
  MISSING_QUERY_NAME: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1194',
    message: (p: { format: string }) => `the ${p.format} sink needs a query name: it becomes the name of the table`,
    hint: () => "Call .queryName('name') before start().",
  },
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE': {
    domain: 'user',
    sparkClass: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE',
    message: (p: { format: string; outputMode: string; modes: readonly string[] }) =>
      `the ${p.format} sink does not take output mode "${p.outputMode}"`,
    hint: (p: { modes: readonly string[] }) =>
      `Use outputMode ${p.modes.map(m => `'${m}'`).join(' or ')}, or write each batch with foreachBatch.`,
  },
  SCHEMA_NOT_GIVEN: {
    domain: 'user',
    message: (p: { format: string }) => `format "${p.format}" has a schema of its own`,
    hint: () => 'Leave out .schema(…); cast the columns afterwards.',
  },
  FOREACH_USER_FUNCTION_ERROR: {
    domain: 'user',
    sparkClass: 'FOREACH_USER_FUNCTION_ERROR',
    message: (p: { reason: string }) => `the writer given to foreach() failed: ${p.reason}`,
    hint: () => 'The batch is not committed; mend the writer and start the query again.',
  },
  FOREACH_BATCH_USER_FUNCTION_ERROR: {
    domain: 'user',
    sparkClass: 'FOREACH_BATCH_USER_FUNCTION_ERROR',
    message: (p: { reason: string }) => `the function given to foreachBatch() failed: ${p.reason}`,
    hint: () => 'The batch is not committed; mend the function and start the query again: it gets the same batch id and rows.',
  },
  SOURCE_LOG_CONFLICT: {
    domain: 'external',
    sparkClass: 'CONCURRENT_STREAM_LOG_UPDATE',
    message: (p: { path: string }) => `another query wrote ${p.path} of this checkpoint`,
    hint: () => 'Give each query a checkpointLocation of its own and start this one again.',
  },
  INVALID_OFFSET: {
    domain: 'external',
    message: (p: { source: string; offset: string; expected: string }) =>
      `${p.source} cannot read the offset ${p.offset}: expected ${p.expected}`,
    hint: () => 'The checkpoint belongs to another source; start with the source it was made by, or with a new checkpointLocation.',
  },
  MEMORY_SINK_NO_RECOVERY: {
    domain: 'user',
    message: (p: { name: string }) => `the memory table "${p.name}" was lost with its process, so its query cannot go on from a checkpoint`,
    hint: () => "Leave out checkpointLocation, use outputMode 'complete' (which makes the table anew), or write to a lasting sink.",
  },
  MEMORY_STREAM_GONE: {
    domain: 'user',
    message: (p: { id: string }) => `there is no open memory stream "${p.id}" in this process`,
    hint: () => 'Create the MemoryStream before starting the query and keep it open while the query runs.',
  },
  SOCKET_FAILED: {
    domain: 'external',
    message: (p: { host: string; port: number; why: string }) => `cannot read lines from ${p.host}:${p.port}: ${p.why}`,
    hint: () => 'Start the server first (for example `nc -lk 9999`) and check host and port.',
  },
})
