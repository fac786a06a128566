import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DataFrame, isMillraceError, Session } from '../../src/index.ts'
import { places } from '../contract/place.ts'

const fresh = places()
let session: Session
let root: string
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())
beforeEach(() => {
  root = fresh()
})

const at = (name: string): string => join(root, name)
function put(name: string, bytes: string | Uint8Array): string {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), bytes)
  return at(name)
}
type Frame = DataFrame<any, any>
const rows = async (frame: Frame): Promise<unknown[]> =>
  JSON.parse(JSON.stringify(await frame.collect(), (_, v) => (typeof v === 'bigint' ? Number(v) : v)))
const types = async (frame: Frame): Promise<string[]> => (await frame.dtypes()).map(([name, type]) => `${name} ${type}`)
const refused = async (frame: () => Frame): Promise<{ condition: string; sparkClass: string | undefined; message: string }> => {
  try {
    await frame().collect()
  } catch (error) {
    for (let e = error; e instanceof Error; e = e.cause) if (isMillraceError(e)) return e as never
    throw error
  }
  throw new Error('nothing was refused')
}

test('csv: a file, a directory, a glob, several paths', async () => {
  put('in/a.csv', '1,x\n')
  put('in/b.csv', '2,y\n')
  put('in/c.txt', 'not this one')
  const reader = session.read.schema('n int, s string')
  expect(await rows(reader.csv(at('in/a.csv')))).toEqual([{ n: 1, s: 'x' }])
  expect(await rows(reader.csv(at('in/*.csv')).orderBy('n'))).toEqual([
    { n: 1, s: 'x' },
    { n: 2, s: 'y' },
  ])
  expect(await rows(reader.csv(at('in/{b,z}.csv')))).toEqual([{ n: 2, s: 'y' }])
  expect(await rows(reader.option('pathGlobFilter', '*.csv').csv(at('in')).orderBy('n'))).toHaveLength(2)
  expect(await rows(reader.format('csv').load(at('in/a.csv'), at('in/b.csv')).orderBy('n'))).toHaveLength(2)
})

test('json, text and parquet: a file, a directory and a glob alike', async () => {
  put('json/a.json', '{"n":1}\n{"n":2}\n')
  put('text/a.txt', 'one\ntwo\n')
  await session.createDataFrame([{ n: 1 }, { n: 2 }], 'n int').write.parquet(at('parquet'))
  for (const path of ['json', 'json/a.json', 'json/*.json']) expect(await rows(session.read.json(at(path)))).toEqual([{ n: 1 }, { n: 2 }])
  for (const path of ['text', 'text/a.txt', 'te*/a.*'])
    expect(await rows(session.read.text(at(path)))).toEqual([{ value: 'one' }, { value: 'two' }])
  for (const path of ['parquet', 'parquet/*.parquet', 'parq*'])
    expect(await rows(session.read.parquet(at(path)))).toEqual([{ n: 1 }, { n: 2 }])
  expect(await types(session.read.parquet(at('parquet')))).toEqual(['n int'])
})

test('compressed files are unpacked by their names', async () => {
  put('in/a.csv.gz', gzipSync('1\n'))
  put('in/b.csv.zst', zstdCompressSync('2\n'))
  expect(await rows(session.read.schema('n int').csv(at('in')).orderBy('n'))).toEqual([{ n: 1 }, { n: 2 }])
})

test('Hive directories become columns, with a schema given and without', async () => {
  put('in/year=2025/city=Bern/a.csv', '1\n')
  put('in/year=2026/city=__HIVE_DEFAULT_PARTITION__/b.csv', '2\n')
  const given = session.read.schema('n int').csv(at('in'))
  expect(await types(given)).toEqual(['n int', 'year int', 'city string'])
  expect(await rows(given.orderBy('n'))).toEqual([
    { n: 1, year: 2025, city: 'Bern' },
    { n: 2, year: 2026, city: null },
  ])
  expect(await types(session.read.option('inferSchema', true).csv(at('in')))).toEqual(['_c0 int', 'year int', 'city string'])
  expect(await rows(given.where('year = 2026 and city is null').select('n'))).toEqual([{ n: 2 }])
  const one = session.read.schema('n int').csv(at('in/year=2025'))
  expect(await types(one)).toEqual(['n int', 'city string'])
  const based = session.read.schema('n int').option('basePath', at('in')).csv(at('in/year=2025'))
  expect(await rows(based)).toEqual([{ n: 1, year: 2025, city: 'Bern' }])
})

test('what was written with partitionBy is read back the same', async () => {
  const data = [
    { n: 1, k: 'a/b=c %', d: '2026-01-31' },
    { n: 2, k: null, d: '2026-02-01' },
  ]
  const frame = session.createDataFrame(data, 'n int, k string, d string')
  for (const format of ['csv', 'json', 'parquet'] as const) {
    await frame.write.partitionBy('k', 'd').format(format).save(at(format))
    const back = session.read.schema('n int').format(format).load(at(format))
    expect(await types(back)).toEqual(['n int', 'k string', 'd date'])
    expect(await rows(back.orderBy('n'))).toEqual(data)
  }
})

test('a stream over Hive directories has their columns', async () => {
  put('in/k=1/a.csv', '1\n')
  put('in/k=2/b.csv', '2\n')
  const query = await session.readStream
    .schema('n int')
    .csv(at('in'))
    .writeStream.format('csv')
    .option('checkpointLocation', at('chk'))
    .trigger({ availableNow: true })
    .start(at('out'))
  await query.awaitTermination()
  expect(await rows(session.read.schema('n int, k int').csv(at('out')).orderBy('n'))).toEqual([
    { n: 1, k: 1 },
    { n: 2, k: 2 },
  ])
})

test('a directory that a file sink writes is read through its log, as a batch and as a stream', async () => {
  put('in/a.csv', '1\n')
  const run = async (from: string, to: string) => {
    const query = await session.readStream
      .schema('n int')
      .csv(at(from))
      .writeStream.format('csv')
      .option('checkpointLocation', at(`${to}-chk`))
      .trigger({ availableNow: true })
      .start(at(to))
    await query.awaitTermination()
  }
  await run('in', 'mid')
  put('mid/part-00000-of-a-batch-that-never-counted.csv', '99\n')
  expect(await rows(session.read.schema('n int').csv(at('mid')))).toEqual([{ n: 1 }])
  await run('mid', 'out')
  put('in/b.csv', '2\n')
  await run('in', 'mid')
  await run('mid', 'out')
  expect(await rows(session.read.schema('n int').csv(at('out')).orderBy('n'))).toEqual([{ n: 1 }, { n: 2 }])
})

test('csv inference', async () => {
  const file = put(
    'a.csv',
    'i,l,x,b,d,t,s,e\n1,3000000000,1.5,true,2026-01-31,2026-01-31 10:00:00,x,\n-2,2,,FALSE,2026-02-01,2026-02-01T11:00:00Z,2,\n',
  )
  const inferred = session.read.option('header', true).option('inferSchema', true).csv(file)
  expect(await types(inferred)).toEqual(['i int', 'l bigint', 'x double', 'b boolean', 'd date', 't timestamp', 's string', 'e string'])
  expect(await types(session.read.option('header', true).csv(file).select('i', 'd'))).toEqual(['i string', 'd string'])
  expect(await types(session.read.csv(put('plain.csv', '1,2\n')))).toEqual(['_c0 string', '_c1 string'])
  expect(await types(session.read.option('header', true).csv(put('names.csv', 'a,,A\n1,2,3\n')))).toEqual([
    'a0 string',
    '_c1 string',
    'A2 string',
  ])
})

test('json inference', async () => {
  const file = put('a.json', '{"b":1,"a":{"x":[1,2.5],"y":null},"t":"2026-01-31"}\n{"b":"text","c":true}\n')
  expect(await types(session.read.json(file))).toEqual(['a struct<x:array<double>,y:string>', 'b string', 'c boolean', 't string'])
  expect(await types(session.read.json(put('bad.json', '{"a":1}\n{broken\n')))).toEqual(['_corrupt_record string', 'a bigint'])
})

test('a path that is not there, an empty directory, a directory without data files', async () => {
  for (const read of [
    session.read.schema('n int').csv(at('nowhere')),
    session.read.parquet(at('nowhere')),
    session.read.text(at('no/where')),
  ]) {
    const error = await refused(() => read)
    expect(error).toMatchObject({ condition: 'PATH_NOT_FOUND' })
    expect(error.message).toContain(root)
  }
  expect(await refused(() => session.read.schema('n int').csv(at('no*')))).toMatchObject({ condition: 'PATH_NOT_FOUND' })
  mkdirSync(at('empty'))
  expect(await rows(session.read.schema('n int').csv(at('empty')))).toEqual([])
  expect(await rows(session.read.text(at('empty')))).toEqual([])
  for (const read of [session.read.parquet(at('empty')), session.read.json(at('empty')), session.read.csv(at('empty'))])
    expect(await refused(() => read)).toMatchObject({ condition: 'UNABLE_TO_INFER_SCHEMA', sparkClass: 'UNABLE_TO_INFER_SCHEMA' })
  put('hidden/_SUCCESS', '')
  expect(await rows(session.read.schema('n int').csv(at('hidden')))).toEqual([])
  put('nothing/a.csv', '')
  expect(await rows(session.read.schema('n int').csv(at('nothing')))).toEqual([])
})

test('files that cannot be read are named', async () => {
  const parquet = put('a.parquet', 'PAR1 but no parquet')
  for (const read of [session.read.parquet(parquet), session.read.schema('n int').parquet(parquet)]) {
    const error = await refused(() => read)
    expect(error.message).toContain(parquet)
    expect(error.condition).not.toBe('INTERNAL')
  }
  const gzip = gzipSync('1\n2\n')
  const cut = put('cut.csv.gz', gzip.subarray(0, gzip.length - 9))
  expect(await refused(() => session.read.schema('n int').csv(cut))).toMatchObject({ condition: 'TRUNCATED_FILE' })
  expect(await refused(() => session.read.schema('n int').csv(put('a.csv.bz2', 'BZh9')))).toMatchObject({ condition: 'UNSUPPORTED_CODEC' })
  const other = put('wrong.parquet', '')
  expect((await refused(() => session.read.parquet(other))).message).toContain(other)
})

test('parquet columns by name: missing ones are null, others are left out, types that do not fit are refused', async () => {
  await session.createDataFrame([{ a: 1, b: 'x' }], 'a int, b string').write.parquet(at('p'))
  expect(await rows(session.read.schema('b string, c int').parquet(at('p')))).toEqual([{ b: 'x', c: null }])
  const error = await refused(() => session.read.schema('b int').parquet(at('p')))
  expect(error.message).toMatch(/b/)
})

test('options that have no effect are said, options of the other side refused', async () => {
  const file = put('a.csv', '1\n')
  expect(await refused(() => session.read.schema('n int').option('locale', 'de-DE').csv(file))).toMatchObject({
    condition: 'NOT_SUPPORTED',
  })
  expect(await refused(() => session.read.schema('n int').option('samplingRatio', 2).csv(file))).toMatchObject({
    condition: 'INVALID_OPTION',
  })
  await expect(async () =>
    session.read
      .schema('n int')
      .option('compression' as never, 'gzip')
      .csv(file)
      .collect(),
  ).rejects.toSatisfy(e => isMillraceError(e, 'OPTION_ON_WRONG_SIDE'))
})
