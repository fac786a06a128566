import type { Output, Sink, Source } from '../../src/connectors/contract.ts'
import type { BatchExecutor, BatchResult, QueryConfig } from '../../src/microbatch/index.ts'
import type { Platform } from '../../src/platform/index.ts'
import { type FileStore, localStore } from '../../src/storage/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'
import { type MemoryFiles, memoryFiles } from '../../src/testing/memory-files.ts'
import { eventMs } from '../../src/types/index.ts'

/** A row of the fakes: its event time in ms (null counts as a null event time). */
export type Row = number

/** What survives a killed process: the disk, the rows that arrive, what the sink's system holds. */
export interface World {
  readonly files: MemoryFiles
  readonly clock: ManualClock
  readonly rows: Row[]
  /** By batch id: an idempotent sink's table. */
  readonly written: Map<number, readonly string[]>
  readonly writes: { batchId: number; rows: readonly string[] }[]
  readonly committed: string[]
  arrive(...rows: Row[]): void
  readonly news: Set<() => void>
}

export function world(): World {
  const clock = manualClock()
  const rows: Row[] = []
  const news = new Set<() => void>()
  return {
    files: memoryFiles(clock),
    clock,
    rows,
    written: new Map(),
    writes: [],
    committed: [],
    news,
    arrive: (...more) => {
      rows.push(...more)
      for (const tell of [...news]) tell()
    },
  }
}

let uuids = 0
const held = new Set<string>()

export const fakePlatform = ({ files, clock }: World): Platform => ({
  clock,
  files,
  ids: { uuid: () => `uuid-${++uuids}`, random: () => 0.5 },
  locks: {
    take: async (name, note) => {
      if (held.has(name)) return { kind: 'held', note }
      held.add(name)
      return { kind: 'taken', release: async () => void held.delete(name) }
    },
  },
  process: { pid: 7, host: 'test', user: 't', cwd: '/', env: () => undefined, cores: 2, memory: 1e9, onStopRequest: () => () => {} },
})

/** As if every process had died: the operating system lets go of their locks. */
export const releaseAllLocks = (): void => held.clear()

/** Offsets are the number of rows read. */
export function fakeSource(at: World, limit = Infinity): Source {
  let frozen = Infinity
  const seen = { planned: 0 }
  return {
    description: 'FakeSource',
    schema: { kind: 'struct', fields: [] } as never,
    plan: async (start, readLimit) => {
      const from = Number(start ?? 0)
      const latest = Math.min(at.rows.length, frozen)
      seen.planned = at.rows.length
      const end = readLimit.kind === 'none' ? latest : Math.min(latest, from + limit)
      return { end: end === 0 ? null : String(end), latest: latest === 0 ? null : String(latest) }
    },
    prepareAvailableNow: async () => {
      frozen = at.rows.length
    },
    read: async (start, end) => {
      const rows = at.rows.slice(Number(start ?? 0), Number(end))
      return { kind: 'batches', schema: { kind: 'struct', fields: [] }, batches: [rows] } as never
    },
    commit: async end => void at.committed.push(end),
    changed: ({ signal }) =>
      new Promise(resolve => {
        if (at.rows.length > seen.planned) return resolve()
        const done = (): void => {
          at.news.delete(done)
          resolve()
        }
        at.news.add(done)
        signal.addEventListener('abort', done, { once: true })
      }),
    close: async () => {},
  }
}

/**
 * A stateful executor: sums rows per bucket of 100 ms, emits a bucket when the watermark passes its end and forgets it (append).
 * As the real one its memory runs ahead of the ledger, and versions are files named by their run.
 */
export function fakeExecutor(store: FileStore, delayMs = 0): BatchExecutor {
  let memory = new Map<number, number>()
  const name = (version: number, run: string): string => `millrace/state/0/${version}.${run}`
  const encode = (): Uint8Array => new TextEncoder().encode(JSON.stringify([...memory]))
  return {
    loadState: async (version, committedRun) => {
      memory = new Map()
      if (version === 0) return
      const run = await committedRun(version)
      const bytes = run === undefined ? undefined : await store.read(name(version, run))
      if (!bytes) throw new Error(`state ${version} of run ${run} is missing`)
      memory = new Map(JSON.parse(new TextDecoder().decode(bytes)) as [number, number][])
    },
    run: async batch => {
      const rows = batch.scans.flatMap(scan =>
        scan?.kind === 'batches' ? [...(scan.batches as Iterable<unknown>)].flat() : [],
      ) as number[]
      const kept = rows.filter(row => bucketEnd(row) > batch.lateWatermark)
      for (const row of kept) memory.set(bucketEnd(row), (memory.get(bucketEnd(row)) ?? 0) + 1)
      const closed = [...memory].filter(([end]) => end <= batch.watermark).sort(([a], [b]) => a - b)
      for (const [end] of closed) memory.delete(end)
      const bytes = encode()
      const max = Math.max(...rows)
      return {
        outputs: { main: output(closed.map(([end, count]) => `${end}:${count}`)) },
        stats: {
          inputRows: [rows.length],
          eventTimes: [
            rows.length === 0
              ? undefined
              : { count: rows.length, min: eventMs(Math.min(...rows)), max: eventMs(max), avg: eventMs(max), delayMs },
          ],
          nullEventTimes: [0],
          operators: [],
          observed: {},
          durations: {},
        },
        saveState: () => store.write(name(batch.id + 1, batch.run), bytes, { run: batch.run, attempt: 1 }),
        close: async () => {},
      } satisfies BatchResult
    },
    wantsNoDataBatch: (last, next) => next > last,
    purgeState: async oldest => oldest,
    close: async () => {},
  }
}

const bucketEnd = (row: number): number => Math.floor(row / 100) * 100 + 100

export const output = (rows: readonly string[]): Output => ({
  schema: { kind: 'struct', fields: [] } as never,
  rowCount: rows.length,
  ref: 'main',
  async *batches() {},
  async *rows() {
    for (const value of rows) yield { value }
  },
  toFiles: async () => [],
})

export function fakeSink(at: World): Sink {
  return {
    description: 'FakeSink',
    delivery: 'exactly-once',
    write: async (batchId, rows) => {
      const values: string[] = []
      for await (const row of rows.rows()) values.push(String(row.value))
      at.writes.push({ batchId, rows: values })
      at.written.set(batchId, values)
      return { numOutputRows: values.length }
    },
    close: async () => {},
  }
}

export const SHAPE = { operators: [{ id: 0, name: 'stateStoreSave', key: 'w timestamp', value: 'count bigint' }], watermarkColumns: ['t'] }
export const STATELESS = { operators: [], watermarkColumns: [] }

/** A query over the fakes; `over` replaces what a test is about. */
export function fakeQuery(at: World, over: Partial<QueryConfig> & { platform?: Platform; limit?: number } = {}): QueryConfig {
  const platform = over.platform ?? fakePlatform(at)
  const store = over.checkpoint?.store ?? localStore('/chk', platform)
  return {
    platform,
    checkpoint: { store },
    trigger: { kind: 'processingTime', intervalMs: 0 },
    outputMode: 'append',
    conf: () => undefined,
    sourceCount: 1,
    shape: SHAPE,
    planRecord: { plan: {}, sourceSchemas: [], options: {}, engine: 'fake' },
    openSources: async () => [fakeSource(at, over.limit)],
    openSinks: async () => [{ output: 'main', sink: fakeSink(at) }],
    openExecutor: async () => fakeExecutor(store),
    explain: async () => 'fake',
    ...over,
  }
}

/** Lets what is under way go on for a while, without a clock. */
export const turns = async (n = 200): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise(resolve => setImmediate(resolve))
}
