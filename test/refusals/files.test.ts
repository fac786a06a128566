import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataFrame, Session } from '../../src/index.ts'
import { appendFileSync, drain, expectRefusal, linesOf, put, readFileSync, refusal, rmSync, scratch, utimesSync } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

const read = (input: string) => session.readStream.schema('k string, n int').csv(input)

/** A query whose first batch has admitted its files but not committed: its function failed once. */
async function admitted(frame: DataFrame<any, any>, checkpoint: string): Promise<void> {
  const error = await refusal(async () => {
    const query = await frame.writeStream
      .option('checkpointLocation', checkpoint)
      .trigger({ availableNow: true })
      .foreachBatch(() => {
        throw new Error('not yet')
      })
      .start()
    await query.awaitTermination()
  })
  expect(error.condition).toBe('FOREACH_BATCH_USER_FUNCTION_ERROR')
}

test('a source directory that is not there', async () => {
  const input = path('missing')
  const error = await refusal(() => drain(read(input), path('chk'), path('out')))
  expectRefusal(error, 'PATH_NOT_FOUND', {}, input, 'Check the path')
})

test('a source file that vanished before its batch was done; put back, nothing is lost', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  const file = put(`${input}/a.csv`, 'a,1\n')
  utimesSync(file, 1_700_000_000, 1_700_000_000)
  put(`${input}/b.csv`, 'b,2\n')
  await admitted(read(input), chk)
  rmSync(file)
  const error = await refusal(() => drain(read(input), chk, out))
  expectRefusal(error, 'SOURCE_FILE_VANISHED', { path: file }, 'Put the file back')
  put(file, 'a,1\n')
  utimesSync(file, 1_700_000_000, 1_700_000_000)
  await drain(read(input), chk, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,2'])
})

test('a file that changed after it was admitted; put back, nothing is lost', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  const file = put(`${input}/a.csv`, 'a,1\n')
  utimesSync(file, 1_700_000_000, 1_700_000_000)
  await admitted(read(input), chk)
  appendFileSync(file, 'late,9\n')
  const error = await refusal(() => drain(read(input), chk, out))
  expectRefusal(error, 'SOURCE_FILE_CHANGED', { path: file }, 'was 4 bytes', 'stableAfter', '.tmp')
  put(file, 'a,1\n')
  utimesSync(file, 1_700_000_000, 1_700_000_000)
  await drain(read(input), chk, out)
  expect(linesOf(out)).toEqual(['a,1'])
})

test('a truncated gzip is named; replaced by the whole file under the same name, its rows come once', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  const whole = gzipSync('a,1\nb,2\n')
  put(`${input}/good.csv`, 'g,0\n')
  const file = put(`${input}/cut.csv.gz`, whole.subarray(0, whole.length - 9))
  const frame = session.readStream.schema('k string, n int').option('maxFilesPerTrigger', 1).csv(input)
  const error = await refusal(() => drain(frame, chk, out))
  expectRefusal(error, 'TRUNCATED_FILE', { path: file, codec: 'gzip' }, 'Copy the file again')
  put(file, whole.subarray(0, whole.length - 6))
  expect((await refusal(() => drain(frame, chk, out))).condition).toBe('TRUNCATED_FILE')
  put(file, whole)
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,2', 'g,0'])
})

test('the file that took its place may not change again', async () => {
  const [input, chk] = [dir('in'), path('chk')]
  const whole = gzipSync('a,1\nb,2\n')
  const file = put(`${input}/cut.csv.gz`, whole.subarray(0, whole.length - 9))
  await refusal(() => drain(read(input), chk, path('out')))
  put(file, whole)
  await admitted(read(input), chk)
  put(file, gzipSync('c,3\n'))
  expectRefusal(await refusal(() => drain(read(input), chk, path('out'))), 'SOURCE_FILE_CHANGED', { path: file })
  const [other] = [path('out')]
  rmSync(file)
  expectRefusal(await refusal(() => drain(read(input), chk, other)), 'SOURCE_FILE_VANISHED', { path: file })
})

test('a file that is no gzip is named', async () => {
  const input = dir('in')
  const file = put(`${input}/no.csv.gz`, 'a,1\n')
  const error = await refusal(() => drain(read(input), path('chk'), path('out')))
  expect(error.message).toContain(file)
})

test('a broken Parquet file is named; replaced by a whole one, the query goes on', async () => {
  const [input, chk, out, whole] = [dir('in'), path('chk'), path('out'), `${path('whole')}.parquet`]
  await session.createDataFrame([{ k: 'a' }]).writeFile(whole)
  const file = put(`${input}/a.parquet`, readFileSync(whole).subarray(0, 100))
  const frame = session.readStream.schema('k string').parquet(input)
  const error = await refusal(() => drain(frame, chk, out))
  expect(error.message).toContain(file)
  put(file, readFileSync(whole))
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['a'])
})

test('names of files that are still written are left alone', async () => {
  const [input, out] = [dir('in'), path('out')]
  for (const name of ['_a.csv', '.b.csv', 'c.csv.tmp', 'd.crdownload', 'e.csv._COPYING_']) put(`${input}/${name}`, 'x,1\n')
  put(`${input}/f.csv`, 'f,1\n')
  await drain(read(input), path('chk'), out)
  expect(linesOf(out)).toEqual(['f,1'])
})

test('FAILFAST shows the record, its file and line; mended, nothing is lost', async () => {
  const input = dir('in')
  const file = put(`${input}/a.csv`, 'a,1\nb,x\n')
  const frame = session.readStream.schema('k string, n int').option('mode', 'FAILFAST').csv(input)
  const [chk, out] = [path('chk'), path('out')]
  const error = await refusal(() => drain(frame, chk, out))
  expectRefusal(error, 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', { record: 'b,x', where: `${file}, line 2` }, 'PERMISSIVE')
  put(file, 'a,1\nb,22\n')
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,22'])
})

test('a new checkpoint on a file sink that has batches already', async () => {
  const [input, out, old] = [dir('in'), path('out'), path('chk')]
  put(`${input}/a.csv`, 'a,1\n')
  await drain(read(input), old, out)
  put(`${input}/b.csv`, 'b,2\n')
  const error = await refusal(() => drain(read(input), path('chk'), out))
  expectRefusal(error, 'SINK_LOG_NOT_EMPTY', { last: 0 }, 'another directory', 'old checkpointLocation', "'onExistingLog', 'append'")
  await drain(read(input), old, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,2'])
  const more = dir('more')
  put(`${more}/c.csv`, 'c,3\n')
  await drain(read(more), path('chk'), out, { onExistingLog: 'append' })
  expect(linesOf(out)).toEqual(['a,1', 'b,2', 'c,3'])
  const rows = await session.read.schema('k string, n int').csv(out).orderBy('k').collect()
  expect(rows.map(r => r.k)).toEqual(['a', 'b', 'c'])
  expect(readFileSync(`${out}/_spark_metadata/2`, 'utf8')).toContain('v1')
})
