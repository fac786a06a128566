import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isMillraceError } from '../../errors/index.ts'
import { nodePlatform } from '../../platform/index.ts'
import { localStore } from '../../storage/index.ts'
import { parseDdl } from '../../types/index.ts'
import type { Output, SinkContext } from '../contract.ts'
import { connectors } from './index.ts'
import { loggedFiles } from './sink-log.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-sink-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const options = { signal: new AbortController().signal, outputMode: 'append', noData: false } as const

/** An output that writes these texts, one file each; a name may have a partition directory in front. */
const output = (texts: Record<string, string>, ddl = 'v bigint, k string'): Output => ({
  schema: parseDdl(ddl),
  rowCount: 1,
  ref: 'b',
  batches: async function* () {},
  rows: async function* () {},
  toFiles: async ({ directory, name }) =>
    Object.entries(texts).map(([partition, text], n) => {
      const path = join(partition, name(n))
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
      return { path, size: text.length, rows: 1 }
    }),
})

const context = (over: Partial<SinkContext> = {}): SinkContext => ({
  platform: nodePlatform,
  options: {},
  paths: [join(root, 'out')],
  conf: () => undefined,
  store: async uri => localStore(uri, nodePlatform),
  warn: () => {},
  queryId: 'q1',
  runId: 'r1',
  partitionBy: [],
  outputMode: 'append',
  newCheckpoint: true,
  lastCommitted: -1,
  ...over,
})
const open = (over: Partial<SinkContext> = {}) => connectors.csv.sink!(context(over))
const data = () =>
  readdirSync(join(root, 'out'), { recursive: true, encoding: 'utf8' })
    .filter(n => n.endsWith('.csv'))
    .sort()
const log = (id: string) => readFileSync(join(root, 'out/_spark_metadata', id), 'utf8').split('\n')

test('a batch appears whole, with a log in Spark’s form', async () => {
  const sink = await open()
  await sink.write(0, output({ '': '1,a\n' }), options)
  await sink.write(1, output({}), options)
  await sink.close()
  expect(data()).toEqual(['part-00000-q1-0-c000.csv'])
  expect(log('0')[0]).toBe('v1')
  expect(JSON.parse(log('0')[1]!)).toMatchObject({
    path: `file://${root}/out/part-00000-q1-0-c000.csv`,
    size: 4,
    isDir: false,
    blockReplication: 1,
    action: 'add',
  })
  expect(log('1')).toEqual(['v1'])
})

test('the same batch twice leaves one copy', async () => {
  const sink = await open()
  await sink.write(0, output({ '': '1,a\n' }), options)
  await sink.write(0, output({ '': '1,a\n' }), options)
  const again = await open({ runId: 'r2', newCheckpoint: true })
  await again.write(0, output({ '': '1,a\n' }), options)
  expect(data()).toEqual(['part-00000-q1-0-c000.csv'])
})

test('what an attempt that died left behind is gone before the batch counts', async () => {
  const dead = await open({ partitionBy: ['k'] })
  await dead.write(0, output({ 'k=a': '1\n', 'k=b': '2\n' }), options)
  rmSync(join(root, 'out/_spark_metadata/0'))
  const next = await open({ partitionBy: ['k'], runId: 'r2' })
  await next.write(0, output({ 'k=a': '1\n' }), options)
  expect(data()).toEqual(['k=a/part-00000-q1-0.c000.csv'])
})

test('a process that lost its query without knowing it overwrites nothing of its successor', async () => {
  const zombie = await open()
  await zombie.write(0, output({ '': '1,a\n' }), options)
  const owner = await open({ runId: 'r2', newCheckpoint: false, lastCommitted: 0 })
  await owner.write(1, output({ '': '2,b\n' }), options)
  await expect(zombie.write(1, output({ '': '2,b,\n' }), options)).rejects.toSatisfy(e => isMillraceError(e, 'SOURCE_LOG_CONFLICT'))
  await zombie.close()
  await owner.write(2, output({ '': '3,c\n' }), options)
  expect(data().map(name => readFileSync(join(root, 'out', name), 'utf8'))).toEqual(['1,a\n', '2,b\n', '3,c\n'])
})

test('a new checkpoint on a log with entries is refused, or goes on behind it', async () => {
  await (await open()).write(0, output({ '': '1,a\n' }), options)
  await expect(open({ queryId: 'q2' })).rejects.toSatisfy(e => isMillraceError(e, 'SINK_LOG_NOT_EMPTY'))
  const sink = await open({ queryId: 'q2', options: { onExistingLog: 'append' } })
  await sink.write(0, output({ '': '2,b\n' }), options)
  const again = await open({ queryId: 'q2', newCheckpoint: false, lastCommitted: 0 })
  await again.write(1, output({ '': '3,c\n' }), options)
  const files = await loggedFiles(join(root, 'out'), context())
  expect(files!.map(f => f.path.slice(root.length + 5))).toEqual([
    'part-00000-q1-0-c000.csv',
    'part-00000-q2-0-c000.csv',
    'part-00000-q2-1-c000.csv',
  ])
})

test('the log compacts every ten batches', async () => {
  const sink = await open()
  for (let i = 0; i < 11; i++) await sink.write(i, output({ '': `${i}\n` }), options)
  expect(log('9.compact')).toHaveLength(11)
  expect((await loggedFiles(join(root, 'out'), context()))!).toHaveLength(11)
})

test('only append; only columns the format can hold; no unknown option', async () => {
  await expect(open({ outputMode: 'complete' })).rejects.toSatisfy(e => isMillraceError(e, 'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE'))
  const window = parseDdl('window struct<start: timestamp, end: timestamp>, n bigint')
  await expect(open({ schema: window })).rejects.toThrow("select('window.start', 'window.end'")
  await expect(open({ options: { maxFilesPerTrigger: '1' } })).rejects.toThrow('readStream')
  await expect(open({ options: { compression: 'bzip2' } })).rejects.toSatisfy(e => isMillraceError(e, 'INVALID_OPTION'))
  await expect(open({ partitionBy: ['nope'], schema: parseDdl('v bigint') })).rejects.toSatisfy(e =>
    isMillraceError(e, 'PARTITION_COLUMN_NOT_FOUND'),
  )
})

test('a save appears whole with _SUCCESS, by mode', async () => {
  const save = (mode: 'append' | 'overwrite' | 'error' | 'ignore', text: string) =>
    connectors.csv.save!({ ...context(), mode, partitionBy: [] }, output({ '': text }))
  await save('error', 'a\n')
  await expect(save('error', 'b\n')).rejects.toSatisfy(e => isMillraceError(e, 'PATH_ALREADY_EXISTS'))
  await save('ignore', 'c\n')
  expect(data()).toHaveLength(1)
  await save('append', 'd\n')
  expect(data()).toHaveLength(2)
  await save('overwrite', 'e\n')
  expect(data().map(n => readFileSync(join(root, 'out', n), 'utf8'))).toEqual(['e\n'])
  expect(readdirSync(join(root, 'out'))).toContain('_SUCCESS')
  expect(readdirSync(root)).toEqual(['out'])
})

test('a save that fails leaves what was there', async () => {
  const broken = { ...output({}), toFiles: async () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) }
  await connectors.csv.save!({ ...context(), mode: 'error', partitionBy: [] }, output({ '': 'a\n' }))
  await expect(connectors.csv.save!({ ...context(), mode: 'overwrite', partitionBy: [] }, broken)).rejects.toSatisfy(e =>
    isMillraceError(e, 'DISK_FULL'),
  )
  expect(data()).toHaveLength(1)
  expect(readdirSync(root)).toEqual(['out'])
})

test('one named file appears whole and is replaced whole', async () => {
  const file = join(root, 'lake', 'batch_1.csv')
  mkdirSync(dirname(file))
  const save = (text: string, mode: 'overwrite' | 'error' = 'overwrite') =>
    connectors.csv.save!({ ...context({ paths: [file] }), mode, partitionBy: [], singleFile: true }, output({ '': text }))
  await save('a\n')
  await save('b\n')
  expect(readFileSync(file, 'utf8')).toBe('b\n')
  expect(readdirSync(dirname(file))).toEqual(['batch_1.csv'])
  await expect(save('c\n', 'error')).rejects.toSatisfy(e => isMillraceError(e, 'PATH_ALREADY_EXISTS'))
})
