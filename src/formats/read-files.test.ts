import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { nodePlatform } from '../platform/index.ts'
import { parseDdl, rowsOf } from '../types/index.ts'
import { type FileSet, type InputFile, readFiles } from './index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-read-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function file(name: string, content: string | Uint8Array, partition?: InputFile['partition']): InputFile {
  const path = join(root, name)
  writeFileSync(path, content)
  return { path, size: statSync(path).size, mtimeMs: 0, ...(partition && { partition }) }
}
async function rows(files: InputFile[], over: Partial<FileSet> = {}): Promise<unknown[]> {
  const out: unknown[] = []
  const set: FileSet = { format: 'csv', files, options: {}, schema: parseDdl('a int, b string'), ...over }
  for await (const batch of readFiles(set, nodePlatform, { timeZone: 'UTC' })) for (const row of rowsOf(batch)) out.push(row)
  return out
}

test('files are read one behind the other, packed or not', async () => {
  const files = [
    file('1.csv', '1,x'),
    file('2.csv.gz', gzipSync('2,y\n3,z\n')),
    file('3.csv.zst', zstdCompressSync('4,w')),
    file('4.csv.gz', ''),
  ]
  expect(await rows(files)).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
    { a: 3, b: 'z' },
    { a: 4, b: 'w' },
  ])
})

test('every file loses its own header', async () => {
  const files = [file('1.csv', 'a,b\n1,x\n'), file('2.csv', 'a,b\n2,y\n')]
  expect(await rows(files, { options: { header: 'true' } })).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
})

test('partition columns take the values of the directories', async () => {
  const files = [file('1.csv', '1\n', { day: '2026-01-31', b: 'x' }), file('2.csv', '2\n3\n', { day: null, b: 'y' })]
  const read = await rows(files, { schema: parseDdl('a int, day date, b string') })
  expect(JSON.parse(JSON.stringify(read))).toEqual([
    { a: 1, day: '2026-01-31', b: 'x' },
    { a: 2, day: null, b: 'y' },
    { a: 3, day: null, b: 'y' },
  ])
})

test('a truncated gzip, a foreign codec, a file that changed or is gone: named with the path', async () => {
  const whole = gzipSync('1,x\n'.repeat(1000))
  const condition = async (f: InputFile) => rows([f]).catch(e => (isMillraceError(e) && e.message.includes(f.path) ? e.condition : e))
  expect(await condition(file('cut.csv.gz', whole.subarray(0, whole.length - 12)))).toBe('TRUNCATED_FILE')
  expect(await condition(file('x.csv.bz2', 'x'))).toBe('UNSUPPORTED_CODEC')
  expect(await condition({ ...file('grown.csv', '1,x\n2,y\n'), size: 4 })).toBe('SOURCE_FILE_CHANGED')
  expect(await condition({ path: join(root, 'gone.csv'), size: 4, mtimeMs: 0 })).toBe('SOURCE_FILE_VANISHED')
})

test('a large truncated gzip is named too', async () => {
  const text = Array.from({ length: 400_000 }, (_, i) => `${i},${Math.sin(i)}`).join('\n')
  const whole = gzipSync(text, { level: 1 })
  const cut = file('cut.csv.gz', whole.subarray(0, whole.length - 1000))
  await expect(rows([cut])).rejects.toSatisfy(e => isMillraceError(e, 'TRUNCATED_FILE'))
  expect(await rows([file('whole.csv.gz', whole)])).toHaveLength(400_000)
})

test('other encodings are turned into UTF-8', async () => {
  const f = file('1.csv', Buffer.from('1,é\n', 'latin1'))
  expect(await rows([f], { options: { encoding: 'ISO-8859-1' } })).toEqual([{ a: 1, b: 'é' }])
  expect(await rows([file('2.csv', Buffer.from('1,é\n', 'utf16le'))], { options: { encoding: 'UTF-16LE' } })).toEqual([{ a: 1, b: 'é' }])
  await expect(rows([f], { options: { encoding: 'klingon' } })).rejects.toSatisfy(e => isMillraceError(e, 'UNSUPPORTED_ENCODING'))
})

test('columns nobody reads are not made, and change nothing about the others', async () => {
  const schema = parseDdl('a int, b int, c string, _corrupt_record string')
  const read = async (format: 'csv' | 'json', text: string, columns: number[]) => {
    const set: FileSet = { format, files: [file('1', text)], options: {}, schema }
    for await (const batch of readFiles(set, nodePlatform, { timeZone: 'UTC', columns: new Set(columns) })) {
      const fields = columns.map(i => schema.fields[i]!)
      return [...rowsOf({ schema: { ...schema, fields }, length: batch.length, columns: columns.map(i => batch.columns[i]!) })]
    }
  }
  expect(await read('csv', '1,x,p\n2,3\n', [1])).toEqual([{ b: null }, { b: 3 }])
  expect(await read('csv', '1,x,p\n2,"3",q\n', [0, 2])).toEqual([
    { a: 1, c: 'p' },
    { a: 2, c: 'q' },
  ])
  expect(await read('csv', '1,x,p\n', [0, 3])).toEqual([{ a: 1, _corrupt_record: '1,x,p' }])
  expect(await read('json', '{"a":1,"b":"x","c":"p"}\n{"c":"q"}\n', [2])).toEqual([{ c: 'p' }, { c: 'q' }])
  expect(await read('csv', '1,2,3\n4,5,6\n', [])).toEqual([{}, {}])
})
