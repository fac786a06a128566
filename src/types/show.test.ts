import { expect, test } from 'vitest'
import { batchFromRows, doubleText, drawTable, floatText, fromWallMicros, parseDdl, Timestamp, toWallMicros } from './index.ts'

const batch = batchFromRows(parseDdl('a int, name string, ts timestamp, d double, st struct<x: int, y: array<string>>'), [
  { a: 1, name: 'a name that is longer than twenty', ts: new Timestamp('2024-01-06T04:00:00.5Z'), d: 1, st: { x: 1, y: ['a', null] } },
  { a: null, name: 'two\nlines', d: 1e10 },
])

test('a table is drawn as Spark draws it', () => {
  expect(drawTable(batch, { timeZone: 'Europe/Zurich' })).toBe(`\
+----+--------------------+--------------------+------+--------------+
|   a|                name|                  ts|     d|            st|
+----+--------------------+--------------------+------+--------------+
|   1|a name that is lo...|2024-01-06 05:00:...|   1.0|{1, [a, NULL]}|
|NULL|          two\\nlines|                NULL|1.0E10|          NULL|
+----+--------------------+--------------------+------+--------------+
`)
  expect(drawTable(batch, { rows: 1, truncate: false })).toBe(`\
+---+---------------------------------+---------------------+---+--------------+
|a  |name                             |ts                   |d  |st            |
+---+---------------------------------+---------------------+---+--------------+
|1  |a name that is longer than twenty|2024-01-06 04:00:00.5|1.0|{1, [a, NULL]}|
+---+---------------------------------+---------------------+---+--------------+
only showing top 1 row
`)
})

test.each([
  [0.001, '0.001'],
  [0.0001, '1.0E-4'],
  [1234567.5, '1234567.5'],
  [12345678, '1.2345678E7'],
  [-0, '-0.0'],
  [100, '100.0'],
])('%d prints as Java does', (n, text) => {
  expect(doubleText(n)).toBe(text)
})

test('a float prints its own digits', () => {
  expect([0.1, 3.4028235e38, 16777216].map(floatText)).toEqual(['0.1', '3.4028235E38', '1.6777216E7'])
})

test('wall clocks and instants across a change of offset', () => {
  const zone = 'Europe/Zurich'
  for (const iso of [
    '2024-03-31T00:59:59Z',
    '2024-03-31T01:00:00Z',
    '2024-07-01T12:00:00Z',
    '2024-10-27T00:30:00Z',
    '1900-01-01T00:00:00Z',
  ]) {
    const { micros } = new Timestamp(iso)
    expect(fromWallMicros(toWallMicros(micros, zone), zone)).toBe(micros)
  }
  const gap = new Timestamp('2024-03-31T02:30:00Z').micros
  expect(new Timestamp(fromWallMicros(gap, zone)).toJSON()).toBe('2024-03-31T01:30:00.000Z')
  expect(() => toWallMicros(0n, 'Mars/Base')).toThrow(expect.objectContaining({ condition: 'INVALID_TIME_ZONE' }))
})
