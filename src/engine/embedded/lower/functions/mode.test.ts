import { expect, it } from 'vitest'
import { doubleType, integerType, longType, stringType } from '../../../../types/index.ts'
import { modesOf } from './mode.ts'

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

// First values recorded from Spark 4.3.0: `SELECT mode(x) FROM VALUES …` over values that are all equally frequent.
it.each([
  [[-10, 0, 10], integerType, 0],
  [range(45), integerType, 13],
  [range(100).map(BigInt), longType, 19n],
  [range(60).map(i => `v${i}`), stringType, 'v41'],
  [range(50).map(i => i / 7), doubleType, 5.428571428571429],
])('of equally frequent values the one Spark comes to first', (values, type, first) => {
  expect(modesOf(values as never, type)[0]).toBe(first)
})

it('counts before it chooses', () => {
  expect(modesOf([0, 10, 10], integerType)).toEqual([10])
  expect(modesOf([], integerType)).toEqual([])
  expect(modesOf([[1, 2], [1, 2], [3]], { kind: 'array', elementType: integerType, containsNull: false })).toEqual([[1, 2]])
})
