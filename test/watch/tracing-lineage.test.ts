import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Tracer } from '../../src/index.ts'
import { memory } from '../../src/testing/index.ts'
import { directory, open, receiver } from './support.ts'

test('each batch is a span from its trigger to its commit, and a failure is one with an error', async () => {
  const spans: { name: string; attributes: any; startTime: number; endTime?: number; status?: any }[] = []
  const tracer: Tracer = {
    startSpan: (name, { attributes, startTime } = {}) => {
      const span: (typeof spans)[number] = { name, attributes, startTime: startTime! }
      spans.push(span)
      return { setStatus: status => Object.assign(span, { status }), end: endTime => void Object.assign(span, { endTime }) }
    },
  }
  const session = await open({ tracer })
  const numbers = memory(session, 'n int')
  let broken = false
  const query = await numbers.df.writeStream
    .foreachBatch(async () => {
      if (broken) throw new Error('out of paper')
    })
    .queryName('print')
    .start()
  numbers.add([{ n: 1 }, { n: 2 }])
  await query.processAllAvailable()
  broken = true
  numbers.add([{ n: 3 }])
  await expect(query.awaitTermination()).rejects.toThrow('out of paper')
  const [batch, failure] = spans
  expect(spans).toHaveLength(2)
  expect(batch).toMatchObject({
    name: 'millrace.batch',
    attributes: { 'millrace.query.name': 'print', 'millrace.batch.id': 0, 'millrace.input_rows': 2 },
  })
  expect(batch!.endTime! - batch!.startTime).toBe(query.lastProgress!.batchDuration)
  expect(failure).toMatchObject({
    name: 'millrace.query.failed',
    attributes: { 'millrace.batch.id': 1 },
    status: { code: 2, message: expect.stringContaining('out of paper') },
  })
})

test('true takes the tracer of the program itself', async () => {
  const name: string = '@opentelemetry/api'
  const { trace } = await import(name)
  const names: string[] = []
  const span = { setStatus: () => span, end: () => undefined }
  const tracer = { startSpan: (n: string) => names.push(n) && span }
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  onTestFinished(() => trace.disable())
  const session = await open({ tracer: true })
  const numbers = memory(session, 'n int')
  const query = await numbers.df.writeStream.format('noop').start()
  numbers.add([{ n: 1 }])
  await query.processAllAvailable()
  expect(names).toEqual(['millrace.batch'])
})

test('a query says to a file where its rows come from and go to, and how it ended', async () => {
  const at = directory()
  mkdirSync(join(at, 'in'))
  writeFileSync(join(at, 'in', '1.json'), '{"a":1}\n')
  const session = await open({ lineage: { file: join(at, 'events.jsonl'), namespace: 'demo' } })
  const query = await session.readStream
    .schema('a int')
    .json(join(at, 'in'))
    .selectExpr('a + 1 AS b')
    .writeStream.queryName('plus')
    .trigger({ availableNow: true })
    .option('checkpointLocation', join(at, 'c'))
    .json(join(at, 'out'))
  await query.awaitTermination()
  await session.close()
  const events = readFileSync(join(at, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(events[0]).toMatchObject({
    eventType: 'START',
    run: { runId: query.runId },
    job: { namespace: 'demo', name: 'plus' },
    inputs: [{ namespace: 'file', name: join(at, 'in') }],
    outputs: [{ namespace: 'file', name: join(at, 'out'), facets: { schema: { fields: [{ name: 'b', type: 'int' }] } } }],
  })
  expect(events.at(-1).eventType).toBe('COMPLETE')
  expect(new Set(events.map(e => e.run.runId)).size).toBe(1)
})

test('a failure reaches a server, with its key', async () => {
  const server = await receiver()
  const session = await open({ lineage: { url: `${server.url}/api/v1/lineage`, apiKey: 'of-marquez' } })
  const numbers = memory(session, 'n int')
  const query = await numbers.df.writeStream
    .foreachBatch(async () => {
      throw new Error('no')
    })
    .queryName('never')
    .start()
  numbers.add([{ n: 1 }])
  await expect(query.awaitTermination()).rejects.toThrow()
  await session.close()
  expect(server.got.map(g => g.body.eventType)).toEqual(['START', 'FAIL'])
  expect(server.got[1]).toMatchObject({ path: '/api/v1/lineage', headers: { authorization: 'Bearer of-marquez' } })
  expect(server.got[1]!.body.run.facets.errorMessage.message).toContain('no')
})
