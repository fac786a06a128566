import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FilesScan, Source, SourceContext } from '../../src/connectors/contract.ts'
import { connectors } from '../../src/connectors/files/index.ts'
import { isMillraceError } from '../../src/index.ts'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { connectorContext, places } from '../contract/place.ts'

const fresh = places()
const signal = new AbortController().signal
const EPOCH = 1_767_225_600
const DAY = 86_400

let root: string
let clock: ManualClock
let platform: Platform
let opened: Source[] = []
beforeEach(() => {
  root = fresh()
  mkdirSync(join(root, 'in'))
  clock = manualClock(EPOCH * 1000)
  platform = { ...nodePlatform, clock }
})
afterEach(async () => {
  for (const source of opened) await source.close()
  opened = []
})

/** A file whose modification time is so many seconds into 2026. */
function put(name: string, second: number, content = `{"v":${second}}\n`): void {
  const path = join(root, 'in', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  utimesSync(path, EPOCH + second, EPOCH + second)
}

async function open(options: Record<string, string> = {}, over: Partial<SourceContext> = {}): Promise<Source> {
  const context: SourceContext = {
    ...connectorContext({ platform, options, paths: [join(root, 'in')], schema: parseDdl('v bigint'), ...over }),
    log: { store: localStore(join(root, 'chk'), nodePlatform), path: 'sources/0', millracePath: 'millrace/sources/0' },
    sourceIndex: 0,
    ...over,
  }
  const source = await connectors.json.source!(context)
  opened.push(source)
  return source
}
const next = async (source: Source, start: string | null) => (await source.plan(start, { kind: 'default' }, { signal })).end
const scanned = async (source: Source, start: string | null, end: string | null) =>
  ((await source.read(start, end!, { signal })) as FilesScan).files
const names = async (source: Source, start: string | null, end: string | null): Promise<string[]> =>
  (await scanned(source, start, end)).map(f => f.path.slice(root.length + 4))

/** Everything that is waiting, a batch at a time. */
async function batches(source: Source): Promise<string[][]> {
  const all: string[][] = []
  for (let at: string | null = null; ; ) {
    const end = await next(source, at)
    if (end === at) return all
    all.push(await names(source, at, end))
    at = end
  }
}

test('latestFirst takes the newest files first, and with a limit never leaves the old ones out', async () => {
  for (const day of [0, 1, 20, 40]) put(`${day}.json`, day * DAY)
  expect(await batches(await open({ latestFirst: 'true', maxFilesPerTrigger: '2' }))).toEqual([
    ['40.json', '20.json'],
    ['1.json', '0.json'],
  ])
})

test('maxFileAge counts from the newest file seen, not from the clock; the first batch takes all', async () => {
  put('old.json', 0)
  put('new.json', 30 * DAY)
  const source = await open({ maxFileAge: '2 days' })
  const first = await next(source, null)
  expect(await names(source, null, first)).toEqual(['old.json', 'new.json'])
  put('too-old.json', 27 * DAY)
  put('young-enough.json', 29 * DAY)
  const second = await next(source, first)
  expect(await names(source, first, second)).toEqual(['young-enough.json'])
  const again = await open({ maxFileAge: '2 days' })
  expect(await next(again, second)).toBe(second)
})

test('stableAfter holds a file back until it has stood still that long', async () => {
  put('a.json', 1)
  const source = await open({ stableAfter: '10 seconds' })
  expect(await next(source, null)).toBe(null)
  clock.advance(9_000)
  put('a.json', 1, '{"v":1}\n{"v":2}\n')
  expect(await next(source, null)).toBe(null)
  clock.advance(9_000)
  expect(await next(source, null)).toBe(null)
  clock.advance(1_000)
  const end = await next(source, null)
  expect((await scanned(source, null, end)).map(f => f.size)).toEqual([16])
})

test('while a file is held back the source looks again by itself', async () => {
  put('a.json', 1)
  const source = await open({ stableAfter: '10 seconds' })
  await next(source, null)
  const changed = source.changed({ signal })
  while (clock.sleepers === 0) await new Promise(resolve => setImmediate(resolve))
  for (let i = 0; i < 200; i++) {
    clock.advance(100)
    await new Promise(resolve => setImmediate(resolve))
  }
  await changed
})

test('fileNameOnly tells files apart by name alone', async () => {
  put('k=1/a.json', 1)
  const byPath = await open()
  const end = await next(byPath, null)
  put('k=2/a.json', 2)
  expect(await next(byPath, end)).toBe('{"logOffset":1}')
  rmSync(join(root, 'chk'), { recursive: true })
  rmSync(join(root, 'in/k=2'), { recursive: true })
  const byName = await open({ fileNameOnly: 'true' })
  const first = await next(byName, null)
  put('k=2/a.json', 2)
  expect(await next(byName, first)).toBe(first)
  const again = await open({ fileNameOnly: 'true' })
  expect(await next(again, first)).toBe(first)
})

test('pathGlobFilter looks at names, recursiveFileLookup at every directory without making columns', async () => {
  for (const name of ['a.json', 'b.csv', 'deep/er/c.json', 'k=1/d.json', '.hidden/e.json', '_later/f.json']) put(name, 1)
  const flat = await open({ pathGlobFilter: '*.json' })
  expect((await names(flat, null, await next(flat, null))).sort()).toEqual(['a.json', 'k=1/d.json'])
  expect(flat.schema.fields.map(f => f.name)).toEqual(['v', 'k'])
  rmSync(join(root, 'chk'), { recursive: true })
  const deep = await open({ pathGlobFilter: '{a,c,d,e,f}.json', recursiveFileLookup: 'true' })
  expect((await names(deep, null, await next(deep, null))).sort()).toEqual(['a.json', 'deep/er/c.json', 'k=1/d.json'])
  expect(deep.schema.fields.map(f => f.name)).toEqual(['v'])
})

test('a glob of directories is looked at anew each time', async () => {
  put('x-1/a.json', 1)
  const source = await open({}, { paths: [join(root, 'in/x-*')] })
  const first = await next(source, null)
  put('x-2/b.json', 2)
  put('y/c.json', 3)
  expect(await names(source, first, await next(source, first))).toEqual(['x-2/b.json'])
})

test('partition columns are known when the source opens; new directories give rows with their values', async () => {
  put('year=2025/city=Bern/a.json', 1)
  const source = await open()
  const first = await next(source, null)
  put('year=2026/city=Z%C3%BCrich/b.json', 2)
  put('year=2026/city=__HIVE_DEFAULT_PARTITION__/c.json', 3)
  const second = await next(source, first)
  expect((await scanned(source, null, second)).map(f => f.partition)).toEqual([
    { year: '2025', city: 'Bern' },
    { year: '2026', city: expect.stringContaining('Z') },
    { year: '2026', city: null },
  ])
})

test('basePath says where partition columns begin', async () => {
  put('year=2025/month=1/a.json', 1)
  const at = join(root, 'in/year=2025')
  expect((await open({}, { paths: [at] })).schema.fields.map(f => f.name)).toEqual(['v', 'month'])
  rmSync(join(root, 'chk'), { recursive: true, force: true })
  const based = await open({ basePath: join(root, 'in') }, { paths: [at] })
  expect(based.schema.fields.map(f => f.name)).toEqual(['v', 'year', 'month'])
  expect((await scanned(based, null, await next(based, null)))[0]!.partition).toEqual({ year: '2025', month: '1' })
  await expect(open({ basePath: join(root, 'elsewhere') }, { paths: [at] })).rejects.toSatisfy(e => isMillraceError(e, 'INVALID_OPTION'))
})

test('files that appear or go while the directory is listed are taken later or left out, never half', async () => {
  put('a.json', 1)
  put('b.json', 2)
  let during = () => {}
  const files = {
    ...platform.files,
    list: async (path: string) => {
      const found = await nodePlatform.files.list(path)
      during()
      during = () => {}
      return found
    },
  }
  const source = await open({}, { platform: { ...platform, files } })
  during = () => {
    put('late.json', 3)
    rmSync(join(root, 'in/b.json'))
  }
  // Directories are listed again only when their time has changed.
  utimesSync(join(root, 'in'), EPOCH, EPOCH)
  const first = await next(source, null)
  const second = await next(source, first)
  expect(await names(source, null, second)).toEqual(['a.json', 'late.json'])
})

test('cleanSource delete removes files once their batch is done; what cannot be removed is said and left', async () => {
  put('a.json', 1)
  put('b.json', 2)
  const warnings: string[] = []
  const source = await open({ cleanSource: 'delete', maxFilesPerTrigger: '1' }, { warn: w => void warnings.push(w.code) })
  const first = await next(source, null)
  const second = await next(source, first)
  await source.commit(first!)
  expect(readdirSync(join(root, 'in'))).toEqual(['b.json'])
  rmSync(join(root, 'in/b.json'))
  mkdirSync(join(root, 'in/b.json'))
  await source.commit(second!)
  expect(warnings).toEqual(['SOURCE_FILE_NOT_CLEANED'])
})

test('the settings of the log: how often it is compacted, how long compacted files stay', async () => {
  const conf = (key: string) =>
    ({
      'spark.sql.streaming.fileSource.log.compactInterval': '3',
      'spark.sql.streaming.fileSource.log.cleanupDelay': '60000',
      'spark.sql.streaming.minBatchesToRetain': '2',
    })[key]
  const source = await open({}, { conf })
  let at: string | null = null
  const log = () => readdirSync(join(root, 'chk/sources/0')).filter(n => !n.startsWith('.'))
  for (let i = 0; i < 8; i++) {
    put(`${i}.json`, i)
    at = await next(source, at)
  }
  expect(log().sort()).toEqual(['0', '1', '2.compact', '3', '4', '5.compact', '6', '7'])
  clock.advance(61_000)
  put('8.json', 8)
  at = await next(source, at)
  expect(log().sort()).toEqual(['5.compact', '6', '7', '8.compact'])
  expect(readFileSync(join(root, 'chk/sources/0/8.compact'), 'utf8').split('\n')).toHaveLength(10)
  const again = await open({}, { conf: () => undefined })
  expect(await next(again, at)).toBe(at)
  expect(await names(again, '{"logOffset":4}', at)).toEqual(['5.json', '6.json', '7.json', '8.json'])
  await expect(open({}, { conf: key => (key.endsWith('fileSource.log.compactInterval') ? '0' : undefined) })).rejects.toSatisfy(e =>
    isMillraceError(e, 'INVALID_SETTING'),
  )
})

test('a file that is renamed into place is taken, the name it had before is not', async () => {
  put('a.json.tmp', 1)
  const source = await open()
  expect(await next(source, null)).toBe(null)
  renameSync(join(root, 'in/a.json.tmp'), join(root, 'in/a.json'))
  expect(await names(source, null, await next(source, null))).toEqual(['a.json'])
})
