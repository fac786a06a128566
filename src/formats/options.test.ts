import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { nodePlatform } from '../platform/index.ts'
import { batchFromRows, parseDdl, rowsOf, typeName } from '../types/index.ts'
import { checkFormatOptions, csvDecoder, type Decoder, inferCsv, inferJson, jsonDecoder, jsonEncoder } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-formats-'))
afterAll(() => rmSync(root, { recursive: true }))

const decoded = (decoder: Decoder, text: string): object[] => {
  decoder.open('/in/a')
  decoder.push(Buffer.from(text))
  decoder.close()
  return [...rowsOf(decoder.take())]
}
const plain = (rows: object[]): unknown => JSON.parse(JSON.stringify(rows))
const condition = (name: string) => (e: unknown) => isMillraceError(e, name as never)
const file = (name: string, text: string) => {
  writeFileSync(join(root, name), text)
  return { path: join(root, name), size: text.length, mtimeMs: 0 }
}

test('enableDateTimeParsingFallback takes times that do not fit the pattern, as Spark 2 did', () => {
  const schema = parseDdl('d date, t timestamp')
  const patterns = { dateformat: 'dd.MM.yyyy', timestampformat: 'dd.MM.yyyy HH:mm' }
  const lines = '31.01.2026,31.01.2026 10:00\n2026-1-31,2026-01-31T10:00:00GMT+01:00\n'
  const strict = plain(decoded(csvDecoder(schema, patterns), lines))
  expect(strict).toEqual([
    { d: '2026-01-31', t: '2026-01-31T10:00:00.000Z' },
    { d: null, t: null },
  ])
  const lenient = plain(decoded(csvDecoder(schema, { ...patterns, enabledatetimeparsingfallback: 'true' }), lines))
  expect(lenient).toEqual([
    { d: '2026-01-31', t: '2026-01-31T10:00:00.000Z' },
    { d: '2026-01-31', t: '2026-01-31T09:00:00.000Z' },
  ])
  const json = jsonDecoder(schema, { ...patterns, enabledatetimeparsingfallback: 'true' })
  expect(plain(decoded(json, '{"d":"2026-01-31","t":"2026-01-31 10:00:00"}\n'))).toEqual([
    { d: '2026-01-31', t: '2026-01-31T10:00:00.000Z' },
  ])
})

test('maxCharsPerColumn and maxColumns end the query naming file and line', () => {
  const schema = parseDdl('a string, b string')
  const read = (options: Record<string, string>) => () => decoded(csvDecoder(schema, options), 'a,b\nabcd,"abcde"\n')
  expect(read({ maxcharspercolumn: '5' })()).toHaveLength(2)
  expect(read({ maxcharspercolumn: '4' })).toThrow(/in \/in\/a, line 2 has more than 4 characters/)
  expect(read({ maxcolumns: '1' })).toThrow(/in \/in\/a, line 1 has more than 1 columns/)
})

test('inference looks at a share of the records, the same ones every time', async () => {
  const csv = [file('a.csv', `n\n${Array.from({ length: 1000 }, (_, i) => (i === 501 ? 'x' : i)).join('\n')}\n`)]
  const json = [file('a.json', Array.from({ length: 1000 }, (_, i) => `{"n":${i === 501 ? '"x"' : i}}`).join('\n'))]
  const options = { header: 'true', inferschema: 'true' }
  const type = async (more: Record<string, string>) => [
    typeName(await inferCsv(csv, { ...options, ...more }, nodePlatform)),
    typeName(await inferJson(json, more, nodePlatform)),
  ]
  expect(await type({})).toEqual(['struct<n:string>', 'struct<n:string>'])
  expect(await type({ samplingratio: '1.0' })).toEqual(['struct<n:string>', 'struct<n:string>'])
  expect(await type({ samplingratio: '0.05' })).toEqual(['struct<n:int>', 'struct<n:bigint>'])
})

test('what would have no effect is refused before anything is read', () => {
  const check =
    (options: Record<string, string>, side: 'source' | 'sink' = 'source') =>
    () =>
      checkFormatOptions('csv', options, side)
  expect(check({ locale: 'en-US', encoding: 'ISO-8859-1', samplingratio: '0.5' })).not.toThrow()
  expect(check({ locale: 'de-DE' })).toThrow('the locale "de-DE" is not supported')
  expect(check({ samplingratio: '0' })).toThrow('samplingRatio')
  expect(check({ encoding: 'nonsense' })).toThrow(expect.toSatisfy(condition('UNSUPPORTED_ENCODING')))
  expect(check({ encoding: 'ISO-8859-1' }, 'sink')).toThrow('writing files in "ISO-8859-1" is not supported')
  expect(check({ unescapedquotehandling: 'back_to_delimiter' })).not.toThrow()
  expect(check({ unescapedquotehandling: 'back_to_delimiter', multiline: 'true' })).toThrow(
    'BACK_TO_DELIMITER with multiLine is not supported',
  )
  expect(check({ header: 'yes' })).toThrow('header')
  expect(check({ dateformat: 'YYYY-w' })).toThrow()
})

test('pretty JSON as Jackson prints it', () => {
  const schema = parseDdl('a int, s struct<x: array<int>, y: array<struct<z: string>>>')
  const rows = [
    { a: 1, s: { x: [1, 2], y: [{ z: 'q "{,' }] } },
    { a: 2, s: { x: [], y: null } },
  ]
  const bytes = jsonEncoder(schema, { pretty: 'true' })(batchFromRows(schema, rows))
  expect(Buffer.from(bytes).toString()).toBe(`{
  "a" : 1,
  "s" : {
    "x" : [ 1, 2 ],
    "y" : [ {
      "z" : "q \\"{,"
    } ]
  }
}
{
  "a" : 2,
  "s" : {
    "x" : [ ]
  }
}
`)
})
