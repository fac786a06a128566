import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../support/services/describe-with.ts'
import { databaseName, fakesnow, type SqlClient, sqlClient } from '../support/services/fakesnow.ts'
import { openSink, write } from '../support/snowflake/sink.ts'
import { type Refused, type StandIn, type StandInOptions, standIn } from '../support/snowflake/stand-in.ts'

const DDL = 'id bigint, name string'
const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pemOf = (key: ReturnType<typeof keys>, more: object = {}) => key.export({ type: 'pkcs8', format: 'pem', ...more } as never) as string

describeWith('fakesnow', 'what is refused before the first batch, and what is tried again', () => {
  const database = databaseName()
  const key = keys()
  const table = 'TARGET'
  let sql: SqlClient
  let url: string
  beforeAll(async () => {
    url = (await fakesnow()).url
    sql = await sqlClient(database)
    await sql.run(`CREATE TABLE ${table} (ID NUMBER, NAME VARCHAR)`)
  })
  beforeEach(async () => {
    await sql.run(`DELETE FROM ${table}`)
  })
  afterAll(() => sql[Symbol.asyncDispose]())

  const inFront = (more: StandInOptions = {}): Promise<StandIn> =>
    standIn({ behind: url, account: 'acme', users: { LOADER: { key, password: 'right-password', roles: ['WRITER'] } }, ...more })
  const options = (stand: StandIn, more: Record<string, string> = {}): Record<string, string> => ({
    sfURL: stand.url,
    sfAccount: 'acme',
    sfUser: 'loader',
    pem_private_key: pemOf(key),
    sfDatabase: database,
    sfWarehouse: 'COMPUTE_WH',
    sfRole: 'WRITER',
    dbtable: table,
    retryTimeout: '30 seconds',
    ...more,
  })
  const opening = async (stand: StandIn, more: Record<string, string> = {}, outputMode: 'append' | 'update' | 'complete' = 'append') => {
    const given = Object.fromEntries(Object.entries(options(stand, more)).filter(([, v]) => v !== ''))
    return openSink({ options: given, ddl: DDL, outputMode }).then(
      async sink => {
        await sink.close()
        return 'opened'
      },
      error => error,
    )
  }

  it('logs in with a key as PEM, in one line, as bare base64 and encrypted; a wrong one is refused with its fingerprint', async () => {
    await using stand = await inFront()
    const pem = pemOf(key)
    const bare = pem.replaceAll(/-----[A-Z ]+-----/g, '').replaceAll('\n', '')
    const locked = pemOf(key, { cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    expect(await opening(stand)).toBe('opened')
    expect(await opening(stand, { pem_private_key: pem.replaceAll('\n', '\\n') })).toBe('opened')
    expect(await opening(stand, { pem_private_key: bare })).toBe('opened')
    expect(await opening(stand, { pem_private_key: locked, pem_private_key_passphrase: 'open sesame' })).toBe('opened')
    expect(await opening(stand, { pem_private_key: '', sfPassword: 'right-password' })).toBe('opened')
    const wrong = await opening(stand, { pem_private_key: pemOf(keys()) })
    expect(wrong).toMatchObject({ condition: 'SNOWFLAKE_LOGIN_REFUSED', params: { code: '390144', user: 'loader', account: 'acme' } })
    expect(wrong.message).toMatch(/fingerprint SHA256:[\w+/=]+: DESCRIBE USER loader/)
    const password = await opening(stand, { pem_private_key: '', sfPassword: 'wrong-password' })
    expect(password).toMatchObject({ condition: 'SNOWFLAKE_LOGIN_REFUSED', params: { code: '390100' } })
    expect(`${password.message}${password.stack}${JSON.stringify(password)}`).not.toContain('wrong-password')
  })

  it('names role, warehouse, database, schema and rights that are missing, each once, with the GRANT to run', async () => {
    const none = (sql: RegExp) => ({
      sql,
      code: '002043',
      sqlState: '02000',
      message: 'SQL compilation error: Object does not exist, or operation cannot be performed.',
    })
    const mayNot = (sql: RegExp, what: string) => ({
      sql,
      code: '003001',
      sqlState: '42501',
      message: `SQL access control error: Insufficient privileges to operate on ${what}`,
    })
    const cases: readonly { readonly refuses: readonly Refused[]; readonly more: Record<string, string>; readonly hint: string }[] = [
      { refuses: [none(/^USE WAREHOUSE "NOPE"/)], more: { sfWarehouse: 'nope' }, hint: 'GRANT USAGE ON WAREHOUSE NOPE TO ROLE WRITER;' },
      { refuses: [none(/^USE DATABASE/)], more: {}, hint: `GRANT USAGE ON DATABASE ${database} TO ROLE WRITER;` },
      { refuses: [none(/^USE SCHEMA/)], more: { sfSchema: '"low"' }, hint: `GRANT USAGE ON SCHEMA ${database}."low" TO ROLE WRITER;` },
      {
        refuses: [mayNot(/^INSERT INTO/, 'table')],
        more: {},
        hint: `GRANT SELECT, INSERT ON TABLE ${database}.PUBLIC.${table} TO ROLE WRITER;`,
      },
      {
        refuses: [mayNot(/^CREATE TABLE IF NOT/, 'schema')],
        more: {},
        hint: `GRANT CREATE TABLE ON SCHEMA ${database}.PUBLIC TO ROLE WRITER;`,
      },
      {
        refuses: [mayNot(/^CREATE TEMPORARY STAGE/, 'schema')],
        more: {},
        hint: `GRANT CREATE STAGE ON SCHEMA ${database}.PUBLIC TO ROLE WRITER;`,
      },
      {
        refuses: [mayNot(/^CREATE OR REPLACE TEMPORARY TABLE/, 'schema')],
        more: {},
        hint: `GRANT CREATE TABLE ON SCHEMA ${database}.PUBLIC TO ROLE WRITER;`,
      },
      {
        refuses: [mayNot(/^REMOVE/, 'stage')],
        more: { streaming_stage: 'st' },
        hint: `GRANT READ, WRITE ON STAGE ${database}.PUBLIC.ST TO ROLE WRITER;`,
      },
    ]
    for (const { refuses, more, hint } of cases) {
      await using stand = await inFront({ refuses })
      const error = await opening(stand, more)
      expect(error.condition).toMatch(/^SNOWFLAKE_NOT_(THERE|ALLOWED)$/)
      expect(error.hint).toContain(hint)
    }
    await using stand = await inFront({ refuses: [mayNot(/^UPDATE/, 'table'), mayNot(/^DELETE/, 'table')] })
    expect((await opening(stand, { keyColumns: 'id' }, 'update')).hint).toContain('GRANT SELECT, INSERT, UPDATE ON TABLE')
    expect((await opening(stand, {}, 'complete')).hint).toContain('GRANT SELECT, INSERT, DELETE ON TABLE')
    const role = await opening(stand, { sfRole: 'BOSS' })
    expect(role).toMatchObject({ condition: 'SNOWFLAKE_NOT_THERE', params: { kind: 'role', name: 'BOSS' } })
    expect(role.hint).toContain('GRANT ROLE BOSS TO USER loader;')
    expect(await opening(stand, { sfWarehouse: '', writeMethod: 'stage' })).toMatchObject({ condition: 'SNOWFLAKE_NO_WAREHOUSE' })
  })

  it('refuses options by name, and shows no secret', async () => {
    await using stand = await inFront()
    expect(await opening(stand, { sfWarehous: 'X' })).toMatchObject({ condition: 'UNKNOWN_OPTION', params: { option: 'sfWarehous' } })
    expect(await opening(stand, { pem_private_key: '' })).toMatchObject({ condition: 'SNOWFLAKE_LOGIN_INVALID' })
    expect(await opening(stand, { sfPassword: 'x' })).toMatchObject({ condition: 'SNOWFLAKE_LOGIN_INVALID' })
    expect(await opening(stand, { tempdir: 's3://x' })).toMatchObject({ condition: 'REFUSED_OPTION' })
    expect(await opening(stand, { dbtable: 'a b' })).toMatchObject({ condition: 'SNOWFLAKE_NAME' })
    const key = await opening(stand, { pem_private_key: 'my secret that is no path' })
    expect(key).toMatchObject({ condition: 'SNOWFLAKE_PRIVATE_KEY' })
    expect(key.message).not.toContain('my secret')
    expect(stand.calls).toEqual([])
  })

  it('tries a batch again after server errors and lost answers, and leaves one copy of it', async () => {
    await using stand = await inFront()
    const sink = await openSink({ options: options(stand), ddl: DDL })
    stand.fail({ on: /^COPY INTO/, times: 1, status: 503 })
    await write(sink, 0, DDL, [{ id: 1n, name: 'a' }])
    // The batch counts, and nobody knows.
    stand.fail({ on: /^COMMIT/, times: 1, lose: true })
    await write(sink, 1, DDL, [{ id: 2n, name: 'b' }])
    await sink.close()
    expect(await sql.run(`SELECT ID FROM ${table} ORDER BY ID`)).toEqual([{ ID: 1 }, { ID: 2 }])
  }, 120_000)

  it('gives up by name when its time is up, and a stopped query does not wait for that', async () => {
    await using stand = await inFront()
    const sink = await openSink({ options: options(stand, { retryTimeout: '100 ms' }), ddl: DDL })
    await using gone = await inFront()
    stand.fail({ on: /^SELECT RUN_ID/, times: 1000, status: 502 })
    const stopped = new AbortController()
    const waiting = sink.write(0, (await import('../support/snowflake/sink.ts')).rowsOf(DDL, [{ id: 1n, name: 'a' }]), {
      signal: stopped.signal,
      outputMode: 'append',
      noData: false,
    })
    await expect.poll(() => stand.calls.filter(c => c.startsWith('SELECT RUN_ID')).length, { timeout: 20_000 }).toBeGreaterThan(1)
    stopped.abort(new Error('stopped by hand'))
    await expect(waiting).rejects.toThrow('stopped by hand')
    await sink.close()
    await gone[Symbol.asyncDispose]()
    const nobody = await openSink({ options: options(gone, { retryTimeout: '100 ms' }), ddl: DDL }).catch(e => e)
    expect(nobody).toMatchObject({ condition: 'SNOWFLAKE_UNREACHABLE', params: { reason: 'ECONNREFUSED' } })
  }, 60_000)
})
