import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../../errors/index.ts'
import { nameOf, partitionOf } from '../client/partition-name.ts'
import { lagMetrics } from './lag.ts'
import { checkBatchLimits, ENDING, limitOf, STARTING } from './offset-limit.ts'
import { printPositions, readPositions } from './positions.ts'
import { backlogOf, shareOut, tooEarly } from './rate-limit.ts'
import { sparkMapOrder } from './spark-map-order.ts'
import { describe as describeIt, subscriptionOf } from './subscription.ts'

const at = (offsets: Readonly<Record<string, number>>) => new Map(Object.entries(offsets))
const refused = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (isMillraceError(error)) return { condition: error.condition, ...(error.params as object) }
    throw error
  }
  return undefined
}

describe('offsets are written as Spark writes them', () => {
  test('one topic, several, and none', () => {
    expect(printPositions(at({ 't-1': 7, 't-0': 5 }))).toBe('{"t":{"0":5,"1":7}}')
    expect(printPositions(at({ 'a-b-10': 1, 'a-b-2': 3, 'c-0': 0 }))).toBe('{"c":{"0":0},"a-b":{"2":3,"10":1}}')
    expect(printPositions(new Map())).toBe('{}')
  })
  test.each([
    { keys: ['orders.288', 'orders.490', 'topic305'], order: ['orders.288', 'topic305', 'orders.490'] },
    { keys: ['a-432', 't131', 't486'], order: ['t486', 'a-432', 't131'] },
    // the eleventh topic is put twice: the second time the table grows
    {
      keys: ['orders.176', 'orders.296', 'orders.55', 't231', 't362', 'topic319', 'topic475', 'topic60', 'ä128', 'ä181', 'ä383', 'ä383'],
      order: ['ä383', 'orders.176', 't231', 'orders.296', 't362', 'ä181', 'topic60', 'topic475', 'ä128', 'topic319', 'orders.55'],
    },
    { keys: [11, 12, 13, 44, 59, 108, 110, 119, 132, 170, 171, 182], order: [132, 170, 11, 171, 12, 44, 108, 13, 110, 182, 119, 59] },
    { keys: [8344, 27391, 30728, 46050, 68397], order: [46050, 8344, 30728, 68397, 27391] },
  ])('keys $keys come in the order of a Scala hash map', ({ keys, order }) => {
    expect(sparkMapOrder<string | number>(keys)).toEqual(order)
  })
  test('what was written is read again, and anything else is refused', () => {
    const positions = at({ 'clicks-0': 3, 'clicks-11': 9007199254740991 })
    expect(readPositions(printPositions(positions), 'x')).toEqual(positions)
    for (const wrong of ['', '5', '{"logOffset":3}', '{"t":{"0":"5"}}', '{"t":{"a":5}}', '{"t":[1]}', '{"t":{"0":1.5}}'])
      expect(refused(() => readPositions(wrong, 'KafkaV2[…]'))).toMatchObject({ condition: 'INVALID_OFFSET', offset: wrong })
  })
  test('a partition is named as in Java', () => {
    expect(partitionOf(nameOf({ topic: 'a-1', partition: 12 }))).toEqual({ topic: 'a-1', partition: 12 })
  })
})

describe('what is read', () => {
  test.each([
    [{ subscribe: ' clicks , orders,clicks' }, 'Subscribe[clicks, orders]'],
    [{ subscribePattern: 'click.*' }, 'SubscribePattern[click.*]'],
    [{ assign: '{"clicks":[0,2],"orders":[1]}' }, 'Assign[clicks-0, clicks-2, orders-1]'],
  ])('%j is %s', (options, text) => {
    expect(describeIt(subscriptionOf(options))).toBe(text)
  })
  test('a pattern is Java’s, and finds itself anywhere in a name', () => {
    const of = (subscribePattern: string) => {
      const subscription = subscriptionOf({ subscribePattern })
      return (name: string) => subscription.kind === 'subscribePattern' && subscription.finds(name)
    }
    expect(['clicks', 'my-clicks-2', 'orders'].filter(of('click'))).toEqual(['clicks', 'my-clicks-2'])
    expect(['a1', 'ab', 'b1'].filter(of('\\Aa\\p{Digit}\\z'))).toEqual(['a1'])
    expect(['a.b', 'axb'].filter(of('\\Qa.b\\E'))).toEqual(['a.b'])
  })
  test.each([
    { subscribe: ' , ' },
    { subscribePattern: '' },
    { subscribePattern: '(' },
    { assign: 'clicks' },
    { assign: '{"a":0}' },
    { assign: '{"a":[-1]}' },
    { assign: '{}' },
  ])('%j is refused', options => {
    expect(refused(() => subscriptionOf(options))).toMatchObject({ condition: 'INVALID_OPTION' })
  })
})

describe('where it begins and ends', () => {
  test('a time for all goes before times, times before offsets', () => {
    const all = { timestamp: 5, byTimestamp: '{"t":{"0":6}}', offsets: 'earliest' }
    expect(limitOf(all, STARTING, 'error', 'latest')).toEqual({ kind: 'time', timestampMs: 5, noMatch: 'error' })
    expect(limitOf({ ...all, timestamp: undefined }, STARTING, 'latest', 'latest')).toMatchObject({
      kind: 'times',
      times: at({ 't-0': 6 }),
    })
    expect(limitOf({ offsets: ' Earliest ' }, STARTING, 'error', 'latest')).toEqual({ kind: 'earliest' })
    expect(limitOf({ offsets: '{"t":{"0":-2}}' }, ENDING, 'error', 'latest')).toMatchObject({
      kind: 'offsets',
      positions: at({ 't-0': -2 }),
    })
    expect(limitOf({}, STARTING, 'error', 'latest')).toEqual({ kind: 'latest' })
  })
  test.each(['now', '{"t":5}', '{"t":{"0":-3}}', '{"t":{"0":1}'])('startingOffsets %s is refused', offsets => {
    expect(refused(() => limitOf({ offsets }, STARTING, 'error', 'latest'))).toMatchObject({
      condition: 'INVALID_OPTION',
      option: 'startingOffsets',
    })
  })
  test('a batch read begins at or before its end', () => {
    const start = (offsets: string) => limitOf({ offsets }, STARTING, 'error', 'earliest')
    const end = (offsets: string) => limitOf({ offsets }, ENDING, 'error', 'latest')
    expect(refused(() => checkBatchLimits(start('{"t":{"0":2}}'), end('{"t":{"0":-1}}')))).toBeUndefined()
    expect(refused(() => checkBatchLimits(start('latest'), end('latest')))).toMatchObject({ option: 'startingOffsets' })
    expect(refused(() => checkBatchLimits(start('{"t":{"0":-1}}'), end('latest')))).toMatchObject({ option: 'startingOffsets' })
    expect(refused(() => checkBatchLimits(start('earliest'), end('earliest')))).toMatchObject({ option: 'endingOffsets' })
    expect(refused(() => checkBatchLimits(start('earliest'), end('{"t":{"0":-2}}')))).toMatchObject({ option: 'endingOffsets' })
    expect(refused(() => checkBatchLimits(start('{"t":{"0":9}}'), end('{"t":{"0":5}}')))).toMatchObject({
      condition: 'UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET',
      topicPartition: 't-0',
    })
    expect(refused(() => checkBatchLimits(start('{"t":{"0":1,"1":1}}'), end('{"t":{"0":5}}')))).toMatchObject({
      condition: 'MISMATCHED_TOPIC_PARTITIONS_BETWEEN_START_OFFSET_AND_END_OFFSET',
      partitions: ['t-1'],
    })
  })
})

describe('how much a batch takes', () => {
  test('each partition gets its share of the limit', () => {
    expect(shareOut(10, at({ 't-0': 0, 't-1': 0 }), at({ 't-0': 75, 't-1': 25 }))).toEqual(at({ 't-0': 7, 't-1': 2 }))
  })
  test('a small partition is not starved', () => {
    expect(shareOut(10, at({ 't-0': 0, 't-1': 5 }), at({ 't-0': 1000, 't-1': 6 }))).toEqual(at({ 't-0': 9, 't-1': 6 }))
  })
  test('no end passes what is there, and an end that went back stays', () => {
    expect(shareOut(100, at({ 't-0': 0, 't-1': 9 }), at({ 't-0': 3, 't-1': 4 }))).toEqual(at({ 't-0': 3, 't-1': 4 }))
  })
  test('a batch waits for records, but not for ever', () => {
    const waiting = { minOffsets: 10, maxDelayMs: 1000, lastTriggerMs: 5000, nowMs: 5999, backlog: 9 }
    expect(tooEarly(waiting)).toBe(true)
    expect(tooEarly({ ...waiting, backlog: 10 })).toBe(false)
    expect(tooEarly({ ...waiting, nowMs: 6000 })).toBe(false)
    expect(tooEarly({ ...waiting, lastTriggerMs: 0 })).toBe(false)
  })
  test('the lag is told as Spark tells it, and by partition', () => {
    expect(lagMetrics(at({ 't-0': 5, 't-1': 0, 't-2': 4 }), at({ 't-0': 5, 't-1': 7, 't-2': 4 }))).toEqual({
      minOffsetsBehindLatest: '0',
      maxOffsetsBehindLatest: '7',
      avgOffsetsBehindLatest: '2.3333333333333335',
      'offsetsBehindLatest.t-0': '0',
      'offsetsBehindLatest.t-1': '7',
      'offsetsBehindLatest.t-2': '0',
    })
    expect(lagMetrics(at({ 't-0': 1 }), at({ 't-0': 1 })).avgOffsetsBehindLatest).toBe('0.0')
    expect(lagMetrics(new Map(), new Map())).toEqual({})
  })
  test('a backlog counts new partitions from their beginning', () => {
    expect(backlogOf(at({ 't-0': 3 }), at({ 't-0': 5, 't-1': 4 }))).toBe(6)
  })
})
