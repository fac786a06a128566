import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type AlertOptions, isMillraceError } from '../../src/index.ts'
import { memory } from '../../src/testing/index.ts'
import { directory, open, receiver, until } from './support.ts'

const quick = { attempts: 3, backoffMs: 1 }

test('a rule over rows tells once for each key, resolves, and remembers over a restart', async () => {
  const hooks = await receiver()
  const at = directory()
  const alerts: AlertOptions = {
    channels: { ops: { webhook: `${hooks.url}/hook`, headers: { authorization: 'Bearer of-the-hook' } } },
    rules: { busy: { when: 'ENTRIES > 5000', query: 'stations', key: 'STATION', tell: 'ops' } },
    retry: quick,
  }
  // Rows of files, so that a second session reads on where the first one was.
  const start = async (rules = true) => {
    const session = await open(rules ? { alerts } : {})
    const query = await session.readStream
      .schema('STATION string, ENTRIES int')
      .option('maxFilesPerTrigger', 1)
      .json(join(at, 'in'))
      .writeStream.format('json')
      .queryName('stations')
      .option('checkpointLocation', join(at, 'checkpoint'))
      .start(join(at, 'out'))
    return { session, query }
  }
  // Under another name first: a file that is seen must be whole.
  const rows = async (n: number, ...all: readonly [string, number][]) => {
    const lines = all.map(([STATION, ENTRIES]) => JSON.stringify({ STATION, ENTRIES }))
    await writeFile(join(at, `${n}.json`), lines.join('\n'))
    await rename(join(at, `${n}.json`), join(at, 'in', `${n}.json`))
  }
  await mkdir(join(at, 'in'))

  // A rule may come to a checkpoint that was there before it.
  const before = await start(false)
  await rows(0, ['Rock', 9000])
  await before.query.processAllAvailable()
  await before.session.close()

  const first = await start()
  await rows(1, ['Rock', 6000], ['Rock', 7000], ['Wall', 10])
  await first.query.processAllAvailable()
  await rows(2, ['Rock', 8000])
  await first.query.processAllAvailable()
  await until(() => hooks.got.length === 1, 'the alert')
  expect(hooks.got[0]).toMatchObject({
    path: '/hook',
    headers: { authorization: 'Bearer of-the-hook', 'content-type': 'application/json' },
    body: { rule: 'busy', state: 'firing', query: 'stations', key: { STATION: 'Rock' }, when: 'ENTRIES > 5000' },
  })
  await first.session.close()

  const second = await start()
  await rows(3, ['Rock', 9000], ['Wall', 5001])
  await second.query.processAllAvailable()
  await rows(4, ['Rock', 1], ['Wall', 6000])
  await second.query.processAllAvailable()
  await until(() => hooks.got.length === 3, 'the other alerts')
  expect(hooks.got.map(g => [g.body.state, g.body.key.STATION])).toEqual([
    ['firing', 'Rock'],
    ['firing', 'Wall'],
    ['resolved', 'Rock'],
  ])
  await second.session.close()
  const kept = JSON.parse(await readFile(join(at, 'checkpoint', 'millrace', 'alerts', 'busy.json'), 'utf8'))
  expect(kept).toEqual({ firing: ['{"STATION":"Wall"}'], pending: [] })
})

test('a query that fails is told to Slack and to a program, and delivery is tried again', async () => {
  const slack = await receiver([503, 429])
  const at = directory()
  const alerts: AlertOptions = {
    channels: {
      team: { slack: slack.url },
      page: {
        command: [process.execPath, '-e', `process.stdin.pipe(require('fs').createWriteStream(process.argv[1]))`, join(at, 'told $(x)')],
      },
    },
    rules: { down: { when: 'failed' } },
    retry: quick,
  }
  const session = await open({ alerts })
  const numbers = memory(session, 'n int')
  const query = await numbers.df.writeStream
    .foreachBatch(async () => {
      throw new Error('<disk> & quota')
    })
    .queryName('orders')
    .start()
  numbers.add([{ n: 1 }])
  await expect(query.awaitTermination()).rejects.toThrow()
  await session.close()
  expect(slack.refused).toHaveLength(2)
  expect(slack.got).toHaveLength(1)
  expect(slack.got[0]!.body.text).toContain('*down* firing: the query "orders" has failed')
  expect(slack.got[0]!.body.text).toContain('&lt;disk&gt; &amp; quota')
  expect(JSON.parse(await readFile(join(at, 'told $(x)'), 'utf8'))).toMatchObject({ rule: 'down', state: 'firing', query: 'orders' })
})

test('late rows and a watermark far behind are told and resolve; a rule over one query leaves others alone', async () => {
  const hooks = await receiver()
  const session = await open({
    alerts: {
      channels: { ops: { webhook: hooks.url } },
      rules: {
        late: { when: 'late rows above 1' },
        behind: { when: 'lag above 1 hour', query: 'visits' },
        other: { when: 'lag above 1 hour', query: 'nobody' },
      },
      retry: quick,
    },
  })
  const visits = memory(session, 'page string, at timestamp')
  const query = await visits.df
    .withWatermark('at', '1 minute')
    .groupBy('page', 'at')
    .count()
    .writeStream.format('noop')
    .queryName('visits')
    .start()
  visits.add([{ page: 'a', at: '2026-01-01 10:00:00' }])
  await query.processAllAvailable()
  visits.add([
    { page: 'a', at: '2026-01-01 09:00:00' },
    { page: 'b', at: '2026-01-01 09:00:00' },
  ])
  await query.processAllAvailable()
  const soon = new Date(Date.now() + 3_600_000)
  visits.add([{ page: 'c', at: soon }])
  await query.processAllAvailable()
  await session.close()
  const told = hooks.got.map(g => `${g.body.rule} ${g.body.state}`)
  expect(told.sort()).toEqual(['behind firing', 'behind resolved', 'late firing', 'late resolved'])
})

test('a channel that never answers and a rule whose column is not there warn without their secrets, and stop no query', async () => {
  const hooks = await receiver([500, 500, 500])
  const secret = `${hooks.url}/T000/secret-of-the-hook`
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => void written.mockRestore())
  const session = await open({
    logLevel: 'WARN',
    alerts: {
      channels: { ops: { webhook: secret } },
      rules: { any: { when: 'n > 0', query: 'numbers' }, wrong: { when: 'm > 0', query: 'numbers' } },
      retry: quick,
    },
  })
  const numbers = memory(session, 'n int')
  const query = await numbers.df.writeStream.format('memory').queryName('numbers').start()
  numbers.add([{ n: 1 }, { n: 2 }])
  await query.processAllAvailable()
  await until(() => hooks.refused.length === 3, 'three attempts')
  numbers.add([{ n: 3 }])
  await query.processAllAvailable()
  expect(await session.table('numbers').count()).toBe(3)
  expect(query.isActive).toBe(true)
  await session.close()
  const warnings = written.mock.calls.map(([text]) => String(text)).join('')
  expect(warnings).toContain('[ALERT_NOT_DELIVERED] the alert "any" did not reach "ops" in 3 attempts: it was answered with 500')
  expect(warnings).toContain('[ALERT_RULE_FAILED] the alert "wrong" could not look at the rows of "numbers"')
  expect(warnings).not.toContain('secret-of-the-hook')
})

const channels = { ops: { webhook: 'https://hooks.example/secret-path' } }
test.each<[string, unknown, string]>([
  ['a misspelt condition', { channels, rules: { r: { when: 'no progres for 5 minutes' } } }, 'neither a condition'],
  ['an amount that is none', { channels, rules: { r: { when: 'lag above much' } } }, 'amount'],
  ['rows without a query', { channels, rules: { r: { when: 'a > 1' } } }, 'no query is named'],
  ['a channel that is not there', { channels, rules: { r: { when: 'failed', tell: 'opps' } } }, 'did you mean "ops"'],
  ['a key where there are no rows', { channels, rules: { r: { when: 'failed', key: 'a' } } }, 'key'],
  ['a word that is not there', { channels, rules: { r: { wen: 'failed' } } }, 'no "wen"'],
  [
    'two addresses',
    { channels: { ops: { webhook: 'https://a.example', slack: 'https://hooks.example/secret-path' } }, rules: {} },
    'webhook and slack',
  ],
  ['an address that is none', { channels: { ops: { slack: 'hooks.example/secret-path' } }, rules: {} }, 'no http(s) URL'],
  ['a command in one text', { channels: { ops: { command: 'rm -rf secret-path' } }, rules: {} }, 'list'],
])('%s is refused when the session opens', async (_, alerts, words) => {
  const refused = await open({ alerts: alerts as AlertOptions }).catch((e: unknown) => e)
  expect(isMillraceError(refused, 'ALERT_INVALID')).toBe(true)
  expect(String(refused)).toContain(words)
  expect(String(refused)).not.toContain('secret-path')
})
