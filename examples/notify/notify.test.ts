import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { alarms, notify } from './alarms.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-notify-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** As Slack answers: `ok`, 429 with Retry-After, 400 with a word. A key it knows is not posted again. */
async function chat() {
  const posted = new Map<string, string>()
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { text } = JSON.parse(Buffer.concat(chunks).toString()) as { text: string }
    const status = request.url !== '/services/T0/B0/very-secret' ? 403 : text.includes('BROKEN') ? 400 : (answers.shift() ?? 200)
    if (status === 200) posted.set(String(request.headers['idempotency-key']), text)
    response.writeHead(status, status === 429 ? { 'retry-after': '0' } : {}).end(status === 200 ? 'ok' : 'invalid_payload')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/very-secret`
  return { hook, posted, answers, close: () => server.close() }
}

test('each alarm is posted once, in order; limits are waited out, refused ones are kept, the address stays secret', async () => {
  const readings = join(place, 'readings')
  mkdirSync(readings)
  const arrive = (name: string, ...rows: object[]) => {
    writeFileSync(join(readings, `.${name}`), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    renameSync(join(readings, `.${name}`), join(readings, `${name}.json`))
  }
  const slack = await chat()
  slack.answers.push(429, 500, 200, 429)
  const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
  const places = { readings, hook: slack.hook, checkpoint: join(place, 'chk'), refused: join(place, 'refused') }
  const at = '2026-01-01T08:05:00Z'
  arrive('1', { station: '59 ST', at, entries: 501 }, { station: 'CANAL', at, entries: 3 }, { station: 'BROKEN', at, entries: 900 })
  const query = await notify(alarms(session, readings, 500), places)
  await query.processAllAvailable()
  arrive('2', { station: 'CANAL', at, entries: 1000 })
  await query.processAllAvailable()
  expect([...slack.posted.values()]).toEqual([
    ':rotating_light: 59 ST: 501 entries at 08:05',
    ':rotating_light: CANAL: 1000 entries at 08:05',
  ])
  const refused = readFileSync(join(place, 'refused', `batch-${'0'.repeat(20)}.json`), 'utf8')
  expect(JSON.parse(refused)).toMatchObject({ status: 400, answer: 'invalid_payload', batchId: 0 })
  expect(JSON.stringify([query.lastProgress, query.warnings]) + (await query.explain(true))).not.toContain('very-secret')
  await query.stop()
  await session.close()
  slack.close()
})
