import { expect, test } from 'vitest'
import { Decimal, eventMs, Timestamp } from '../types/index.ts'
import { type BatchFacts, progressOf, roundHalfUp } from './progress.ts'

const facts: BatchFacts = {
  id: 'q',
  runId: 'r',
  name: null,
  batchId: 3,
  startedMs: Date.UTC(2026, 1, 3, 10),
  previousStartMs: Date.UTC(2026, 1, 3, 9, 59, 59),
  durations: { walCommit: 15, addBatch: 200, triggerExecution: 421 },
  noData: false,
  watermark: 5000,
  stats: {
    inputRows: [10],
    eventTimes: [undefined, { count: 2, min: eventMs(0), max: eventMs(2000), avg: eventMs(1000), delayMs: 0 }],
    nullEventTimes: [0, 3],
    operators: [],
    observed: {},
    durations: {},
  },
  sources: [{ description: 'Fake', places: [0] }],
  starts: [null],
  ends: ['{"logOffset":3}'],
  planned: [{ end: '{"logOffset":3}', latest: 'text' }],
  sink: { description: 'Sink', numOutputRows: -1 },
}

test('has the shape of Spark, key for key', () => {
  expect(progressOf(facts)).toEqual({
    id: 'q',
    runId: 'r',
    name: null,
    timestamp: '2026-02-03T10:00:00.000Z',
    batchId: 3,
    batchDuration: 421,
    numInputRows: 10,
    inputRowsPerSecond: 10,
    processedRowsPerSecond: 23.8,
    durationMs: { addBatch: 200, queryPlanning: 0, triggerExecution: 421, walCommit: 15 },
    eventTime: {
      avg: '1970-01-01T00:00:01.000Z',
      max: '1970-01-01T00:00:02.000Z',
      min: '1970-01-01T00:00:00.000Z',
      nulls: '3',
      watermark: '1970-01-01T00:00:05.000Z',
    },
    stateOperators: [],
    sources: [
      {
        description: 'Fake',
        startOffset: null,
        endOffset: { logOffset: 3 },
        latestOffset: 'text',
        numInputRows: 10,
        inputRowsPerSecond: 10,
        processedRowsPerSecond: 23.8,
      },
    ],
    sink: { description: 'Sink', numOutputRows: -1 },
  })
})
test('a batch without data shows the watermark only; a query without one shows no event time', () => {
  expect(progressOf({ ...facts, noData: true })).toMatchObject({ numInputRows: 0, eventTime: { watermark: '1970-01-01T00:00:05.000Z' } })
  const { watermark: _, ...rest } = facts
  expect(progressOf({ ...rest, watermark: undefined, noData: true, stats: { ...facts.stats, nullEventTimes: [] } })).not.toHaveProperty(
    'eventTime',
  )
})
test('is plain JSON, whatever observe() saw', () => {
  const observed = {
    seen: {
      n: 4n,
      huge: 9007199254740993n,
      mean: new Decimal('1.50'),
      last: Timestamp.fromMicros(0n),
      none: null,
      list: [1n],
      nan: Number.NaN,
    },
  }
  const text = JSON.stringify(progressOf({ ...facts, stats: { ...facts.stats, observed } }))
  expect(text).toContain('"observedMetrics":{"seen":{"n":4,"huge":9007199254740993,"mean":1.50,"last":"1970-01-01')
  expect(text).toContain('"none":null,"list":[1],"nan":"NaN"}}')
})
test('the keys of the whole record come in the order of Spark', () => {
  const inOrder = {
    operatorName: 'stateStoreSave',
    numRowsTotal: 4,
    numRowsUpdated: 2,
    allUpdatesTimeMs: 9,
    numRowsRemoved: 0,
    allRemovalsTimeMs: 1,
    commitTimeMs: 30,
    memoryUsedBytes: 4000,
    numRowsDroppedByWatermark: 0,
    numShufflePartitions: 1,
    numStateStoreInstances: 1,
    customMetrics: { lateInputRows: 1 },
  }
  const operator = Object.fromEntries(Object.entries(inOrder).reverse()) as typeof inOrder
  const all = progressOf({
    ...facts,
    name: 'q',
    stats: { ...facts.stats, operators: [operator], observed: { seen: { n: 1n } } },
    sources: [{ description: 'Fake', places: [0], metrics: { lag: '1' } }],
  })
  expect(Object.keys(all).join()).toBe(
    'id,runId,name,timestamp,batchId,batchDuration,numInputRows,inputRowsPerSecond,processedRowsPerSecond,durationMs,eventTime,stateOperators,sources,sink,observedMetrics',
  )
  expect(Object.keys(all.stateOperators[0]!).join()).toBe(Object.keys(inOrder).join())
  expect(Object.keys(all.sources[0]!).join()).toBe(
    'description,startOffset,endOffset,latestOffset,numInputRows,inputRowsPerSecond,processedRowsPerSecond,metrics',
  )
  expect(Object.keys(all.sink).join()).toBe('description,numOutputRows')
})
test('the first trigger has an input rate of 0; a rate that is not finite is left out', () => {
  expect(progressOf({ ...facts, previousStartMs: undefined }).inputRowsPerSecond).toBe(0)
  expect(progressOf({ ...facts, previousStartMs: facts.startedMs })).not.toHaveProperty('inputRowsPerSecond')
})
test.each([
  [0.25, 0.3],
  [0.35, 0.4],
  [1.05, 1.1],
  [23.752969, 23.8],
  [100, 100],
  [1e21, 1e21],
])('%d rounds half up to %d', (value, rounded) => expect(roundHalfUp(value)).toBe(rounded))
