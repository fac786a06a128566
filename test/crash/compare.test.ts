import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import { EXPECTED } from './expected.ts'
import { DELAY_MS } from './pipelines.ts'

test('what is missing is lost, what is there too often or never expected is twice, each told with its batch and place', () => {
  const expected = [
    { text: 'a', batch: 1 },
    { text: 'b', batch: 2 },
    { text: 'c', batch: 2 },
    { text: 'c', batch: 3 },
  ]
  const got = [{ text: 'a' }, { text: 'a', where: 'partition 0 offset 7' }, { text: 'c' }, { text: 'd', batch: 4 }]
  expect(compare(expected, got)).toEqual({
    lost: 2,
    twice: 2,
    differences: [
      'lost: b (batch 2)',
      'lost: c (batch 2, 3)',
      'there 2 times instead of 1: a (batch 1; partition 0 offset 7)',
      'nobody expects: d (batch 4)',
    ],
  })
  expect(compare(expected, [...expected].reverse())).toEqual({ lost: 0, twice: 0, differences: [] })
})

test('what must be there follows from the input and the ends of the batches', () => {
  const input = [
    { partition: 0, offset: 0, at: 5000, user: 'u', n: 1 },
    { partition: 1, offset: 0, at: 6000, user: 'u', n: 2 },
    { partition: 0, offset: 2, at: 10_000 + DELAY_MS, user: 'v', n: 4 },
  ]
  const batches: readonly Readonly<Record<number, number>>[] = [{ 0: 1 }, { 0: 1, 1: 1 }, { 0: 3, 1: 1 }]
  const sum = (start: number, user: string, count: number, total: number) => JSON.stringify({ start, user, count, sum: total })
  expect(EXPECTED['kafka-kafka'](input, batches)).toEqual([{ text: sum(0, 'u', 2, 3) }])
  expect(EXPECTED['kafka-kafka-update'](input, batches)).toEqual([
    { text: sum(0, 'u', 1, 1), batch: 0 },
    { text: sum(0, 'u', 2, 3), batch: 1 },
    { text: sum(10_000 + DELAY_MS, 'v', 1, 4), batch: 2 },
  ])
  expect(EXPECTED['kafka-parquet'](input, batches).map(row => row.batch)).toEqual([0, 1, 2])
})
