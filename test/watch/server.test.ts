import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memory } from '../../src/testing/index.ts'
import { METRICS, metricsText } from '../../src/watch/metrics.ts'
import { directory, open, parsed, until } from './support.ts'

const get = async (session: { readonly watchUrl: string | undefined }, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${session.watchUrl}${path}`, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('a query is ready once it has committed, is counted, fails by name and is stopped with the token only', async () => {
  const token = 'a-token-of-nobody'
  const session = await open({ watch: { port: 0, token } })
  expect(session.watchUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await get(session, '/health')).status).toBe(200)
  expect((await get(session, '/ready')).status).toBe(503)

  const rides = memory(session, 'station string, at timestamp')
  const name = 'per "station" \\ 1'
  const query = await rides.df
    .withWatermark('at', '1 minute')
    .groupBy('station', 'at')
    .count()
    .writeStream.outputMode('append')
    .format('noop')
    .queryName(name)
    .option('checkpointLocation', join(directory(), 'c'))
    .start()
  await until(async () => (await get(session, '/ready')).status === 200, 'waiting for data is ready')

  rides.add([
    { station: 'Rock', at: '2026-01-01 10:00:00' },
    { station: 'Wall', at: '2026-01-01 10:10:00' },
  ])
  await query.processAllAvailable()
  rides.add([{ station: 'Rock', at: '2026-01-01 10:00:00' }])
  await query.processAllAvailable()

  const page = await get(session, '/metrics')
  expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const { value, types } = parsed(page.text)
  expect(value('millrace_query_active', { query: name })).toBe(1)
  expect(value('millrace_query_input_rows_total', { query: name })).toBe(3)
  expect(value('millrace_query_late_rows_total', { query: name })).toBe(1)
  expect(value('millrace_query_last_batch_id', { query: name })).toBe(query.lastProgress!.batchId)
  expect(value('millrace_query_state_rows', { query: name, operator: 'stateStoreSave' })).toBe(1)
  expect(value('millrace_query_watermark_lag_seconds', { query: name })).toBeGreaterThan(3600)
  expect(types.get('millrace_query_input_rows_total')).toBe('counter')

  const path = `/queries/${encodeURIComponent(name)}`
  const shown = JSON.parse((await get(session, path)).text)
  expect(shown).toMatchObject({ name, state: 'running', inputRows: 3, lastProgress: { name } })
  expect(JSON.parse((await get(session, '/queries')).text).queries).toHaveLength(1)

  const stop = (authorization?: string) =>
    get(session, `${path}/stop`, { method: 'POST', ...(authorization && { headers: { authorization } }) })
  expect((await stop()).status).toBe(401)
  expect((await stop('Bearer a-token-of-nobodx')).status).toBe(401)
  expect((await get(session, `${path}/stop`)).status).toBe(405)
  expect(query.isActive).toBe(true)
  expect((await stop(`Bearer ${token}`)).status).toBe(200)
  expect(query.isActive).toBe(false)
  expect((await stop(`Bearer ${token}`)).status).toBe(409)
  expect((await get(session, '/health')).status).toBe(200)
})

test('a query that fails makes the session unhealthy until it runs again under its name', async () => {
  const session = await open({ watch: 0 })
  const checkpoint = join(directory(), 'c')
  const rows = memory(session, 'n int')
  let broken = true
  const start = () =>
    rows.df.writeStream
      .foreachBatch(async () => {
        if (broken) throw new Error('the disk of the neighbour is full')
      })
      .queryName('orders')
      .option('checkpointLocation', checkpoint)
      .start()
  const first = await start()
  rows.add([{ n: 1 }])
  await expect(first.awaitTermination()).rejects.toThrow('neighbour')
  const sick = await get(session, '/health')
  expect(sick.status).toBe(503)
  expect(JSON.parse(sick.text)).toMatchObject({ failed: [{ query: 'orders', error: expect.stringContaining('neighbour') }] })
  expect((await get(session, '/ready')).status).toBe(503)

  broken = false
  const second = await start()
  await second.processAllAvailable()
  expect((await get(session, '/health')).status).toBe(200)
  const { value } = parsed((await get(session, '/metrics')).text)
  expect(value('millrace_query_restarts_total', { query: 'orders' })).toBe(1)
  expect(value('millrace_query_failed', { query: 'orders' })).toBe(0)
})

test('requests are bounded: no bodies, no large heads, no unknown paths; without a token nothing is changed', async () => {
  const session = await open({ watch: { port: 0 } })
  expect((await get(session, '/health', { method: 'POST', body: 'x'.repeat(100) })).status).toBe(413)
  expect((await get(session, '/', {})).status).toBe(404)
  expect((await get(session, '/metrics', { method: 'DELETE' })).status).toBe(405)
  expect((await get(session, '/health', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431)
  expect((await get(session, '/queries/any/stop', { method: 'POST' })).status).toBe(403)
  expect((await get(session, '/queries/%E0%A4%A', {})).status).toBe(400)
  expect(await get(session, '/health', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
})

test('a port that is taken and an option that cannot be are refused before anything is open', async () => {
  const session = await open({ watch: 0 })
  const port = Number(new URL(session.watchUrl!).port)
  await expect(open({ watch: port })).rejects.toMatchObject({ condition: 'HTTP_LISTEN_FAILED' })
  await expect(open({ watch: 70_000 })).rejects.toMatchObject({ condition: 'WATCH_OPTION' })
  const refused = await open({ watch: { port: 0, token: 'two words' } }).catch((e: Error) => e)
  expect(refused).toMatchObject({ condition: 'WATCH_OPTION' })
  expect(String(refused)).not.toContain('two words')
})

test('nothing listens unless it was asked for, and nothing after the session', async () => {
  expect((await open({})).watchUrl).toBeUndefined()
  const session = await open({ watch: 0 })
  const url = new URL(session.watchUrl!)
  await session.close()
  const refused = await new Promise<string>(resolve => {
    connect(Number(url.port), url.hostname).on('error', e => resolve((e as NodeJS.ErrnoException).code!))
  })
  expect(refused).toBe('ECONNREFUSED')
})

test('every metric is named by the rules, and an empty session gives a page', () => {
  expect(parsed(metricsText([], 0)).series).toEqual([])
  for (const [name, { type }] of Object.entries(METRICS)) expect(name.endsWith('_total')).toBe(type === 'counter')
})
