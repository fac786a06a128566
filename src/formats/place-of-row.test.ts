import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodePlatform } from '../platform/index.ts'
import { parseDdl } from '../types/index.ts'
import { type FileSet, placeOfRow } from './index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-place-'))
})
afterEach(() => rmSync(root, { recursive: true }))

async function place(name: string, content: string | Uint8Array, row: number, over: Partial<FileSet> = {}): Promise<string | undefined> {
  const path = join(root, name)
  writeFileSync(path, content)
  const set: FileSet = {
    format: 'csv',
    files: [{ path, size: statSync(path).size, mtimeMs: 0 }],
    options: {},
    schema: parseDdl('a int, b string'),
    ...over,
  }
  const found = await placeOfRow(set, row, nodePlatform, { timeZone: 'UTC' })
  return found && `${found.line} ${found.text}`
}
const json: Partial<FileSet> = { format: 'json' }
const text: Partial<FileSet> = { format: 'text', schema: parseDdl('value string') }
const options = (given: Record<string, string>): Partial<FileSet> => ({ options: given })

test.each([
  ['plain lines', '1,x\n2,y\n', 1, {}, '2 2,y'],
  ['the last line without an end', '1,x\n2,y', 1, {}, '2 2,y'],
  ['a header', 'a,b\n1,x\n2,y\n', 1, options({ header: 'true' }), '3 2,y'],
  ['empty lines are lines but no rows', '\n1,x\n\n\n2,y\n', 1, {}, '5 2,y'],
  ['comments', '#c\n1,x\n#d\n2,y\n', 1, options({ comment: '#' }), '4 2,y'],
  ['carriage returns', 'a,b\r\n1,x\r\n2,y\r\n', 1, options({ header: 'true' }), '3 2,y'],
  ['carriage returns alone', '1,x\r2,y\r', 1, {}, '2 2,y'],
  ['a separator of its own', '1,x|2,y|3,z', 2, options({ linesep: '|' }), '3 3,z'],
  ['bad lines left out', '1,x\nno\n2,y\n', 1, options({ mode: 'DROPMALFORMED' }), '3 2,y'],
  ['records over several lines', 'a,b\n1,"x\ny\nz"\n2,"v\nw"\n3,u\n', 1, options({ header: 'true', multiline: 'true' }), '5 2,"v'],
  ['a byte order mark', '\uFEFF1,x\n2,y\n', 0, {}, '1 1,x'],
  ['a mark and a header', '\uFEFFa,b\n1,x\n', 0, options({ header: 'true' }), '2 1,x'],
  ['json lines', '{"a":1}\n\n{"a":2}\n', 1, json, '3 {"a":2}'],
  ['text lines, empty ones too', 'one\n\nthree\n', 2, text, '3 three'],
  ['a row that is not there', '1,x\n', 1, {}, undefined],
  ['the whole text as one row', 'one\ntwo\n', 0, { ...text, ...options({ wholetext: 'true' }) }, undefined],
  ['one json document', '[{"a":1},\n{"a":2}]', 1, { ...json, ...options({ multiline: 'true' }) }, undefined],
] as const)('the line of a row: %s', async (_, content, row, over, expected) => {
  expect(await place('in', content, row, over as Partial<FileSet>)).toBe(expected)
})

test('a packed file counts the lines of what is in it', async () => {
  expect(await place('in.csv.gz', gzipSync('1,x\n2,y\n'), 1)).toBe('2 2,y')
})

test('many rows', async () => {
  const lines = Array.from({ length: 120_000 }, (_, i) => `${i},x`)
  expect(await place('in.csv', `${lines.join('\n')}\n`, 110_000)).toBe('110001 110000,x')
})
