import { describe, expect, test } from 'vitest'
import { goldenEnv } from '../../../test/support/golden-env.ts'
import { plan, stream, table } from '../../../test/support/plans.ts'
import { type ConditionName, isMillraceError } from '../../errors/index.ts'
import type { Relation } from '../../plan/index.ts'
import { analyze, checkBatch, checkStreaming, type OutputMode } from '../index.ts'

const MODES: readonly OutputMode[] = ['append', 'update', 'complete']
type Verdict = 'ok' | ConditionName

function verdict(relation: Relation, outputMode: OutputMode, conf: Record<string, string> = {}): Verdict {
  const env = goldenEnv({}, conf)
  try {
    checkStreaming(analyze(relation, env), { outputMode, conf: env.conf })
    return 'ok'
  } catch (error) {
    if (isMillraceError(error)) return error.condition
    throw error
  }
}

/** One row a plan: what append, update and complete answer (one word where all three answer the same). */
type Row = readonly [name: string, plan: { readonly relation: Relation }, ...verdicts: Verdict[]]
function rows(rule: string, table: readonly Row[]): void {
  describe(rule, () => {
    for (const [name, { relation }, ...verdicts] of table)
      test(name, () =>
        expect(MODES.map(mode => verdict(relation, mode))).toEqual(verdicts.length === 1 ? MODES.map(() => verdicts[0]) : verdicts),
      )
  })
}

const MODE = 'OUTPUT_MODE_NOT_POSSIBLE'
const e = plan(stream()).watermark('ts', '10 minutes')
const f = plan(stream('k2 STRING, v2 BIGINT, ts2 TIMESTAMP')).watermark('ts2', '10 minutes')
const bare = plan(stream())
const counted = e.group(["window(ts, '5 minutes')"], 'count(1) AS n')
const onTime = 'k = k2 and ts2 >= ts and ts2 <= ts + interval 5 minutes'

rows('output mode', [
  ['a projection', bare.select('k'), 'ok', 'ok', MODE],
  ['an aggregation without a watermark', bare.group(['k'], 'count(1)'), MODE, 'ok', 'ok'],
  ['an aggregation that does not group by the watermarked column', e.group(['k'], 'count(1)'), MODE, 'ok', 'ok'],
  ['an aggregation by a window of it', counted, 'ok'],
  ['an aggregation by a cast of it', e.group(['CAST(ts AS DATE)'], 'count(1)'), MODE, 'ok', 'ok'],
  ['a window of an aliased event time', e.select('k', 'ts AS t').group(["window(t, '5 minutes')"], 'count(1)'), 'ok'],
  ['a session window', e.group(["session_window(ts, '5 minutes')", 'k'], 'count(1)'), 'ok', MODE, 'ok'],
  ['a rollup', bare.rollup(['k', 'v'], 'count(1)'), MODE, 'ok', 'ok'],
])
rows('distinct aggregates', [
  ['count(distinct)', e.group(["window(ts, '5 minutes')"], 'count(DISTINCT k)'), 'DISTINCT_AGGREGATE_IN_STREAM'],
  ['approx_count_distinct', e.group(["window(ts, '5 minutes')"], 'approx_count_distinct(k)'), 'ok'],
])
rows('deduplication', [
  ['by key', bare.distinct(['k']), 'ok', 'ok', MODE],
  ['within a watermark', e.distinct(['k'], true), 'ok', 'ok', MODE],
  ['within a missing watermark', bare.distinct(['k'], true), 'DEDUPLICATE_NEEDS_WATERMARK', 'DEDUPLICATE_NEEDS_WATERMARK', MODE],
])
rows('joins of two streams', [
  ['inner', bare.join(f.relation, 'k = k2'), 'ok', 'ok', MODE],
  ['inner without an equality', e.join(f.relation, 'ts2 >= ts'), 'JOIN_NEEDS_EQUALITY', 'JOIN_NEEDS_EQUALITY', MODE],
  ['left outer within a range', e.join(f.relation, onTime, 'LEFT_OUTER'), 'ok', 'JOIN_MODE_NOT_POSSIBLE', MODE],
  ['left outer on equal event times', e.join(f.relation, 'k = k2 and ts = ts2', 'LEFT_OUTER'), 'ok', 'JOIN_MODE_NOT_POSSIBLE', MODE],
  ['left outer without a range', e.join(f.relation, 'k = k2', 'LEFT_OUTER'), 'JOIN_NEEDS_WATERMARK', 'JOIN_MODE_NOT_POSSIBLE', MODE],
  [
    'left outer with the range the wrong way',
    e.join(f.relation, 'k = k2 and ts <= ts2', 'LEFT_OUTER'),
    'JOIN_NEEDS_WATERMARK',
    'JOIN_MODE_NOT_POSSIBLE',
    MODE,
  ],
  [
    'left outer with a range of months',
    e.join(f.relation, 'k = k2 and ts >= ts2 - interval 1 month', 'LEFT_OUTER'),
    'JOIN_NEEDS_WATERMARK',
    'JOIN_MODE_NOT_POSSIBLE',
    MODE,
  ],
  ['left semi without a range', e.join(f.relation, 'k = k2', 'LEFT_SEMI'), 'JOIN_NEEDS_WATERMARK', 'JOIN_NEEDS_WATERMARK', MODE],
  ['left anti', e.join(f.relation, onTime, 'LEFT_ANTI'), 'JOIN_SIDES_NOT_POSSIBLE', 'JOIN_SIDES_NOT_POSSIBLE', MODE],
  [
    'two event times going on into a second join',
    e.join(f.relation, onTime).distinct(['k']),
    'MULTIPLE_EVENT_TIME_COLUMNS',
    'MULTIPLE_EVENT_TIME_COLUMNS',
    MODE,
  ],
])
rows('joins of a stream and a table', [
  ['inner', bare.join(table(), ['k']), 'ok', 'ok', MODE],
  ['left outer, stream left', bare.join(table(), ['k'], 'LEFT_OUTER'), 'ok', 'ok', MODE],
  [
    'left outer, stream right',
    plan(table()).join(stream(), ['k'], 'LEFT_OUTER'),
    'JOIN_SIDES_NOT_POSSIBLE',
    'JOIN_SIDES_NOT_POSSIBLE',
    MODE,
  ],
  ['right outer, stream left', bare.join(table(), ['k'], 'RIGHT_OUTER'), 'JOIN_SIDES_NOT_POSSIBLE', 'JOIN_SIDES_NOT_POSSIBLE', MODE],
  ['full outer', bare.join(table(), ['k'], 'FULL_OUTER'), 'JOIN_SIDES_NOT_POSSIBLE', 'JOIN_SIDES_NOT_POSSIBLE', MODE],
  ['left anti, stream left', bare.join(table(), ['k'], 'LEFT_ANTI'), 'ok', 'ok', MODE],
  ['left anti, stream right', plan(table()).join(stream(), ['k'], 'LEFT_ANTI'), 'JOIN_SIDES_NOT_POSSIBLE', 'JOIN_SIDES_NOT_POSSIBLE', MODE],
])
rows('set operations', [
  ['a union of streams', bare.union(stream()), 'ok', 'ok', MODE],
  [
    'a union with a table',
    bare.select('k').union(plan(table()).select('k').relation),
    'UNION_OF_STREAM_AND_BATCH',
    'UNION_OF_STREAM_AND_BATCH',
    MODE,
  ],
  [
    'a stream taken away',
    plan(table()).select('k').except(bare.select('k').relation),
    'EXCEPT_STREAM_ON_THE_RIGHT',
    'EXCEPT_STREAM_ON_THE_RIGHT',
    MODE,
  ],
  ['two streams intersected', bare.intersect(stream()), 'INTERSECT_OF_STREAMS', 'INTERSECT_OF_STREAMS', MODE],
])
rows('order and number of rows', [
  ['limit', bare.limit(3), 'ok', 'LIMIT_IN_UPDATE_MODE', MODE],
  ['offset', bare.offset(3), 'OFFSET_IN_STREAM', 'OFFSET_IN_STREAM', MODE],
  ['sort', bare.sort('k'), 'SORT_IN_STREAM', 'SORT_IN_STREAM', MODE],
  ['sort after an aggregation', bare.group(['k'], 'count(1) AS n').sort('n'), MODE, 'SORT_IN_STREAM', 'ok'],
  ['sample', bare.sample(), 'SAMPLE_IN_STREAM', 'SAMPLE_IN_STREAM', MODE],
])
rows('expressions', [
  [
    'row_number() over',
    bare.with('r', 'row_number() OVER (PARTITION BY k ORDER BY ts)'),
    'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    MODE,
  ],
])
rows('stateful steps one after another', [
  [
    'an aggregation of an aggregation',
    counted.group(["window(window, '10 minutes')"], 'sum(n)'),
    'ok',
    'LATE_ROWS_AFTER_STATEFUL',
    'LATE_ROWS_AFTER_STATEFUL',
  ],
  ['an aggregation after dropDuplicates', e.distinct(['k', 'ts']).group(["window(ts, '5 minutes')"], 'count(1)'), 'ok'],
  [
    'an inner aggregation without a watermark',
    bare.group(['k', 'ts'], 'count(1) AS n').watermark('ts', '1 minute').group(['ts'], 'sum(n)'),
    'UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK',
    'LATE_ROWS_AFTER_STATEFUL',
    'LATE_ROWS_AFTER_STATEFUL',
  ],
  ['a second watermark at once', e.watermark('ts', '5 minutes').select('k'), 'WATERMARK_REDEFINED', 'WATERMARK_REDEFINED', MODE],
])
rows('session windows', [
  ['alone', e.group(["session_window(ts, '5 minutes')"], 'count(1)'), 'SESSION_WINDOW_WITHOUT_KEY', MODE, 'SESSION_WINDOW_WITHOUT_KEY'],
])

test('the check for late rows can be switched off', () => {
  const twice = counted.group(["window(window, '10 minutes')"], 'sum(n)').relation
  expect(verdict(twice, 'update', { 'spark.sql.streaming.statefulOperator.checkCorrectness.enabled': 'false' })).toBe('ok')
})
test('a table is no stream, and a stream is no table', () => {
  expect(verdict(table(), 'append')).toBe('NO_STREAM_IN_STREAMING_QUERY')
  expect(() => checkBatch(analyze(stream(), goldenEnv()), 'collect()')).toThrow('STREAM_IN_BATCH_ACTION')
  expect(() => checkBatch(analyze(plan(table()).distinct(['k'], true).relation, goldenEnv()))).toThrow(
    'DEDUPLICATE_WITHIN_WATERMARK_IN_BATCH',
  )
})
