import { beforeEach, describe, expect, test } from 'vitest'
import { fakePlatform, releaseAllLocks, world } from '../../test/support/loop-fakes.ts'
import { localStore } from '../storage/index.ts'
import { batchId, eventMs, wallMs } from '../types/index.ts'
import { type Ledger, openLedger } from './ledger.ts'
import type { OffsetEntry } from './offset-entry.ts'
import { latestPlanRecord, writePlanRecord } from './plan-record.ts'

beforeEach(releaseAllLocks)
const entry = (id: number): OffsetEntry => ({
  batchId: batchId(id),
  watermark: eventMs(0),
  timestamp: wallMs(0),
  conf: {},
  ends: [`{"n":${id}}`],
})

function checkpoint() {
  const at = world()
  const platform = fakePlatform(at)
  const store = localStore('/chk', platform)
  return {
    at,
    store,
    open: (): Promise<Ledger> => openLedger(store, platform, platform.ids.uuid()),
    put: async (path: string, text: string): Promise<void> => {
      await store.write(path, new TextEncoder().encode(text), { run: 't', attempt: 1 })
    },
    reopen: async (): Promise<Ledger> => {
      releaseAllLocks()
      return openLedger(store, platform, platform.ids.uuid())
    },
  }
}

describe('a checkpoint', () => {
  test('keeps its id, its entries and who ran on it', async () => {
    const { open, at } = checkpoint()
    const one = await open()
    await one.writeOffsets(entry(0))
    await one.writeCommit({ batchId: batchId(0), nextWatermark: eventMs(5) })
    await one.writeOffsets(entry(1))
    await one.close()
    const two = await open()
    expect(two.queryId).toBe(one.queryId)
    expect(two.facts).toMatchObject({ planned: entry(1), previous: entry(0), committed: { batchId: 0, nextWatermark: 5 } })
    expect(await at.files.list('/chk/millrace/runs')).toEqual(['0', '1'])
    expect(new TextDecoder().decode(await at.files.read('/chk/metadata'))).toBe(`{"id":"${one.queryId}"}`)
    expect(await at.files.list('/chk')).not.toContain('state')
  })
  test('sweeps what a run that was killed has left beside entries, but not what a run of another machine may own', async () => {
    const { open, at, put } = checkpoint()
    await (await open()).close()
    const leftovers = [
      'offsets/.3.5e7a.tmp',
      'commits/.2.5e7b.tmp',
      'sources/0/.1.5e7c.tmp',
      'millrace/plan/.0.json.5e7d.tmp',
      '.metadata.5e7e.tmp',
    ]
    const there = async (): Promise<string[]> => {
      const found = await Promise.all(leftovers.map(async name => ((await at.files.stat(`/chk/${name}`)) ? [name] : [])))
      return found.flat()
    }
    const leave = () => Promise.all(leftovers.map(name => put(name, 'cut o')))
    await leave()
    await put('offsets/.0.crc', 'x')
    await (await open()).close()
    expect(await there()).toEqual([])
    expect(await at.files.list('/chk/offsets')).toContain('.0.crc')
    await put('millrace/runs/7', '{"run":"r","pid":1,"host":"elsewhere","startedMs":0}')
    await leave()
    await (await open()).close()
    expect(await there()).toEqual(leftovers)
  })
  test('has no temporary files left, and ignores what is not an entry', async () => {
    const { open, at, put } = checkpoint()
    const one = await open()
    await one.writeOffsets(entry(0))
    await one.close()
    await put('offsets/.0.crc', 'x')
    await put('offsets/notes.txt', 'x')
    expect((await open()).facts.planned).toEqual(entry(0))
    expect((await at.files.list('/chk/offsets')).toSorted()).toEqual(['.0.crc', '0', 'notes.txt'])
  })
  test('purges ids below the oldest, with their checksums', async () => {
    const { open, at, put } = checkpoint()
    await put('metadata', '{"id":"x"}')
    await put('offsets/.1.crc', 'x')
    const ledger = await open()
    for (let id = 0; id < 4; id++) {
      await ledger.writeOffsets(entry(id))
      await ledger.writeCommit({ batchId: batchId(id), nextWatermark: eventMs(0) })
    }
    expect(ledger.oldest()).toBe(0)
    await ledger.purge(2)
    expect(ledger.oldest()).toBe(2)
    expect((await at.files.list('/chk/offsets')).toSorted()).toEqual(['2', '3'])
    expect((await at.files.list('/chk/commits')).toSorted()).toEqual(['2', '3'])
  })
})

describe('is refused', () => {
  test('without metadata while it has entries', async () => {
    const { put, open } = checkpoint()
    await put('commits/0', 'v1\n{}')
    await expect(open()).rejects.toMatchObject({ condition: 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE' })
  })
  test('with state of Spark’s but no offsets', async () => {
    const { put, open } = checkpoint()
    await put('state/0/0/1.delta', 'x')
    await expect(open()).rejects.toMatchObject({ condition: 'STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY' })
  })
  test('when a log file is damaged, and gives the lock back', async () => {
    const { put, open } = checkpoint()
    await put('metadata', '{"id":"x"}')
    await put('offsets/0', 'v1\n{"batch')
    await expect(open()).rejects.toMatchObject({ condition: 'MALFORMED_LOG_FILE', params: { path: 'file:///chk/offsets/0' } })
    await put('offsets/0', 'v1\n{}\n-')
    await (await open()).close()
  })
  test('when another run writes the entry first, naming it', async () => {
    const { open, reopen } = checkpoint()
    const one = await open()
    const two = await reopen()
    await one.writeOffsets(entry(0))
    await expect(two.writeOffsets(entry(0))).rejects.toMatchObject({
      condition: 'CONCURRENT_STREAM_LOG_UPDATE',
      params: { batchId: 0, owner: expect.stringContaining(`process 7 on test (run ${one.runId})`) },
    })
  })
})

describe('on a disk without hard links', () => {
  test('a last entry that was cut off was never written; an older one is damage', async () => {
    const { at, put, open } = checkpoint()
    at.files.links = false
    await put('metadata', '{"id":"x"}')
    await put('offsets/0', 'v1\n{"batchWatermarkMs":0}\n{"n":0}')
    await put('offsets/1', 'v1\n{"batchWatermarkMs":0}\n{"n"')
    await put('commits/0', 'v1\n{"nextBatchWa')
    const ledger = await open()
    expect(ledger.facts).toMatchObject({ planned: { batchId: 0 } })
    expect(ledger.facts.committed).toBeUndefined()
    await ledger.writeOffsets(entry(1))
    await ledger.close()
  })
  test('with links the same file is damage', async () => {
    const { put, open } = checkpoint()
    await put('metadata', '{"id":"x"}')
    await put('offsets/0', 'v1\n{"batchWatermarkMs":0}\n{"n"}')
    await put('commits/0', 'v1\n{"nextBatchWa')
    await expect(open()).rejects.toMatchObject({ condition: 'MALFORMED_LOG_FILE' })
  })
})

test('the newest plan record is found by number', async () => {
  const { store } = checkpoint()
  const record = { plan: {}, sourceSchemas: [{ a: 1 }], options: {}, engine: 'e', shape: { operators: [], watermarkColumns: [] } }
  expect(await latestPlanRecord(store)).toBeUndefined()
  for (const firstBatch of [0, 9, 10]) await writePlanRecord(store, { ...record, firstBatch }, { run: 'r', attempt: 1 })
  expect(await latestPlanRecord(store)).toEqual({ ...record, firstBatch: 10 })
})
