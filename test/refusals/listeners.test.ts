import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { drain, expectRefusal, linesOf, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

test('a listener that throws stops nothing and is named once', async () => {
  const [input, out] = [dir('in'), path('out')]
  put(`${input}/a.csv`, 'a,1\n')
  const listener = {
    onQueryStarted: () => {
      throw new Error('deaf')
    },
    onQueryProgress: async () => {
      throw new Error('deaf later')
    },
    onQueryTerminated: () => {
      throw new Error('deaf at the end')
    },
  }
  session.streams.addListener(listener as never)
  const query = await drain(session.readStream.schema('k string, n int').csv(input), path('chk'), out)
  session.streams.removeListener(listener as never)
  await new Promise(done => setImmediate(done))
  expect(linesOf(out)).toEqual(['a,1'])
  expect(query.exception()).toBeUndefined()
  const messages = query.warnings.filter(w => w.code === 'LISTENER_FAILED').map(w => w.message)
  expect(messages).toEqual(expect.arrayContaining([expect.stringContaining('deaf'), expect.stringContaining('onQueryProgress')]))
})

test("a query's own listener, too", async () => {
  const query = await session.readStream.format('rate').load().writeStream.format('noop').start()
  query.on({
    onQueryProgress: () => {
      throw new Error('deaf')
    },
  })
  await query.processAllAvailable()
  expect(query.isActive).toBe(true)
  await query.stop()
  expect(query.exception()).toBeUndefined()
})

test('a name taken twice', async () => {
  const start = () => session.readStream.format('rate').load().writeStream.format('noop').queryName('twice').start()
  const first = await start()
  const error = await refusal(start)
  expectRefusal(error, 'QUERY_NAME_IN_USE', { name: 'twice' }, 'queryName')
  await first.stop()
  await (await start()).stop()
})

test('the memory sink without a name', async () => {
  const error = await refusal(() => session.readStream.format('rate').load().writeStream.format('memory').start())
  expectRefusal(error, 'QUERY_NAME_NEEDED', { format: 'memory' }, 'queryName')
})

test('update mode into files', async () => {
  const frame = session.readStream.schema('k string, n int').csv(dir('in')).groupBy('k').count()
  const error = await refusal(() =>
    frame.writeStream.outputMode('update').format('csv').option('checkpointLocation', path('chk')).start(path('out')),
  )
  expect(error.params).toMatchObject({ format: 'csv' })
  expect(error.message).toContain('append')
})

test('a secret never stands in errors, plans, progress, warnings or the checkpoint', async () => {
  const secret = 'hunter2-is-no-password'
  const input = dir('in')
  put(`${input}/a.csv`, 'a,1\n')
  const heard: string[] = []
  const say = (event: unknown) => void heard.push(JSON.stringify(event))
  for (const name of ['query.started', 'query.progress', 'query.warning', 'query.terminated']) subscribe(`millrace:${name}`, say)
  const reader = (session.readStream as any).format('csv').schema('k string, n int')
  for (const option of ['password', 'kafka.sasl.jaas.config', 'secretKey', 'sfPassword', 'apiToken']) {
    const error = await refusal(() => drain(reader.option(option, secret).load(input), path('chk'), path('out')))
    expect(error.condition).toBe('UNKNOWN_OPTION')
    expect(error.message + JSON.stringify(error.params)).not.toContain(secret)
    const wrong = await refusal(() => drain(reader.load(input), path('chk'), path('out'), { [option]: secret }))
    expect(wrong.message + JSON.stringify(wrong.params)).not.toContain(secret)
    const frame = reader.option(option, secret).load(input)
    const plan = await frame.explainString('extended').catch((e: Error) => e.message)
    expect(plan).not.toContain(secret)
  }
  expect(heard.join()).not.toContain(secret)
  for (const name of ['query.started', 'query.progress', 'query.warning', 'query.terminated']) unsubscribe(`millrace:${name}`, say)
})
