import { describe, expect, test } from 'vitest'
import type { CommitEntry, LedgerFacts, OffsetEntry } from '../checkpoint/index.ts'
import { batchId, eventMs, wallMs } from '../types/index.ts'
import type { EventTimeStats } from './contract.ts'
import { decideNextBatch } from './decide-next-batch.ts'
import { decidePurge } from './decide-purge.ts'
import { decideRecovery } from './decide-recovery.ts'
import { nextTick, rhythmOf } from './trigger.ts'
import { advance, policyOf, watermarkAt } from './watermark.ts'

const offsets = (id: number, ends: (string | null)[], watermark = 0): OffsetEntry => ({
  batchId: batchId(id),
  watermark: eventMs(watermark),
  timestamp: wallMs(1),
  conf: {},
  ends,
})
const commit = (id: number, next = 0): CommitEntry => ({ batchId: batchId(id), nextWatermark: eventMs(next) })

describe('recovery', () => {
  const two = offsets(2, ['20'], 200)
  const one = offsets(1, ['10'], 100)
  const cases: [string, LedgerFacts, object][] = [
    ['an empty checkpoint starts fresh', {}, { do: 'start-fresh' }],
    [
      'batch 0 without a commit runs again from the first row',
      { planned: offsets(0, ['5']) },
      { do: 'rerun', starts: [null], lateWatermark: 0, gap: false },
    ],
    [
      'an uncommitted batch runs again with the offsets and watermark before it',
      { planned: two, previous: one, committed: commit(1) },
      { do: 'rerun', batch: two, starts: ['10'], lateWatermark: 100, gap: false },
    ],
    ['commits further behind are only a gap', { planned: two, previous: one, committed: commit(0) }, { do: 'rerun', gap: true }],
    ['no commits at all and a later batch is a gap', { planned: two, previous: one }, { do: 'rerun', gap: true }],
    [
      'a committed batch goes on after it',
      { planned: two, previous: one, committed: commit(2, 250) },
      { do: 'continue-after', batch: two, watermark: 250 },
    ],
    ['the watermark never goes back', { planned: two, previous: one, committed: commit(2, 50) }, { do: 'continue-after', watermark: 200 }],
    ['the entry before the latest must be there', { planned: two, committed: commit(2) }, { do: 'refuse', why: { missing: 1, latest: 2 } }],
    [
      'a commit without offsets is refused',
      { committed: commit(0) },
      { do: 'refuse', why: { reason: 'commit-without-offsets', batchId: 0 } },
    ],
    ['a commit after the latest offsets too', { planned: two, previous: one, committed: commit(3) }, { do: 'refuse', why: { batchId: 3 } }],
    [
      'another number of sources',
      { planned: offsets(0, ['1', '2']) },
      { do: 'refuse', why: { reason: 'other-number-of-sources', logged: 2 } },
    ],
  ]
  test.each(cases)('%s', (_, facts, expected) => expect(decideRecovery(facts, 1)).toMatchObject(expected))
})

describe('the next batch', () => {
  const at = (end: string | null, latest = end) => ({ end, latest })
  const none = { run: false }
  const run = (ends: readonly string[], noData = false, hasMore = false) => ({ run: true, ends, noData, hasMore })
  test.each([
    ['nothing anywhere', [null], [at(null)], false, none],
    ['the first rows', [null], [at('3')], false, run(['3'])],
    ['nothing new', ['3'], [at('3')], false, none],
    ['a source that forgot where it was stays', ['3'], [at(null)], false, none],
    ['one of two has something', ['3', null], [at('3'), at('1')], false, run(['3', '1'])],
    ['the watermark wants a batch without data', ['3'], [at('3')], true, run(['3'], true)],
    ['data takes the watermark along', ['3'], [at('4')], true, run(['4'])],
    ['rows stay behind', ['3'], [at('4', '9')], false, run(['4'], false, true)],
    ['a source says what its offsets do not', ['3'], [{ ...at('4'), more: true }], false, run(['4'], false, true)],
    ['or that what looks left is not', ['3'], [{ ...at('4', '9'), more: false }], false, run(['4'])],
  ] as const)('%s', (_, starts, planned, wants, expected) => expect(decideNextBatch(starts, planned, wants)).toEqual(expected))
})

test('ids below N - keep go once offsets/N is there', () => {
  expect(decidePurge(100, 100, 0)).toBeUndefined()
  expect(decidePurge(101, 100, 0)).toBe(1)
  expect(decidePurge(101, 100, 1)).toBeUndefined()
  expect(decidePurge(5, 2, 0)).toBe(3)
  expect(decidePurge(5, 2, undefined)).toBeUndefined()
})

describe('the watermark', () => {
  const seen = (max: number, delayMs = 0): EventTimeStats => ({ count: 1, min: eventMs(0), max: eventMs(max), avg: eventMs(0), delayMs })
  const start = watermarkAt(eventMs(0))

  test('is the newest event time minus the delay, and never goes back', () => {
    const one = advance(start, [seen(1000, 300)], 'min')
    expect(one.global).toBe(700)
    expect(advance(one, [seen(500, 300)], 'min').global).toBe(700)
    expect(advance(one, [undefined], 'min')).toEqual(one)
    expect(advance(start, [seen(100, 300)], 'min').global).toBe(0)
  })
  test('min waits for the slowest, who counts as 0 until he has been seen; max takes the fastest', () => {
    expect(advance(start, [seen(1000), undefined], 'min').global).toBe(0)
    expect(advance(start, [seen(1000), undefined], 'max').global).toBe(1000)
    const both = advance(advance(start, [seen(1000), undefined], 'min'), [undefined, seen(600)], 'min')
    expect(both.global).toBe(600)
  })
  test('after a restart is the logged one until every node was seen again', () => {
    expect(advance(watermarkAt(eventMs(5000)), [seen(9000), undefined], 'min').global).toBe(5000)
  })
  test('without withWatermark does not move', () => expect(advance(start, [], 'max')).toBe(start))
  test('policy by name', () => expect([policyOf('max'), policyOf('MIN'), policyOf(undefined)]).toEqual(['max', 'min', 'min']))
})

describe('triggers', () => {
  test('fire at multiples of the interval since the epoch', () => {
    expect(nextTick(1000, 2500)).toBe(3000)
    expect(nextTick(1000, 3000)).toBe(4000)
    expect(nextTick(0, 2500)).toBe(2500)
  })
  test('once takes everything in one batch; availableNow goes on until nothing is left', () => {
    expect(rhythmOf({ kind: 'once' })).toMatchObject({ unlimited: true, freeze: false })
    expect(rhythmOf({ kind: 'once' }).over(true)).toBe(true)
    const now = rhythmOf({ kind: 'availableNow' })
    expect([now.freeze, now.unlimited, now.over(true), now.over(false)]).toEqual([true, false, false, true])
  })
  test('continuous is refused by name, with the reason', () => {
    expect(() => rhythmOf({ kind: 'continuous', interval: '1 second' })).toThrow(
      expect.objectContaining({ condition: 'CONTINUOUS_TRIGGER_NOT_SUPPORTED' }),
    )
  })
  test('an interval below 0 is refused', () => {
    expect(() => rhythmOf({ kind: 'processingTime', intervalMs: -1 })).toThrow(expect.objectContaining({ condition: 'INVALID_ARGUMENT' }))
  })
})
