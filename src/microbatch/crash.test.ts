import { describe, expect, test } from 'vitest'
import {
  fakeExecutor,
  fakePlatform,
  fakeQuery,
  fakeSink,
  fakeSource,
  releaseAllLocks,
  type World,
  world,
} from '../../test/support/loop-fakes.ts'
import { localStore } from '../storage/index.ts'
import { type CrashAt, failpoints } from '../testing/failpoints.ts'
import type { QueryConfig } from './index.ts'
import { startQuery } from './index.ts'

const ROWS = [10, 20, 150, 90, 320, 330, 610]
const LIMIT = 2

/** The query with every file call, lock and sink method a failpoint. */
function armed(at: World, crash?: CrashAt): { config: QueryConfig; points: ReturnType<typeof failpoints> } {
  const points = failpoints({ roots: { checkpoint: '/chk' } })
  if (crash) points.arm(crash)
  const platform = points.platform(fakePlatform(at))
  const store = localStore('/chk', platform)
  const config = fakeQuery(at, {
    platform,
    checkpoint: { store },
    trigger: { kind: 'availableNow' },
    openSources: async () => [fakeSource(at, LIMIT)],
    openSinks: async () => [{ output: 'main', sink: points.sink(fakeSink(at)) }],
    openExecutor: async () => fakeExecutor(store),
  })
  return { config, points }
}

async function runToEnd(config: QueryConfig): Promise<unknown> {
  try {
    const query = await startQuery(config)
    await query.awaitTermination()
    return undefined
  } catch (error) {
    return error
  }
}

async function undisturbed(): Promise<{ rows: readonly string[]; calls: readonly string[]; logs: Record<string, string> }> {
  const at = world()
  at.arrive(...ROWS)
  const { config, points } = armed(at)
  expect(await runToEnd(config)).toBeUndefined()
  const first = { calls: points.calls, logs: await logs(at) }
  return { ...first, rows: await flushed(at) }
}

/**
 * All that was ever written, after one more run with a row that closes every group. A batch without data that was due when the process died
 * is not made up for by recovery itself, as in Spark: its rows come with the next batch.
 */
async function flushed(at: World): Promise<readonly string[]> {
  at.arrive(5000)
  expect(await runToEnd(armed(at).config)).toBeUndefined()
  return [...at.written].sort(([a], [b]) => a - b).flatMap(([, rows]) => rows)
}

/** Offsets and watermarks of the whole log: the same however often the query died. */
async function logs(at: World): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const log of ['offsets', 'commits']) {
    for (const name of await at.files.list(`/chk/${log}`)) {
      if (name.startsWith('.')) continue
      const text = new TextDecoder().decode(await at.files.read(`/chk/${log}/${name}`))
      all[`${log}/${name}`] = text.replace(/"run":"[^"]*"/, '"run":""').replace(/"batchTimestampMs":\d+/, '')
    }
  }
  return all
}

describe('a process that dies at any call', () => {
  for (const plug of ['killed', 'power cut'] as const) {
    for (const when of ['before', 'after'] as const) {
      test(`(${plug}, ${when} the call) leaves nothing lost and nothing twice`, async () => {
        const expected = await undisturbed()
        for (let n = 1; n <= expected.calls.length; n++) {
          releaseAllLocks()
          const at = world()
          at.arrive(...ROWS)
          const first = armed(at, { at: n, when })
          await runToEnd(first.config)
          if (!first.points.dead) continue
          releaseAllLocks()
          if (plug === 'power cut') at.files.powerCut()
          const where = `call ${n} of ${expected.calls.length}: ${first.points.calls.at(-1)}`
          expect(await runToEnd(armed(at).config), where).toBeUndefined()
          const kept = await logs(at)
          const due = Object.keys(expected.logs).filter(name => name in kept)
          for (const name of due) expect(kept[name], `${where}: ${name}`).toEqual(expected.logs[name])
          expect(Object.keys(expected.logs).length - due.length, where).toBeLessThanOrEqual(2)
          expect(await flushed(at), where).toEqual(expected.rows)
        }
      })
    }
  }

  test('never lets the sink see a batch whose offsets are not durable, nor commits it before the sink has it', async () => {
    const { calls } = await undisturbed()
    const order = calls.map((name, i) => ({ name, i }))
    const nth = (name: string, n: number): number => order.filter(c => c.name === name)[n]!.i
    const batches = order.filter(c => c.name === 'sink.write').length
    expect(batches).toBeGreaterThan(3)
    for (let n = 0; n < batches; n++) {
      expect(nth('checkpoint.offsets.syncDir', n)).toBeLessThan(nth('sink.write', n))
      expect(nth('checkpoint.millrace.state.0.rename', n)).toBeLessThan(nth('checkpoint.commits.link', n))
      expect(nth('sink.write', n)).toBeLessThan(nth('checkpoint.commits.link', n))
      if (n > 0) expect(nth('checkpoint.commits.syncDir', n - 1)).toBeLessThan(nth('checkpoint.offsets.link', n))
    }
  })
})
