import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session, tryToTimestamp, window } from '../../src/index.ts'
import { memory, openTestSession, type TestSession } from '../../src/testing/index.ts'
import { drain, expectRefusal, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
})
afterAll(() => session.close())

test('an event-time column that is a string', async () => {
  const frame = session.readStream.schema('at string, n int').csv(dir('in'))
  const error = await refusal(() =>
    (frame as any).withWatermark('at', '5 minutes').groupBy(window('at', '1 minute')).count().writeStream.format('noop').start(),
  )
  expectRefusal(error, 'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', { column: 'at', type: 'string' }, /to_timestamp first/)
})

test('one that is a number', async () => {
  const frame = session.readStream.schema('at bigint, n int').csv(dir('in'))
  const error = await refusal(() => (frame as any).withWatermark('at', '5 minutes').writeStream.format('noop').start())
  expectRefusal(error, 'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', { column: 'at', type: 'bigint' }, "cast('timestamp')")
})

test('a batch whose event times are all null warns, with the first value they were made from; nulls are counted', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/a.csv`, '06.01.2024 03:00,1\n06.01.2024 04:00,2\n')
  const windows = (pattern: string) =>
    (session.readStream.schema('at string, n int').csv(input) as any)
      .withColumn('t', tryToTimestamp('at', pattern))
      .withWatermark('t', '1 minute')
      .groupBy(window('t', '1 hour'))
      .agg({ n: 'sum' })
      .selectExpr('window.start', '`sum(n)`')
  const query = await drain(windows('yyyy-MM-dd HH:mm'), chk, out)
  const warning = query.warnings.find(w => w.code === 'EVENT_TIMES_ALL_NULL')
  expect(warning?.message).toContain('2')
  expect(`${warning?.message} ${warning?.hint}`).toContain('06.01.2024 03:00')
  expect(query.recentProgress[0]!.eventTime).toMatchObject({ nulls: expect.anything() })
  expect(String(query.recentProgress[0]!.eventTime!.nulls)).toBe('2')
})

test('some nulls are counted and do not warn', async () => {
  const input = dir('in')
  put(`${input}/a.csv`, '2024-01-06 03:00,1\nnever,2\n')
  const frame = session.readStream
    .schema('at string, n int')
    .csv(input)
    .withColumn('t', tryToTimestamp('at', 'yyyy-MM-dd HH:mm'))
    .withWatermark('t', '1 minute')
    .select('n')
  const query = await drain(frame as never, path('chk'), path('out'))
  expect(query.warnings).toEqual([])
  expect(String(query.recentProgress[0]!.eventTime!.nulls)).toBe('1')
})

describe('a derived frame that is never used', () => {
  let t: TestSession
  const frames = () => {
    const rows = memory(t.session, 'id int, at timestamp')
    return rows.df as any
  }
  const unused = () => t.said.filter(text => text.includes('FRAME_NEVER_USED'))
  const fresh = async () => {
    t = await openTestSession()
    return t
  }

  test('five seconds after the first start it is named with its line, once', async () => {
    await fresh()
    const rows = frames()
    rows.dropDuplicates(['id'])
    const query = await rows.writeStream.format('noop').start()
    await query.processAllAvailable()
    expect(unused()).toEqual([])
    t.clock.advance(4999)
    await new Promise(done => setImmediate(done))
    expect(unused()).toEqual([])
    t.clock.advance(1)
    await new Promise(done => setImmediate(done))
    expect(unused()).toHaveLength(1)
    expect(unused()[0]).toMatch(/dropDuplicates\(\) at .*event-time\.test\.ts:\d+/)
    expect(unused()[0]).toContain('frame = frame.dropDuplicates')
    const other = await rows.where('id > 1').writeStream.format('noop').start()
    t.clock.advance(10_000)
    await other.stop()
    await query.stop()
    await query.awaitTermination()
    expect(unused()).toHaveLength(1)
    await t.close()
  })

  test('at awaitTermination, too', async () => {
    await fresh()
    const rows = frames()
    rows.withWatermark('at', '1 minute')
    const query = await rows.writeStream.format('noop').trigger({ availableNow: true }).start()
    await query.awaitTermination()
    expect(unused()).toHaveLength(1)
    expect(unused()[0]).toContain('withWatermark()')
    await t.close()
  })

  test('never for frames handed on: into another frame, a view, a function, a started query, or looked at', async () => {
    await fresh()
    const rows = frames()
    const named = rows.where('id > 1')
    named.createOrReplaceTempView('v')
    const counted = (frame: any) => frame.groupBy('id').count()
    const all = rows.where('id > 2').transform(counted)
    const query = await all.writeStream.outputMode('update').format('noop').start()
    const joined = rows.where('id > 3').union(rows.where('id > 4'))
    const second = await joined.writeStream.format('noop').start()
    await query.processAllAvailable()
    t.clock.advance(6000)
    await new Promise(done => setImmediate(done))
    expect(unused()).toEqual([])
    await second.stop()
    await query.stop()
    await t.close()
  })
})
