import { expect, test } from 'vitest'
import { settingsOf } from './settings.ts'

const stopTimeout = (...pairs: [string, string][]): number => settingsOf(key => new Map(pairs).get(key)).stopTimeoutMs

test.each([
  ['1500', 1500],
  ['10s', 10_000],
  ['2min', 120_000],
  ['1 second', 1000],
  ['1 minute 30 seconds', 90_000],
])('the duration %j is %d ms', (text, ms) => expect(stopTimeout(['millrace.stopTimeout', text])).toBe(ms))
test('Spark’s own setting wins where it says something', () => {
  expect(stopTimeout(['spark.sql.streaming.stopTimeout', '0'], ['millrace.stopTimeout', '1 second'])).toBe(1000)
  expect(stopTimeout(['spark.sql.streaming.stopTimeout', '5s'], ['millrace.stopTimeout', '1 second'])).toBe(5000)
})
test('what is no duration or number is refused by name', () => {
  expect(() => stopTimeout(['millrace.stopTimeout', 'soon'])).toThrow(expect.objectContaining({ condition: 'INVALID_ARGUMENT' }))
  expect(() => stopTimeout(['spark.sql.streaming.minBatchesToRetain', '-1'])).toThrow(
    expect.objectContaining({ condition: 'INVALID_ARGUMENT' }),
  )
})
