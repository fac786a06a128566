import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { nodePlatform, type Platform } from '../platform/index.ts'
import { localStore } from '../storage/index.ts'
import { batchFromRows, parseDdl, type RowBatch, rowsOf } from '../types/index.ts'
import { builtins } from './builtin.ts'
import type { BatchesScan, Output, SinkContext, Source, SourceContext } from './contract.ts'
import { foreachSink } from './foreach/index.ts'
import { foreachBatchSink } from './foreach-batch/index.ts'
import { MemoryStream, MemoryTables } from './memory/index.ts'
import { readOptions, showOptions } from './options.ts'
import { Registry } from './registry.ts'

const signal = new AbortController().signal
const schema = parseDdl('v bigint')
const rowsFrom = (values: number[]): RowBatch =>
  batchFromRows(
    schema,
    values.map(v => ({ v: BigInt(v) })),
  )
let root: string
const now = 1_767_225_600_000
const platform: Platform = { ...nodePlatform, clock: { ...nodePlatform.clock, now: () => now } }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-connectors-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const tables = new MemoryTables()
let printed = ''
const registry = new Registry()
for (const [name, load] of Object.entries(builtins({ memoryTables: tables, print: text => (printed += text) }))) registry.add(name, load)

const base = (options: Record<string, string>) => ({
  platform,
  options,
  paths: [],
  conf: () => undefined,
  store: async (uri: string) => localStore(uri, platform),
  warn: () => {},
})
async function source(format: string, options: Record<string, string> = {}): Promise<Source> {
  const context: SourceContext = {
    ...base(options),
    log: { store: localStore(join(root, 'chk'), platform), path: 'sources/0', millracePath: 'millrace/sources/0' },
    sourceIndex: 0,
  }
  return (await registry.find(format)).source!(context)
}
async function sink(format: string, options: Record<string, string> = {}, over: Partial<SinkContext> = {}) {
  const context = {
    ...base(options),
    queryId: 'q',
    runId: 'r',
    partitionBy: [],
    outputMode: 'append',
    newCheckpoint: true,
    lastCommitted: -1,
    ...over,
  } as const
  return (await registry.find(format)).sink!(context)
}
const output = (...batches: RowBatch[]): Output => ({
  schema: batches[0]?.schema ?? schema,
  rowCount: batches.reduce((n, b) => n + b.length, 0),
  ref: 'b',
  batches: async function* () {
    yield* batches
  },
  rows: async function* () {
    for (const b of batches) yield* rowsOf(b) as Iterable<Record<string, unknown>>
  },
  toFiles: async () => [],
})
const write = { signal, outputMode: 'append', noData: false } as const
async function rows(s: Source, start: string | null, end: string): Promise<unknown[]> {
  const scan = (await s.read(start, end, { signal })) as BatchesScan
  const out: unknown[] = []
  for await (const b of scan.batches) out.push(...rowsOf(b))
  return JSON.parse(JSON.stringify(out, (_, v) => (typeof v === 'bigint' ? Number(v) : v)))
}

test('a format that is not there says which was meant', async () => {
  await expect(registry.find('cvs')).rejects.toThrow('did you mean "csv"')
})

test('options: typed, any case, refused by name, side and value; secrets masked', () => {
  const table = {
    brokers: { type: 'string', describe: 'x', side: 'both', required: true },
    password: { type: 'integer', describe: 'x', side: 'both', secret: true },
    limit: { type: 'integer', describe: 'x', side: 'source', mode: 'stream', min: 1 },
    after: { type: 'interval', describe: 'x', side: 'both', default: '10 seconds' },
  } as const
  const use = { format: 'f', side: 'source', mode: 'stream' } as const
  expect(readOptions(table, { BROKERS: 'b', limit: '3' }, use)).toEqual({ brokers: 'b', limit: 3, after: 10_000 })
  expect(() => readOptions(table, { brokers: 'b', limitt: '3' }, use)).toThrow('did you mean "limit"')
  expect(() => readOptions(table, { brokers: 'b', limit: '3' }, { ...use, side: 'sink' })).toThrow('readStream')
  expect(() => readOptions(table, { brokers: 'b', limit: '3' }, { ...use, mode: 'batch' })).toThrow('readStream')
  expect(() => readOptions(table, {}, use)).toThrow('needs the option "brokers"')
  expect(() => readOptions(table, { brokers: 'b', password: 'geheim' }, use)).not.toThrow('geheim')
  expect(showOptions(table, { password: 'geheim', brokers: 'b' })).toEqual({ password: '*********(redacted)', brokers: 'b' })
})

test('memory: what is added is read, again after a restart', async () => {
  const stream = new MemoryStream(schema)
  const s = await source('memory', { id: stream.id })
  expect((await s.plan(null, { kind: 'default' }, { signal })).end).toBe(null)
  const woken = s.changed({ signal })
  stream.addBatch(rowsFrom([1, 2]))
  await woken
  expect((await s.plan(null, { kind: 'default' }, { signal })).end).toBe('0')
  stream.addBatch(rowsFrom([3]))
  expect(await rows(s, '0', '1')).toEqual([{ v: 3 }])
  expect(await rows(await source('memory', { id: stream.id }), null, '0')).toEqual([{ v: 1 }, { v: 2 }])
})

test('a memory sink needs a name, takes each batch once and starts over in complete mode', async () => {
  await expect(sink('memory')).rejects.toSatisfy(
    e => isMillraceError(e, 'MISSING_QUERY_NAME') && e.sparkClass === '_LEGACY_ERROR_TEMP_1194',
  )
  const s = await sink('memory', {}, { queryName: 'T' })
  await s.write(0, output(rowsFrom([1])), write)
  await s.write(0, output(rowsFrom([1])), write)
  await s.write(1, output(rowsFrom([2])), write)
  const count = () =>
    tables
      .get('t')!
      .batches()
      .reduce((n, b) => n + b.length, 0)
  expect(count()).toBe(2)
  await s.write(2, output(rowsFrom([5])), { ...write, outputMode: 'complete' })
  expect(count()).toBe(1)
  await expect(sink('memory', {}, { queryName: 'T', newCheckpoint: false })).rejects.toSatisfy(e =>
    isMillraceError(e, 'MEMORY_SINK_NO_RECOVERY'),
  )
})

test('the console draws as Spark does', async () => {
  printed = ''
  await (await sink('console', { numRows: '1' })).write(3, output(rowsFrom([7, 8])), write)
  const rule = '-'.repeat(43)
  expect(printed).toBe(`${rule}\nBatch: 3\n${rule}\n+---+\n|  v|\n+---+\n|  7|\n+---+\nonly showing top 1 row\n\n`)
})

test('foreach: close follows every open, with the error where there was one', async () => {
  const seen: unknown[] = []
  const writer = {
    open: (_: number, id: number) => id !== 1,
    process: (row: Record<string, unknown>) => void seen.push(row.v),
    close: (e: unknown) => void seen.push(e === null ? 'closed' : 'failed'),
  }
  const s = foreachSink(writer)
  await s.write(0, output(rowsFrom([1, 2])), write)
  await s.write(1, output(rowsFrom([3])), write)
  expect(seen).toEqual([1n, 2n, 'closed', 'closed'])
  const bad = foreachSink({ ...writer, process: () => Promise.reject(new Error('no')) })
  await expect(bad.write(2, output(rowsFrom([4])), write)).rejects.toSatisfy(e => isMillraceError(e, 'FOREACH_USER_FUNCTION_ERROR'))
  expect(seen.at(-1)).toBe('failed')
})

test('foreachBatch: an error keeps its cause', async () => {
  const cause = new Error('mine')
  const s = foreachBatchSink(() => Promise.reject(cause))
  await expect(s.write(0, output(), write)).rejects.toSatisfy(
    e => isMillraceError(e, 'FOREACH_BATCH_USER_FUNCTION_ERROR') && e.cause === cause,
  )
})

test('socket: lines that were planned are read again after the process died', async () => {
  const server = createServer(c => c.on('error', () => {}).write('a\nb\n'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as { port: number }).port)
  const first = await source('socket', { host: '127.0.0.1', port })
  await first.changed({ signal })
  while ((await first.plan(null, { kind: 'default' }, { signal })).end !== '1') await first.changed({ signal })
  await first.close()
  const again = await source('socket', { host: '127.0.0.1', port })
  expect(await rows(again, null, '1')).toEqual([{ value: 'a' }, { value: 'b' }])
  await again.close()
  server.close()
  await expect(source('socket', { host: '127.0.0.1', port: '1' })).rejects.toSatisfy(e => isMillraceError(e, 'SOCKET_FAILED'))
})
