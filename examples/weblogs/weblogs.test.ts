import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { send } from '../../test/kafka/records.ts'
import { endPrograms, runExample } from '../../test/support/example-program.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import { databaseName, fakesnow, sqlClient } from '../../test/support/services/fakesnow.ts'
import { createTopic, kafka, topic } from '../../test/support/services/kafka.ts'
import { createTable } from './pipeline.ts'

const LINES = [
  '#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status time-taken cs-version cs-host cs(User-Agent) cs(Referer)',
  '2024-01-06 04:00:01 10.0.0.1 - W3SVC1 WEB01 192.168.0.1 443 GET /index.html - 200 15 HTTP/1.1 shop.example Mozilla/5.0+(X11;+"quoted",+comma) -',
  '2024-01-06 04:00:02 10.0.0.2 ann W3SVC1 WEB01 192.168.0.1 443 POST /basket id=7 500 1200 HTTP/1.1 shop.example curl/8.0 https://shop.example/',
  '2024-01-06 04:00:03 10.0.0.3 - W3SVC1 WEB01',
]
const STATUS = 'SELECT C_IP AS IP, S_PORT AS PORT, SC_STATUS AS STATUS, USER_AGENT AS AGENT FROM WEB_LOGS ORDER BY 1'
const ROWS = [
  { IP: '10.0.0.1', PORT: 443, STATUS: 200, AGENT: 'Mozilla/5.0+(X11;+"quoted",+comma)' },
  { IP: '10.0.0.2', PORT: 443, STATUS: 500, AGENT: 'curl/8.0' },
  { IP: '10.0.0.3', PORT: null, STATUS: null, AGENT: null },
]

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-weblogs-'))
})
afterEach(async () => {
  endPrograms()
  await rm(dir, { recursive: true, force: true })
})

async function optionsFile(database: string): Promise<string> {
  const { url } = await fakesnow()
  const lines = [
    `sfURL=${url}`,
    'sfUser=loader',
    'sfPassword=secret',
    `sfDatabase=${database}`,
    'sfSchema=PUBLIC',
    'sfWarehouse=COMPUTE_WH',
    'streaming_stage=mystage',
  ]
  const file = join(dir, 'snowflake.properties')
  await writeFile(file, `# options of the connector\n${lines.join('\n')}\n`)
  return file
}

describeWith('fakesnow', 'web logs from files', () => {
  test('every line is one row of seventeen columns, also over a restart', { timeout: 120_000 }, async () => {
    const database = databaseName('WEB')
    await using sql = await sqlClient(database)
    await sql.run(createTable('WEB_LOGS'))
    await sql.run('CREATE STAGE mystage')
    const logs = join(dir, 'logs')
    await mkdir(logs)
    const land = async (name: string, lines: readonly string[]): Promise<void> => {
      await writeFile(join(dir, name), `${lines.join('\n')}\n`)
      await rename(join(dir, name), join(logs, name))
    }
    const args = ['--options', await optionsFile(database), '--logs', logs, '--exit-at-end', '--every', '1 second']
    await land('1.log', LINES.slice(0, 3))
    const first = await runExample('weblogs/main.ts', dir, ...args).ended
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/batch 0: 3 lines to Snowflake\[/)
    expect(first.out).not.toContain('secret')
    await land('2.log', LINES.slice(3))
    expect(await runExample('weblogs/main.ts', dir, ...args).ended).toMatchObject({ code: 0, err: '' })
    expect(await sql.run(STATUS)).toEqual(ROWS)
    expect(await sql.run('LIST @mystage')).toEqual([])
  })

  test('what the table lacks, and how it is made, is told before anything is read', { timeout: 60_000 }, async () => {
    const database = databaseName('WEB')
    const args = ['--options', await optionsFile(database), '--logs', dir, '--exit-at-end']
    const refused = await runExample('weblogs/main.ts', dir, ...args).ended
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('SNOWFLAKE_NOT_THERE')
    expect(refused.err).toContain('CREATE TABLE')
    const ddl = await runExample('weblogs/main.ts', dir, '--ddl').ended
    expect(ddl.out).toContain('CREATE TABLE IF NOT EXISTS WEB_LOGS (date VARCHAR, time VARCHAR, c_ip VARCHAR')
    const usage = await runExample('weblogs/main.ts', dir, '--options', 'x').ended
    expect(usage).toMatchObject({ code: 2 })
  })
})

describeWith(['fakesnow', 'kafka'], 'web logs from Kafka', () => {
  test('every message is one row', { timeout: 120_000 }, async () => {
    const database = databaseName('WEB')
    await using sql = await sqlClient(database)
    await sql.run(createTable('WEB_LOGS'))
    await sql.run('CREATE STAGE mystage')
    const name = await createTopic(topic('weblogs'), { partitions: 2 })
    await send(
      name,
      LINES.map(value => ({ value })),
    )
    const args = [
      '--options',
      await optionsFile(database),
      '--bootstrap',
      (await kafka()).plaintext,
      '--topic',
      name,
      '--exit-at-end',
      '--every',
      '1 second',
    ]
    expect(await runExample('weblogs/main.ts', dir, ...args).ended).toMatchObject({ code: 0, err: '' })
    expect(await sql.run(STATUS)).toEqual(ROWS)
  })
})
