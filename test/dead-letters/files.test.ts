import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DataFrame, findMillraceError, Session } from '../../src/index.ts'

let session: Session
let root: string
beforeEach(async () => {
  session = await Session.open()
  root = mkdtempSync(join(tmpdir(), 'millrace-dead-letters-'))
  mkdirSync(at('in'))
})
afterEach(async () => {
  await session.close()
  rmSync(root, { recursive: true, force: true })
})

const at = (name: string): string => join(root, name)
const put = (name: string, ...lines: readonly string[]): void => writeFileSync(at(`in/${name}`), `${lines.join('\n')}\n`)
const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('utf8')

/** Runs what is there to its end; answers the metric of the first source, batch by batch. */
async function run(frame: DataFrame<any, any>, mode: 'append' | 'update' = 'append'): Promise<readonly (string | undefined)[]> {
  const query = await frame.writeStream
    .format('parquet')
    .outputMode(mode as 'append')
    .option('checkpointLocation', at('checkpoint'))
    .trigger({ availableNow: true })
    .start(at('out'))
  await query.awaitTermination()
  return query.recentProgress.map(p => p.sources[0]!.metrics?.['badRecords'])
}
const out = (): Promise<readonly any[]> => session.read.parquet(at('out')).collect()
async function dead(): Promise<readonly any[]> {
  const rows = await session.read.parquet(at('dead')).collect()
  return (rows as any[])
    .map(r => ({ ...r, value: text(r.value) }))
    .sort((a, b) => Number(a.batchId - b.batchId) || Number((a.line ?? 0n) - (b.line ?? 0n)))
}
const dying = { format: 'parquet', path: '' }

test('a batch without bad records leaves no file', async () => {
  const frame = session.readStream
    .format('csv')
    .schema('id int')
    .option('badRecords', { ...dying, path: at('dead') })
    .load(at('in'))
  const files = (): string[] => readdirSync(at('dead')).filter(name => name.endsWith('.parquet'))
  put('a.csv', '1')
  await run(frame)
  expect(files()).toEqual([])
  put('b.csv', 'x')
  await run(frame)
  expect(files()).toHaveLength(1)
  put('c.csv', '3')
  await run(frame)
  expect(files()).toHaveLength(1)
  expect(await dead()).toMatchObject([{ value: 'x', batchId: 1n }])
  expect((await out()).map(r => r.id).sort()).toEqual([1, 3])
})

test('csv lines that do not fit the schema go to files of dead letters, each once, also over a restart', async () => {
  const frame = session.readStream
    .format('csv')
    .schema('id int, amount double')
    .option('header', true)
    .option('badRecords', { ...dying, path: at('dead') })
    .load(at('in'))
  put('a.csv', 'id,amount', '1,1.5', 'x,2', '3,3.5', '4')
  expect(await run(frame)).toEqual(['2'])
  put('b.csv', 'id,amount', '5,oops', '6,6.5')
  expect(await run(frame)).toEqual(['1'])
  expect((await out()).map(r => r.id).sort()).toEqual([1, 3, 6])
  expect(await dead()).toMatchObject([
    { value: 'x,2', error: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', file: at('in/a.csv'), line: 3n, batchId: 0n },
    { value: '4', line: 5n, batchId: 0n },
    { value: '5,oops', file: at('in/b.csv'), line: 2n, batchId: 1n },
  ])
})

test('json records and failing expressions go there, too, with the expression and its place', async () => {
  const frame = session.readStream
    .format('json')
    .schema('id int, amount string, by int')
    .option('badRecords', { ...dying, path: at('dead') })
    .load(at('in'))
    .selectExpr('id', 'cast(amount as int) as amount', 'upper(amount) as up', '10 / by as share')
  put(
    'a.json',
    '{"id":1,"amount":"10","by":2}',
    '{"id":',
    '{"id":3,"amount":"ten","by":1}',
    '{"id":4,"amount":"4","by":0}',
    '{"id":5,"amount":"5","by":5}',
  )
  expect(await run(frame)).toEqual(['3'])
  expect((await out()).map(r => r.id)).toEqual([1, 5])
  expect(await dead()).toMatchObject([
    { value: '{"id":', error: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', line: 2n },
    { value: '{"id":3,"amount":"ten","by":1}', error: 'CAST_INVALID_INPUT', expression: 'CAST(amount AS INT)', line: 3n },
    { value: '{"id":4,"amount":"4","by":0}', error: 'DIVIDE_BY_ZERO', line: 4n },
  ])
})

test('a windowed aggregation goes on over bad rows', async () => {
  const frame = session.readStream
    .format('text')
    .option('badRecords', { ...dying, path: at('dead') })
    .load(at('in'))
    .selectExpr("from_json(value, 'at timestamp, n string') as r")
    .selectExpr('r.at', 'cast(r.n as int) as n')
    .withWatermark('at', '1 minute')
    .groupBy('n')
    .count()
  put(
    'a.txt',
    '{"at":"2026-01-01T00:00:00Z","n":"1"}',
    'no json',
    '{"at":"2026-01-01T00:00:00Z","n":"x"}',
    '{"at":"2026-01-01T00:00:00Z","n":"1"}',
  )
  const query = await frame.writeStream.format('memory').queryName('counts').outputMode('complete').start()
  await query.processAllAvailable()
  expect(await session.table('counts').collect()).toEqual([{ n: 1, count: 2n }])
  expect(query.recentProgress[0]!.sources[0]!.metrics).toMatchObject({ badRecords: '2' })
  expect(query.recentProgress[0]!.numInputRows).toBe(4)
  await query.stop()
  expect(await dead()).toMatchObject([
    { value: 'no json', error: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', line: 2n },
    { value: '{"at":"2026-01-01T00:00:00Z","n":"x"}', error: 'CAST_INVALID_INPUT', line: 3n },
  ])
})

test('a program that fits no record of a large batch ends the query, and writes nothing', async () => {
  const frame = session.readStream
    .format('csv')
    .schema('id int')
    .option('badRecords', { ...dying, path: at('dead') })
    .load(at('in'))
  put('a.csv', ...Array.from({ length: 150 }, (_, i) => `row ${i}`))
  const error = await run(frame).then(
    () => undefined,
    e => findMillraceError((e as Error).cause) ?? findMillraceError(e),
  )
  expect(error?.condition).toBe('TOO_MANY_BAD_RECORDS')
})

test('a function of one’s own and an array index fail on their rows alone; what fails on every row ends the query and says so', async () => {
  const positive = (n: number | null): number | null => {
    if (n !== null && n < 0) throw new Error(`${n} is below zero`)
    return n
  }
  session.udf.register('strictly_positive', positive, { returns: 'double' })
  const source = () =>
    session.readStream
      .format('json')
      .schema('id int, n double, at int')
      .option('badRecords', { ...dying, path: at('dead') })
      .load(at('in'))
  put('a.json', '{"id":1,"n":1,"at":0}', '{"id":2,"n":-1,"at":0}', '{"id":3,"n":3,"at":9}')
  const counts = await run(source().selectExpr('id', 'strictly_positive(n) as n', 'array(1, 2)[at] as x'))
  expect(counts).toEqual(['2'])
  expect((await out()).map(r => r.id)).toEqual([1])
  expect((await dead()).map(r => [r.error, r.line])).toEqual([
    ['FAILED_EXECUTE_UDF', 2n],
    ['INVALID_ARRAY_INDEX', 3n],
  ])
  put('b.json', '{"id":4,"n":1,"at":0}')
  const error = await run(source().selectExpr('id', 'n', 'array(1)[5] as x')).then(
    () => undefined,
    e => findMillraceError((e as Error).cause),
  )
  expect(error?.condition).toBe('INVALID_ARRAY_INDEX')
  expect(error?.details.join('\n')).toContain('no one record is to blame')
})
