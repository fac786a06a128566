import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SinkContext } from '../../src/connectors/contract.ts'
import { connector } from '../../src/connectors/postgresql/index.ts'
import { isMillraceError, Session } from '../../src/index.ts'
import { outputOf } from '../../src/testing/sink-contract.ts'
import { parseDdl } from '../../src/types/index.ts'
import { connectorContext } from '../contract/place.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type Database, database, ownPostgres } from '../support/services/postgresql.ts'

const ROW = parseDdl('id int, name string')
const signal = new AbortController().signal
const writing = { signal, outputMode: 'append', noData: false } as const

describeWith('postgresql', 'streams into PostgreSQL', () => {
  let db: Database
  let session: Session
  let names = 0
  const root = mkdtempSync(join(tmpdir(), 'millrace-postgresql-'))
  beforeAll(async () => {
    db = await database()
    session = await Session.open()
  })
  afterAll(async () => {
    await session.close()
    await db[Symbol.asyncDispose]()
    rmSync(root, { recursive: true })
  })

  const fresh = (): string => `t${names++}`
  const openSink = (options: Record<string, unknown>, over: Partial<SinkContext> = {}) =>
    connector.sink!({
      ...connectorContext(),
      options: { ...db.options, ...(options as Record<string, string>) },
      schema: ROW,
      queryId: `query-${names}`,
      runId: 'run',
      partitionBy: [],
      outputMode: 'append',
      newCheckpoint: true,
      lastCommitted: -1,
      ...over,
    })
  const refusalOf = async (work: Promise<unknown>): Promise<[string, string]> => {
    const error = await work.then(
      () => undefined,
      e => e as Error,
    )
    return isMillraceError(error) ? [error.condition, error.message] : ['none', String(error)]
  }
  /** A stream of JSON files into a table; each call works off what has come. */
  async function words(outputMode: 'update' | 'complete', dbtable: string, options: object) {
    const at = join(root, dbtable)
    await mkdir(join(at, 'in'), { recursive: true })
    return async (file: string, rows: readonly object[]) => {
      writeFileSync(join(at, 'in', `${file}.json`), rows.map(row => JSON.stringify(row)).join('\n'))
      const query = await session.readStream
        .schema('word string')
        .json(join(at, 'in'))
        .groupBy('word')
        .count()
        .writeStream.outputMode(outputMode)
        .format('postgresql')
        .options({ ...db.options, dbtable, ...options, checkpointLocation: join(at, 'checkpoint') } as never)
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
    }
  }

  it('replaces rows of the same key in update mode, also those whose key is null', async () => {
    for (const [dbtable, nulls] of [
      ['words_equal', 'NULLS NOT DISTINCT'],
      ['words_differ', ''],
    ] as const) {
      await db.run(`CREATE TABLE ${dbtable} (word text, count bigint, note text DEFAULT 'kept', UNIQUE ${nulls} (word))`)
      const arrive = await words('update', dbtable, { keyColumns: 'word' })
      await arrive('a', [{ word: 'x' }, { word: null }])
      await db.run(`UPDATE ${dbtable} SET note = 'mine'`)
      await arrive('b', [{ word: 'x' }, { word: null }, { word: 'y' }])
      expect(await db.run(`SELECT word, count::int, note FROM ${dbtable} ORDER BY word NULLS FIRST`), dbtable).toEqual([
        { word: null, count: 2, note: 'mine' },
        { word: 'x', count: 2, note: 'mine' },
        { word: 'y', count: 1, note: 'kept' },
      ])
    }
  })

  it('takes the primary key where no key is named, and makes the table with one on request', async () => {
    await db.run('CREATE TABLE keyed (count bigint, word text PRIMARY KEY)')
    const arrive = await words('update', 'keyed', {})
    await arrive('a', [{ word: 'x' }])
    await arrive('b', [{ word: 'x' }])
    expect(await db.run('SELECT word, count::int FROM keyed')).toEqual([{ word: 'x', count: 2 }])
    await (await words('update', 'made', { keyColumns: 'word', createTable: true, createTableColumnTypes: 'WORD VARCHAR(20)' }))('a', [
      { word: 'x' },
    ])
    const types = await db.run(
      "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'made'::regclass AND attnum = 1",
    )
    expect(types).toEqual([{ type: 'character varying(20)' }])
  })

  it('shows readers a whole result in complete mode, never an empty table', async () => {
    const arrive = await words('complete', 'totals', { createTable: true })
    await arrive('a', [{ word: 'x' }])
    // A reader whose transaction began before sees what was there, as long as it likes.
    await db.run('BEGIN ISOLATION LEVEL REPEATABLE READ')
    expect(await db.run('SELECT word, count::int FROM totals')).toEqual([{ word: 'x', count: 1 }])
    await arrive('b', [{ word: 'x' }, { word: 'y' }])
    expect(await db.run('SELECT word, count::int FROM totals')).toEqual([{ word: 'x', count: 1 }])
    await db.run('COMMIT')
    expect(await db.run('SELECT word, count::int FROM totals ORDER BY word')).toEqual([
      { word: 'x', count: 2 },
      { word: 'y', count: 1 },
    ])
  })

  it('keeps the last of several rows of one key', async () => {
    const dbtable = fresh()
    const sink = await openSink({ dbtable, createTable: 'true', keyColumns: 'ID' })
    await sink.write(
      0,
      outputOf(ROW, [
        { id: 1, name: 'first' },
        { id: 2, name: 'other' },
        { id: 1, name: 'last' },
      ]),
      writing,
    )
    await sink.close()
    expect(await db.run(`SELECT * FROM ${dbtable} ORDER BY id`)).toEqual([
      { id: 1, name: 'last' },
      { id: 2, name: 'other' },
    ])
  })

  it('writes to tables and columns of any name', async () => {
    const schema = parseDdl('`The "id"` int, `naïve; DROP` string')
    const dbtable = '"Order ""x"" lines"'
    const sink = await openSink({ dbtable, createTable: 'true', keyColumns: '"The ""id"""' }, { schema, queryId: 'names' })
    const rows = [
      { 'The "id"': 1, 'naïve; DROP': 'a' },
      { 'The "id"': 1, 'naïve; DROP': "it's" },
    ]
    await sink.write(0, outputOf(schema, rows), writing)
    await sink.close()
    expect(await db.run(`SELECT * FROM ${dbtable}`)).toEqual([rows[1]])
  })

  it('shuts out a process that another one has succeeded, also one that stands still in a transaction', async () => {
    const dbtable = fresh()
    const queryId = 'shared-query'
    const zombie = await openSink({ dbtable, createTable: 'true' }, { queryId, runId: 'zombie' })
    await zombie.write(0, outputOf(ROW, [{ id: 0, name: 'a' }]), writing)
    // It stops in the middle of its rows, with the mark's lock held.
    const [still, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const stuck = { ...outputOf(ROW, [{ id: 1, name: 'zombie' }]), rowCount: 1 }
    const batches = stuck.batches
    const frozen = {
      ...stuck,
      async *batches() {
        still.resolve()
        await goOn.promise
        yield* batches()
      },
    }
    const late = refusalOf(zombie.write(1, frozen, writing))
    await still.promise
    const owner = await openSink({ dbtable, createTable: 'true' }, { queryId, runId: 'owner', newCheckpoint: false, lastCommitted: 0 })
    await owner.write(1, outputOf(ROW, [{ id: 1, name: 'owner' }]), writing)
    await owner.write(2, outputOf(ROW, [{ id: 2, name: 'owner' }]), writing)
    goOn.resolve()
    const [condition, message] = await late
    expect(condition).toBe('POSTGRES_SINK_FENCED')
    expect(message).toContain('run owner')
    await owner.write(3, outputOf(ROW, [{ id: 3, name: 'owner' }]), writing)
    await Promise.all([zombie.close(), owner.close()])
    expect(await db.run(`SELECT * FROM ${dbtable} ORDER BY id`)).toEqual([
      { id: 0, name: 'a' },
      { id: 1, name: 'owner' },
      { id: 2, name: 'owner' },
      { id: 3, name: 'owner' },
    ])
  })

  it('does not start beside a table that is ahead of the checkpoint, and says what is missing in one that is behind', async () => {
    const dbtable = fresh()
    const again = { queryId: 'backup', newCheckpoint: false, runId: 'again' }
    const sink = await openSink({ dbtable, createTable: 'true' }, { queryId: 'backup' })
    for (const id of [0, 1, 2]) await sink.write(id, outputOf(ROW, [{ id, name: 'x' }]), writing)
    await sink.close()
    expect(await refusalOf(openSink({ dbtable }, { ...again, lastCommitted: 1 }))).toEqual([
      'POSTGRES_AHEAD',
      expect.stringContaining('up to 2'),
    ])
    const warned = async (over: Partial<SinkContext>): Promise<readonly string[]> => {
      const codes: string[] = []
      await (await openSink({ dbtable }, { ...again, ...over, warn: w => void codes.push(w.code) })).close()
      return codes
    }
    expect(await warned({ lastCommitted: 1, uncommitted: { last: 2, since: 0 } })).toEqual([])
    expect(await warned({ lastCommitted: 2 })).toEqual([])
    expect(await warned({ lastCommitted: 7 })).toEqual(['POSTGRES_BEHIND'])
    await db.run("DELETE FROM millrace_batches WHERE query_id = 'backup'")
    expect(await warned({ lastCommitted: 2, uncommitted: { last: 3, since: 0 } })).toEqual(['POSTGRES_NO_MARK'])
  })

  it('names who holds the lock that its turn waits for', async () => {
    const dbtable = fresh()
    const options = { dbtable, createTable: 'true', connectTimeout: '1' }
    await (await openSink(options, { queryId: 'held' })).close()
    await db.run("BEGIN; UPDATE millrace_batches SET written_at = now() WHERE query_id = 'held'")
    const held = await refusalOf(openSink(options, { queryId: 'held' }))
    await db.run('ROLLBACK')
    expect(held).toEqual(['POSTGRES_LOCKED', expect.stringMatching(/lock of pid \d+ \(millrace\).*pg_terminate_backend/s)])
  })

  it('says column by column what does not fit, before the first batch', async () => {
    await db.run('CREATE TABLE unfit (id smallint, "Name" text, "NAME" text, must date NOT NULL, made int GENERATED ALWAYS AS IDENTITY)')
    const [condition, message] = await refusalOf(
      openSink({ dbtable: 'unfit' }, { schema: parseDdl('id int, name string, made int, extra map<string,int>') }),
    )
    expect(condition).toBe('TARGET_SCHEMA_MISMATCH')
    expect(message.split('\n').slice(1, -1)).toEqual([
      '  id: is int in the rows and smallint in the table: cast it to smallint',
      '  name: may be "Name" and "NAME" of the table: write its name exactly',
      '  made: is generated by the table itself: leave it out of the rows',
      '  extra: is map<string,int> in the rows and not in the table',
      '  must: is date NOT NULL without a default in the table, and the rows do not have it',
    ])
  })

  it('names what is missing with the statement to run: table, key, index, rights', async () => {
    const [noTable, wording] = await refusalOf(openSink({ dbtable: 'Wrods' }))
    expect([noTable, wording.includes('CREATE TABLE "wrods" ("id" integer, "name" text);')]).toEqual(['POSTGRES_NO_TABLE', true])
    await db.run('CREATE TABLE keyless (id int, name text)')
    expect(await refusalOf(openSink({ dbtable: 'keyless' }, { outputMode: 'update' }))).toEqual([
      'POSTGRES_KEY',
      expect.stringContaining('no primary key'),
    ])
    expect((await refusalOf(openSink({ dbtable: 'keyless', keyColumns: 'id' })))[1]).toContain(
      'CREATE UNIQUE INDEX ON "public"."keyless" ("id");',
    )

    await db.run("CREATE ROLE clerk LOGIN PASSWORD 'clerk'; CREATE TABLE guarded (id int, name text)")
    const login = { dbtable: 'guarded', user: 'clerk', password: 'clerk' }
    const [notPermitted, grant] = await refusalOf(openSink(login))
    expect([notPermitted, grant.includes('GRANT INSERT ON "public"."guarded" TO "clerk";')]).toEqual(['POSTGRES_NOT_PERMITTED', true])
    await db.run('GRANT INSERT ON guarded TO clerk')
    const [noMarks, statements] = await refusalOf(openSink({ ...login, batchTable: 'clerk_batches' }))
    expect([
      noMarks,
      /CREATE TABLE IF NOT EXISTS "clerk_batches" .*GRANT SELECT, INSERT, UPDATE ON "clerk_batches" TO "clerk";/.test(statements),
    ]).toEqual(['POSTGRES_NOT_PERMITTED', true])
    await db.run(/run: (.*)$/m.exec(statements)![1]!)
    const sink = await openSink({ ...login, batchTable: 'clerk_batches' })
    await sink.write(0, outputOf(ROW, [{ id: 1, name: 'x' }]), writing)
    await sink.close()
    expect(await db.run('SELECT id FROM guarded')).toEqual([{ id: 1 }])
  })

  it('names column and row of a value that cannot be kept, and what the server says of one that breaks a rule', async () => {
    const dbtable = fresh()
    const sink = await openSink({ dbtable, createTable: 'true' })
    const nul = await refusalOf(
      sink.write(
        0,
        outputOf(ROW, [
          { id: 1, name: 'fine' },
          { id: 2, name: 'a\u0000b' },
        ]),
        writing,
      ),
    )
    expect(nul).toEqual(['POSTGRES_VALUE', expect.stringContaining('row 1 of column "name"')])
    await db.run(`ALTER TABLE ${dbtable} ALTER COLUMN name SET NOT NULL`)
    const rule = await refusalOf(sink.write(0, outputOf(ROW, [{ id: 1, name: null }]), writing))
    expect(rule).toEqual(['POSTGRES_STATEMENT_FAILED', expect.stringMatching(/null value in column "name".*coalesce/s)])
    await sink.write(0, outputOf(ROW, [{ id: 3, name: 'later' }]), writing)
    await sink.close()
    expect(await db.run(`SELECT id FROM ${dbtable}`)).toEqual([{ id: 3 }])
  })

  it('survives a server that is killed in the middle, and gives up by name when it stays away', { timeout: 120_000 }, async () => {
    await using server = await ownPostgres()
    await using own = await database(server.addresses)
    const sink = await connector.sink!({
      ...connectorContext(),
      options: { ...own.options, dbtable: 't', createTable: 'true', retryTimeout: '30 seconds', connectTimeout: '1' },
      schema: ROW,
      queryId: 'q',
      runId: 'r',
      partitionBy: [],
      outputMode: 'append',
      newCheckpoint: true,
      lastCommitted: -1,
    })
    await sink.write(0, outputOf(ROW, [{ id: 0, name: 'before' }]), writing)
    await server.kill()
    const writes = sink.write(1, outputOf(ROW, [{ id: 1, name: 'meanwhile' }]), writing)
    await server.start()
    await writes
    expect(await own.run('SELECT id FROM t ORDER BY id')).toEqual([{ id: 0 }, { id: 1 }])
    await sink.close()
    await server.stop()
    const away = await refusalOf(openSink({ url: own.url, dbtable: 't', connectTimeout: '1' }))
    expect(away).toEqual(['POSTGRES_UNREACHABLE', expect.stringMatching(/could not be reached within 1 s .*ECONNREFUSED/)])
    await server.start()
  })
})
