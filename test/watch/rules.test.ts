import { expect, test } from 'vitest'
import type { StreamingQueryProgress } from '../../src/index.ts'
import { manualClock } from '../../src/testing/index.ts'
import { readRules } from '../../src/watch/alerts/rules.ts'
import { QueryBook } from '../../src/watch/book.ts'
import { metricsText } from '../../src/watch/metrics.ts'
import { parsed } from './support.ts'

const channels = { ops: { webhook: 'https://ops.example' } }
const problemOf = (when: string) => readRules({ channels, rules: { r: { when } } })[0]!.problem!

const progress = (runId: string, metrics: Record<string, string>): StreamingQueryProgress => ({
  id: 'id',
  runId,
  name: 'q',
  timestamp: '2026-01-01T00:00:00.000Z',
  batchId: 0,
  batchDuration: 1,
  numInputRows: 5,
  durationMs: {},
  stateOperators: [],
  sources: [{ description: 'KafkaV2[Subscribe["a"]]\n', startOffset: null, endOffset: null, latestOffset: null, numInputRows: 5, metrics }],
  sink: { description: 'noop', numOutputRows: -1 },
})

test('a query makes no progress while nothing is heard of it: a batch, an idle trigger and a restart begin anew', () => {
  const clock = manualClock()
  const book = new QueryBook(clock)
  const { onQueryStarted, onQueryIdle, onQueryTerminated } = book.listener
  const problem = problemOf('no progress for 5 minutes')
  const now = () => problem(book.get('q')!, clock.now())
  const pass = (minutes: number) => clock.advance(minutes * 60_000)

  onQueryStarted!({ id: 'id', runId: 'a', name: 'q', timestamp: '' })
  pass(4)
  expect(now()).toBeUndefined()
  pass(1)
  expect(now()).toBe('has made no progress for 300 s')
  onQueryIdle!({ id: 'id', runId: 'a', timestamp: '' })
  expect(now()).toBeUndefined()
  pass(6)
  expect(now()).toBeDefined()
  onQueryTerminated!({ id: 'id', runId: 'a' })
  expect(now()).toBeUndefined()
  onQueryStarted!({ id: 'id', runId: 'b', name: 'q', timestamp: '' })
  expect(now()).toBeUndefined()
})

test('lag in records is that of the partition furthest behind, and stands in the metrics with its source', () => {
  const book = new QueryBook(manualClock())
  book.listener.onQueryStarted!({ id: 'id', runId: 'a', name: 'q', timestamp: '' })
  const lag = { minOffsetsBehindLatest: '0', avgOffsetsBehindLatest: '50.5', maxOffsetsBehindLatest: '101' }
  book.listener.onQueryProgress!({ progress: progress('a', lag) })
  const facts = book.get('q')!
  expect(problemOf('lag above 100')(facts, 0)).toBe('is 101 records behind')
  expect(problemOf('lag above 101')(facts, 0)).toBeUndefined()
  const { value } = parsed(metricsText(book.all(), 0))
  expect(value('millrace_query_kafka_lag_records', { source: 'KafkaV2[Subscribe["a"]]\n', over: 'avg' })).toBe(50.5)
})
