import { existsSync, globSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { SETTINGS } from '../../src/api/settings-table.ts'
import { MillraceError, Session } from '../../src/index.ts'
import { openTestSession } from '../../src/testing/index.ts'
import { drain, expectRefusal, put, readdirSync, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
const opened: Session[] = []
const open = async (options: Parameters<typeof Session.open>[0] = {}) => {
  const session = await Session.open(options)
  opened.push(session)
  return session
}
afterEach(async () => {
  for (const session of opened.splice(0)) await session.close()
})

describe('settings of the documents', () => {
  test('000: a table of settings with the Kafka package and the scheduler', async () => {
    const t = await openTestSession({
      appName: 'project',
      conf: {
        'spark.jars.packages': 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.3.1',
        'spark.scheduler.mode': 'FAIR',
        'spark.driver.maxResultSize': '3g',
      },
    })
    expect(t.said.filter(s => s.includes('SETTING_WITHOUT_EFFECT'))).toHaveLength(3)
    expect(t.said.join()).toContain('connectors are part of Millrace')
    expect(t.session.conf.get('spark.app.name')).toBe('project')
    t.session.sparkContext.setLogLevel('ERROR')
    t.session.conf.set('spark.executor.memory', '2g')
    expect(t.said).toHaveLength(3)
    await t.close()
  })

  test('001: builder with master and package', async () => {
    const t = await openTestSession({
      appName: 'kafka consumer',
      master: 'local[*]',
      conf: { 'spark.jars.packages': 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.1' },
    })
    expect(t.said).toHaveLength(1)
    t.session.conf.set('spark.jars.packages', 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.1')
    expect(t.said).toHaveLength(1)
    await t.close()
  })

  test('002: adaptive execution off, log level WARN, getOrCreate', async () => {
    const first = await Session.getOrCreate({
      appName: 'turnstiles-consumer',
      conf: { 'spark.sql.adaptive.enabled': 'false' },
      logLevel: 'ERROR',
    })
    first.sparkContext.setLogLevel('WARN')
    const again = await Session.getOrCreate({ appName: 'TurnstileStreamApp' })
    expect(again).toBe(first)
    expect(again.conf.get('spark.app.name')).toBe('TurnstileStreamApp')
    await first.stop()
    const fresh = await Session.getOrCreate()
    expect(fresh).not.toBe(first)
    await fresh.close()
  })

  test('004: a default checkpoint root on the running session is honoured', async () => {
    const session = await open()
    session.sparkContext.setLogLevel('ERROR')
    const [root, input] = [path('root'), dir('in')]
    put(`${input}/a.csv`, 'a,1\n')
    session.conf.set('spark.sql.streaming.checkpointLocation', `file://${root}`)
    const frame = session.readStream.schema('k string, n int').csv(input)
    const query = await frame.writeStream.format('csv').queryName('weblogs').trigger({ availableNow: true }).start(path('out'))
    await query.awaitTermination()
    expect(readdirSync(`${root}/weblogs`)).toContain('offsets')
    session.conf.unset('spark.sql.streaming.checkpointLocation')
    const error = await refusal(() => frame.writeStream.format('csv').queryName('weblogs').start(path('out')))
    expect(error.condition).toBe('CHECKPOINT_LOCATION_NEEDED')
  })

  test('schemaInference lets a json stream start, and its schema stays with the checkpoint', async () => {
    const session = await open({ conf: { 'spark.sql.streaming.schemaInference': true } })
    const [input, chk, out] = [dir('in'), path('chk'), path('out')]
    put(`${input}/a.json`, '{"n":1}\n')
    await drain(session.readStream.json(input) as never, chk, out)
    put(`${input}/b.json`, '{"n":2,"more":true}\n')
    const query = await drain(session.readStream.json(input) as never, chk, out)
    const rows = await session.read.schema('n int').csv(out).orderBy('n').collect()
    expect(rows).toEqual([{ n: 1 }, { n: 2 }])
    expect(query.exception()).toBeUndefined()
  })
})

test('an unknown key is refused with the nearest one', async () => {
  const error = await refusal(() => open({ conf: { 'spark.sql.streaming.schemaInferense': true } }))
  expectRefusal(
    error,
    'UNKNOWN_SETTING',
    { key: 'spark.sql.streaming.schemaInferense' },
    'did you mean "spark.sql.streaming.schemaInference"',
    'docs/settings.md',
  )
})

test.each([
  ['spark.sql.caseSensitive', true, 'Rename'],
  ['spark.sql.files.ignoreCorruptFiles', true, 'Mend'],
  ['spark.sql.legacy.timeParserPolicy', 'LEGACY', 'pattern'],
])('%s = %s is refused with what to do instead', async (key, value, instead) => {
  const error = await refusal(() => open({ conf: { [key]: value } }))
  expectRefusal(error, 'SETTING_REFUSED', { key, value: String(value) }, instead)
})

test('a session that is closed', async () => {
  const session = await Session.open()
  await session.close()
  for (const use of [() => session.range(3), () => session.read.text('x'), () => session.createDataFrame([{ a: 1 }])])
    expectRefusal(await refusal(use), 'ALREADY_CLOSED', { what: 'the session' }, 'Session.open()')
})

test('the codec of Parquet files is the session setting where the write names none', async () => {
  const session = await open({ conf: { 'spark.sql.parquet.compression.codec': 'zstd' } })
  const [a, b] = [path('a'), path('b')]
  await session.range(3).write.parquet(a)
  await session.range(3).write.option('compression', 'gzip').parquet(b)
  expect(readdirSync(a).join()).toContain('.zst.parquet')
  expect(readdirSync(b).join()).toContain('.gz.parquet')
  expect(await session.read.parquet(a).count()).toBe(3)
})

test('rows that memory cannot hold go below the directory that was named, which is clean afterwards', async () => {
  const temp = dir('temp')
  const session = await Session.open({ conf: { 'millrace.tempDirectory': temp } })
  expect(await session.range(10).count()).toBe(10)
  expect(readdirSync(temp)).toHaveLength(1)
  await session.close()
  expect(readdirSync(temp)).toEqual([])
})

/** Silence is a bug: a setting that is called honoured is read somewhere. */
const source = new URL('../../src/', import.meta.url).pathname
test.skipIf(!existsSync(source))('no setting is honoured in name only', () => {
  const code = globSync('**/*.ts', { cwd: source, exclude: ['api/settings-table.ts', '**/*.test.ts'] })
    .map(file => readFileSync(source + file, 'utf8'))
    .join()
  const honoured = Object.entries(SETTINGS).filter(([, row]) => row.do === 'honour')
  // The logs' settings share one reader, and those of S3 stand for each bucket as well: keys that are put together.
  const read = (key: string): boolean =>
    code.includes(`'${key}'`) || /\.file(Source|Sink)\.log\./.test(key) || code.includes(`'${key.replace(/^fs\.s3a\./, '')}'`)
  expect(honoured.map(([key]) => key).filter(key => !read(key))).toEqual([])
})

test('conditions are one class, known by name', () => {
  const error = new MillraceError('ALREADY_CLOSED', { what: 'the session' })
  expect(error).toMatchObject({ name: 'MillraceError', condition: 'ALREADY_CLOSED', domain: 'user' })
})
