import { beforeEach, describe, expect, test } from 'vitest'
import {
  fakeExecutor,
  fakePlatform,
  fakeQuery,
  fakeSink,
  fakeSource,
  releaseAllLocks,
  turns,
  type World,
  world,
} from '../../test/support/loop-fakes.ts'
import { localStore } from '../storage/index.ts'
import type { BatchExecutor, QueryConfig } from './index.ts'
import { startQuery } from './index.ts'

beforeEach(releaseAllLocks)
const there = async (at: World, path: string): Promise<boolean> => (await at.files.stat(`/chk/${path}`)) !== undefined
const text = async (at: World, path: string): Promise<string> => new TextDecoder().decode(await at.files.read(`/chk/${path}`))

interface Gated {
  readonly config: QueryConfig
  /** `plan`, `read`, `commit`, `run`, `sink`, `close` and the number of each batch's last row, or its id. */
  readonly told: string[]
  /** Lets the sink go on; before, batch `held` waits in it. */
  open(): void
}

/** A query of one row a batch whose sink holds one batch until the test lets it go. */
function gated(at: World, held: number, over: Partial<QueryConfig> & { readonly run?: (id: number) => void } = {}): Gated {
  const told: string[] = []
  const gate = Promise.withResolvers<void>()
  const store = localStore('/chk', fakePlatform(at))
  const source = fakeSource(at, 1)
  const executor = fakeExecutor(store)
  const watched: BatchExecutor = {
    ...executor,
    run: async (batch, options) => {
      told.push(`run ${batch.id}`)
      over.run?.(batch.id)
      const result = await executor.run(batch, options)
      return { ...result, close: async () => void told.push(`close ${batch.id}`) }
    },
  }
  const config = fakeQuery(at, {
    openExecutor: async () => watched,
    openSources: async () => [
      {
        ...source,
        plan: (start, ...rest) => {
          told.push(`plan ${start}`)
          return source.plan(start, ...rest)
        },
        commit: async end => void told.push(`commit ${end}`),
      },
    ],
    openSinks: async () => [
      {
        output: 'main',
        sink: {
          ...fakeSink(at),
          write: async (id, rows, options) => {
            told.push(`sink ${id}`)
            if (id === held)
              await Promise.race([
                gate.promise,
                new Promise<void>(r => options.signal.addEventListener('abort', () => r(), { once: true })),
              ])
            return fakeSink(at).write(id, rows, options)
          },
        },
      },
    ],
    ...over,
  })
  return { config, told, open: gate.resolve }
}

describe('while a batch is in its sink', () => {
  test('the next one is computed where rows wait; nothing of it is seen before the first is committed, and there is no third', async () => {
    const at = world()
    at.arrive(10, 20, 30, 40)
    const { config, told, open } = gated(at, 0)
    const query = await startQuery(config)
    await turns()
    expect(told).toEqual(['plan null', 'run 0', 'sink 0', 'plan 1', 'run 1'])
    expect([await there(at, 'commits/0'), await there(at, 'offsets/1')]).toEqual([false, false])
    open()
    await query.processAllAvailable()
    await query.stop()
    for (const id of [1, 2, 3]) {
      expect(told.indexOf(`close ${id - 1}`), 'two batches live at most').toBeLessThan(told.indexOf(`sink ${id}`))
      expect(told.indexOf(`run ${id + 1}`), 'one is ahead at most').toBeGreaterThan(told.indexOf(`close ${id - 1}`))
    }
  })

  test('rows that come meanwhile wait for it, so that one batch takes them all', async () => {
    const at = world()
    at.arrive(10)
    const { config, told, open } = gated(at, 0)
    const query = await startQuery(config)
    await turns()
    at.arrive(20)
    await turns()
    expect(told).toEqual(['plan null', 'run 0', 'sink 0'])
    open()
    await query.processAllAvailable()
    expect(at.written.has(1)).toBe(true)
    await query.stop()
  })

  test('sources are told of the batch before first, and then asked for the next', async () => {
    const at = world()
    at.arrive(10, 20, 30)
    const { config, told, open } = gated(at, 1)
    const query = await startQuery(config)
    await turns()
    expect(told.slice(told.indexOf('commit 1'))).toEqual(['commit 1', 'sink 1', 'plan 2', 'run 2'])
    open()
    await query.stop()
  })

  test('an interval still waits for its multiple', async () => {
    const at = world()
    at.arrive(10, 20)
    const { config, told, open } = gated(at, 0, { trigger: { kind: 'processingTime', intervalMs: 1000 } })
    const query = await startQuery(config)
    await turns()
    at.clock.advance(999)
    await turns()
    expect(told).not.toContain('run 1')
    at.clock.advance(1)
    await turns()
    expect(told).toContain('run 1')
    expect(told).not.toContain('sink 1')
    open()
    await turns()
    expect(told).toContain('sink 1')
    await query.stop()
  })

  test('processAllAvailable waits for its commit', async () => {
    const at = world()
    at.arrive(10)
    const { config, open } = gated(at, 0)
    const query = await startQuery(config)
    let quiet = false
    const waiting = query.processAllAvailable().then(() => {
      quiet = true
    })
    await turns()
    expect(quiet).toBe(false)
    open()
    await waiting
    expect(await there(at, 'commits/0')).toBe(true)
    await query.stop()
  })
})

describe('a batch that is ahead', () => {
  test('fails after the one before is committed, and runs again at the next start', async () => {
    const at = world()
    at.arrive(10, 20)
    const boom = new Error('boom')
    const fails = (id: number): void => {
      if (id === 1) throw boom
    }
    const { config, told, open } = gated(at, 0, { run: fails })
    const query = await startQuery(config)
    await turns()
    expect([told.includes('run 1'), query.isActive]).toEqual([true, true])
    open()
    const error: unknown = await query.awaitTermination().catch(e => e)
    expect((error as Error).cause).toBe(boom)
    expect([await there(at, 'commits/0'), await there(at, 'commits/1'), told.includes('sink 1')]).toEqual([true, false, false])
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))).awaitTermination()
    expect(await there(at, 'commits/1')).toBe(true)
  })

  test('goes with the one before when that fails, whose failure is told', async () => {
    const at = world()
    at.arrive(10, 20)
    const boom = new Error('boom')
    const gate = Promise.withResolvers<void>()
    const { config, told } = gated(at, -1, {
      openSinks: async () => [{ output: 'main', sink: { ...fakeSink(at), write: () => gate.promise.then(() => Promise.reject(boom)) } }],
    })
    const query = await startQuery(config)
    await turns()
    gate.resolve()
    const error: unknown = await query.awaitTermination().catch(e => e)
    expect((error as Error).cause).toBe(boom)
    expect(await there(at, 'offsets/1')).toBe(false)
    expect(told.filter(line => line.startsWith('close')).sort()).toEqual(['close 0', 'close 1'])
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))).awaitTermination()
    expect(await text(at, 'offsets/1')).toMatch(/\n2$/)
  })

  test('is dropped when the query is stopped; both come again at the next start', async () => {
    const at = world()
    at.arrive(10, 20)
    const { config, told } = gated(at, 0)
    const query = await startQuery(config)
    await turns()
    expect(told).toContain('run 1')
    await query.stop()
    expect(query.error).toBeUndefined()
    expect([await there(at, 'commits/0'), await there(at, 'offsets/1')]).toEqual([false, false])
    expect(told.filter(line => line.startsWith('close')).sort()).toEqual(['close 0', 'close 1'])
    const again = await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' }, limit: 1 }))
    await again.awaitTermination()
    expect(again.recentProgress.map(p => [p.batchId, p.numInputRows])).toEqual([
      [0, 1],
      [1, 1],
      [2, 0],
    ])
  })

  test('has the watermark the one before has left, and drops what is late by it', async () => {
    const at = world()
    at.arrive(10, 250, 120, 90, 410)
    const query = await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' }, limit: 1 }))
    await query.awaitTermination()
    const watermark = async (id: number): Promise<unknown> => JSON.parse((await text(at, `offsets/${id}`)).split('\n')[1]!).batchWatermarkMs
    expect(await Promise.all([0, 1, 2, 3, 4].map(watermark))).toEqual([0, 10, 250, 250, 250])
    // 120 comes while the filter still stands at 10, and leaves at once; 90 is late
    expect(at.writes.flatMap(w => w.rows)).toEqual(['100:1', '200:1', '300:1'])
  })
})
