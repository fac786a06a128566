import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtins } from '../../src/connectors/builtin.ts'
import type { Sink, SinkContext } from '../../src/connectors/contract.ts'
import { foreachSink } from '../../src/connectors/foreach/index.ts'
import { foreachBatchSink } from '../../src/connectors/foreach-batch/index.ts'
import { MemoryTables } from '../../src/connectors/memory/index.ts'
import { Session } from '../../src/index.ts'
import { type SinkTenant, sinkContract } from '../../src/testing/index.ts'
import { parseDdl, rowsOf, type StructType } from '../../src/types/index.ts'
import { connectorContext, filesBelow, makeFilesWith, noEngine, places } from './place.ts'

const fresh = places()
const tables = new MemoryTables()
let printed: string[] = []
const connectors = builtins({ memoryTables: tables, print: text => printed.push(text) })
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

async function openSink(format: string, over: Partial<SinkContext>): Promise<Sink> {
  const connector = await connectors[format]!()
  return connector.sink!({
    ...connectorContext(),
    queryId: 'q',
    runId: 'r',
    partitionBy: [],
    outputMode: 'append',
    newCheckpoint: true,
    lastCommitted: -1,
    ...over,
  })
}

const COLUMNS = parseDdl('n int, s string')
const row = (n: number): object => ({ n, s: n % 2 ? 'a "b", c' : 'd\ne' })
/** Text files are lines: what is in a line break is not the same row again. */
const flat = (n: number): object => ({ n, s: `letter ${n % 2}` })

interface FileCase {
  readonly name: string
  readonly format: 'csv' | 'json' | 'text' | 'parquet'
  readonly options?: Readonly<Record<string, string>>
  readonly partitionBy?: readonly string[]
  readonly schema?: StructType
  readonly row?: (n: number) => object
  readonly ending: string
}

const LINES = { schema: parseDdl('value string'), row: (n: number) => ({ value: `line ${n}` }) }
const FILES: readonly FileCase[] = [
  { name: 'csv', format: 'csv', options: { header: 'true' }, row: flat, ending: '-c000.csv' },
  { name: 'csv, gzip', format: 'csv', options: { compression: 'gzip' }, row: flat, ending: '.csv.gz' },
  { name: 'csv, partitioned', format: 'csv', partitionBy: ['s'], row: flat, ending: 'c000.csv' },
  { name: 'json', format: 'json', row, ending: '-c000.json' },
  { name: 'json, zstd', format: 'json', options: { compression: 'zstd' }, row, ending: '.json.zst' },
  { name: 'text', format: 'text', ...LINES, ending: '-c000.txt' },
  { name: 'text, gzip', format: 'text', ...LINES, options: { compression: 'gzip' }, ending: '.txt.gz' },
  { name: 'parquet', format: 'parquet', row, ending: '.snappy.parquet' },
  { name: 'parquet, gzip', format: 'parquet', options: { compression: 'gzip' }, row, ending: '.gz.parquet' },
  {
    name: 'parquet, zstd, partitioned',
    format: 'parquet',
    options: { compression: 'zstd' },
    partitionBy: ['s'],
    row,
    ending: '.zst.parquet',
  },
]

/** Read back as any program reads the directory: through the sink's log. */
function fileTenant({ name, format, options = {}, partitionBy = [], schema = COLUMNS, row: make = row, ending }: FileCase): SinkTenant {
  return {
    name,
    schema,
    row: make,
    toFiles: (rows, to) => makeFilesWith(() => session, schema, fresh)(rows, to),
    open: async () => {
      const out = join(fresh(), 'out')
      let runs = 0
      const open = () => openSink(format, { paths: [out], options, partitionBy, schema, runId: `run-${runs++}`, newCheckpoint: runs === 1 })
      const reader = session.read.format(format).schema(schema)
      const read = async () => {
        expect(filesBelow(out).every(f => f.endsWith(ending))).toBe(true)
        return (options.header ? reader.option('header' as never, true) : reader).load(out).collect() as Promise<object[]>
      }
      return { sink: await open(), again: open, read }
    },
  }
}

let names = 0
const memory: SinkTenant = {
  name: 'memory',
  schema: COLUMNS,
  row,
  skip: { 'also after a restart': 'its rows die with the process: a restart is refused (MEMORY_SINK_NO_RECOVERY)' },
  open: async () => {
    const queryName = `table${names++}`
    const open = () => openSink('memory', { queryName })
    return {
      sink: await open(),
      again: open,
      read: async () =>
        tables
          .get(queryName)!
          .batches()
          .flatMap(b => [...rowsOf(b)]),
    }
  },
}

const TWICE = 'at least once, and it says why: a batch that comes again is handed over again'
const AT_LEAST_ONCE = { 'the same batch id twice leaves one copy': TWICE, 'also after a restart': TWICE }

const console: SinkTenant = {
  name: 'console',
  schema: COLUMNS,
  row: flat,
  skip: AT_LEAST_ONCE,
  open: async () => {
    printed = []
    const cells = () => printed.join('').matchAll(/^\|\s*(\d+)\|(.*?)\s*\|$/gm)
    return {
      sink: await openSink('console', {}),
      again: () => openSink('console', {}),
      read: async () => [...cells()].map(m => ({ n: Number(m[1]), s: m[2] })),
    }
  },
}

const NOTHING = 'it keeps nothing'
const noop: SinkTenant = {
  name: 'noop',
  schema: COLUMNS,
  row,
  skip: {
    'every row of every batch is there': NOTHING,
    'the same batch id twice leaves one copy': NOTHING,
    'also after a restart': NOTHING,
    'an empty batch is fine': NOTHING,
  },
  open: async () => ({ sink: await openSink('noop', {}), again: () => openSink('noop', {}), read: async () => [] }),
}

const foreach: SinkTenant = {
  name: 'foreach',
  schema: COLUMNS,
  row,
  skip: AT_LEAST_ONCE,
  open: async () => {
    const rows: object[] = []
    const sink = foreachSink({ process: r => void rows.push(r) })
    return { sink, again: async () => sink, read: async () => rows }
  },
}

/** `open` is told the id, so a writer can leave out what it has. */
const foreachOnce: SinkTenant = {
  ...foreach,
  name: 'foreach with a writer that remembers batch ids',
  skip: {},
  open: async () => {
    const done = new Map<number, object[]>()
    let at: object[] = []
    const open = async () =>
      foreachSink({
        open: (_, id) => {
          if (done.has(id)) return false
          at = []
          done.set(id, at)
          return true
        },
        process: r => void at.push(r),
      })
    return { sink: await open(), again: open, read: async () => [...done.values()].flat() }
  },
}

const foreachBatch = (name: string, key: (id: number, call: number) => number, skip: Record<string, string>): SinkTenant => ({
  name,
  schema: COLUMNS,
  row,
  skip,
  open: async () => {
    const batches = new Map<number, object[]>()
    let calls = 0
    const open = async () =>
      foreachBatchSink(async (output, id) => {
        const rows: object[] = []
        for await (const r of output.rows()) rows.push(r)
        batches.set(key(id, calls++), rows)
      })
    return { sink: await open(), again: open, read: async () => [...batches.values()].flat() }
  },
})

const delta: SinkTenant = {
  name: 'delta',
  schema: COLUMNS,
  row,
  toFiles: (rows, to) => makeFilesWith(() => session, COLUMNS, fresh)(rows, to),
  open: async () => {
    const out = join(fresh(), 'table')
    let runs = 0
    const open = () =>
      openSink('delta', { paths: [out], schema: COLUMNS, compute: noEngine, runId: `run-${runs++}`, newCheckpoint: runs === 1 })
    return { sink: await open(), again: open, read: () => session.read.format('delta').load(out).collect() as Promise<object[]> }
  },
}

const tenants: readonly SinkTenant[] = [
  ...FILES.map(fileTenant),
  delta,
  memory,
  console,
  noop,
  foreach,
  foreachOnce,
  foreachBatch('foreachBatch', (_, call) => call, AT_LEAST_ONCE),
  foreachBatch('foreachBatch with a function that writes by batch id', id => id, {}),
]
for (const tenant of tenants)
  describe(tenant.name, () => {
    for (const promise of sinkContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
  })
