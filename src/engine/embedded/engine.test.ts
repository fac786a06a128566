import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtins } from '../../connectors/builtin.ts'
import { MemoryStream } from '../../connectors/memory/index.ts'
import { MemoryTables } from '../../connectors/memory/tables.ts'
import { Registry } from '../../connectors/registry.ts'
import { findMillraceError } from '../../errors/index.ts'
import { createBus, type QueryDriver } from '../../observe/index.ts'
import type { Relation } from '../../plan/index.ts'
import { nodePlatform } from '../../platform/index.ts'
import { parseExpression } from '../../sql/index.ts'
import { localStore } from '../../storage/index.ts'
import { batchFromRows, parseDdl, type RowBatch, rowsOf } from '../../types/index.ts'
import type { Engine, StreamWrite } from '../contract.ts'
import { embeddedEngine } from './index.ts'

const CONF: Record<string, string> = {
  'spark.sql.session.timeZone': 'UTC',
  'millrace.sliceBytes': '100000',
  'spark.sql.streaming.stateStore.minDeltasForSnapshot': '3',
}

function openEngine(): Engine {
  const memoryTables = new MemoryTables()
  const connectors = new Registry()
  for (const [name, load] of Object.entries(builtins({ memoryTables, print: () => {} }))) connectors.add(name, load)
  return embeddedEngine({
    conf: key => CONF[key],
    view: () => undefined,
    functions: { scalar: () => undefined, named: () => undefined, batches: id => batchFunctions[id] },
    warn: () => {},
    bus: createBus(),
    platform: nodePlatform,
    connectors,
    memoryTables,
    store: async uri => localStore(uri.replace(/^file:(\/\/)?/, ''), nodePlatform, { sync: 'os' }),
  })
}
const batchFunctions: Record<
  string,
  { id: string; name: string; returns: ReturnType<typeof parseDdl>; sourceHash: string; call: (b: RowBatch) => Promise<RowBatch> }
> = {}

let engine: Engine
let root: string
beforeEach(async () => {
  engine = openEngine()
  root = await mkdtemp(join(tmpdir(), 'millrace-engine-'))
})
afterEach(async () => {
  await engine.close()
  await rm(root, { recursive: true, force: true })
})

const e = parseExpression
const range = (end: number): Relation => ({ kind: 'range', start: '0', end: String(end), step: '1' })
const project = (input: Relation, ...columns: string[]): Relation => ({ kind: 'project', input, expressions: columns.map(c => e(c)) })
const where = (input: Relation, condition: string): Relation => ({ kind: 'filter', input, condition: e(condition) })

async function collect(plan: Relation): Promise<Record<string, unknown>[]> {
  const { batches } = await engine.collect(plan)
  const rows: Record<string, unknown>[] = []
  for await (const batch of batches) rows.push(...rowsOf(batch))
  return rows
}

test('a batch plan gives its rows, few or many', async () => {
  expect(await collect(where(project(range(5), 'id', 'id * 2 AS twice'), 'id > 2'))).toEqual([
    { id: 3n, twice: 6n },
    { id: 4n, twice: 8n },
  ])
  expect((await collect(range(100_000))).length).toBe(100_000)
})

test('rows in the plan larger than a slice go through a table', async () => {
  const schema = parseDdl('k string, v int')
  const rows = Array.from({ length: 30_000 }, (_, i) => ({ k: `key number ${i % 7}`, v: i }))
  const local: Relation = { kind: 'localRelation', batch: batchFromRows(schema, rows) }
  const counted: Relation = {
    kind: 'aggregate',
    input: local,
    groupType: 'GROUP_TYPE_GROUPBY',
    groupingExpressions: [e('k')],
    aggregateExpressions: [e('count(1) AS n')],
  }
  expect((await collect(counted)).length).toBe(7)
})

test('a pivot without values looks them up first', async () => {
  const plan: Relation = {
    kind: 'aggregate',
    input: project(range(6), 'id % 2 AS half', 'id % 3 AS third'),
    groupType: 'GROUP_TYPE_PIVOT',
    groupingExpressions: [e('half')],
    aggregateExpressions: [e('count(1)')],
    pivot: { col: e('third') },
  }
  const rows = (await collect(plan)).sort((a, b) => Number(a['half']) - Number(b['half']))
  expect(rows).toEqual([0n, 1n].map(half => ({ half, '0': 1n, '1': 1n, '2': 1n })))
})

test('observed metrics come with the rows', async () => {
  const plan: Relation = { kind: 'collectMetrics', input: range(10), name: 'seen', metrics: [e('count(1) AS n'), e('max(id) AS top')] }
  const { batches, observed } = await engine.collect(plan)
  for await (const _ of batches) void _
  expect(observed!()).toEqual({ seen: { n: 10n, top: 9n } })
})

test('a function over whole batches may await', async () => {
  const returns = parseDdl('id bigint')
  batchFunctions['double'] = {
    id: 'double',
    name: 'double',
    returns,
    sourceHash: '',
    call: async batch => {
      await new Promise(resolve => setTimeout(resolve, 1))
      return batchFromRows(
        returns,
        [...rowsOf(batch)].map(r => ({ id: (r['id'] as bigint) * 2n })),
      )
    },
  }
  const plan: Relation = {
    kind: 'extension',
    name: 'MapBatches',
    input: range(3),
    id: 'double',
    functionName: 'double',
    returns,
    sourceHash: '',
  }
  expect(await collect(where(plan, 'id > 0'))).toEqual([{ id: 2n }, { id: 4n }])
})

const EVENTS = parseDdl('at timestamp, k string')
const at = (minute: number, k = 'a') => ({ at: new Date(Date.UTC(2026, 0, 1, 12, minute)), k })

interface Seen {
  readonly id: number
  readonly rows: unknown[]
  readonly late: unknown[] | undefined
  readonly duplicates: unknown[] | undefined
}

/** Runs a plan over a memory stream; every batch's rows are collected in its function. */
async function run(plan: Relation, outputMode: StreamWrite['outputMode'], seen: Seen[]): Promise<QueryDriver> {
  return engine.start(plan, {
    format: 'foreachBatch',
    outputMode,
    options: { checkpointLocation: join(root, 'checkpoint') },
    partitionBy: [],
    trigger: { kind: 'processingTime', intervalMs: 0 },
    foreachBatch: async (batch, id, { late, duplicates }) => {
      seen.push({
        id,
        rows: await collect(batch),
        late: late && (await collect(late)),
        duplicates: duplicates && (await collect(duplicates)),
      })
    },
  })
}
const streamOf = (stream: MemoryStream): Relation => ({
  kind: 'read',
  isStreaming: true,
  dataSource: { format: 'memory', options: { id: stream.id } },
})
const watermarked = (stream: MemoryStream): Relation => ({
  kind: 'withWatermark',
  input: streamOf(stream),
  eventTime: 'at',
  delayThreshold: '5 minutes',
})
const counts = (input: Relation): Relation =>
  project(
    {
      kind: 'aggregate',
      input,
      groupType: 'GROUP_TYPE_GROUPBY',
      groupingExpressions: [e("window(at, '5 minutes')")],
      aggregateExpressions: [e('count(1) AS n')],
    },
    'hour(window.end) * 60 + minute(window.end) AS until',
    'n',
  )

test('late rows and duplicates are handed over as input rows, and counted', async () => {
  const stream = new MemoryStream(EVENTS)
  const seen: Seen[] = []
  const once: Relation = { kind: 'deduplicate', input: watermarked(stream), columnNames: ['k', 'at'] }
  const query = await run(counts(once), 'append', seen)
  for (const rows of [[at(1), at(1), at(2)], [at(20)], [at(3), at(21), at(21)]]) {
    stream.addBatch(batchFromRows(EVENTS, rows))
    await query.processAllAvailable()
  }
  expect(seen.flatMap(s => s.rows)).toEqual([{ until: 725, n: 2n }])
  expect(await query.explain(false)).toContain('at least once, limited by the sink ForeachBatchSink')
  expect(seen.flatMap(s => s.late ?? []).length).toBe(1)
  expect(seen.flatMap(s => s.duplicates ?? []).length).toBe(2)
  const custom = query.recentProgress.flatMap(p => p.stateOperators.map(o => o.customMetrics ?? {}))
  expect(custom.reduce((n, c) => n + (c['duplicateInputRows'] ?? 0), 0)).toBe(2)
  expect(custom.reduce((n, c) => n + (c['lateInputRows'] ?? 0), 0)).toBe(1)
  await query.stop()
})

test('a query goes on from its state files after a restart, also over a snapshot', async () => {
  const seen: Seen[] = []
  const input = join(root, 'in')
  await mkdir(input)
  const files: Relation = {
    kind: 'read',
    isStreaming: true,
    dataSource: { format: 'json', schema: 'at timestamp, k string', paths: [input] },
  }
  const marked: Relation = { kind: 'withWatermark', input: files, eventTime: 'at', delayThreshold: '5 minutes' }
  for (let n = 0; n < 12; n++) {
    if (n % 4 === 0 && n > 0) {
      await engine.close()
      engine = openEngine()
    }
    const query = await run(counts(marked), 'update', seen)
    await writeFile(join(root, 'next'), `${JSON.stringify(at(1))}\n${JSON.stringify(at(2))}\n`)
    await rename(join(root, 'next'), join(input, `${n}.json`))
    await query.processAllAvailable()
    await query.stop()
  }
  expect(seen.filter(s => s.rows.length > 0).map(s => s.rows)).toEqual(
    Array.from({ length: 12 }, (_, n) => [{ until: 725, n: BigInt(2 * n + 2) }]),
  )
  const state = await readdir(join(root, 'checkpoint', 'millrace', 'state', '0'))
  expect(state.some(f => f.endsWith('.snapshot.parquet'))).toBe(true)
})

test('a batch used after its function has ended says so', async () => {
  const stream = new MemoryStream(EVENTS)
  let kept: Relation | undefined
  const query = await engine.start(streamOf(stream), {
    format: 'foreachBatch',
    outputMode: 'append',
    options: { checkpointLocation: join(root, 'checkpoint') },
    partitionBy: [],
    trigger: { kind: 'processingTime', intervalMs: 0 },
    foreachBatch: async batch => {
      kept = batch
    },
  })
  stream.addBatch(batchFromRows(EVENTS, [at(1)]))
  await query.processAllAvailable()
  await expect(collect(kept!)).rejects.toMatchObject({ condition: 'BATCH_CLOSED' })
  await query.stop()
})

test('a value that cannot be cast ends the query and is shown with its file and line', async () => {
  const input = join(root, 'in')
  await mkdir(input)
  await writeFile(join(input, 'a.csv'), 'k,v\na,1\nb,2\n')
  await writeFile(join(input, 'b.csv'), `k,v\n${Array.from({ length: 50 }, (_, i) => `c,${i}\n`).join('')}\nd,REGULAR\ne,5\n`)
  const files: Relation = {
    kind: 'read',
    isStreaming: true,
    dataSource: { format: 'csv', schema: 'k string, v string', options: { header: 'true' }, paths: [input] },
  }
  const sums: Relation = {
    kind: 'aggregate',
    input: files,
    groupType: 'GROUP_TYPE_GROUPBY',
    groupingExpressions: [e('k')],
    aggregateExpressions: [e('sum(cast(v AS int)) AS s')],
  }
  const query = await run(sums, 'complete', [])
  const failure: unknown = await query.processAllAvailable().then(
    () => undefined,
    error => error,
  )
  const found = findMillraceError((failure as Error).cause) ?? findMillraceError(failure)
  expect(found).toMatchObject({ condition: 'CAST_INVALID_INPUT' })
  expect(found!.details[0]).toContain('"v":"REGULAR"')
  expect(found!.details[1]).toMatch(/b\.csv:53$/)
})
