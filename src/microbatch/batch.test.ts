import { beforeEach, expect, test } from 'vitest'
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
import { type QueryConfig, startQuery } from './index.ts'

beforeEach(releaseAllLocks)

/** The query with a diary of what happened in which order. */
function diary(at: World, over: Partial<QueryConfig> = {}): { config: QueryConfig; told: string[] } {
  const told: string[] = []
  const platform = fakePlatform(at)
  const store = localStore('/chk', platform)
  const watched = new Proxy(store, {
    get: (target, key: keyof typeof store) => {
      if (key !== 'writeIfAbsent') return Reflect.get(target, key)
      return async (...args: Parameters<typeof store.writeIfAbsent>) => {
        const answer = await store.writeIfAbsent(...args)
        told.push(args[0])
        return answer
      }
    },
  })
  const source = fakeSource(at, 1)
  const executor = fakeExecutor(watched)
  const config = fakeQuery(at, {
    platform,
    checkpoint: { store: watched },
    trigger: { kind: 'availableNow' },
    conf: key => (key.endsWith('noDataMicroBatches.enabled') ? 'false' : undefined),
    openSources: async () => [
      {
        ...source,
        commit: async end => void told.push(`source commit ${end}`),
        committed: end => void told.push(`source committed ${end}`),
        read: (...args) => {
          told.push(`read ${args[1]}`)
          return source.read(...args)
        },
      },
    ],
    openSinks: async () => {
      const sink = fakeSink(at)
      return [
        {
          output: 'main',
          sink: {
            ...sink,
            write: (id, ...rest) => {
              told.push(`sink ${id}`)
              return sink.write(id, ...rest)
            },
          },
        },
      ]
    },
    openExecutor: async () => executor,
    ...over,
  })
  return { config, told }
}

test('rows are fetched while the offsets are logged, and handed on after; the batch before is forgotten then', async () => {
  const at = world()
  at.arrive(10, 20)
  const { config, told } = diary(at)
  await (await startQuery(config)).awaitTermination()
  const log = told.filter(line => !line.startsWith('m'))
  expect(log).toEqual([
    'read 1',
    'offsets/0',
    'sink 0',
    'read 2',
    'commits/0',
    'source committed 1',
    'offsets/1',
    'source commit 1',
    'sink 1',
    'commits/1',
    'source committed 2',
  ])
})

test('a resumed batch does not tell the sources again', async () => {
  const at = world()
  at.arrive(10, 20)
  const failing = diary(at, {
    openSinks: async () => [
      { output: 'main', sink: { ...fakeSink(at), write: async id => (id === 1 ? Promise.reject(new Error('x')) : { numOutputRows: 0 }) } },
    ],
  })
  await (await startQuery(failing.config)).awaitTermination().catch(() => {})
  expect(failing.told).toContain('source commit 1')
  const { config, told } = diary(at)
  await (await startQuery(config)).awaitTermination()
  expect(told.filter(line => !line.startsWith('m'))).toEqual(['read 2', 'sink 1', 'commits/1', 'source committed 2'])
})

test('a source that the plan reads twice is asked and told once, and stands once in the progress', async () => {
  const at = world()
  at.arrive(10, 20)
  const asked = { plan: 0, commit: 0 }
  const source = fakeSource(at, 1)
  const counted: typeof source = {
    ...source,
    plan: (...args) => {
      asked.plan++
      return source.plan(...args)
    },
    commit: async () => void asked.commit++,
  }
  const config = fakeQuery(at, {
    sourceCount: 2,
    openSources: async () => [counted, counted],
    trigger: { kind: 'availableNow' },
    conf: key => (key.endsWith('noDataMicroBatches.enabled') ? 'false' : undefined),
  })
  const query = await startQuery(config)
  await query.awaitTermination()
  expect(asked).toEqual({ plan: 3, commit: 1 })
  expect(query.lastProgress?.sources.map(s => [s.startOffset, s.endOffset])).toEqual([[1, 2]])
  expect(
    new TextDecoder()
      .decode(await at.files.read('/chk/offsets/1'))
      .split('\n')
      .slice(2),
  ).toEqual(['2', '2'])
})

test('two sinks of one batch: when one fails the other is told to stop, and neither is committed', async () => {
  const at = world()
  at.arrive(10)
  let aborted = false
  const config = fakeQuery(at, {
    openSinks: async () => [
      { output: 'main', sink: { ...fakeSink(at), write: async () => Promise.reject(new Error('first')) } },
      {
        output: 'main',
        sink: {
          ...fakeSink(at),
          write: (_, __, { signal }) =>
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => {
                aborted = true
                reject(signal.reason)
              }),
            ),
        },
      },
    ],
  })
  const query = await startQuery(config)
  const error: unknown = await query.awaitTermination().catch(e => e)
  expect(((error as Error).cause as Error).message).toBe('first')
  expect(aborted).toBe(true)
  expect(await at.files.stat('/chk/commits/0')).toBeUndefined()
})
