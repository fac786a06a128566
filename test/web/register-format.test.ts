import { afterAll, describe, expect, it } from 'vitest'
import {
  batchFromRows,
  type FormatDefinition,
  isMillraceError,
  type OptionTable,
  registerFormat,
  rowsOf,
  Session,
  type Sink,
  type Source,
  schema,
} from '../../src/index.ts'
import { openSink, openSource, sinkContract, sourceContract } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { places } from './support.ts'

const fresh = places()
const COLUMNS = schema('n int')

/** Numbers somebody counts up; a source that needs nothing but its range. */
const counters = new Map<string, { last: number; readonly waiting: Set<() => void> }>()
const counter = (name: string) => {
  const found = counters.get(name) ?? { last: 0, waiting: new Set<() => void>() }
  counters.set(name, found)
  return found
}
const count = (name: string) => {
  counter(name).last++
  for (const wake of counter(name).waiting) wake()
}

function countingSource(name: string, step: number): Source {
  const of = counter(name)
  let frozen: number | undefined
  let planned = 0
  const at = (offset: string | null) => Number(offset ?? 0)
  return {
    description: `Counter[${name}]`,
    schema: COLUMNS,
    plan: async () => {
      planned = of.last
      const end = frozen ?? of.last
      return end === 0 ? { end: null, latest: null } : { end: String(end), latest: String(end) }
    },
    prepareAvailableNow: async () => {
      frozen = of.last
    },
    read: async (start, end) => {
      const rows = Array.from({ length: at(end) - at(start) }, (_, i) => ({ n: (at(start) + i + 1) * step }))
      return { kind: 'batches', schema: COLUMNS, batches: [batchFromRows(COLUMNS, rows)] }
    },
    commit: async () => {},
    changed: ({ signal }) =>
      new Promise(resolve => {
        if (signal.aborted || of.last > planned) return resolve()
        const done = () => {
          of.waiting.delete(done)
          resolve()
        }
        of.waiting.add(done)
        signal.addEventListener('abort', done)
      }),
    close: async () => {},
  }
}

/** Rows by place and batch id: exactly once, as the id is the key. */
const shelves = new Map<string, Map<number, unknown[]>>()
function shelfSink(place: string): Sink {
  const batches = shelves.get(place) ?? new Map<number, unknown[]>()
  shelves.set(place, batches)
  return {
    description: `Shelf[${place}]`,
    delivery: 'exactly-once',
    write: async (id, output) => {
      const rows: unknown[] = []
      for await (const batch of output.batches()) rows.push(...rowsOf(batch))
      batches.set(id, rows)
      return { numOutputRows: rows.length }
    },
    close: async () => {},
  }
}

const forget = registerFormat('Counting', {
  summary: 'Numbers that are counted up by hand.',
  options: {
    name: { type: 'string', describe: 'The counter.', side: 'source', required: true },
    step: { type: 'integer', describe: 'What each number is multiplied by.', side: 'source', default: '1', min: 1 },
    shelf: { type: 'string', describe: 'Where rows go.', side: 'sink', default: 'main' },
    accessToken: { type: 'string', describe: 'Not for everybody.', side: 'both', secret: true },
  },
  schema: COLUMNS,
  source: ({ options }) => countingSource(options.name, options.step),
  scan: async ({ options, schema: columns }) => ({
    kind: 'batches',
    schema: columns!,
    batches: [
      batchFromRows(
        columns!,
        Array.from({ length: counter(options.name).last }, (_, i) => ({ n: (i + 1) * options.step })),
      ),
    ],
  }),
  sink: ({ options }) => shelfSink(options.shelf),
  save: async ({ options }, output) => void (await shelfSink(options.shelf).write(0, output, {} as never)),
  replayable: true,
  gaps: 'numbers nobody counted',
})
afterAll(forget)

describe('a format of one’s own', () => {
  it('is read and written as the built-in ones are, in streams and batches', async () => {
    const session = await Session.open()
    for (let i = 0; i < 3; i++) count('a')
    expect(await session.read.format('counting').options({ name: 'a', step: 10 }).load().collect()).toEqual([
      { n: 10 },
      { n: 20 },
      { n: 30 },
    ])
    await session.range(2).selectExpr('CAST(id AS INT) AS n').write.format('counting').option('shelf', 'batch').save()
    expect([...shelves.get('batch')!.values()].flat()).toEqual([{ n: 0 }, { n: 1 }])
    const checkpointLocation = fresh()
    const run = async () => {
      const query = await session.readStream
        .format('COUNTING')
        .options({ name: 'a', step: 2, accessToken: 'very-secret' })
        .load()
        .where('n > 2')
        .writeStream.format('counting')
        .options({ shelf: 'stream', checkpointLocation })
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return query
    }
    await run()
    count('a')
    const query = await run()
    expect([...shelves.get('stream')!]).toEqual([
      [0, [{ n: 4 }, { n: 6 }]],
      [1, [{ n: 8 }]],
    ])
    const progress = query.lastProgress!
    expect([progress.sources[0]!.description, progress.sink.description]).toEqual(['Counter[a]', 'Shelf[stream]'])
    await session.close()
  })

  it('tells what it promises, and keeps its secrets', async () => {
    const session = await Session.open()
    const stream = session.readStream.format('counting').options({ name: 'b', accessToken: 'very-secret' }).load()
    const query = await stream.writeStream.format('counting').option('checkpointLocation', fresh()).start()
    const told = await query.explain(true)
    expect(told).toContain('exactly once')
    expect(told).toContain('not: numbers nobody counted (Counting)')
    expect(told).not.toContain('very-secret')
    await query.stop()
    await session.close()
  })

  it('has its options looked at before anything runs', async () => {
    const session = await Session.open()
    const read = async (options: Record<string, string>) => session.read.format('counting').options(options).load().collect()
    await expect(read({})).rejects.toSatisfy(e => isMillraceError(e, 'MISSING_OPTION'))
    await expect(read({ name: 'a', stepp: '2' })).rejects.toSatisfy(e => isMillraceError(e, 'UNKNOWN_OPTION') && /step/.test(e.message))
    await expect(read({ name: 'a', step: 'x' })).rejects.toSatisfy(e => isMillraceError(e, 'INVALID_OPTION'))
    await expect(read({ name: 'a', shelf: 'x' })).rejects.toSatisfy(e => isMillraceError(e, 'OPTION_ON_WRONG_SIDE'))
    expect(() => session.read.format('counting').schema('x int').option('name', 'a').load()).toThrow(
      expect.objectContaining({ condition: 'SCHEMA_NOT_GIVEN' }),
    )
    await session.close()
  })

  it('may be asked for its columns, or be told them', async () => {
    const rows: FormatDefinition<OptionTable> = {
      options: {},
      scan: ({ schema: columns }) => ({ kind: 'batches', schema: columns!, batches: [batchFromRows(columns!, [{ a: 1 }])] }),
    }
    const session = await Session.open()
    const without = registerFormat('told', rows)
    expect(await session.read.format('told').schema('a int').load().collect()).toEqual([{ a: 1 }])
    await expect(session.read.format('told').load().collect()).rejects.toSatisfy(e => isMillraceError(e, 'FORMAT_NEEDS_SCHEMA'))
    await expect(
      session
        .createDataFrame([{ a: 1 }], 'a int')
        .write.format('told')
        .save(),
    ).rejects.toSatisfy(e => isMillraceError(e, 'FORMAT_SIDE_NOT_SUPPORTED'))
    without()
    await expect(session.read.format('told').schema('a int').load().collect()).rejects.toSatisfy(e => isMillraceError(e, 'UNKNOWN_FORMAT'))
    const asked = registerFormat('told', { ...rows, inferSchema: async () => 'a bigint' })
    expect(await session.read.format('told').load().collect()).toEqual([{ a: 1n }])
    asked()
    await session.close()
  })

  const sane = { options: {}, scan: () => ({}) as never }
  it.each<[string, string, FormatDefinition<OptionTable>, string]>([
    ['a built-in name', 'CSV', sane, 'FORMAT_EXISTS'],
    ['foreach', 'foreachBatch', sane, 'FORMAT_EXISTS'],
    ['a name that is taken', 'COUNTING', sane, 'FORMAT_EXISTS'],
    ['a name that is none', 'a b', sane, 'FORMAT_DEFINITION'],
    ['no end', 'empty', { options: {} }, 'FORMAT_DEFINITION'],
    ['no options', 'empty', { scan: sane.scan } as never, 'FORMAT_DEFINITION'],
    ['an option without a side', 'empty', { ...sane, options: { x: { type: 'string', describe: '' } as never } }, 'FORMAT_DEFINITION'],
    ['an enum without values', 'empty', { ...sane, options: { x: { type: 'enum', describe: '', side: 'both' } } }, 'FORMAT_DEFINITION'],
  ])('is refused with %s', (_, name, definition, condition) => {
    expect(() => registerFormat(name, definition)).toThrow(expect.objectContaining({ condition }))
  })
})

let opened = 0
describe('the contract suites take it as built in', () => {
  const source = {
    name: 'counting',
    open: async () => {
      const name = `contract-${opened++}`
      const open = () => openSource('counting', { directory: fresh(), options: { name } })
      return { source: await open(), again: open, arrive: async () => count(name) }
    },
  }
  const columns = parseDdl('n int')
  const sink = {
    name: 'counting',
    schema: columns,
    row: (n: number) => ({ n }),
    open: async () => {
      const shelf = `contract-${opened++}`
      const open = () => openSink('counting', { directory: fresh(), schema: columns, options: { shelf } })
      return { sink: await open(), again: open, read: async () => [...shelves.get(shelf)!.values()].flat() as object[] }
    },
  }
  for (const promise of [...sourceContract(source), ...sinkContract(sink)]) it.skipIf(promise.skip)(promise.name, promise.run)
})
