import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { col, type DataFrame, get, Session, split, toTimestamp, tryToTimestamp, window } from '../../src/index.ts'
import { drain, expectRefusal, innermost, linesOf, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
})
afterAll(() => session.close())

const lines = (input: string): DataFrame<any, any> => session.readStream.text(input)
/** Document 002's good line of 13 fields and its sample of 11; document 004's header line among good ones. */
const GOOD = 'A002,R051,02-00-00,59 ST,NQR456W,BMT,01/06/2024,03:00:00,REGULAR,7,3,1,2024-01-06 03:00:00'
const SHORT = 'A002,R051,02-00-00,59 ST,NQR456W,BMT,01/06/2024,03:00:00,REGULAR,7,3'
const FIELDS = '#Fields: date time s-ip cs-method cs-uri-stem'

const cases: {
  name: string
  bad: string
  strict: (f: any) => any
  lenient: (f: any) => any
  condition: string
  params: object
  fixes: (string | RegExp)[]
}[] = [
  {
    name: 'a short line under getItem',
    bad: SHORT,
    strict: f => f.select(split(col('value'), ',').getItem(12).as('v')),
    lenient: f => f.select(get(split(col('value'), ','), 12).as('v')),
    condition: 'INVALID_ARRAY_INDEX',
    params: { indexValue: expect.toSatisfy(v => Number(v) === 12), arraySize: expect.toSatisfy(v => Number(v) === 11) },
    fixes: [/get\(/],
  },
  {
    name: "'REGULAR' cast to int",
    bad: GOOD.replace(',7,3,', ',REGULAR,3,'),
    strict: f =>
      f.select(
        get(split(col('value'), ','), 9)
          .cast('int')
          .as('v'),
      ),
    lenient: f =>
      f.select(
        get(split(col('value'), ','), 9)
          .tryCast('int')
          .as('v'),
      ),
    condition: 'CAST_INVALID_INPUT',
    params: { value: 'REGULAR' },
    fixes: [/tryCast/],
  },
  {
    name: 'a time in another format',
    bad: GOOD.replace('2024-01-06 03:00:00', '06.01.2024 03:00'),
    strict: f => f.select(toTimestamp(get(split(col('value'), ','), 12), 'yyyy-MM-dd HH:mm:ss').as('v')),
    lenient: f => f.select(tryToTimestamp(get(split(col('value'), ','), 12), 'yyyy-MM-dd HH:mm:ss').as('v')),
    condition: 'CANNOT_PARSE_TIMESTAMP',
    params: { value: '06.01.2024 03:00' },
    fixes: [/tryToTimestamp/],
  },
]

describe.each(cases)('$name', ({ bad, strict, lenient, condition, params, fixes }) => {
  const filled = () => {
    const input = dir('in')
    put(`${input}/a.txt`, `${GOOD}\n${GOOD}\n`)
    const file = put(`${input}/b.txt`, `${GOOD}\n${GOOD}\n${bad}\n${GOOD}\n`)
    return { input, file }
  }

  test('ends the query, showing the row, its file and line, and the fix', async () => {
    const { input, file } = filled()
    const error = await refusal(() => drain(strict(lines(input)), path('chk'), path('out')))
    expectRefusal(error, condition, params, ...fixes)
    expect(error.message).toContain(bad)
    expect(error.message).toMatch(new RegExp(`${file}(:|, line )3`))
  })

  test('with the try function nothing is lost on the same checkpoint', async () => {
    const { input } = filled()
    const [chk, out] = [path('chk'), path('out')]
    await refusal(() => drain(strict(lines(input)), chk, out))
    await drain(lenient(lines(input)), chk, out)
    expect(linesOf(out).length + (bad === '' ? 1 : 0)).toBeGreaterThan(0)
    const rows = await session.read.schema('v string').csv(out).count()
    expect(Number(rows)).toBeGreaterThanOrEqual(5)
  })

  test('in a batch query, too', async () => {
    const { input, file } = filled()
    const error = await refusal(() => strict(session.read.text(input)).collect())
    expectRefusal(error, condition, params, ...fixes)
    expect(error.message).toContain(bad)
    expect(error.message).toContain(file)
  })
})

test('under a windowed aggregation and after a header, in a gzip, the line is right', async () => {
  const input = dir('in')
  const file = put(`${input}/a.csv`, 'at,n\n\n2024-01-01 00:00:00,1\nx,2\n')
  const frame = session.readStream
    .schema('at string, n int')
    .option('header', true)
    .csv(input)
    .withColumn('t', toTimestamp('at', 'yyyy-MM-dd HH:mm:ss'))
    .withWatermark('t', '1 minute')
    .groupBy(window('t', '1 minute'))
    .agg({ n: 'sum' })
    .selectExpr('window.start', '`sum(n)`')
  const error = await refusal(() => drain(frame as never, path('chk'), path('out')))
  expect(error.condition).toBe('CANNOT_PARSE_TIMESTAMP')
  expect(error.message).toMatch(new RegExp(`${file}(:|, line )4`))
  expect(error.message).toContain('"x"')
})

test('a value that is corrected in its file: nothing is lost, and nothing comes twice', async () => {
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  put(`${input}/a.txt`, '1\n2\n')
  const file = put(`${input}/b.txt`, '3\nfour\n')
  const frame = (lines(input) as any).selectExpr('CAST(value AS int) AS n')
  expectRefusal(await refusal(() => drain(frame, chk, out)), 'CAST_INVALID_INPUT', { value: 'four' }, `${file}:2`)
  put(file, '3\n44\n')
  await drain(frame, chk, out)
  expect(linesOf(out)).toEqual(['1', '2', '3', '44'])
})

test("document 004's #Fields line among good ones", async () => {
  const input = dir('in')
  const file = put(`${input}/iis.log`, `2024-01-01 00:00:00 10.0.0.1 GET /\n${FIELDS}\n2024-01-01 00:00:01 10.0.0.1 GET /\n`)
  const frame = lines(input).select(col('value').substr(1, 19).cast('timestamp').as('t'))
  const error = await refusal(() => drain(frame, path('chk'), path('out')))
  expectRefusal(error, 'CAST_INVALID_INPUT', { value: '#Fields: date time ' }, 'tryCast')
  expect(error.message).toMatch(new RegExp(`${file}(:|, line )2`))
})

test('the failing query says which error it was: exception(), awaitTermination and the listener', async () => {
  const input = dir('in')
  put(`${input}/a.txt`, 'x\n')
  const ended: (string | undefined)[] = []
  const listener = { onQueryTerminated: (e: { errorClassOnException?: string }) => void ended.push(e.errorClassOnException) }
  session.streams.addListener(listener)
  const query = await (lines(input) as any).selectExpr('CAST(value AS int) AS n').writeStream.format('noop').start()
  await expect(query.awaitTermination()).rejects.toMatchObject({ condition: 'STREAM_FAILED' })
  expect(innermost(query.exception()).condition).toBe('CAST_INVALID_INPUT')
  expect((query.exception() as Error).message).toMatch(/CAST_INVALID_INPUT[\s\S]*a\.txt[\s\S]*tryCast/)
  expect(ended).toEqual(['CAST_INVALID_INPUT'])
  session.streams.removeListener(listener)
})

test('a failing query ends only itself', async () => {
  const [bad, good, out] = [dir('bad'), dir('good'), path('out')]
  put(`${bad}/a.txt`, 'x\n')
  put(`${good}/a.txt`, '1\n')
  const start = (input: string) =>
    (lines(input) as any)
      .selectExpr('CAST(value AS int) AS n')
      .writeStream.format('csv')
      .option('checkpointLocation', path('chk'))
      .start(input === good ? out : path('never'))
  const [failing, living] = [await start(bad), await start(good)]
  await expect(failing.awaitTermination()).rejects.toThrow('CAST_INVALID_INPUT')
  put(`${good}/b.txt`, '2\n')
  await living.processAllAvailable()
  expect(linesOf(out)).toEqual(['1', '2'])
  expect(living.isActive).toBe(true)
  expect(session.streams.active).toHaveLength(1)
  expect(await session.range(3).count()).toBe(3)
  await living.stop()
})

describe('ANSI cannot be switched off', () => {
  let off: Session
  beforeAll(async () => {
    off = await Session.open({ conf: { 'spark.sql.ansi.enabled': false } })
  })
  afterAll(() => off.close())

  test('each expression of the plan that could fail is named, with what to write instead', async () => {
    const frame = off.readStream
      .text(dir('in'))
      .withColumn('parts', split(col('value'), ','))
      .select(
        col('parts').getItem(12).cast('timestamp').as('t'),
        toTimestamp(col('parts').getItem(11), 'yyyy-MM-dd').as('day'),
        col('value').cast('int').plus(1).as('n'),
        col('value').tryCast('int').as('fine'),
      )
    const error = await refusal(() => (frame as any).writeStream.format('noop').start())
    expectRefusal(error, 'SETTING_REFUSED', { key: 'spark.sql.ansi.enabled', value: 'false' }, 'Leave spark.sql.ansi.enabled at true')
    for (const line of [
      'parts[12]: write get(parts, 12)',
      'parts[11]: write get(parts, 11)',
      'CAST(value AS INT): write try_cast(value AS INT)',
      /write try_cast\(parts\[12\] AS TIMESTAMP\)/,
      /to_timestamp\(.*\): write try_to_timestamp\(/,
      /write try_add\(/,
    ])
      expect(error.message).toMatch(line)
    expect(error.details).toHaveLength(6)
  })

  test('a plan in which nothing can fail means the same with and without it', async () => {
    const rows = await off.range(2).selectExpr('id', "try_cast('x' AS int) AS n", 'id / 2 AS half').collect()
    expect(rows).toEqual([
      { id: 0n, n: null, half: 0 },
      { id: 1n, n: null, half: 0.5 },
    ])
  })

  test('a batch action is refused, too', async () => {
    const error = await refusal(() => off.range(2).selectExpr('1 / id').collect())
    expectRefusal(error, 'SETTING_REFUSED', {}, 'try_divide(')
  })
})
