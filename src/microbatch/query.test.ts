import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  fakeExecutor,
  fakePlatform,
  fakeQuery,
  fakeSink,
  fakeSource,
  releaseAllLocks,
  STATELESS,
  turns,
  type World,
  world,
} from '../../test/support/loop-fakes.ts'
import type { Sink } from '../connectors/contract.ts'
import { isMillraceError } from '../errors/index.ts'
import { createBus, type QueryListener } from '../observe/index.ts'
import { localStore } from '../storage/index.ts'
import { activeQueries, startQuery } from './index.ts'

beforeEach(releaseAllLocks)
const sinkOf = (at: World, write: Sink['write']) => async () => [
  { output: 'main', sink: { ...fakeSink(at), description: 'ForeachBatch(slow)', write } },
]
const condition = (error: unknown): string | undefined => (isMillraceError(error) ? error.condition : undefined)

describe('stop', () => {
  test('ends a query that waits', async () => {
    const at = world()
    const query = await startQuery(fakeQuery(at))
    await turns(5)
    await query.stop()
    expect([query.isActive, query.error, await query.awaitTermination()]).toEqual([false, undefined, true])
  })

  test('aborts the signal of a batch, does not commit it, and the next run does it again', async () => {
    const at = world()
    at.arrive(10)
    const config = fakeQuery(at, {
      openSinks: sinkOf(
        at,
        (_, __, { signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve({ numOutputRows: 0 }))),
      ),
    })
    const query = await startQuery(config)
    await turns()
    await query.stop()
    expect(query.error).toBeUndefined()
    expect(await at.files.stat('/chk/commits/0')).toBeUndefined()
    const again = await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))
    await again.awaitTermination()
    expect(at.writes[0]).toEqual({ batchId: 0, rows: [] })
    expect(again.id).toBe(query.id)
  })

  test('leaves a function behind that does not listen, and names it', async () => {
    const at = world()
    at.arrive(10)
    let late: (() => void) | undefined
    const query = await startQuery(
      fakeQuery(at, { openSinks: sinkOf(at, () => new Promise(resolve => (late = () => resolve({ numOutputRows: 0 })))) }),
    )
    await turns()
    const stopped = query.stop()
    await turns()
    at.clock.advance(999)
    await turns()
    expect(query.isActive).toBe(true)
    at.clock.advance(1)
    await stopped
    expect(query.warnings).toMatchObject([{ code: 'LEFT_BEHIND', message: expect.stringContaining('ForeachBatch(slow)') }])
    late!()
    await turns()
    expect(await at.files.stat('/chk/commits/0')).toBeUndefined()
  })
})

describe('a failure', () => {
  test('ends the query, wraps the cause, and nothing of the batch is committed', async () => {
    const at = world()
    at.arrive(10)
    const boom = new Error('boom')
    const query = await startQuery(fakeQuery(at, { openSinks: sinkOf(at, async () => Promise.reject(boom)) }))
    const error: unknown = await query.awaitTermination().catch(e => e)
    expect(condition(error)).toBe('STREAM_FAILED')
    expect((error as Error).cause).toBe(boom)
    expect((error as Error).message).toContain(`Query [id = ${query.id}, runId = ${query.runId}] terminated with exception: boom`)
    expect(query.status.message).toBe('Terminated with exception: boom')
    await expect(query.processAllAvailable()).rejects.toBe(error)
    expect(await at.files.stat('/chk/commits/0')).toBeUndefined()
  })

  test('of one query leaves the others alone', async () => {
    const [bad, good] = [world(), world()]
    bad.arrive(10)
    const failing = await startQuery(fakeQuery(bad, { openSinks: sinkOf(bad, async () => Promise.reject(new Error('boom'))) }))
    releaseAllLocks()
    const going = await startQuery(fakeQuery(good))
    await failing.awaitTermination().catch(() => {})
    good.arrive(10)
    await going.processAllAvailable()
    expect(good.writes.length).toBeGreaterThan(0)
    await going.stop()
  })
})

describe('triggers', () => {
  test('an interval waits for its multiple, and takes what arrived since in one batch', async () => {
    const at = world()
    at.clock.advance(300)
    at.arrive(10)
    const query = await startQuery(fakeQuery(at, { trigger: { kind: 'processingTime', intervalMs: 1000 }, shape: STATELESS }))
    await turns()
    expect(at.writes.map(w => w.batchId)).toEqual([0])
    expect(query.status.message).toBe('Waiting for next trigger')
    at.arrive(20)
    at.clock.advance(699)
    await turns()
    expect(at.writes.length).toBe(1)
    at.clock.advance(1)
    await turns()
    expect(at.writes.map(w => w.batchId)).toEqual([0, 1])
    await query.stop()
  })
  test('once takes everything there is in one batch, availableNow in batches of the limit and then those without data', async () => {
    const ids = async (kind: 'once' | 'availableNow'): Promise<number[]> => {
      releaseAllLocks()
      const at = world()
      at.arrive(10, 150, 320)
      const query = await startQuery(fakeQuery(at, { trigger: { kind }, limit: 1 }))
      await query.awaitTermination()
      return query.recentProgress.map(p => p.numInputRows)
    }
    expect(await ids('once')).toEqual([3])
    expect(await ids('availableNow')).toEqual([1, 1, 1, 0])
  })
  test('after a crash once only runs the uncommitted batch again', async () => {
    const at = world()
    at.arrive(10)
    const failing = await startQuery(fakeQuery(at, { openSinks: sinkOf(at, async () => Promise.reject(new Error('x'))) }))
    await failing.awaitTermination().catch(() => {})
    at.arrive(20)
    const query = await startQuery(fakeQuery(at, { trigger: { kind: 'once' } }))
    await query.awaitTermination()
    expect(query.recentProgress.map(p => [p.batchId, p.numInputRows])).toEqual([[0, 1]])
  })
})

describe('names, ids and owners', () => {
  test('a name that is active is refused, and free again after the end', async () => {
    const at = world()
    const active = activeQueries()
    const query = await startQuery(fakeQuery(at, { name: 'q', active }))
    await expect(startQuery(fakeQuery(world(), { name: 'q', active }))).rejects.toMatchObject({
      condition: 'QUERY_NAME_IN_USE',
      params: { name: 'q' },
    })
    await query.stop()
    await (await startQuery(fakeQuery(at, { name: 'q', active }))).stop()
  })
  test('the same checkpoint stops the active run first, or refuses', async () => {
    const at = world()
    const active = activeQueries()
    const first = await startQuery(fakeQuery(at, { active }))
    const second = await startQuery(fakeQuery(at, { active }))
    expect([first.isActive, second.isActive, second.id === first.id]).toEqual([false, true, true])
    const conf = (key: string): string | undefined => (key === 'spark.sql.streaming.stopActiveRunOnRestart' ? 'false' : undefined)
    await expect(startQuery(fakeQuery(at, { active, conf }))).rejects.toMatchObject({ condition: 'QUERY_ALREADY_ACTIVE' })
    await second.stop()
  })
  test('a checkpoint of another session or process is refused', async () => {
    const at = world()
    const query = await startQuery(fakeQuery(at))
    await expect(startQuery(fakeQuery(at))).rejects.toMatchObject({ condition: 'CHECKPOINT_IN_USE' })
    await query.stop()
  })
  test('where no lock helps, the loser of an entry names the other run', async () => {
    const at = world()
    const platform = { ...fakePlatform(at), locks: { take: async () => ({ kind: 'taken', release: async () => {} }) as const } }
    const one = await startQuery(fakeQuery(at, { platform }))
    const two = await startQuery(fakeQuery(at, { platform }))
    at.arrive(10)
    const ends = await Promise.all(
      [one, two].map(q =>
        q.processAllAvailable().then(
          () => undefined,
          e => e,
        ),
      ),
    )
    const [lost] = ends.filter(Boolean)
    expect((lost as Error).cause).toMatchObject({
      condition: 'CONCURRENT_STREAM_LOG_UPDATE',
      params: { owner: expect.stringMatching(/^process 7 on test/) },
    })
    await Promise.all([one, two].map(q => q.stop()))
  })
})

describe('watching', () => {
  const recorder = (): { heard: string[]; listener: QueryListener } => {
    const heard: string[] = []
    return {
      heard,
      listener: {
        onQueryStarted: () => void heard.push('started'),
        onQueryProgress: e => void heard.push(`progress ${e.progress.batchId}`),
        onQueryIdle: () => void heard.push('idle'),
        onQueryTerminated: e => void heard.push(`terminated ${e.errorClassOnException ?? ''}`.trim()),
      },
    }
  }
  test('listeners hear started before start() resolves, then each batch, idleness and the end, in order', async () => {
    const at = world()
    const bus = createBus()
    const { heard, listener } = recorder()
    bus.add(listener)
    const query = await startQuery(fakeQuery(at, { bus }))
    expect(heard).toEqual(['started'])
    at.arrive(10)
    await query.processAllAvailable()
    await turns()
    at.clock.advance(10_000)
    await turns()
    await query.stop()
    expect(heard).toEqual(['started', 'progress 0', 'progress 1', 'idle', 'terminated'])
  })
  test('a listener that throws is reported and stops nothing', async () => {
    const at = world()
    const bus = createBus()
    bus.add({
      onQueryProgress: () => {
        throw new Error('mine')
      },
      onQueryWarning: () => {
        throw new Error('too')
      },
    })
    const { heard, listener } = recorder()
    bus.add(listener)
    const query = await startQuery(fakeQuery(at, { bus }))
    at.arrive(10)
    await query.processAllAvailable()
    expect(heard).toContain('progress 0')
    expect(query.warnings.map(w => w.code)).toContain('LISTENER_FAILED')
    await query.stop()
  })
  test('everything goes out on diagnostics channels too', async () => {
    const at = world()
    const seen: unknown[] = []
    const hear = (message: unknown): void => void seen.push(message)
    subscribe('millrace:query.progress', hear)
    const query = await startQuery(fakeQuery(at, { name: 'named' }))
    at.arrive(10)
    await query.processAllAvailable()
    unsubscribe('millrace:query.progress', hear)
    expect(seen[0]).toMatchObject({ progress: { name: 'named', batchId: 0 } })
    await query.stop()
  })
  test('the newest 99 records are kept', async () => {
    const at = world()
    at.arrive(...Array.from({ length: 105 }, (_, i) => i))
    const query = await startQuery(fakeQuery(at, { limit: 1, trigger: { kind: 'availableNow' }, shape: STATELESS }))
    await query.awaitTermination()
    expect(query.recentProgress.length).toBe(99)
    expect(query.lastProgress).toBe(query.recentProgress.at(-1))
    const kept = (await at.files.list('/chk/offsets')).map(Number)
    expect(Math.min(...kept)).toBe(Math.max(...kept) - 100)
  })
  test('awaitTermination answers false when the time is over, and rejects when its signal aborts', async () => {
    const at = world()
    const query = await startQuery(fakeQuery(at))
    const waiting = query.awaitTermination({ timeoutMs: 50 })
    await turns(3)
    at.clock.advance(50)
    expect(await waiting).toBe(false)
    await expect(query.awaitTermination({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await query.stop()
  })
})

describe('restarts', () => {
  test('are refused with another number of sources, in Spark’s words', async () => {
    const at = world()
    at.arrive(10)
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))).awaitTermination()
    const two = fakeQuery(at, { sourceCount: 2, openSources: async () => [fakeSource(at), fakeSource(at)] })
    await expect(startQuery(two)).rejects.toMatchObject({
      sparkClass: 'STREAM_FAILED',
      message: expect.stringContaining('There are [1] sources in the checkpoint offsets and now there are [2]'),
    })
  })
  test('are refused with state of another shape, saying which part', async () => {
    const at = world()
    at.arrive(10)
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))).awaitTermination()
    const other = (key: string, name = 'stateStoreSave') => ({
      operators: [{ id: 0, name, key, value: 'count bigint' }],
      watermarkColumns: ['t'],
    })
    await expect(startQuery(fakeQuery(at, { shape: other('k string') }))).rejects.toMatchObject({
      condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
    })
    await expect(startQuery(fakeQuery(at, { shape: other('w timestamp', 'dedupe') }))).rejects.toMatchObject({
      condition: 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA',
    })
    await expect(startQuery(fakeQuery(at, { shape: { ...other('w timestamp'), watermarkColumns: ['u'] } }))).rejects.toMatchObject({
      condition: 'CHECKPOINT_OTHER_SHAPE',
    })
  })
  test('keep the settings of the checkpoint', async () => {
    const at = world()
    at.arrive(10)
    const conf = (value: string) => (key: string) => (key === 'spark.sql.shuffle.partitions' ? value : undefined)
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' }, conf: conf('2') }))).awaitTermination()
    let seen: string | undefined
    const store = localStore('/chk', fakePlatform(at))
    const query = await startQuery(
      fakeQuery(at, {
        conf: conf('5'),
        openExecutor: async opened => {
          seen = opened.conf('spark.sql.shuffle.partitions')
          return fakeExecutor(store)
        },
      }),
    )
    expect(seen).toBe('2')
    await query.stop()
  })
  test('warn of another plan and go on', async () => {
    const at = world()
    at.arrive(10)
    await (await startQuery(fakeQuery(at, { trigger: { kind: 'availableNow' } }))).awaitTermination()
    const query = await startQuery(fakeQuery(at, { planRecord: { plan: { filter: 1 }, sourceSchemas: [], options: {}, engine: 'fake' } }))
    expect(query.warnings.map(w => w.code)).toEqual(['PLAN_CHANGED'])
    await query.stop()
  })
})
