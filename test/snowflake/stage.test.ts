import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isMillraceError } from '../../src/index.ts'
import { sinkContract } from '../../src/testing/index.ts'
import { Decimal, LocalDate, LocalTimestamp, parseDdl, Timestamp } from '../../src/types/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { databaseName, fakesnow, type SqlClient, sqlClient } from '../support/services/fakesnow.ts'
import { openSink, write } from '../support/snowflake/sink.ts'

const DDL = 'id bigint, name string'

describeWith('fakesnow', 'batches through a stage', () => {
  const database = databaseName()
  let sql: SqlClient
  let url: string
  let tables = 0
  beforeAll(async () => {
    url = (await fakesnow()).url
    sql = await sqlClient(database)
  })
  afterAll(() => sql[Symbol.asyncDispose]())

  const options = (table: string, more: Record<string, string> = {}) => ({
    sfURL: url,
    sfUser: 'loader',
    sfPassword: 'secret-password',
    sfDatabase: database,
    sfWarehouse: 'COMPUTE_WH',
    dbtable: table,
    retryTimeout: '20 seconds',
    ...more,
  })
  const makeTable = async (columns = 'ID NUMBER, NAME VARCHAR'): Promise<string> => {
    const table = `T${tables++}`
    await sql.run(`CREATE TABLE ${table} (${columns})`)
    return table
  }
  const read = async (table: string) => sql.run(`SELECT * FROM ${table} ORDER BY 1`)

  for (const promise of sinkContract({
    name: 'snowflake',
    schema: parseDdl('ID double, NAME string') as never,
    row: n => ({ ID: n, NAME: `row ${n}` }),
    open: async () => {
      const table = await makeTable('ID FLOAT, NAME VARCHAR')
      const queryId = randomUUID()
      const open = (more = {}) => openSink({ options: options(table), ddl: 'ID double, NAME string', queryId, ...more })
      const again = () => open({ lastCommitted: 0, uncommitted: { last: 1, since: 0 } })
      return { sink: await open(), again, read: () => read(table) }
    },
  })) {
    it.skipIf(promise.skip)(promise.name, () => promise.run())
  }

  it('takes every type, and every value comes back as it was', async () => {
    const table = await makeTable(
      'I NUMBER, L NUMBER(19,0), DEC NUMBER(38,10), F FLOAT, B BOOLEAN, S VARCHAR, BIN BINARY, D DATE, TS TIMESTAMP_NTZ, TL TIMESTAMP_TZ, TN TIMESTAMP_NTZ, J VARIANT, A VARIANT, O VARIANT',
    )
    const ddl =
      'i int, l bigint, dec decimal(38,10), f double, b boolean, s string, bin binary, d date, ts timestamp, tl timestamp, tn timestamp_ntz, j variant, a array<int>, o struct<x: string, at: timestamp>'
    const at = new Timestamp('1969-12-31T23:59:59.999999Z')
    const full = {
      i: -2147483648,
      l: 9223372036854775807n,
      dec: new Decimal('-1234567890123456789012345678.0123456789'),
      f: 1.5e-300,
      b: false,
      s: 'quote " comma , line\nreturn\r back\\slash - = ünï 🎿 ',
      bin: Uint8Array.of(0, 255, 10, 34),
      d: new LocalDate('1582-10-15'),
      ts: at,
      tl: at,
      tn: new LocalTimestamp('2024-03-31 02:30:00.000001'),
      j: { deep: [1, 'two', null] },
      a: [1, null, 3],
      o: { x: '"', at },
    }
    const empty = { ...Object.fromEntries(Object.keys(full).map(k => [k, null])), s: '' }
    const sink = await openSink({ options: options(table, { sfTimezone: 'Europe/Zurich' }), ddl })
    await write(sink, 0, ddl, [full, empty, { ...empty, i: 1, s: '-', f: Number.NaN }, { ...empty, i: 2, s: null }])
    await sink.close()
    const rows = await sql.run(
      `SELECT I, CAST(L AS VARCHAR) AS L, CAST(DEC AS VARCHAR) AS DEC, CAST(F AS VARCHAR) AS F, B, S, HEX_ENCODE(BIN) AS BIN, CAST(D AS VARCHAR) AS D, CAST(TS AS VARCHAR) AS TS, DATE_PART(EPOCH_MICROSECOND, TL) AS TL, CAST(TN AS VARCHAR) AS TN, J, A, O FROM ${table} ORDER BY I NULLS LAST`,
    )
    expect(rows[0]).toMatchObject({
      I: -2147483648,
      L: '9223372036854775807',
      DEC: '-1234567890123456789012345678.0123456789',
      B: false,
      S: full.s,
      BIN: '00FF0A22',
      D: '1582-10-15',
      J: { deep: [1, 'two', null] },
      A: [1, null, 3],
      O: { x: '"', at: '1970-01-01T00:59:59.999999+01:00' },
    })
    expect(Number(rows[0]!['F'])).toBe(1.5e-300)
    expect(rows[0]!['TS']).toContain('1970-01-01 00:59:59.999999')
    expect(rows[0]!['TN']).toContain('2024-03-31 02:30:00.000001')
    expect(Number(rows[0]!['TL'])).toBe(-1)
    expect(rows[1]).toMatchObject({ I: 1, S: '-', L: null, J: null, TS: null })
    expect(String(rows[1]!['F'])).toMatch(/nan/i)
    expect(rows[2]).toMatchObject({ I: 2, S: null })
    expect(rows[3]).toMatchObject({ I: null, S: '', BIN: null, D: null, A: null, O: null })
  })

  it('replaces the rows of the same key in update mode, null being a key too', async () => {
    const table = await makeTable('ID NUMBER, NAME VARCHAR, KEPT NUMBER')
    await sql.run(`INSERT INTO ${table} VALUES (1, 'old', 7), (9, 'other', 8)`)
    const ddl = 'name string, id bigint'
    const given = { options: options(table, { keyColumns: 'Id' }), ddl, outputMode: 'update' as const }
    const sink = await openSink(given)
    await write(
      sink,
      0,
      ddl,
      [
        { id: 1n, name: 'new' },
        { id: 2n, name: 'two' },
        { id: null, name: 'none' },
      ],
      'update',
    )
    await write(
      sink,
      1,
      ddl,
      [
        { id: null, name: 'nobody' },
        { id: 2n, name: null },
      ],
      'update',
    )
    expect(await sql.run(`SELECT * FROM ${table} ORDER BY ID NULLS LAST`)).toEqual([
      { ID: 1, NAME: 'new', KEPT: 7 },
      { ID: 2, NAME: null, KEPT: null },
      { ID: 9, NAME: 'other', KEPT: 8 },
      { ID: null, NAME: 'nobody', KEPT: null },
    ])
    const doubled = write(
      sink,
      2,
      ddl,
      [
        { id: 5n, name: 'a' },
        { id: 5n, name: 'b' },
      ],
      'update',
    )
    await expect(doubled).rejects.toMatchObject({ condition: 'SNOWFLAKE_DUPLICATE_KEY', params: { key: '5', columns: ['ID'], batch: 2 } })
    await sink.close()
    await expect(openSink({ ...given, options: options(table) })).rejects.toMatchObject({ condition: 'SNOWFLAKE_NO_KEY' })
    await expect(openSink({ ...given, options: options(table, { keyColumns: 'nam' }) })).rejects.toMatchObject({
      condition: 'SNOWFLAKE_KEY_COLUMN',
    })
  })

  it('replaces the table in complete mode, and no reader ever sees it empty', async () => {
    const table = await makeTable()
    const sink = await openSink({ options: options(table), ddl: DDL, outputMode: 'complete' })
    await write(sink, 0, DDL, [{ id: 1n, name: 'a' }], 'complete')
    const counts: unknown[] = []
    let over = false
    const reading = (async () => {
      while (!over) counts.push((await sql.run(`SELECT COUNT(*) AS N FROM ${table}`))[0]!['N'])
    })()
    for (let batch = 1; batch <= 5; batch++) {
      const rows = Array.from({ length: batch + 1 }, (_, i) => ({ id: BigInt(i), name: `batch ${batch}` }))
      await write(sink, batch, DDL, rows, 'complete')
    }
    over = true
    await reading
    expect(counts).not.toContain(0)
    expect(counts.length).toBeGreaterThan(0)
    await write(sink, 6, DDL, [], 'complete')
    expect(await read(table)).toEqual([])
    await sink.close()
  })

  it('names the difference of every column before the first write', async () => {
    const table = await makeTable('ID NUMBER(5,0), NAME VARCHAR, MOMENT TIMESTAMP_NTZ, NEEDED NUMBER NOT NULL')
    const ddl = 'id bigint, nme string, moment string'
    const error = await openSink({ options: options(table), ddl }).catch(e => e)
    expect(isMillraceError(error, 'TARGET_SCHEMA_MISMATCH')).toBe(true)
    expect(error.details.map((d: string) => d.trim())).toEqual([
      'id: is bigint in the rows and NUMBER(5,0) in the table: cast it to decimal(5,0)',
      'nme: is string in the rows and not in the table (it would be VARCHAR)',
      'moment: is string in the rows and TIMESTAMP_NTZ(9) in the table: cast it to timestamp_ntz',
      'NEEDED: is NUMBER(38,0) NOT NULL without a default in the table, and the rows do not have it',
    ])
  })

  it('maps columns by position, or leaves out what one side alone has, where asked', async () => {
    const table = await makeTable('A NUMBER, B VARCHAR')
    const ordered = await openSink({ options: options(table, { column_mapping: 'order' }), ddl: 'b bigint, a string' })
    await write(ordered, 0, 'b bigint, a string', [{ b: 1n, a: 'x' }])
    await ordered.close()
    const ddl = 'extra double, b string'
    const loose = await openSink({ options: options(table, { column_mismatch_behavior: 'ignore' }), ddl })
    await write(loose, 0, ddl, [{ extra: 1, b: 'y' }])
    await loose.close()
    expect(await sql.run(`SELECT * FROM ${table} ORDER BY B`)).toEqual([
      { A: 1, B: 'x' },
      { A: null, B: 'y' },
    ])
    const short = openSink({ options: options(table, { column_mapping: 'order' }), ddl: 'a bigint' })
    await expect(short).rejects.toMatchObject({ condition: 'SNOWFLAKE_COLUMN_COUNT', params: { rows: 1, columns: 2 } })
  })

  it('a second process takes over, and the first one is fenced by name', async () => {
    const table = await makeTable()
    const queryId = randomUUID()
    const first = await openSink({ options: options(table), ddl: DDL, queryId, runId: 'run-1' })
    await write(first, 0, DDL, [{ id: 1n, name: 'a' }])
    const second = await openSink({ options: options(table), ddl: DDL, queryId, runId: 'run-2', lastCommitted: 0 })
    await write(second, 1, DDL, [{ id: 2n, name: 'b' }])
    const zombie = write(first, 1, DDL, [{ id: 2n, name: 'b' }])
    await expect(zombie).rejects.toMatchObject({ condition: 'SNOWFLAKE_FENCED', params: { run: 'run-2' } })
    await write(second, 2, DDL, [{ id: 3n, name: 'c' }])
    expect((await read(table)).map(r => r['ID'])).toEqual([1, 2, 3])
    await Promise.all([first.close(), second.close()])
  })

  it('refuses a checkpoint that is older than the table, and appending again what may be there', async () => {
    const table = await makeTable()
    const queryId = randomUUID()
    const sink = await openSink({ options: options(table), ddl: DDL, queryId })
    for (const batch of [0, 1, 2]) await write(sink, batch, DDL, [{ id: BigInt(batch), name: 'a' }])
    await sink.close()
    const older = openSink({ options: options(table), ddl: DDL, queryId, lastCommitted: 0, uncommitted: { last: 1, since: 0 } })
    await expect(older).rejects.toMatchObject({ condition: 'SNOWFLAKE_AHEAD', params: { has: 2, logged: 1 } })
    const given = { options: options(table), ddl: DDL, replays: true }
    await expect(openSink(given)).rejects.toMatchObject({ condition: 'SNOWFLAKE_REPROCESS' })
    await (await openSink({ ...given, options: options(table, { reprocess: 'append' }) })).close()
    await (await openSink({ ...given, options: options(table, { keyColumns: 'id' }) })).close()
    await (await openSink({ ...given, options: options(await makeTable()) })).close()
  })

  it('leaves nothing in a named stage, and takes away what a died run left', async () => {
    const table = await makeTable()
    await sql.run('CREATE STAGE "myStage"')
    const queryId = randomUUID()
    const given = { options: options(table, { streaming_stage: '"myStage"' }), ddl: DDL, queryId }
    const sink = await openSink(given)
    expect(sink.description).toBe(`Snowflake[${database}.PUBLIC.${table} through stage ${database}.PUBLIC."myStage"]`)
    await write(sink, 0, DDL, [{ id: 1n, name: 'a' }])
    expect(await sql.run('LIST @"myStage"')).toEqual([])
    await sink.close()
    const none = openSink({ ...given, options: options(table, { streaming_stage: 'nowhere' }) })
    await expect(none).rejects.toMatchObject({ condition: 'SNOWFLAKE_NOT_ALLOWED' })
  })

  it('says which table to make where there is none', async () => {
    const error = await openSink({ options: options('NOPE'), ddl: 'id int, day date, tags array<string>' }).catch(e => e)
    expect(error).toMatchObject({ condition: 'SNOWFLAKE_NOT_THERE', params: { kind: 'table', name: `${database}.PUBLIC.NOPE` } })
    expect(error.message).toContain(`CREATE TABLE ${database}.PUBLIC.NOPE (ID NUMBER(10,0), DAY DATE, TAGS ARRAY);`)
  })

  it('a value that does not go in ends the batch by name, and nothing of the batch stands', async () => {
    const table = await makeTable('ID NUMBER NOT NULL, NAME VARCHAR')
    const sink = await openSink({ options: options(table), ddl: DDL })
    const bad = write(sink, 0, DDL, [
      { id: 1n, name: 'a' },
      { id: null, name: 'b' },
    ])
    await expect(bad).rejects.toMatchObject({ condition: 'SNOWFLAKE_STATEMENT_FAILED', params: { code: '100072' } })
    expect(await read(table)).toEqual([])
    await sink.close()
  })
})
