import { conditions } from '../condition.ts'

/** What most refusals of Spark's streaming checker share. */
const CHECKER = '_LEGACY_ERROR_TEMP_3102'

/** Conditions of the streaming rules (`src/analyze/rules/`). */
export const streaming = conditions({
  OUTPUT_MODE_NOT_POSSIBLE: {
    domain: 'user',
    message: (p: { mode: string; operation: string }) => `output mode ${p.mode} is not possible with ${p.operation}`,
    hint: (p: { fix: string }) => p.fix,
    sparkClass: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
  },
  OUTPUT_MODE_NOT_IN_SINK: {
    domain: 'user',
    message: (p: { mode: string; format: string }) => `the ${p.format} sink does not take output mode ${p.mode}`,
    hint: (p: { modes: string }) => `Write in one of these modes: ${p.modes}.`,
    sparkClass: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE',
  },
  QUERY_NAME_NEEDED: {
    domain: 'user',
    message: (p: { format: string }) => `the ${p.format} sink needs a query name`,
    hint: () => "Call queryName('…') before start(): the rows are then read as the table of that name.",
    sparkClass: '_LEGACY_ERROR_TEMP_1194',
  },
  STREAM_IN_BATCH_ACTION: {
    domain: 'user',
    message: (p: { action: string }) => `a stream has no end, so ${p.action} cannot run on it`,
    hint: () => 'Start it with writeStream.…start(), or read the same data with session.read.',
    sparkClass: CHECKER,
  },
  NO_STREAM_IN_STREAMING_QUERY: {
    domain: 'user',
    message: () => 'writeStream needs a stream, and this frame reads none',
    hint: () => 'Write it with frame.write, or read the source with session.readStream.',
    sparkClass: CHECKER,
  },
  DISTINCT_AGGREGATE_IN_STREAM: {
    domain: 'user',
    message: (p: { function: string }) => `"${p.function}" over distinct values is not possible on a stream`,
    hint: () => 'Use approx_count_distinct(), or dropDuplicates() before the aggregation.',
    sparkClass: CHECKER,
  },
  DEDUPLICATE_NEEDS_WATERMARK: {
    domain: 'user',
    message: () => 'dropDuplicatesWithinWatermark() needs a watermark on its input',
    hint: () => 'Call withWatermark() on the event-time column before it.',
    sparkClass: CHECKER,
  },
  DEDUPLICATE_WITHIN_WATERMARK_IN_BATCH: {
    domain: 'user',
    message: () => 'dropDuplicatesWithinWatermark() is for streams only',
    hint: () => 'Use dropDuplicates() in a batch query.',
    sparkClass: CHECKER,
  },
  JOIN_MODE_NOT_POSSIBLE: {
    domain: 'user',
    message: (p: { join: string; mode: string }) => `a ${p.join} join of two streams is not possible in output mode ${p.mode}`,
    hint: () => 'Write in append mode.',
    sparkClass: CHECKER,
  },
  JOIN_SIDES_NOT_POSSIBLE: {
    domain: 'user',
    message: (p: { join: string; stream: 'left' | 'right'; other: string }) =>
      `a ${p.join} join with the stream on the ${p.stream} and ${p.other} is not possible`,
    hint: () =>
      'Rows without a match of a table can only be known when the stream ends. Put the stream on the side whose rows are all kept, or use an inner join.',
    sparkClass: CHECKER,
  },
  JOIN_NEEDS_WATERMARK: {
    domain: 'user',
    message: (p: { join: string }) => `a ${p.join} join of two streams needs to know when a row can no longer find a match`,
    hint: () =>
      'Put watermarks on both streams and join on the event times too: either on equal windows, or within a range such as "b.ts >= a.ts and b.ts <= a.ts + interval 5 minutes".',
    sparkClass: CHECKER,
  },
  JOIN_NEEDS_EQUALITY: {
    domain: 'user',
    message: () => 'a join of two streams needs an equality between their columns',
    hint: () => 'Join on at least one column: "a.k = b.k".',
    sparkClass: '_LEGACY_ERROR_TEMP_1181',
  },
  UNION_OF_STREAM_AND_BATCH: {
    domain: 'user',
    message: () => 'a stream and a table cannot be united',
    hint: () => 'Read both as streams, or join the table.',
    sparkClass: CHECKER,
  },
  EXCEPT_STREAM_ON_THE_RIGHT: {
    domain: 'user',
    message: () => 'a stream cannot be taken away from something (except with a stream on the right)',
    hint: () => 'Use a left anti join with a table on the right.',
    sparkClass: CHECKER,
  },
  INTERSECT_OF_STREAMS: {
    domain: 'user',
    message: () => 'two streams cannot be intersected',
    hint: () => 'Use a left semi join with watermarks and a range of time.',
    sparkClass: CHECKER,
  },
  LIMIT_IN_UPDATE_MODE: {
    domain: 'user',
    message: () => 'limit on a stream is not possible in update mode',
    hint: () => 'Write in append mode, or in complete mode after an aggregation.',
    sparkClass: CHECKER,
  },
  OFFSET_IN_STREAM: {
    domain: 'user',
    message: (p: { what: string }) => `${p.what} is not possible on a stream`,
    hint: () => 'Leave it out, or apply it to each batch in foreachBatch.',
    sparkClass: CHECKER,
  },
  SORT_IN_STREAM: {
    domain: 'user',
    message: () => 'a stream can be sorted only after an aggregation in complete mode',
    hint: () => "Aggregate and write with outputMode('complete'), or sort each batch in foreachBatch.",
    sparkClass: CHECKER,
  },
  SAMPLE_IN_STREAM: {
    domain: 'user',
    message: () => 'sample is not possible on a stream',
    hint: () => 'Filter by a hash of a key, such as "pmod(hash(id), 100) < 10", or sample each batch in foreachBatch.',
    sparkClass: CHECKER,
  },
  NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING: {
    domain: 'user',
    message: (p: { function: string }) => `"${p.function}" over a window of rows is not possible on a stream`,
    hint: () => 'Group by window() of the event time, or compute it for each batch in foreachBatch.',
  },
  EXPRESSION_NOT_IN_STREAM: {
    domain: 'user',
    message: (p: { expression: string }) => `"${p.expression}" is not possible on a stream`,
    hint: () => 'Use uuid(), or a key of the data.',
    sparkClass: CHECKER,
  },
  LATE_ROWS_AFTER_STATEFUL: {
    domain: 'user',
    message: (p: { mode: string }) =>
      `in ${p.mode} mode an aggregation gives out rows older than the watermark, which the stateful step after it would drop`,
    hint: () => 'Write in append mode with a watermark, or split the query in two.',
    sparkClass: CHECKER,
  },
  SESSION_WINDOW_WITHOUT_KEY: {
    domain: 'user',
    message: () => 'session windows on a stream need at least one more grouping column',
    hint: () => "Add a key: groupBy(sessionWindow('ts', '5 minutes'), 'user').",
    sparkClass: '_LEGACY_ERROR_TEMP_3068',
  },
  MULTIPLE_EVENT_TIME_COLUMNS: {
    domain: 'user',
    message: (p: { columns: readonly string[] }) =>
      `a stateful step has several event-time columns: ${p.columns.map(c => `"${c}"`).join(', ')}`,
    hint: () => 'Keep one of them: drop the others, or take the mark away with a cast, before this step.',
  },
  UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK: {
    domain: 'user',
    message: (p: { operator: string; mode: string }) => `${p.operator} in ${p.mode} mode needs a watermark among its keys`,
    hint: () => 'Call withWatermark() on the event-time column and group by it or by its window, or write in update mode.',
  },
})
