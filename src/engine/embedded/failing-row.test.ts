import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findMillraceError, type MillraceError, Session } from '../../index.ts'

let dir: string
let session: Session
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-row-'))
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
})
afterEach(async () => {
  await session.close()
  await rm(dir, { recursive: true, force: true })
})

async function land(name: string, content: string | Uint8Array): Promise<string> {
  const into = join(dir, 'in')
  await mkdir(into, { recursive: true })
  await writeFile(join(dir, name), content)
  await rename(join(dir, name), join(into, name))
  return into
}
async function failure(work: Promise<unknown>): Promise<MillraceError> {
  const error: unknown = await work.then(
    () => undefined,
    e => e,
  )
  return findMillraceError((error as Error | undefined)?.cause) ?? (error as MillraceError)
}
const shown = (error: MillraceError): string => [error.condition, ...error.details].join(' | ').replaceAll(dir, '')
const numbered = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => `k${from + i},${from + i}\n`).join('')

test('csv: a batch over several files', async () => {
  await land('a.csv', `k,v\n${numbered(0, 300)}`)
  const into = await land('b.csv', `k,v\n${numbered(300, 310)}\nbad,REGULAR\n${numbered(311, 400)}`)
  const frame = session.read.schema('k string, v string').option('header', true).csv(into)
  expect(shown(await failure(frame.selectExpr('cast(v as int) as v').collect()))).toBe(
    'CAST_INVALID_INPUT | row: {"v":"REGULAR"} | at: /in/b.csv:13 | line: bad,REGULAR',
  )
  expect(shown(await failure(frame.selectExpr('cast(v as int) as v').write.parquet(join(dir, 'out'))))).toContain('/in/b.csv:13')
})

test('json: a division by zero, in a packed file', async () => {
  const into = await land('a.json.gz', gzipSync('{"a":1,"b":2}\n\n{"a":3,"b":0}\n'))
  const error = await failure(session.read.schema('a int, b int').json(into).selectExpr('a / b as c').collect())
  expect(shown(error)).toBe('DIVIDE_BY_ZERO | row: {"a":3,"b":0} | at: /in/a.json.gz:3 | line: {"a":3,"b":0}')
  expect(error.hint).toContain('tryDivide')
})

test('text: a short line, the first of two', async () => {
  const into = await land('a.log', 'one two\n\nthree four\nfive\n')
  const error = await failure(session.read.text(into).selectExpr("split(value, ' ')[1] as second").collect())
  expect(shown(error)).toBe('INVALID_ARRAY_INDEX | row: {"value":""} | at: /in/a.log:2')
})

test('parquet: the file and the row', async () => {
  const out = join(dir, 'p')
  await session.range(100).selectExpr('id', 'id - 70 as d').write.parquet(out)
  const error = await failure(session.read.parquet(out).selectExpr('id / d as q').collect())
  expect(shown(error)).toMatch(/^DIVIDE_BY_ZERO \| row: \{"id":"70","d":"0"\} \| at: \/p\/[^ ]+\.parquet, row 71$/)
})

test('a row of a join: the side that is to blame', async () => {
  await land('a.csv', 'x,1\ny,2\n')
  const into = join(dir, 'in')
  await mkdir(join(dir, 'right'))
  await writeFile(join(dir, 'right', 'r.csv'), 'x,5\ny,six\n')
  const left = session.read.schema('k string, v string').csv(into)
  const right = session.read.schema('k string, w string').csv(join(dir, 'right')).selectExpr('k', 'cast(w as int) as w')
  expect(shown(await failure(left.join(right, 'k').collect()))).toContain('at: /right/r.csv:2')
})

test('rows in memory have a number', async () => {
  const frame = session.createDataFrame([{ s: '1' }, { s: 'no' }], 's string')
  expect(shown(await failure(frame.selectExpr('cast(s as int) as d').collect()))).toBe('CAST_INVALID_INPUT | row: {"s":"no"}')
})

test('what no one row is to blame for shows none', async () => {
  const into = await land('a.csv', '9223372036854775807\n1\n')
  const frame = session.read.schema('n bigint').csv(into)
  expect(shown(await failure(frame.selectExpr('sum(n) as s').collect()))).toBe('ARITHMETIC_OVERFLOW')
  expect(shown(await failure(frame.selectExpr('n', "cast('x' as int) as c").collect()))).toBe('CAST_INVALID_INPUT')
})

test('a stream into a window, and inside foreachBatch', async () => {
  const into = await land('a.csv', `${numbered(0, 50)}bad,x\n`)
  const frame = session.readStream.schema('k string, v string').csv(into)
  const sums = await frame
    .groupBy('k')
    .agg({ v: 'sum' })
    .writeStream.outputMode('complete')
    .format('noop')
    .option('checkpointLocation', join(dir, 'c1'))
    .start()
  expect(shown(await failure(sums.processAllAvailable()))).toContain('at: /in/a.csv:51')
  const each = await frame.writeStream
    .foreachBatch(async batch => {
      await batch.selectExpr('cast(v as int) as v').collect()
    })
    .option('checkpointLocation', join(dir, 'c2'))
    .start()
  const error = await failure(each.processAllAvailable())
  expect(findMillraceError(error.cause)?.details).toEqual(['row: {"v":"x"}'])
})

test('rate: the batch and the row', async () => {
  const rate = session.readStream.format('rate-micro-batch').option('rowsPerBatch', 10).load()
  const query = await rate
    .selectExpr('1 / (value - 7) as v')
    .writeStream.format('noop')
    .option('checkpointLocation', join(dir, 'c'))
    .start()
  expect(shown(await failure(query.awaitTermination()))).toBe(
    'DIVIDE_BY_ZERO | row: {"value":"7"} | at: row 8 of batch 0\'s rows from the source "rate-micro-batch"',
  )
})
