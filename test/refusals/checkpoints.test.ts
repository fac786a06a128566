import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session, window } from '../../src/index.ts'
import { drain, expectRefusal, heard, linesOf, put, readdirSync, readFileSync, refusal, rmSync, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

const SCHEMA = 'k string, n int, at timestamp'
const read = (input: string) => session.readStream.schema(SCHEMA).csv(input)
const row = (k: string, n: number, at = '2024-01-01T00:00:00Z') => `${k},${n},${at}\n`

test('a lasting sink without a checkpoint', async () => {
  const error = await refusal(() => read(dir('in')).writeStream.format('csv').start(path('out')))
  expectRefusal(error, 'CHECKPOINT_LOCATION_NEEDED', { format: 'csv' }, 'checkpointLocation', 'queryName')
  expect(error.sparkClass).toBe('_LEGACY_ERROR_TEMP_1138')
})

describe('under a default checkpoint root', () => {
  let rooted: Session
  const root = path('root')
  beforeAll(async () => {
    rooted = await Session.open({ conf: { 'spark.sql.streaming.checkpointLocation': root } })
  })
  afterAll(() => rooted.close())

  test('an unnamed query with a lasting sink is refused', async () => {
    const error = await refusal(() => rooted.readStream.schema(SCHEMA).csv(dir('in')).writeStream.format('csv').start(path('out')))
    expectRefusal(error, 'UNNAMED_QUERY_UNDER_CHECKPOINT_ROOT', { root, format: 'csv' }, 'queryName', 'checkpointLocation')
  })
  test('so is one with a function', async () => {
    const error = await refusal(() =>
      rooted.readStream
        .schema(SCHEMA)
        .csv(dir('in'))
        .writeStream.foreachBatch(() => {})
        .start(),
    )
    expectRefusal(error, 'UNNAMED_QUERY_UNDER_CHECKPOINT_ROOT', { format: 'foreachBatch' })
  })
  test('a named one goes on at its next start, an unnamed console query starts', async () => {
    const [input, out] = [dir('in'), path('out')]
    const warnings = heard(rooted)
    for (const [i, text] of [row('a', 1), row('b', 2)].entries()) {
      put(`${input}/${i}.csv`, text)
      const query = await rooted.readStream
        .schema('k string, n int')
        .csv(input)
        .writeStream.format('csv')
        .queryName('named')
        .trigger({ availableNow: true })
        .start(out)
      await query.awaitTermination()
    }
    expect(linesOf(out)).toEqual(['a,1', 'b,2'])
    expect(warnings.map(w => w.code)).not.toContain('PLAN_CHANGED')
    expect(readdirSync(root)).toEqual(['named'])
    const shown = await rooted.readStream.schema(SCHEMA).csv(dir('in')).writeStream.format('noop').start()
    await shown.stop()
  })
})

describe('a checkpoint made by another query shape', () => {
  const windows = (input: string, by: string[] = ['k']) =>
    (
      read(input)
        .withWatermark('at', '1 minute')
        .groupBy(window('at', '1 minute'), ...(by as ['k'])) as any
    )
      .agg({ n: 'sum' })
      .selectExpr('window.start AS start', ...by, '`sum(n)` AS n')
  const made = async () => {
    const [input, chk, out] = [dir('in'), path('chk'), path('out')]
    put(`${input}/0.csv`, row('a', 1))
    await drain(windows(input), chk, out)
    put(`${input}/1.csv`, row('a', 5) + row('z', 1, '2024-01-01T01:00:00Z'))
    return { input, chk, out }
  }
  /** The old query goes on as if nothing had been tried. */
  const goesOn = async ({ input, chk, out }: Awaited<ReturnType<typeof made>>) => {
    await drain(windows(input), chk, out)
    expect(linesOf(out)).toEqual(['2024-01-01T00:00:00.000Z,a,6'])
  }

  test('another key', async () => {
    const at = await made()
    const error = await refusal(() => drain(windows(at.input, ['k', 'n']).selectExpr('start', 'k', '1 AS one'), at.chk, at.out))
    expect(error.condition).toMatch(/STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE/)
    expect(error.message).toMatch(/new checkpoint/)
    await goesOn(at)
  })
  test('another kind of stateful step', async () => {
    const at = await made()
    const error = await refusal(() =>
      drain(read(at.input).withWatermark('at', '1 minute').dropDuplicates(['k', 'at']).select('k') as any, at.chk, at.out),
    )
    expectRefusal(error, 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA', {}, 'dedup', /new checkpoint/)
    await goesOn(at)
  })
  test('a stateful step more', async () => {
    const at = await made()
    const error = await refusal(() =>
      drain(
        read(at.input)
          .withWatermark('at', '1 minute')
          .dropDuplicates(['k', 'n', 'at'])
          .groupBy(window('at', '1 minute'), 'k')
          .count()
          .selectExpr('window.start', 'k', 'count') as any,
        at.chk,
        at.out,
      ),
    )
    expect(error.condition).toBe('STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA')
    await goesOn(at)
  })
  test('another aggregate', async () => {
    const at = await made()
    const error = await refusal(() =>
      drain(
        (read(at.input).withWatermark('at', '1 minute').groupBy(window('at', '1 minute'), 'k') as any)
          .agg({ n: 'avg' })
          .selectExpr('window.start AS start', 'k', '`avg(n)` AS n'),
        at.chk,
        at.out,
      ),
    )
    expect(error.condition).toBe('STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE')
    await goesOn(at)
  })
  test('a watermark on another column', async () => {
    const at = await made()
    const moved = read(at.input)
      .selectExpr('k', 'n', 'at', "at + INTERVAL '1' MINUTE AS later")
      .withWatermark('later', '1 minute')
      .groupBy(window('later', '1 minute'), 'k') as any
    const error = await refusal(() =>
      drain(moved.agg({ n: 'sum' }).selectExpr('window.start AS start', 'k', '`sum(n)` AS n'), at.chk, at.out),
    )
    expectRefusal(error, 'CHECKPOINT_OTHER_SHAPE', {}, 'the watermark column was at and is now later', /new checkpoint/)
    await goesOn(at)
  })
  test('another number of sources', async () => {
    const at = await made()
    const two = windows(at.input)
    const error = await refusal(() =>
      drain(two.union(session.readStream.schema('start timestamp, k string, n bigint').csv(dir('more'))), at.chk, at.out),
    )
    expectRefusal(error, 'CHECKPOINT_SOURCES_CHANGED', { logged: 1, requested: 2 }, /new checkpoint/)
    await goesOn(at)
  })
})

test('added filters and columns, another sink and trigger go on, and it is said', async () => {
  const [input, chk, out, other] = [dir('in'), path('chk'), path('out'), path('other')]
  const warnings = heard(session)
  put(`${input}/0.csv`, row('a', 1))
  await drain(read(input).select('k', 'n'), chk, out)
  put(`${input}/1.csv`, row('b', 2) + row('c', 3))
  const changed = read(input).where('n > 2').selectExpr('k', 'n', 'n * 2 AS twice')
  const query = await changed.writeStream.format('json').option('checkpointLocation', chk).trigger({ once: true }).start(other)
  await query.awaitTermination()
  const files = readdirSync(other).filter(n => n.endsWith('.json'))
  expect(files).toHaveLength(1)
  expect(linesOf(out)).toEqual(['a,1'])
  expect(query.warnings.concat(warnings).map(w => w.code)).toContain('PLAN_CHANGED')
})

test('a corrupt log entry is named; restored, the query goes on', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/0.csv`, row('a', 1))
  const frame = read(input).select('k', 'n')
  await drain(frame, chk, out)
  const entry = `${chk}/offsets/0`
  const text = readFileSync(entry, 'utf8')
  put(entry, 'v1\n{"batchWat\n')
  put(`${input}/1.csv`, row('b', 2))
  const error = await refusal(() => drain(frame, chk, out))
  expectRefusal(error, 'MALFORMED_LOG_FILE', {}, 'offsets/0', 'Restore the file')
  put(entry, text)
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,2'])
})

test('a corrupt sink log entry is named by who reads the directory', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/0.csv`, row('a', 1))
  const frame = read(input).select('k', 'n')
  await drain(frame, chk, out)
  put(`${out}/_spark_metadata/0`, 'nonsense')
  const error = await refusal(() => session.read.schema('k string, n int').csv(out).collect())
  expectRefusal(error, 'MALFORMED_LOG_FILE', {}, '_spark_metadata/0')
})

test('a corrupt entry of a source log is named', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/0.csv`, row('a', 1))
  const frame = read(input).select('k', 'n')
  await drain(frame, chk, out)
  put(`${chk}/sources/0/0`, 'nonsense')
  const error = await refusal(() => drain(frame, chk, out))
  expect(error.message).toContain('sources/0/0')
})

test('a broken or missing state file is named; restored, the query goes on', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  const counts = () =>
    read(input).withWatermark('at', '1 minute').groupBy(window('at', '1 minute'), 'k').count().selectExpr('k', 'count') as never
  put(`${input}/0.csv`, row('a', 1))
  await drain(counts(), chk, out)
  const [name] = readdirSync(`${chk}/millrace/state/0`).filter(n => n.endsWith('.parquet'))
  const file = `${chk}/millrace/state/0/${name}`
  const bytes = readFileSync(file)
  put(`${input}/1.csv`, row('a', 5) + row('z', 1, '2024-01-01T01:00:00Z'))
  put(file, bytes.subarray(0, 20))
  const broken = await refusal(() => drain(counts(), chk, out))
  expect(broken.message).toContain(name)
  rmSync(file)
  const missing = await refusal(() => drain(counts(), chk, out))
  expectRefusal(missing, 'STATE_FILE_MISSING', {}, name!, 'Restore the file')
  put(file, bytes)
  await drain(counts(), chk, out)
  expect(linesOf(out)).toEqual(['a,2'])
})

test('one session, two queries on one checkpoint: the first is stopped, or the second refused', async () => {
  const [chk, out] = [path('chk'), path('out')]
  const strict = await Session.open({ conf: { 'spark.sql.streaming.stopActiveRunOnRestart': false } })
  const start = () =>
    strict.readStream.schema('a int').csv(dir('in')).writeStream.format('csv').option('checkpointLocation', chk).start(out)
  const first = await start()
  const error = await refusal(start)
  expectRefusal(error, 'QUERY_ALREADY_ACTIVE', { id: first.id, runId: first.runId }, 'stopActiveRunOnRestart')
  expect(error.sparkClass).toBe('CONCURRENT_QUERY')
  expect(first.isActive).toBe(true)
  await strict.close()
})

test('two processes on one checkpoint: the second is refused, naming the pid; when the first is gone it starts', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/0.csv`, row('a', 1))
  const child = spawn(process.execPath, [new URL('owner.ts', import.meta.url).pathname, input, chk, out], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const frame = read(input).select('k', 'n')
  const error = await refusal(() => drain(frame, chk, out))
  expect(error.condition).toBe('CHECKPOINT_IN_USE')
  expect(error.message).toContain(String(child.pid))
  expect(error.message).toContain('Stop that query first')
  child.kill('SIGKILL')
  await once(child, 'exit')
  put(`${input}/1.csv`, row('b', 2))
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['a,1', 'b,2'])
})
