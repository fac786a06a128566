import { afterAll, beforeAll, expect, it } from 'vitest'
import { isMillraceError, type MillraceError, Session } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type Database, database } from '../support/services/postgresql.ts'

/** Of every type of Spark that a table holds, with the values that hurt. */
const COLUMNS = [
  'cast(n as tinyint) AS b',
  'cast(n as smallint) AS s',
  'cast(n * 1000003 as int) AS i',
  'n * 9007199254740993 AS l',
  'cast(n / 3 as float) AS f',
  "CASE WHEN n = 0 THEN double('NaN') WHEN n = 1 THEN double('-Infinity') ELSE n / 7 END AS d",
  'cast(n * 1234567.891 as decimal(38,10)) AS dec',
  "concat('tab', char(9), 'line', char(10), 'cr', char(13), 'back', char(92), 'N ', char(92), 'x', char(1), ' ü 𝄞 ', n) AS str",
  'n % 2 = 0 AS t',
  "date_add(date'0001-01-01', cast(n * 100000 as int)) AS dt",
  "timestamp'1969-12-31 23:59:59.999999Z' + make_interval(0, 0, 0, cast(n * 4000 as int)) AS ts",
  "timestamp_ntz'1582-10-15 01:02:03.000004' AS ntz",
  "encode(concat(char(0), char(200), n), 'UTF-8') AS bin",
  'array(n, null, -n) AS ai',
  "array('a\"b', null, '', 'NULL', '{x}', 'c,d', concat('e', char(92))) AS astr",
  'array(array(n, 1), array(2, n)) AS aa',
  'array(cast(n as decimal(5,2))) AS ad',
  'array(true, null) AS ab',
  "array(date'2024-02-29') AS adt",
  "array(timestamp'2024-02-29 01:02:03.456789Z') AS ats",
  'cast(null as int) AS nothing',
]

describeWith('postgresql', 'batch reads and writes of PostgreSQL', () => {
  let db: Database
  let session: Session
  beforeAll(async () => {
    db = await database()
    session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'America/New_York' } })
    await db.run(
      "CREATE TABLE big AS SELECT i AS id, 'row ' || i AS name, '2024-01-01'::date + i % 100 AS day FROM generate_series(1, 50000) AS i",
    )
  })
  afterAll(async () => {
    await session.close()
    await db[Symbol.asyncDispose]()
  })

  const read = (options: object) =>
    session.read
      .format('jdbc')
      .options({ ...db.options, ...options } as never)
      .load() as any
  const refusalOf = async (work: Promise<unknown>): Promise<[string, string]> => {
    const error = await work.then(
      () => undefined,
      e => e as Error,
    )
    return isMillraceError(error) ? [error.condition, error.message] : ['none', String(error)]
  }

  it('brings every type there and back', async () => {
    const rows = session
      .range(0, 40)
      .withColumnRenamed('id', 'n')
      .selectExpr(...(COLUMNS as any)) as any
    await rows.write
      .format('jdbc')
      .options({ ...db.options, dbtable: 'types' })
      .save()
    const back = read({ dbtable: 'types', preferTimestampNTZ: true })
    // PostgreSQL has no type of one byte.
    const types = async (frame: any) => (await frame.dtypes()).map(([name, type]: [string, string]) => `${name} ${type}`)
    expect(await types(back)).toEqual((await types(rows)).map((column: string) => column.replace('b tinyint', 'b smallint')))
    const text = (frame: any) =>
      frame
        .orderBy('s')
        .collect()
        .then((all: object[]) => all.map(row => JSON.stringify(row, wide)))
    expect(await text(back)).toEqual(await text(rows))
  })

  it('reads what has no counterpart as its text, and times without a zone as those of the session', async () => {
    await db.run(`CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE DOMAIN price AS numeric(8,2);
      CREATE TABLE odd (n numeric, m money, u uuid, j jsonb, iv interval, tm time, bt bit(3), b1 bit, ip inet, md mood, p price, local timestamp, far timestamptz)`)
    await db.run(`INSERT INTO odd VALUES (1.23456789012345678951, 12.5, '8b0c4a52-0000-4000-8000-000000000000', '{"a": 1}', '1 day 2 hours', '10:11:12.5', '101', '1',
      '10.0.0.1', 'ok', 9.99, '2024-07-01 12:00:00', 'infinity')`)
    const [row] = await read({ dbtable: 'odd' }).collect()
    expect(JSON.parse(JSON.stringify(row))).toMatchObject({
      m: '$12.50',
      u: '8b0c4a52-0000-4000-8000-000000000000',
      j: '{"a": 1}',
      iv: '1 day 02:00:00',
      b1: true,
      ip: '10.0.0.1/32',
      md: 'ok',
      local: '2024-07-01T16:00:00.000Z',
      far: '9999-12-31T23:59:59.999999Z',
    })
    expect(String(row.n)).toBe('1.234567890123456790')
    expect(String(row.p)).toBe('9.99')
    const typed = await read({ dbtable: 'odd', customSchema: 'n DECIMAL(30,20), u STRING, m DECIMAL(8,2)' }).select('n', 'm').collect()
    expect(typed.map((r: any) => [String(r.n), String(r.m)])).toEqual([['1.23456789012345678951', '12.50']])
  })

  it('refuses numerics that no decimal holds, by column and row', async () => {
    await db.run("CREATE TABLE wide (id int, n numeric); INSERT INTO wide VALUES (1, 1), (2, 'NaN')")
    expect(await refusalOf(read({ query: 'SELECT * FROM wide ORDER BY id' }).collect())).toEqual([
      'POSTGRES_VALUE',
      expect.stringContaining('row 1 of column "n": NaN'),
    ])
    expect(await refusalOf(read({ query: 'SELECT 1e30::numeric AS n' }).collect())).toEqual([
      'POSTGRES_VALUE',
      expect.stringContaining('decimal(38,18)'),
    ])
  })

  it('reads tables, queries and parts of them, side by side and in one moment', async () => {
    const sum = async (options: object) =>
      (await read(options).selectExpr('count(*) AS n', 'sum(id) AS s', 'count(DISTINCT name) AS d').collect())[0]
    const all = { n: 50_000n, s: 1_250_025_000n, d: 50_000n }
    expect(await sum({ dbtable: 'public.big' })).toEqual(all)
    expect(await sum({ dbtable: '(SELECT * FROM big) AS b', fetchsize: '777' })).toEqual(all)
    expect(await sum({ query: 'SELECT * FROM more', prepareQuery: 'WITH more AS (SELECT * FROM big)' })).toEqual(all)
    const ranges = { dbtable: 'big', partitionColumn: 'ID', lowerBound: '100', upperBound: '30000', numPartitions: '5' }
    expect(await sum(ranges)).toEqual(all)
    expect(
      await sum({ dbtable: 'big', partitionColumn: 'day', lowerBound: '2024-01-10', upperBound: '2024-02-10', numPartitions: '12' }),
    ).toEqual(all)
    expect(await read({ dbtable: 'big' }).where('id < 4').select('name').collect()).toHaveLength(3)
    expect(await read({ dbtable: 'big' }).limit(2).count()).toBe(2)
  })

  it('is the static side of a stream’s join', async () => {
    await db.run("CREATE TABLE users (id bigint, name text); INSERT INTO users VALUES (0, 'zero'), (1, 'one')")
    const stream = session.readStream.format('rate-micro-batch').option('rowsPerBatch', 4).load() as any
    const seen: string[] = []
    const query = await stream
      .selectExpr('value % 2 AS id')
      .join(read({ dbtable: 'users' }), 'id')
      .writeStream.foreach((row: any) => void seen.push(row.name))
      .start()
    while (seen.length < 4) await new Promise(done => setTimeout(done, 20))
    await query.stop()
    expect(seen.slice(0, 4).sort()).toEqual(['one', 'one', 'zero', 'zero'])
  })

  it('writes in one transaction, by the mode that is asked for', async () => {
    const rows = (n: number) => session.range(n).selectExpr('id', "concat('row ', id) AS name") as any
    const save = (n: number, mode: string, options = {}) =>
      rows(n)
        .write.format('postgresql')
        .mode(mode)
        .options({ ...db.options, dbtable: 'saved', ...options })
        .save()
    const count = async () => Number((await db.run('SELECT count(*) AS n FROM saved'))[0]!['n'])
    await save(3, 'error')
    expect(await refusalOf(save(3, 'error'))).toEqual(['POSTGRES_TABLE_EXISTS', expect.any(String)])
    await save(9, 'ignore')
    await save(2, 'append')
    expect(await count()).toBe(5)
    await db.run('CREATE INDEX saved_name ON saved (name); ALTER TABLE saved ADD CHECK (id < 100)')
    await save(4, 'overwrite', { truncate: true })
    expect([await count(), (await db.run("SELECT indexname FROM pg_indexes WHERE tablename = 'saved'")).length]).toEqual([4, 1])
    expect((await refusalOf(save(200, 'overwrite', { truncate: true })))[0]).toBe('POSTGRES_STATEMENT_FAILED')
    expect(await count()).toBe(4)
    await save(1, 'overwrite', { createTableColumnTypes: 'name CHAR(12)', createTableOptions: 'WITH (fillfactor = 50)' })
    expect(await db.run('SELECT id::int, name FROM saved')).toEqual([{ id: 0, name: 'row 0       ' }])
  })

  it('speaks TLS as sslmode says', async () => {
    const tls = async (options: object) =>
      (await read({ query: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', ...options }).collect())[0].ssl
    expect(await tls({})).toBe(true)
    expect(await tls({ sslmode: 'disable' })).toBe(false)
    expect(await tls({ sslmode: 'verify-full', sslrootcert: db.server.caPem })).toBe(true)
    expect(await tls({ url: `${db.url}?sslmode=verify-ca&sslrootcert=${db.server.caPem}` })).toBe(true)
    expect((await refusalOf(tls({ ssl: true })))[0]).toBe('POSTGRES_TLS_FAILED')
    expect((await refusalOf(tls({ sslmode: 'verify-full', sslrootcert: '/nowhere.pem' })))[0]).toBe('POSTGRES_TLS_FILE')
  })

  it('answers what cannot be with one error each, and never with the password', async () => {
    const SECRET = 'hush-hush'
    const url = db.url
    const cases: readonly [object, string, RegExp][] = [
      [{ password: SECRET, dbtable: 'big' }, 'POSTGRES_LOGIN_REFUSED', /password authentication failed/],
      [{ url: `${url}?user=nobody&password=${SECRET}`, dbtable: 'big' }, 'POSTGRES_LOGIN_REFUSED', /nobody/],
      [{ url: url.replace('jdbc:postgresql://', `postgres://nobody:${SECRET}@`), dbtable: 'big' }, 'POSTGRES_LOGIN_REFUSED', /nobody/],
      [{ url: `${url}x`, dbtable: 'big' }, 'POSTGRES_NO_DATABASE', /CREATE DATABASE/],
      [
        { url: `jdbc:postgresql://127.0.0.1:1/x?password=${SECRET}`, connectTimeout: '1', dbtable: 'big' },
        'POSTGRES_UNREACHABLE',
        /within 1 s/,
      ],
      [{ url: `jdbc:mysql://x?password=${SECRET}`, dbtable: 'big' }, 'POSTGRES_URL', /another database/],
      [{ dbtable: 'bigg' }, 'POSTGRES_NO_TABLE', /did you mean|Check the name/],
      [{ dbtable: 'big', query: 'SELECT 1' }, 'CONFLICTING_OPTIONS', /each says/],
      [{}, 'MISSING_OPTION', /dbtable/],
      [{ dbtable: 'big', partitionColumn: 'id' }, 'CONFLICTING_OPTIONS', /lowerBound and upperBound and numPartitions/],
      [{ dbtable: 'big', partitionColumn: 'name', lowerBound: '1', upperBound: '2', numPartitions: '2' }, 'INVALID_OPTION', /id, day/],
      [{ query: 'SELECT 1 AS a', sessionInitStatement: 'SET nonsense' }, 'POSTGRES_STATEMENT_FAILED', /sessionInitStatement/],
      [{ query: 'SELECT pg_sleep(30)::text AS a', queryTimeout: '1' }, 'POSTGRES_STATEMENT_FAILED', /queryTimeout/],
      [{ dbtable: 'big', passwrd: SECRET }, 'UNKNOWN_OPTION', /did you mean "password"/],
    ]
    for (const [options, condition, says] of cases) {
      const error = await read(options)
        .collect()
        .then(
          () => undefined,
          (e: unknown) => e as MillraceError,
        )
      expect([error?.condition, error?.message], JSON.stringify(options)).toEqual([condition, expect.stringMatching(says)])
      expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
    }
    const plan = await read({ url: `${url}?password=${SECRET}`, dbtable: 'big' })
      .explainString()
      .catch((e: Error) => e.message)
    expect(plan).not.toContain(SECRET)
  })

  it('shows what a user may not read with the statement that allows it', async () => {
    await db.run(
      "CREATE ROLE reader LOGIN PASSWORD 'reader'; CREATE TABLE hidden (id int); CREATE SCHEMA vault; CREATE TABLE vault.gold (id int)",
    )
    const login = { user: 'reader', password: 'reader' }
    expect(await refusalOf(read({ ...login, dbtable: 'hidden' }).collect())).toEqual([
      'POSTGRES_NOT_PERMITTED',
      expect.stringContaining('GRANT SELECT ON hidden TO reader;'),
    ])
    expect(await refusalOf(read({ ...login, dbtable: 'vault.gold' }).collect())).toEqual([
      'POSTGRES_NOT_PERMITTED',
      expect.stringContaining('GRANT USAGE ON SCHEMA vault TO reader;'),
    ])
  })
})

const wide = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
