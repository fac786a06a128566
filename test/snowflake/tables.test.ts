import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Session } from '../../src/index.ts'
import { Decimal, LocalDate, LocalTimestamp, Timestamp } from '../../src/types/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { databaseName, fakesnow, type SqlClient, sqlClient } from '../support/services/fakesnow.ts'

describeWith('fakesnow', 'tables of Snowflake in a session', () => {
  const database = databaseName()
  let options: Record<string, string>
  let sql: SqlClient
  let session: Session
  let dir: string
  let tables = 0
  beforeAll(async () => {
    const { url } = await fakesnow()
    options = {
      sfURL: url,
      sfUser: 'loader',
      sfPassword: 'secret-password',
      sfDatabase: database,
      sfWarehouse: 'WH',
      retryTimeout: '20 seconds',
    }
    sql = await sqlClient(database)
    session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
  })
  afterAll(async () => {
    await session.close()
    await sql[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-snowflake-'))
    await mkdir(join(dir, 'in'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const next = (): string => `S${tables++}`
  const read = (table: string) =>
    session.read
      .format('snowflake')
      .options({ ...options, dbtable: table })
      .load()
  const numbers = (from: number, to: number) => session.range(from, to).selectExpr('id', "concat('n', id) as name")
  const save = (
    frame: ReturnType<typeof numbers>,
    table: string,
    mode: 'append' | 'overwrite' | 'error' | 'ignore',
    more: Record<string, string> = {},
  ) =>
    frame.write
      .mode(mode)
      .format('snowflake')
      .options({ ...options, dbtable: table, ...more })
      .save()
  const land = async (name: string, rows: readonly object[]): Promise<void> => {
    await writeFile(join(dir, name), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    await rename(join(dir, name), join(dir, 'in', name))
  }

  it('a save makes the table, and each mode does what Spark’s does', async () => {
    const table = next()
    await save(numbers(0, 3), table, 'error')
    await expect(save(numbers(0, 1), table, 'error')).rejects.toMatchObject({ condition: 'SNOWFLAKE_TABLE_EXISTS' })
    await save(numbers(0, 1), table, 'ignore')
    await save(numbers(3, 5), table, 'append')
    const ids = async () => (await read(table).orderBy('ID').collect()).map(row => Number(String(row['ID'])))
    expect(await ids()).toEqual([0, 1, 2, 3, 4])
    await save(numbers(7, 9), table, 'overwrite')
    expect(await ids()).toEqual([7, 8])
    await expect(save(session.range(1).selectExpr('id as other') as never, table, 'overwrite')).rejects.toMatchObject({
      condition: 'TARGET_SCHEMA_MISMATCH',
    })
    expect(await ids()).toEqual([7, 8])
    const cased = next()
    await save(numbers(0, 1), cased, 'append', { keep_column_case: 'on' })
    expect(await read(cased).columns()).toEqual(['id', 'name'])
  })

  it('every type is read as Snowflake’s connector for Spark reads it, exactly', async () => {
    const table = next()
    await sql.run(
      `CREATE TABLE ${table} (N NUMBER(38,10), F FLOAT, S VARCHAR, B BOOLEAN, D DATE, TN TIMESTAMP_NTZ, TZ TIMESTAMP_TZ, BIN BINARY, V VARIANT, T TIME, NOTHING NUMBER, NEVER TIME)`,
    )
    await sql.run(
      `INSERT INTO ${table} SELECT CAST('1234567890123456789012345678.0123456789' AS NUMBER(38,10)), 1.5e-300, 'ü', TRUE, TO_DATE('1969-12-31', 'YYYY-MM-DD'), TO_TIMESTAMP_NTZ('1969-12-31 23:59:59.999999', 'YYYY-MM-DD HH24:MI:SS.FF6'), TO_TIMESTAMP_TZ('2024-01-01 02:00:00.123456 +02:00', 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM'), TO_BINARY('00FF', 'HEX'), PARSE_JSON('{"a":[1,null]}'), TO_TIME('10:00:00.123456', 'HH24:MI:SS.FF6'), NULL, NULL`,
    )
    const frame = read(table)
    expect((await frame.dtypes()).map(([, type]) => type)).toEqual([
      'decimal(38,10)',
      'double',
      'string',
      'boolean',
      'date',
      'timestamp_ntz',
      'timestamp',
      'binary',
      'string',
      'string',
      'decimal(38,0)',
      'string',
    ])
    const [row] = await frame.collect()
    expect(row).toEqual({
      N: new Decimal('1234567890123456789012345678.0123456789'),
      F: 1.5e-300,
      S: 'ü',
      B: true,
      D: new LocalDate('1969-12-31'),
      TN: new LocalTimestamp('1969-12-31 23:59:59.999999'),
      TZ: new Timestamp('2024-01-01T00:00:00.123456Z'),
      BIN: Uint8Array.of(0, 255),
      V: expect.stringMatching(/^\{"a": ?\[1, ?null\]\}$/),
      T: '10:00:00.123456',
      NOTHING: null,
      NEVER: null,
    })
    const counted = session.read
      .format('net.snowflake.spark.snowflake')
      .options({ ...options, query: `SELECT COUNT(*) AS HOWMANY FROM ${table};` })
      .load()
    expect(await counted.collect()).toEqual([{ HOWMANY: new Decimal('1') }])
    await expect(read('NOWHERE').collect()).rejects.toMatchObject({ condition: 'SNOWFLAKE_STATEMENT_FAILED' })
  })

  it('more rows than a part are read whole', async () => {
    const table = next()
    await save(numbers(0, 20_000), table, 'append')
    expect(await read(table).selectExpr('count(*) as n', 'count(distinct ID) as d', 'max(ID) as m').collect()).toEqual([
      { n: 20_000n, d: 20_000n, m: new Decimal('19999') },
    ])
  })

  it('a stream of sums replaces its table each batch, goes on after a restart, and explains itself; no secret, no log file', async () => {
    const table = next()
    await sql.run(`CREATE TABLE ${table} (WORD VARCHAR, COUNT NUMBER)`)
    const start = () =>
      session.readStream
        .schema('word string')
        .json(join(dir, 'in'))
        .groupBy('word')
        .count()
        .writeStream.outputMode('complete')
        .format('snowflake')
        .options({ ...options, dbtable: table, checkpointLocation: join(dir, 'checkpoint') })
        .start()
    const seen = () => sql.run(`SELECT * FROM ${table} ORDER BY WORD`)
    await land('1.json', [{ word: 'a' }, { word: 'b' }, { word: 'a' }])
    const query = await start()
    await query.processAllAvailable()
    expect(await seen()).toEqual([
      { WORD: 'a', COUNT: 2 },
      { WORD: 'b', COUNT: 1 },
    ])
    const told = await query.explain(true)
    expect(told).toContain(
      `exactly once: every source can be read again, and the sink takes each batch once; a batch and its number in ${database}.PUBLIC.MILLRACE_BATCHES are one transaction`,
    )
    expect(told).not.toContain('secret-password')
    expect(query.lastProgress?.sink.description).toBe(`Snowflake[${database}.PUBLIC.${table} through a temporary stage]`)
    expect(JSON.stringify(query.lastProgress)).not.toContain('secret-password')
    await query.stop()
    await land('2.json', [{ word: 'b' }, { word: null }])
    const again = await start()
    await again.processAllAvailable()
    await again.stop()
    expect(await sql.run(`SELECT * FROM ${table} ORDER BY WORD NULLS LAST`)).toEqual([
      { WORD: 'a', COUNT: 2 },
      { WORD: 'b', COUNT: 2 },
      { WORD: null, COUNT: 1 },
    ])
    expect(existsSync('snowflake.log')).toBe(false)
  })
})
