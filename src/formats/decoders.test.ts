import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { parseDdl, rowsOf } from '../types/index.ts'
import { csvDecoder, type Decoder, jsonDecoder, textDecoder } from './index.ts'

const encoder = new TextEncoder()

/** Every row as plain JSON; the bytes go in cut at every `size`. */
function rows(decoder: Decoder, text: string | Uint8Array, size = 1 << 20): unknown[] {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  decoder.open('data.txt')
  for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size))
  decoder.close()
  return JSON.parse(
    JSON.stringify([...rowsOf(decoder.take())], (_, v) =>
      typeof v === 'bigint'
        ? Number(v)
        : typeof v === 'number' && !Number.isFinite(v)
          ? String(v)
          : v instanceof Map
            ? Object.fromEntries(v)
            : v,
    ),
  )
}
const csv = (ddl: string, text: string, options: Record<string, string> = {}) => rows(csvDecoder(parseDdl(ddl), options), text)
const json = (ddl: string, text: string, options: Record<string, string> = {}) => rows(jsonDecoder(parseDdl(ddl), options), text)

test('lines end at \\n, \\r\\n and \\r, and a last line needs no end', () => {
  expect(rows(textDecoder(parseDdl('value string'), {}), 'a\nb\r\nc\rd\n\ne')).toEqual(
    ['a', 'b', 'c', 'd', '', 'e'].map(value => ({ value })),
  )
  expect(rows(textDecoder(parseDdl('value string'), { linesep: '|' }), 'a|b\n|')).toEqual(['a', 'b\n'].map(value => ({ value })))
})

test('bad csv is kept in the corrupt-record column, as Spark recorded it', () => {
  const text = [
    '1,alice,2.5,2026-01-01 10:00:00',
    '2,bob',
    'x,carol,1.5,2026-01-01 10:00:00',
    '4,dan,1.5,2026-01-01 10:00:00,extra',
    '5,"quo,ted",1.5,2026-01-01T10:00:00Z',
    '6,"un""esc",,',
    '7, spaced , 3.5 ,2026-13-01 00:00:00',
  ].join('\n')
  const at = '2026-01-01T10:00:00.000Z'
  expect(csv('id int, name string, x double, ts timestamp, bad string', text, { columnnameofcorruptrecord: 'bad' })).toMatchObject([
    { id: 1, name: 'alice', x: 2.5, ts: at, bad: null },
    { id: 2, name: 'bob', x: null, ts: null, bad: '2,bob' },
    { id: null, name: 'carol', x: 1.5, bad: 'x,carol,1.5,2026-01-01 10:00:00' },
    { id: 4, name: 'dan', x: 1.5, bad: '4,dan,1.5,2026-01-01 10:00:00,extra' },
    { id: 5, name: 'quo,ted', x: 1.5, ts: at, bad: null },
    { id: 6, name: '"un""esc"', x: null, ts: null, bad: null },
    { id: 7, name: ' spaced ', x: 3.5, ts: null, bad: '7, spaced , 3.5 ,2026-13-01 00:00:00' },
  ])
})

test('quotes: escaped, doubled, open, followed by text', () => {
  const values = (line: string, options = {}) => csv('a string, b string', line, options)[0]
  expect(values('"a\\"b",x')).toEqual({ a: 'a"b', b: 'x' })
  expect(values('"a""b",x', { escape: '"' })).toEqual({ a: 'a"b', b: 'x' })
  expect(values('x,"open, and on')).toEqual({ a: 'x', b: 'open, and on' })
  expect(values('"a" ,x')).toEqual({ a: 'a', b: 'x' })
  expect(values('"a"b,x')).toEqual({ a: '"a"b', b: 'x' })
  expect(values('"","x"')).toEqual({ a: null, b: 'x' })
  expect(values('"",-', { nullvalue: '-' })).toEqual({ a: '', b: null })
  expect(values('a\\,b')).toEqual({ a: 'a\\', b: 'b' })
  expect(values('"a\\\\",x')).toEqual({ a: 'a\\', b: 'x' })
  expect(values("'a,b',x", { quote: "'" })).toEqual({ a: 'a,b', b: 'x' })
})

test('header, comments, blank lines, several separators', () => {
  expect(csv('a int, b int', '#c\n\na,b\n1,2\n#x\n  \n3,4', { header: 'true', comment: '#' })).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ])
  expect(csv('a int, b int', '1||2\n3||4', { sep: '||' })).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ])
  expect(csv('a int, b string', '1\tx', { sep: '\\t' })).toEqual([{ a: 1, b: 'x' }])
  expect(csv('a string, b string', ' x , y ', { ignoreleadingwhitespace: 'true', ignoretrailingwhitespace: 'true' })).toEqual([
    { a: 'x', b: 'y' },
  ])
})

test('a csv record may span lines', () => {
  expect(csv('a int, b string', 'h,i\r\n1,"two\r\nlines"\r\n2,x\r\n', { multiline: 'true', header: 'true' })).toEqual([
    { a: 1, b: 'two\nlines' },
    { a: 2, b: 'x' },
  ])
})

test('the three modes of csv', () => {
  expect(csv('a int', '1\nx\n2', { mode: 'DROPMALFORMED' })).toEqual([{ a: 1 }, { a: 2 }])
  expect(csv('a int', '1\nx\n2')).toEqual([{ a: 1 }, { a: null }, { a: 2 }])
  expect(() => csv('a int', '1\nx\n2', { mode: 'FAILFAST' })).toThrowError(/data\.txt, line 2.*x/)
  const lines = 'a,b\n1,"x\ny"\nno,z\n'
  expect(() => csv('a int, b string', lines, { mode: 'FAILFAST', multiline: 'true', header: 'true' })).toThrowError(/data\.txt, line 4.*no/)
})

test('csv values by type', () => {
  const one = (type: string, text: string, options = {}) => (csv(`v ${type}, _corrupt_record string`, text, options)[0] as { v: unknown }).v
  expect(['+7', '-7', '7.0', '2147483648', ' 7'].map(t => one('int', t))).toEqual([7, -7, null, null, null])
  expect(['1e3', 'Inf', '-Inf', 'NaN', '1.5f', 'Infinity', '.5', '5.', 'abc'].map(t => one('double', t))).toEqual([
    1000,
    'Infinity',
    '-Infinity',
    'NaN',
    1.5,
    'Infinity',
    0.5,
    5,
    null,
  ])
  expect(['TRUE', 'false', 't', '1'].map(t => one('boolean', t))).toEqual([true, false, null, null])
  expect(['12.345', '-12.345', '"1,234.5"', '1e2', '123456789'].map(t => one('decimal(10,2)', t))).toEqual([
    12.35,
    -12.35,
    1234.5,
    100,
    null,
  ])
  expect(['2026-01-02', '2026-1-2', '2026-02-30'].map(t => one('date', t))).toEqual(['2026-01-02', '2026-01-02', null])
  expect(one('date', '2026-1-2', { dateformat: 'yyyy-MM-dd' })).toBeNull()
  expect(one('date', '02/01/2026', { dateformat: 'dd/MM/yyyy' })).toBe('2026-01-02')
  expect(one('timestamp', '02.01.2026 10:30', { timestampformat: 'dd.MM.yyyy HH:mm', timezone: 'Europe/Berlin' })).toBe(
    '2026-01-02T09:30:00.000Z',
  )
  expect(
    ['2026', '2026-3', '2026-03-08 02:30:00', '2026-01-01T00:00:00+09:00', '2026-01-01 1:2:3.5'].map(t =>
      one('timestamp', t, { timezone: 'America/New_York' }),
    ),
  ).toEqual([
    '2026-01-01T05:00:00.000Z',
    '2026-03-01T05:00:00.000Z',
    '2026-03-08T07:30:00.000Z',
    '2025-12-31T15:00:00.000Z',
    '2026-01-01T06:02:03.500Z',
  ])
})

test('a json file source keeps broken lines as null rows, as Spark recorded it', () => {
  const text = '{"v":1,"s":"a"}\nbroken\n{"v":"x","s":"b"}\n\n{"v":2}'
  expect(json('v bigint, s string, _corrupt_record string', text)).toEqual([
    { v: 1, s: 'a', _corrupt_record: null },
    { v: null, s: null, _corrupt_record: 'broken' },
    { v: null, s: 'b', _corrupt_record: '{"v":"x","s":"b"}' },
    { v: 2, s: null, _corrupt_record: null },
  ])
})

test('nested json parses field by field, as Spark recorded it', () => {
  const ddl = 'a array<struct<x:int,y:string>>, m map<string,int>, d date, dec decimal(10,2), b boolean'
  const none = { a: null, m: null, d: null, dec: null, b: null }
  const text = [
    '{"a":[{"x":1,"y":"p"},{"x":"bad","y":"q"},null],"m":{"k":1,"z":null}}',
    '{"a":{"x":1},"m":[1]}',
    '{"d":"2026-01-02","dec":"12.345","b":"true"}',
    '{"d":"02/01/2026","dec":12.345,"b":true}',
    '{"dec":123456789012.1,"b":1}',
  ].join('\n')
  expect(json(ddl, text)).toEqual([
    { ...none, a: [{ x: 1, y: 'p' }, { x: null, y: 'q' }, null], m: { k: 1, z: null } },
    none,
    { ...none, d: '2026-01-02', dec: 12.35 },
    { ...none, dec: 12.35, b: true },
    none,
  ])
})

test('odd json: what Jackson takes and what it does not', () => {
  const one = (text: string, options = {}) => json('a string, n int', text, options)[0]
  expect(one('{"a":{"b": [1, 2]},"n":1}')).toEqual({ a: '{"b": [1, 2]}', n: 1 })
  expect(one("{'a':'x'}")).toEqual({ a: 'x', n: null })
  expect(one('{"a":"\\u00e9\\ud83d\\ude00\\n\\/"}')).toEqual({ a: 'é😀\n/', n: null })
  expect(one('{"n":1,"n":2}')).toEqual({ a: null, n: 2 })
  expect(one('{"n":1} trailing')).toEqual({ a: null, n: 1 })
  expect(one('{a:"x"}')).toEqual({ a: null, n: null })
  expect(one('{a:"x"}', { allowunquotedfieldnames: 'true' })).toEqual({ a: 'x', n: null })
  expect(one('{"n":007}', { allownumericleadingzeros: 'true' })).toEqual({ a: null, n: 7 })
  expect(one('{/* c */"n":7}', { allowcomments: 'true' })).toEqual({ a: null, n: 7 })
  expect(one('{"n":1,}')).toEqual({ a: null, n: null })
  expect(json('a string, n int', '[{"n":1},{"n":2}]')).toEqual([
    { a: null, n: 1 },
    { a: null, n: 2 },
  ])
  expect(json('n int', '[\n{"n":1},\n{"n":2}]', { multiline: 'true' })).toEqual([{ n: 1 }, { n: 2 }])
})

test('FAILFAST names file, line and record', () => {
  expect(() => json('a int', '{"a":1}\nnot json', { mode: 'FAILFAST' })).toThrowError(/data\.txt, line 2.*not json/)
  try {
    json('a int', 'x', { mode: 'FAILFAST' })
  } catch (e) {
    expect(isMillraceError(e, 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')).toBe(true)
  }
})

test('where bytes are cut changes nothing', () => {
  const line = fc.oneof(
    fc.constantFrom('1,a', '2,"b,c"', '3,"open', 'é,ü', '', '4,"x""y"', '5, z', '{"id":1,"name":"n"}', '{"id":"x"', '[]'),
    fc.string(),
  )
  const ends = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(fc.array(fc.tuple(line, ends), { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const bytes = encoder.encode(parts.map(([l, e]) => l + e).join(''))
      const schema = parseDdl('id int, name string, _corrupt_record string')
      for (const make of [csvDecoder, jsonDecoder]) expect(rows(make(schema, {}), bytes, size)).toEqual(rows(make(schema, {}), bytes))
      expect(rows(textDecoder(parseDdl('value string'), {}), bytes, size)).toEqual(rows(textDecoder(parseDdl('value string'), {}), bytes))
    }),
    { numRuns: 200 },
  )
})

test('the short cut on bytes and the tokenizer agree', () => {
  const piece = fc.constantFrom('a', '"', '\\', ',', ' ', 'x', '""', '",', ',"', '1')
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), fc.constantFrom('\\', '"', ''), (parts, esc) => {
      const text = parts.join('')
      const schema = parseDdl('a string, b string, c string, _corrupt_record string')
      // Cutting blanks at the end of no field switches the short cut off and changes nothing else here.
      const slow = csv('a string, b string, c string, _corrupt_record string', text.replaceAll(' ', '_'), {
        escape: esc,
        ignoretrailingwhitespace: 'true',
      })
      expect(rows(csvDecoder(schema, { escape: esc }), text.replaceAll(' ', '_'))).toEqual(slow)
    }),
    { numRuns: 2000 },
  )
})

test('json that was printed reads back as it was', () => {
  const value = fc.record({
    i: fc.integer(),
    l: fc.maxSafeInteger(),
    d: fc.double({ noDefaultInfinity: true, noNaN: true }),
    s: fc.string({ unit: 'grapheme' }),
    a: fc.array(fc.option(fc.string())),
    b: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), values => {
      const text = values.map(v => JSON.stringify(v)).join('\n')
      const back = rows(jsonDecoder(parseDdl('i int, l bigint, d double, s string, a array<string>, b boolean'), {}), text)
      expect(back).toEqual(JSON.parse(JSON.stringify(values)))
    }),
    { numRuns: 200 },
  )
})
