import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchFromRows, parseDdl, type RowBatch, rowsOf, type StructType } from '../../../types/index.ts'
import { duckType } from '../lower/types.ts'
import { DuckInstance } from './instance.ts'
import { batchOfAnswer, streamBatches } from './read-out.ts'
import { stringSettings } from './string-cells.ts'

let duck: DuckInstance
beforeAll(async () => {
  duck = await DuckInstance.open({ timeZone: 'UTC', threads: 2, memoryLimit: 500e6, tempDirectory: tmpdir() })
})
afterAll(() => duck.close())

const selectAll = (schema: StructType, id: number): string =>
  `SELECT ${schema.fields.map((f, i) => `CAST(f${i} AS ${duckType(f.dataType)}) AS "${f.name}"`).join(', ')} FROM feed(${id})`

async function throughDuck(schema: StructType, batches: readonly RowBatch[]): Promise<unknown[]> {
  const id = duck.feeds.add(schema, batches)
  try {
    return [...rowsOf(batchOfAnswer(await duck.main.run(selectAll(schema, id)), schema))]
  } finally {
    duck.feeds.remove(id)
  }
}

const ROWS: Record<string, { ddl: string; values: unknown[] }> = {
  booleans: { ddl: 'x boolean', values: [true, false, null, true] },
  integers: {
    ddl: 'a tinyint, b smallint, c int, d bigint',
    values: [
      { a: -128, b: 32767, c: -1, d: 2n ** 62n },
      { a: null, b: null, c: null, d: null },
    ],
  },
  reals: { ddl: 'x double', values: [1.5, Number.NaN, Number.POSITIVE_INFINITY, -0] },
  strings: { ddl: 'x string', values: ['', 'a', 'twelve bytes', 'thirteen byte', 'ünïcödé and long enough', null, 'x'.repeat(5000)] },
  binary: { ddl: 'x binary', values: [new Uint8Array([0, 255, 254]), new Uint8Array(40).fill(200), null] },
  decimals: {
    ddl: 'a decimal(4,2), b decimal(9,2), c decimal(18,3), d decimal(38,5)',
    values: [{ a: '-12.34', b: '1234567.89', c: '-1.001', d: '-99999999999999999999999999999.12345' }],
  },
  times: { ddl: 'a timestamp, b timestamp_ntz, c date', values: [{ a: 1_700_000_000_123_456n, b: -1n, c: '1969-12-31' }] },
  lists: { ddl: 'x array<string>', values: [['a', 'a longer string than twelve'], [], null, [null, 'b']] },
  structs: { ddl: 'x struct<a: int, b: struct<c: string>>', values: [{ a: 1, b: { c: 'x' } }, { a: null, b: null }, null] },
  maps: {
    ddl: 'x map<string, array<int>>',
    values: [
      new Map([
        ['k', [1, 2]],
        ['l', null as never],
      ]),
      new Map(),
      null,
    ],
  },
}

for (const safe of [false, true]) {
  for (const [name, { ddl, values }] of Object.entries(ROWS)) {
    test(`${name} go into DuckDB and come back${safe ? ', string by string' : ''}`, async () => {
      stringSettings.safe = safe
      const schema = parseDdl(ddl)
      const rows = schema.fields.length === 1 ? values.map(x => ({ x })) : (values as Record<string, unknown>[])
      const many = Array.from({ length: 1500 }, () => rows).flat()
      const batch = batchFromRows(schema, many)
      const got = await throughDuck(schema, [batch, batch])
      expect(got).toEqual([...rowsOf(batch), ...rowsOf(batch)])
      stringSettings.safe = false
    })
  }
}

test('a streamed result owns its connection and gives every row', async () => {
  const schema = parseDdl('x bigint')
  const read = async (): Promise<number> => {
    let n = 0
    for await (const b of streamBatches(duck.main, 'SELECT range AS x FROM range(200000)', schema, { expected: 200000 })) n += b.length
    return n
  }
  expect(await Promise.all([read(), read(), duck.main.run('SELECT 1').then(() => 0)])).toEqual([200000, 200000, 0])
})

test('bytes that are not UTF-8 become the replacement character, not null', async () => {
  const schema = parseDdl('x string')
  const values = new Uint8Array([0x61, 0xff, 0x62])
  const column = { length: 2, values, offsets: new Int32Array([0, 2, 3]) }
  expect(await throughDuck(schema, [{ schema, length: 2, columns: [column] }])).toEqual([{ x: 'a\ufffd' }, { x: 'b' }])
})

test('a host function sees values and gives values; what it throws comes out as it was thrown', async () => {
  const string = { kind: 'string' } as const
  const long = { kind: 'long' } as const
  duck.register([
    { name: 'mr_twice', args: [string, long], returns: string, call: (s, n) => `${s}${n}` },
    {
      name: 'mr_fails',
      args: [long],
      returns: long,
      call: () => {
        throw new RangeError('no')
      },
    },
    { name: 'mr_later', args: [long], returns: long, call: () => Promise.resolve(1n) as never },
  ])
  const schema = parseDdl('x string')
  const got = batchOfAnswer(
    await duck.main.run(`SELECT mr_twice(s, n) AS x FROM (VALUES ('a', 1::BIGINT), (NULL, 2), ('c', 3)) t(s, n)`),
    schema,
  )
  expect([...rowsOf(got)]).toEqual([{ x: 'a1' }, { x: null }, { x: 'c3' }])
  await expect(duck.main.run('SELECT mr_fails(1::BIGINT)')).rejects.toThrow(RangeError)
  await expect(duck.main.run('SELECT mr_later(1::BIGINT)')).rejects.toThrow('Promise')
})

test('statements that fail beside each other fail with their own errors', async () => {
  const string = { kind: 'string' } as const
  const errors = new Map(['a', 'b'].map(of => [of, new RangeError(of)]))
  const call = (of: unknown): never => {
    throw errors.get(of as string)!
  }
  duck.register([{ name: 'mr_own', args: [string], returns: string, volatile: true, call }])
  const [a, b, bad] = [await duck.connect(), await duck.connect(), await duck.connect()]
  const failing = (connection: typeof a, of: string) =>
    connection.run(`SELECT mr_own('${of}') FROM range(3000) WHERE range > 2990`).catch((error: unknown) => error)
  for (let n = 0; n < 10; n++) {
    const [ours, theirs, duckdbs] = await Promise.all([
      failing(a, 'a'),
      failing(b, 'b'),
      bad.run('SELECT nothing').catch((e: unknown) => e),
    ])
    expect(ours).toBe(errors.get('a'))
    expect(theirs).toBe(errors.get('b'))
    expect(duckdbs).toMatchObject({ condition: 'ENGINE_FAILED' })
  }
  await Promise.all([a, b, bad].map(connection => duck.release(connection)))
})

test('an aborted statement ends with the signal, and the connection goes on', async () => {
  const stop = new AbortController()
  const running = duck.main.run('SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3', { signal: stop.signal })
  setTimeout(() => stop.abort(new Error('stopped')), 20)
  await expect(running).rejects.toThrow('stopped')
  expect((await duck.main.run('SELECT 1')).rowCount).toBe(1)
})

test('a column without buffers is null, and rows are counted without it', async () => {
  const schema = parseDdl('a string, b array<int>, c bigint')
  const id = duck.feeds.add(schema, [{ schema, length: 3, columns: [{ length: 0 }, { length: 0 }, { length: 0 }] }])
  expect([...rowsOf(batchOfAnswer(await duck.main.run(selectAll(schema, id)), schema))]).toEqual(
    Array(3).fill({ a: null, b: null, c: null }),
  )
  const counted = batchOfAnswer(await duck.main.run(`SELECT count(*) AS n FROM feed(${id})`), parseDdl('n bigint'))
  expect([...rowsOf(counted)]).toEqual([{ n: 3n }])
})
