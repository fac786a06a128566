import { expect, test } from 'vitest'
import { parseDdl, Timestamp } from '../types/index.ts'
import { comparable, rowsFrom, table } from './table.ts'

test('rows are drawn as text, and become values of their columns', () => {
  const drawn = table`
    at       page       n    big
    00:00:12 home       1    5
    00:00:14 'about us' null 6`
  expect(rowsFrom(drawn, parseDdl('at timestamp, page string, n int, big bigint'))).toEqual([
    { at: new Timestamp('1970-01-01T00:00:12Z'), page: 'home', n: 1, big: 5n },
    { at: new Timestamp('1970-01-01T00:00:14Z'), page: 'about us', n: null, big: 6n },
  ])
})
test('a column that is not there, or a row too short, is told', () => {
  expect(() => rowsFrom(table`x\n1`, parseDdl('n int'))).toThrow('"x"')
  expect(
    () => table`
    a b
    1`,
  ).toThrow('row 1')
})
test('a drawn result compares the columns it draws, inside structs too', () => {
  const schema = parseDdl('window struct<start: timestamp, end: timestamp>, count bigint')
  const rows = [{ window: { start: new Timestamp('1970-01-01T00:00:10Z'), end: new Timestamp('1970-01-01T00:00:15Z') }, count: 2n }]
  const { wanted, found } = comparable(
    table`
      start    count
      00:00:10 2`,
    rows,
    schema,
  )
  expect(wanted).toEqual(found)
  expect(comparable(rows, rows, schema).wanted).toEqual(comparable(rows, rows, schema).found)
})
