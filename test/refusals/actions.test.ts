import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { col, Session } from '../../src/index.ts'
import { expectRefusal, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
let stream: any
beforeAll(async () => {
  session = await Session.open()
  stream = session.readStream.schema('a int, b string').csv(dir('in'))
})
afterAll(() => session.close())

describe('a streaming frame in a batch action', () => {
  test.each<[string, () => unknown]>([
    ['collect', () => stream.collect()],
    ['show', () => stream.show()],
    ['take', () => stream.take(1)],
    ['first', () => stream.first()],
    ['head', () => stream.head()],
    ['count', () => stream.count()],
    ['isEmpty', () => stream.isEmpty()],
    ['describe', () => stream.describe().collect()],
    [
      'toLocalIterator',
      async () => {
        for await (const _ of stream.toLocalIterator()) break
      },
    ],
    ['cache', () => stream.cache()],
    ['write', () => stream.write.format('csv').save(path())],
    ['writeFile', () => stream.writeFile(`${path()}.csv`)],
  ])('%s', async (_, action) => {
    const error = await refusal(action)
    expectRefusal(error, 'STREAM_IN_BATCH_ACTION', {}, 'writeStream')
    expect(error.sparkClass).toBe('_LEGACY_ERROR_TEMP_3102')
  })
})

test('a batch frame in writeStream', async () => {
  const error = await refusal(() => (session.range(3) as any).writeStream)
  expectRefusal(error, 'BATCH_IN_WRITE_STREAM', {}, 'readStream')
  expect(error.sparkClass).toBe('WRITE_STREAM_NOT_ALLOWED')
})

test('a json stream without a schema', async () => {
  const input = dir('json')
  put(`${input}/1.json`, '{"a":1}\n')
  const error = await refusal(() => session.readStream.json(input).writeStream.format('noop').start())
  expectRefusal(error, 'SCHEMA_REQUIRED', { format: 'json' }, '.schema(', 'schemaInference')
})

test('a column that is not there, with the line that named it', async () => {
  const error = await refusal(() => stream.select(col('aa')))
  expectRefusal(error, 'UNRESOLVED_COLUMN', { name: 'aa' }, '"a"')
})

describe('a column the format cannot hold', () => {
  const counted = () =>
    session.readStream
      .format('rate')
      .load()
      .withWatermark('timestamp', '1 second')
      .selectExpr("window(timestamp, '1 second') AS window", 'value') as any
  const start = (frame: any, format: string) =>
    frame.writeStream.format(format).option('checkpointLocation', path('chk')).start(path('out'))

  test('csv and a window', async () => {
    const error = await refusal(() => start(counted(), 'csv'))
    expect(error.params).toMatchObject({ format: 'csv', column: 'window' })
    expect(error.sparkClass).toBe('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE')
    expect(error.message).toContain("select('window.start', 'window.end'")
  })
  test.each([
    ['struct', 'named_struct("x", a) AS s', 's'],
    ['array', 'array(a) AS list', 'list'],
    ['map', 'map(b, a) AS m', 'm'],
  ])('csv and a %s', async (_, sql, column) => {
    const error = await refusal(() => start(stream.selectExpr('a', sql), 'csv'))
    expect(error.params).toMatchObject({ format: 'csv', column })
    expect(error.message).toContain('to_json')
  })
  test('text and an array', async () => {
    const error = await refusal(() => start(stream.selectExpr('array(b) AS list'), 'text'))
    expect(error.params).toMatchObject({ format: 'text', column: 'list' })
  })
  test('text and two columns', async () => {
    const error = await refusal(() => start(stream, 'text'))
    expectRefusal(error, 'TEXT_NEEDS_ONE_STRING', { columns: 2 }, 'concatWs')
  })
  test('a batch, too', async () => {
    const error = await refusal(() => session.range(2).selectExpr('array(id) AS list').write.csv(path()))
    expect(error.params).toMatchObject({ format: 'csv', column: 'list' })
  })
})
