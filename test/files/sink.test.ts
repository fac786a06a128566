import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { useWiring } from '../../src/api/context.ts'
import type { Output, SinkContext } from '../../src/connectors/contract.ts'
import { connectors } from '../../src/connectors/files/index.ts'
import { loggedFiles } from '../../src/connectors/files/sink-log.ts'
import { isMillraceError, Session, type StreamingQuery } from '../../src/index.ts'
import { type Files, nodePlatform, type Platform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { wires } from '../../src/wiring.ts'
import { connectorContext, places } from '../contract/place.ts'

const fresh = places()
const options = { signal: new AbortController().signal, outputMode: 'append', noData: false } as const
let out: string
let clock: ManualClock
let platform: Platform
beforeEach(() => {
  out = join(fresh(), 'out')
  clock = manualClock()
  platform = { ...nodePlatform, clock }
})

/** One file that holds this line. */
const output = (line: string): Output => ({
  schema: parseDdl('v string'),
  rowCount: 1,
  ref: 'b',
  batches: async function* () {},
  rows: async function* () {},
  toFiles: async ({ directory, name }) => {
    writeFileSync(join(directory, name(0)), `${line}\n`)
    return [{ path: name(0), size: line.length + 1, rows: 1 }]
  },
})
const context = (over: Partial<SinkContext> = {}): SinkContext => ({
  ...connectorContext({ platform }),
  paths: [out],
  queryId: 'q',
  runId: 'r',
  partitionBy: [],
  outputMode: 'append',
  newCheckpoint: true,
  lastCommitted: -1,
  ...over,
})
const open = (over: Partial<SinkContext> = {}) => connectors.csv.sink!(context({ store: async u => localStore(u, platform), ...over }))
const log = () =>
  readdirSync(join(out, '_spark_metadata'))
    .filter(n => !n.startsWith('.'))
    .sort()
/** What readers of the log see, in its order. */
const lines = async () => {
  const files = await loggedFiles(out, context())
  return files!.map(f => readFileSync(f.path, 'utf8').trim())
}
const numbers = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}`)

test('the log is compacted every ten batches over 25, with a restart in between; nothing is lost or doubled', async () => {
  let sink = await open()
  for (let i = 0; i < 14; i++) await sink.write(i, output(`line ${i}`), options)
  await sink.close()
  sink = await open({ runId: 'r2', newCheckpoint: false, lastCommitted: 12 })
  for (let i = 13; i < 25; i++) await sink.write(i, output(`line ${i}`), options)
  await sink.close()
  expect(log().filter(n => n.endsWith('.compact'))).toEqual(['19.compact', '9.compact'])
  expect(await lines()).toEqual(numbers(25))
})

test('compacted entries are deleted once they are old and enough batches stay; readers still see all', async () => {
  const conf = (key: string) =>
    ({ 'spark.sql.streaming.minBatchesToRetain': '5', 'spark.sql.streaming.fileSink.log.cleanupDelay': '1 minute' })[key]
  const sink = await open({ conf })
  for (let i = 0; i < 25; i++) {
    await sink.write(i, output(`line ${i}`), options)
    clock.advance(10_000)
  }
  expect(log()).toEqual(['18', '19.compact', '20', '21', '22', '23', '24'])
  expect(await lines()).toEqual(numbers(25))
  const kept = await open({
    conf: key => (key.endsWith('fileSink.log.deletion') ? 'false' : conf(key)),
    newCheckpoint: false,
    lastCommitted: 24,
  })
  for (let i = 25; i < 40; i++) await kept.write(i, output(`line ${i}`), options)
  clock.advance(600_000)
  await kept.write(40, output('line 40'), options)
  expect(log()).toHaveLength(7 + 16)
})

test('another compactInterval goes on with the interval that the files show', async () => {
  const every = (n: string) => (key: string) => (key.endsWith('fileSink.log.compactInterval') ? n : undefined)
  const first = await open({ conf: every('3') })
  for (let i = 0; i < 7; i++) await first.write(i, output(`line ${i}`), options)
  const second = await open({ conf: every('10'), newCheckpoint: false, lastCommitted: 6 })
  for (let i = 7; i < 12; i++) await second.write(i, output(`line ${i}`), options)
  expect(log().filter(n => n.endsWith('.compact'))).toEqual(['11.compact', '2.compact', '5.compact', '8.compact'])
  expect(await lines()).toEqual(numbers(12))
})

test('retention: files older than that leave the log when it is compacted', async () => {
  // Files are as old as the clock of the test says.
  const stat: Files['stat'] = async path => {
    const found = await nodePlatform.files.stat(path)
    return found && { ...found, mtimeMs: clock.now() }
  }
  const sink = await open({ platform: { ...platform, files: { ...platform.files, stat } }, options: { retention: '1 day' } })
  for (let i = 0; i < 12; i++) {
    await sink.write(i, output(`line ${i}`), options)
    if (i === 3) clock.advance(2 * 86_400_000)
  }
  expect(readFileSync(join(out, '_spark_metadata/9.compact'), 'utf8').split('\n')).toHaveLength(1 + 6)
  expect(await lines()).toEqual(numbers(12).slice(4))
  expect(readdirSync(out).filter(name => name.endsWith('.csv'))).toHaveLength(12)
})

/** A disk that refuses writes whose path matches, with this error. */
const refusing = (code: string, when: (path: string, method: string) => boolean): Platform => {
  const files = { ...nodePlatform.files } as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  for (const method of ['write', 'writeNew', 'append', 'link', 'rename', 'makeDir']) {
    const real = files[method]!
    files[method] = (...args) => {
      const path = String(method === 'link' || method === 'rename' ? args[1] : args[0])
      if (when(path, method)) return Promise.reject(Object.assign(new Error(`${code}: ${path}`), { code, path }))
      return real(...args)
    }
  }
  return { ...nodePlatform, files: files as unknown as Files }
}

const condition = async (promise: Promise<unknown>): Promise<Error & { condition: string }> => {
  try {
    await promise
  } catch (error) {
    let found: unknown
    for (let e = error; e instanceof Error; e = e.cause) if (isMillraceError(e)) found = e
    if (found) return found as never
    throw error
  }
  throw new Error('nothing was refused')
}

test('a directory that may not be written is refused when the query starts, by name', async () => {
  for (const code of ['EROFS', 'EACCES', 'EPERM']) {
    const error = await condition(open({ platform: refusing(code, path => path.startsWith(out)) }))
    expect(error).toMatchObject({ condition: 'READ_ONLY_DIRECTORY' })
    expect(error.message).toContain(out)
  }
})

test('a directory that becomes read-only ends the batch by name, and nothing of it counts', async () => {
  let readOnly = false
  const sink = await open({ platform: refusing('EROFS', path => readOnly && path.startsWith(out)) })
  await sink.write(0, output('line 0'), options)
  readOnly = true
  expect(await condition(sink.write(1, output('line 1'), options))).toMatchObject({ condition: 'READ_ONLY_DIRECTORY' })
  readOnly = false
  await sink.write(1, output('line 1'), options)
  expect(await lines()).toEqual(['line 0', 'line 1'])
})

/** Runs what is there on a disk of the test, and rejects with what ended the query. */
async function run(on: Platform, root: string): Promise<void> {
  useWiring(wires({ platform: on }))
  const opening = Session.open()
  useWiring(wires())
  const session = await opening
  try {
    const query: StreamingQuery = await session.readStream
      .schema('v string')
      .option('maxFilesPerTrigger', 1)
      .csv(join(root, 'in'))
      .writeStream.format('csv')
      .option('checkpointLocation', join(root, 'chk'))
      .trigger({ availableNow: true })
      .start(join(root, 'out'))
    await query.awaitTermination()
  } finally {
    await session.close()
  }
}

test('the disk is full in the middle of a batch; with room again a restart is whole and once', async () => {
  const root = fresh()
  mkdirSync(join(root, 'in'))
  for (let i = 0; i < 3; i++) writeFileSync(join(root, 'in', `${i}.csv`), `line ${i}\n`)
  for (const [name, step] of Object.entries({
    'the rows': (path: string, method: string) => method === 'write' && path.includes('-1-c000'),
    'the file’s name': (path: string, method: string) => method === 'rename' && path.includes('-1-c000'),
    'the sink’s log': (path: string) => /_spark_metadata\/1$/.test(path) || /_spark_metadata\/\.?1\./.test(path),
    'the commit log': (path: string) => /chk\/commits\/(1$|\.?1\.)/.test(path),
    'the offset log': (path: string) => /chk\/offsets\/(1$|\.?1\.)/.test(path),
    'the source log': (path: string) => /chk\/sources\/0\/(1$|\.?1\.)/.test(path),
  })) {
    for (const made of ['out', 'chk']) rmSync(join(root, made), { recursive: true, force: true })
    let hits = 0
    const full = refusing('ENOSPC', (path, method) => step(path, method) && ++hits > 0)
    const error = await condition(run(full, root))
    expect(hits, name).toBeGreaterThan(0)
    expect(['DISK_FULL', 'STORAGE_FAILED'], name).toContain(error.condition)
    expect(error.message, name).toContain(root)
    await run(nodePlatform, root)
    const files = readdirSync(join(root, 'out')).filter(f => f.endsWith('.csv'))
    const written = files.flatMap(f =>
      readFileSync(join(root, 'out', f), 'utf8')
        .trim()
        .split('\n'),
    )
    expect(written.sort(), name).toEqual(numbers(3))
    const logged = await loggedFiles(join(root, 'out'), context())
    expect(logged!.map(f => basename(f.path)).sort(), name).toEqual(files.sort())
  }
})
