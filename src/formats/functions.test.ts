import { expect, test } from 'vitest'
import { batchFromRows, type ColumnData, type DataType, field, parseDataType, parseDdl, rowsOf, structType } from '../types/index.ts'
import { csvColumns, csvEncoder, csvTexts, jsonColumns, jsonEncoder, jsonTexts } from './index.ts'

const texts = (values: (string | null)[]): ColumnData =>
  batchFromRows(
    parseDdl('t string'),
    values.map(t => ({ t })),
  ).columns[0]!
const shown = (column: ColumnData, type: DataType): unknown[] =>
  JSON.parse(
    JSON.stringify([...rowsOf({ schema: structType([field('v', type)]), length: column.length, columns: [column] })], (_, v) =>
      typeof v === 'number' && !Number.isFinite(v)
        ? String(v)
        : v instanceof Map
          ? Object.fromEntries(v)
          : typeof v === 'bigint'
            ? Number(v)
            : v,
    ),
  ).map((r: { v: unknown }) => r.v)
const fromJson = (type: string, values: (string | null)[], options = {}) => {
  const t = type.includes('<') ? parseDataType(type) : parseDdl(type)
  return shown(jsonColumns(t, options)(texts(values), values.length), t)
}

test('from_json over odd texts, as Spark recorded it', () => {
  const none = { user: null, amount: null, n: null, ts: null }
  expect(
    fromJson('user string, amount double, n int, ts timestamp', [
      '{"user":"u1","amount":12.5,"n":1,"ts":"2026-01-01T00:00:00.000Z"}',
      '{"user":"u2","amount":"x","n":2}',
      'not json',
      '',
      '{"user":"u3","amount":1e2,"n":"3"}',
      '{"user":4,"amount":null,"n":2.7,"extra":true}',
      '[1,2]',
      '{"user":"u5","n":99999999999999999999}',
      '{"user":{"a":1},"amount":"NaN"}',
      'null',
      "{'user':'single'}",
      '{"user":"trunc"',
      '[{"user":"inarray"}]',
      '{"USER":"case","Amount":7}',
      null,
    ]),
  ).toEqual([
    { user: 'u1', amount: 12.5, n: 1, ts: '2026-01-01T00:00:00.000Z' },
    { ...none, user: 'u2', n: 2 },
    none,
    null,
    { ...none, user: 'u3', amount: 100 },
    { ...none, user: '4' },
    none,
    { ...none, user: 'u5' },
    { ...none, user: '{"a":1}', amount: 'NaN' },
    none,
    { ...none, user: 'single' },
    none,
    none,
    none,
    null,
  ])
})

test('from_json of arrays and maps', () => {
  expect(fromJson('array<int>', ['[1,2]', '[1,"x"]', '{"a":1}', 'bad', '[1', null, '[]'])).toEqual([
    [1, 2],
    null,
    null,
    null,
    null,
    null,
    [],
  ])
  expect(fromJson('array<struct<a:int>>', ['{"a":1}', '[{"a":1},{"a":"x"}]'])).toEqual([[{ a: 1 }], [{ a: 1 }, { a: null }]])
  expect(fromJson('map<string,int>', ['{"a":1}', '{"a":"x"}'])).toEqual([{ a: 1 }, null])
})

test('from_csv: an empty text is a row of nulls, a null is null', () => {
  const type = parseDdl('id int, name string')
  expect(shown(csvColumns(type, {})(texts(['1,a', '', null, 'x,b']), 4), type)).toEqual([
    { id: 1, name: 'a' },
    { id: null, name: null },
    null,
    { id: null, name: 'b' },
  ])
})

test('to_json and to_csv print as Spark does', () => {
  const type = parseDdl('a int, s string, d double, x decimal(10,2), at timestamp, day date, m map<string,int>, l array<string>')
  const batch = batchFromRows(type, [
    { a: 1, s: 'é"\u001f\n', d: 1e10, x: '-0.05', at: new Date(0), day: '2026-01-31', m: new Map([['k', null]]), l: ['x', null] },
    { a: null, s: null, d: null, x: null, at: null, day: null, m: null, l: null },
  ])
  const column = { length: 2, children: batch.columns }
  expect(shown(jsonTexts(type, { timezone: 'Europe/Berlin' })(column, 2), parseDataType('string'))).toEqual([
    '{"a":1,"s":"é\\"\\u001F\\n","d":1.0E10,"x":-0.05,"at":"1970-01-01T01:00:00.000+01:00","day":"2026-01-31","m":{"k":null},"l":["x",null]}',
    '{}',
  ])
  const flat = parseDdl('a int, s string')
  const rows = batchFromRows(flat, [
    { a: 1, s: 'x,"y"' },
    { a: null, s: '' },
    { a: 2, s: ' p ' },
    { a: 3, s: null },
  ])
  expect(shown(csvTexts(flat, {})({ length: 4, children: rows.columns }, 4), parseDataType('string'))).toEqual([
    '1,"x,\\"y\\""',
    ',""',
    '2,p',
    '3,',
  ])
  expect(Buffer.from(csvEncoder(flat, { header: 'true', sep: ';' })(rows)).toString()).toBe('a;s\n1;"x,\\"y\\""\n;""\n2;p\n3;\n')
  expect(Buffer.from(jsonEncoder(flat, {})(rows)).toString()).toBe('{"a":1,"s":"x,\\"y\\""}\n{"s":""}\n{"a":2,"s":" p "}\n{"a":3}\n')
})
