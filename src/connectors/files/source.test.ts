import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isMillraceError } from '../../errors/index.ts'
import { nodePlatform } from '../../platform/index.ts'
import { localStore } from '../../storage/index.ts'
import { parseDdl } from '../../types/index.ts'
import type { FilesScan, Source, SourceContext } from '../contract.ts'
import { connectors } from './index.ts'

let root: string
const signal = new AbortController().signal
const sources: Source[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-files-'))
  mkdirSync(join(root, 'in'))
})
afterEach(async () => {
  for (const s of sources.splice(0)) await s.close()
  rmSync(root, { recursive: true })
})

/** A file whose modification time is so many seconds into 2026. */
function put(name: string, second: number, content = `{"v":${second}}\n`): void {
  const path = join(root, 'in', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  utimesSync(path, 1_767_225_600 + second, 1_767_225_600 + second)
}

function context(options: Record<string, string> = {}, over: Partial<SourceContext> = {}): SourceContext {
  return {
    platform: nodePlatform,
    options,
    paths: [join(root, 'in')],
    schema: parseDdl('v bigint'),
    conf: () => undefined,
    store: async uri => localStore(uri, nodePlatform),
    warn: () => {},
    log: { store: localStore(join(root, 'chk'), nodePlatform), path: 'sources/0', millracePath: 'millrace/sources/0' },
    sourceIndex: 0,
    ...over,
  }
}

async function open(options: Record<string, string> = {}, over: Partial<SourceContext> = {}): Promise<Source> {
  const source = await connectors.json.source!(context(options, over))
  sources.push(source)
  return source
}
const next = (source: Source, start: string | null) => source.plan(start, { kind: 'default' }, { signal }).then(p => p.end)
const names = async (source: Source, start: string | null, end: string): Promise<string[]> =>
  ((await source.read(start, end, { signal })) as FilesScan).files.map(f => f.path.slice(root.length + 4))

test('files come oldest first, two at a time, and the log is Spark’s', async () => {
  for (const [name, second] of [
    ['c.json', 3],
    ['a.json', 1],
    ['b.json', 2],
  ] as const)
    put(name, second)
  const source = await open({ maxFilesPerTrigger: '2' })
  const first = await next(source, null)
  expect(first).toBe('{"logOffset":0}')
  expect(await names(source, null, first!)).toEqual(['a.json', 'b.json'])
  const second = await next(source, first)
  expect(await names(source, first, second!)).toEqual(['c.json'])
  expect(await next(source, second)).toBe(second)
  expect(readFileSync(join(root, 'chk/sources/0/0'), 'utf8')).toBe(
    `v1\n{"path":"file://${root}/in/a.json","timestamp":1767225601000,"batchId":0}\n{"path":"file://${root}/in/b.json","timestamp":1767225602000,"batchId":0}`,
  )
})

test('a restart takes up where the log ends, and a batch reads the same files again', async () => {
  put('a.json', 1)
  const end = await next(await open(), null)
  put('b.json', 2)
  const again = await open()
  expect(await names(again, null, end!)).toEqual(['a.json'])
  expect(await next(again, end)).toBe('{"logOffset":1}')
})

test('a file seen once is not read again under the same name', async () => {
  put('a.json', 1)
  const source = await open()
  const end = await next(source, null)
  put('a.json', 50)
  expect(await next(source, end)).toBe(end)
  put('old.json', -100)
  expect(await names(source, end, (await next(source, end))!)).toEqual(['old.json'])
})

test('a file that changes or vanishes after it was admitted ends the query by name', async () => {
  put('a.json', 1)
  put('b.json', 2)
  const source = await open({ maxFilesPerTrigger: '1' })
  const first = await next(source, null)
  const second = await next(source, first)
  put('a.json', 1, '{"v":1}\n{"v":2}\n')
  rmSync(join(root, 'in/b.json'))
  await expect(source.read(null, first!, { signal })).rejects.toSatisfy(e => isMillraceError(e, 'SOURCE_FILE_CHANGED'))
  await expect(source.read(first, second!, { signal })).rejects.toSatisfy(e => isMillraceError(e, 'SOURCE_FILE_VANISHED'))
})

test('files that others are writing, and hidden ones, are left alone', async () => {
  for (const name of ['a.json.tmp', '.b.json', '_c.json', 'd.json.crdownload', 'e.json._COPYING_', 'f.json']) put(name, 1)
  const source = await open()
  expect(await names(source, null, (await next(source, null))!)).toEqual(['f.json'])
})

test('cleaning by archive moves a file under the archive directory once its batch is done', async () => {
  put('a.json', 1)
  put('b.json', 2)
  const source = await open({ maxFilesPerTrigger: '1', cleanSource: 'archive', sourceArchiveDir: join(root, 'archive') })
  const first = await next(source, null)
  await next(source, first)
  await source.commit(first!)
  expect(readdirSync(join(root, 'in'))).toEqual(['b.json'])
  expect(statSync(join(root, 'archive', root, 'in/a.json')).isFile()).toBe(true)
})

test('an archive below the source is refused at start', async () => {
  const bad = open({ cleanSource: 'archive', sourceArchiveDir: join(root, 'in/archive') })
  await expect(bad).rejects.toSatisfy(e => isMillraceError(e, 'CLEAN_SOURCE_ARCHIVE'))
})

test('Hive directories become columns, typed as Spark types them', async () => {
  put('year=2026/city=Bern/a.json', 1)
  put('year=2025/city=__HIVE_DEFAULT_PARTITION__/b.json', 2)
  const source = await open()
  expect(source.schema.fields.map(f => [f.name, f.dataType.kind])).toEqual([
    ['v', 'long'],
    ['year', 'integer'],
    ['city', 'string'],
  ])
  const scan = (await source.read(null, (await next(source, null))!, { signal })) as FilesScan
  expect(scan.files.map(f => f.partition)).toEqual([
    { year: '2026', city: 'Bern' },
    { year: '2025', city: null },
  ])
})

test('globs choose directories and names', async () => {
  put('x1/a.json', 1)
  put('x2/b.json', 2)
  put('y/c.json', 3)
  put('x1/d.txt', 4)
  const source = await open({ pathGlobFilter: '*.json' }, { paths: [join(root, 'in/{x1,x2}')] })
  expect(await names(source, null, (await next(source, null))!)).toEqual(['x1/a.json', 'x2/b.json'])
})

test('a byte limit takes the first file always and stops before it is passed', async () => {
  put('a.json', 1, 'x'.repeat(100))
  put('b.json', 2, 'x'.repeat(10))
  put('c.json', 3, 'x'.repeat(10))
  const source = await open({ maxBytesPerTrigger: '20' })
  const first = await next(source, null)
  expect(await names(source, null, first!)).toEqual(['a.json'])
  expect(await names(source, first, (await next(source, first))!)).toEqual(['b.json', 'c.json'])
})

test('available now freezes what is there', async () => {
  put('a.json', 1)
  const source = await open()
  await source.prepareAvailableNow({ signal })
  put('b.json', 2)
  const end = await next(source, null)
  expect(await names(source, null, end!)).toEqual(['a.json'])
  expect(await next(source, end)).toBe(end)
})

test('a new file wakes a waiting source', async () => {
  put('a.json', 1)
  const source = await open()
  const end = await next(source, null)
  await next(source, end)
  const woken = source.changed({ signal: AbortSignal.timeout(20_000) })
  put('b.json', 2)
  await woken
  expect(await next(source, end)).toBe('{"logOffset":1}')
})

test('options that do not fit are refused by name', async () => {
  await expect(open({ maxFilesPerTriger: '1' })).rejects.toThrow('did you mean "maxFilesPerTrigger"')
  await expect(open({ maxFilesPerTrigger: '1', maxBytesPerTrigger: '1' })).rejects.toSatisfy(e => isMillraceError(e, 'CONFLICTING_OPTIONS'))
  await expect(open({ maxFilesPerTrigger: '0' })).rejects.toSatisfy(e => isMillraceError(e, 'INVALID_OPTION'))
  await expect(open({ retention: '1d' })).rejects.toThrow('writeStream')
  await expect(connectors.json.source!({ ...context(), paths: [join(root, 'nowhere')] })).rejects.toSatisfy(e =>
    isMillraceError(e, 'PATH_NOT_FOUND'),
  )
})

test('the log compacts every ten ids and keeps every entry', async () => {
  const source = await open()
  let end: string | null = null
  for (let i = 0; i < 12; i++) {
    put(`f${i}.json`, i)
    end = await next(source, end)
  }
  expect(
    readdirSync(join(root, 'chk/sources/0'))
      .filter(n => !n.startsWith('.'))
      .sort(),
  ).toContain('9.compact')
  expect(readFileSync(join(root, 'chk/sources/0/9.compact'), 'utf8').split('\n')).toHaveLength(11)
  const again = await open()
  expect(await names(again, '{"logOffset":8}', '{"logOffset":9}')).toEqual(['f9.json'])
  expect(await next(again, end)).toBe(end)
})
