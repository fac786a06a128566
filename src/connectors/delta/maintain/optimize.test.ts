import { expect, test } from 'vitest'
import type { AddFile } from '../log/actions.ts'
import { planBins } from './optimize.ts'

const file = (path: string, size: number, p = 'x'): AddFile => ({
  path,
  partitionValues: { p },
  size,
  modificationTime: Number(path),
  dataChange: true,
})
const paths = (bins: readonly (readonly AddFile[])[]): string[][] => bins.map(bin => bin.map(f => f.path))

test('small files of a partition are put together up to the size, in the order they were written', () => {
  const files = [file('3', 40), file('1', 40), file('2', 40), file('4', 500), file('5', 10, 'y'), file('6', 10, 'y'), file('7', 10, 'z')]
  expect(paths(planBins(files, 100))).toEqual([
    ['1', '2'],
    ['5', '6'],
  ])
})

test('beside a stream only files of about one size, once there are enough', () => {
  const small = Array.from({ length: 5 }, (_, i) => file(`${i + 1}`, 10))
  expect(paths(planBins([file('9', 1000), ...small], 10_000, 5))).toEqual([['1', '2', '3', '4', '5']])
  expect(planBins([file('9', 1000), ...small.slice(1)], 10_000, 5)).toEqual([])
})
