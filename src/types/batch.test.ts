import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  batchFromRows,
  concatBatches,
  Decimal,
  Interval,
  LocalDate,
  LocalTimestamp,
  parseDdl,
  rowsOf,
  Timestamp,
  valueAt,
} from './index.ts'

const schema =
  parseDdl(`b boolean, i int, l bigint, d double, s string, bin binary, day date, ts timestamp, ntz timestamp_ntz, dec decimal(20,2),
  ci interval, ym interval year to month, dt interval day to second, arr array<string>, m map<string,int>, st struct<x: int, y: array<int>>, v variant, n void`)
const full = {
  b: true,
  i: -5,
  l: 2n ** 62n,
  d: 1.5,
  s: 'Zürich 🚉',
  bin: new Uint8Array([1, 2]),
  day: new LocalDate('2024-01-06'),
  ts: new Timestamp('2024-01-06T04:00:00.123456Z'),
  ntz: new LocalTimestamp('1969-12-31 23:59:59.999999'),
  dec: new Decimal('-123456789012345678.90'),
  ci: new Interval('1 month 2 days -3 hours'),
  ym: new Interval({ months: -14 }, { kind: 'yearMonthInterval', startField: 0, endField: 1 }),
  dt: new Interval({ micros: 93_784_000_001n }, { kind: 'dayTimeInterval', startField: 0, endField: 3 }),
  arr: ['a', null, 'c'],
  m: new Map([
    ['k', 1],
    ['l', null],
  ]),
  st: { x: 1, y: [1, 2] },
  v: { a: [1] },
  n: null,
}
const empty = Object.fromEntries(schema.fields.map(f => [f.name, null]))
const asText = (rows: Iterable<object>) =>
  [...rows].map(r => JSON.stringify(r, (_, v) => (typeof v === 'bigint' ? `${v}n` : v instanceof Map ? [...v] : v)))

test('rows go into columns and come back', () => {
  const rows = [full, empty, full]
  expect(asText(rowsOf(batchFromRows(schema, rows)))).toEqual(
    asText([{ ...full, dt: '1' }, empty, full].map((r, i) => (i === 0 ? full : r))),
  )
})

test('batches join, nulls and offsets included', () => {
  const rows = Array.from({ length: 70 }, (_, i) =>
    i % 3 === 0 ? empty : { ...full, i, s: `row ${i}`, b: i % 2 === 0, arr: Array(i % 4).fill('x') },
  )
  const batches = [rows.slice(0, 9), [], rows.slice(9, 11), rows.slice(11)].map(part => batchFromRows(schema, part))
  expect(asText(rowsOf(concatBatches(schema, batches)))).toEqual(asText(rowsOf(batchFromRows(schema, rows))))
})

test('value classes print as Spark does', () => {
  const row = [...rowsOf(batchFromRows(schema, [full]))][0]!
  expect(String(row.ts)).toBe('2024-01-06 04:00:00.123456')
  expect(String(row.ntz)).toBe('1969-12-31 23:59:59.999999')
  expect(String(row.ci)).toBe('1 months 2 days -3 hours')
  expect(String(row.ym)).toBe("INTERVAL '-1-2' YEAR TO MONTH")
  expect(String(row.dt)).toBe("INTERVAL '1 02:03:04.000001' DAY TO SECOND")
  expect(JSON.stringify({ ts: row.ts, dec: row.dec, day: row.day })).toBe(
    '{"ts":"2024-01-06T04:00:00.123456Z","dec":-123456789012345678.90,"day":"2024-01-06"}',
  )
  expect(inspect({ dec: row.dec, ts: row.ts })).toBe(
    '{\n  dec: Decimal -123456789012345678.90,\n  ts: Timestamp 2024-01-06T04:00:00.123456Z\n}',
  )
  expect((row.ts as Timestamp).getTime()).toBe(Date.UTC(2024, 0, 6, 4) + 123)
})

test.each([
  [{ i: 1.5 }, 'i'],
  [{ i: 2 ** 31 }, 'i'],
  [{ s: 5 }, 's'],
  [{ ts: 'yesterday' }, 'ts'],
  [{ arr: 'x' }, 'arr'],
])('%o is refused naming column and row', (row, column) => {
  expect(() => batchFromRows(schema, [full, row])).toThrow(
    expect.objectContaining({ condition: 'VALUE_NOT_OF_TYPE', params: expect.objectContaining({ column, row: 1 }) }),
  )
})

test('a column that may not be null says so', () => {
  expect(() => batchFromRows(parseDdl('a int not null'), [{}])).toThrow(expect.objectContaining({ condition: 'NOT_NULL_VIOLATION' }))
})

test('one value at a time', () => {
  const batch = batchFromRows(schema, [empty, full])
  expect(valueAt(batch.columns[4]!, schema.fields[4]!.dataType, 1)).toBe('Zürich 🚉')
  expect(valueAt(batch.columns[4]!, schema.fields[4]!.dataType, 0)).toBe(null)
})
