import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Warning } from '../../src/connectors/contract.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { databaseName, fakesnow, type SqlClient, sqlClient } from '../support/services/fakesnow.ts'
import { type Given, openSink, rowsOf, write } from '../support/snowflake/sink.ts'
import { type StandIn, standIn } from '../support/snowflake/stand-in.ts'

const DDL = 'id bigint, name string'
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const rows = (from: number, count: number, size = 1) =>
  Array.from({ length: count }, (_, i) => ({ id: BigInt(from + i), name: `${from + i}-`.padEnd(size, 'x') }))

describeWith('fakesnow', 'batches through Snowpipe Streaming (a strict stand-in)', () => {
  const database = databaseName()
  let sql: SqlClient
  let url: string
  beforeAll(async () => {
    url = (await fakesnow()).url
    sql = await sqlClient(database)
    await sql.run('CREATE TABLE LOGS (ID NUMBER, NAME VARCHAR)')
  })
  afterAll(() => sql[Symbol.asyncDispose]())

  const service = (): Promise<StandIn> => standIn({ behind: url, account: 'acme', users: { LOADER: { key } } })
  const open = (stand: StandIn, more: Partial<Given> & { readonly options?: Record<string, string> } = {}) =>
    openSink({
      ddl: DDL,
      ...more,
      options: {
        sfURL: stand.url,
        sfAccount: 'acme',
        sfUser: 'loader',
        pem_private_key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
        sfDatabase: database,
        dbtable: 'LOGS',
        retryTimeout: '20 seconds',
        ...more.options,
      },
    })
  const ids = (stand: StandIn): unknown[] => stand.channels.rows.map(r => r['ID']).sort((a, b) => Number(a) - Number(b))

  it('puts the batch’s number on its rows, waits until they are committed, and writes no batch twice', async () => {
    await using stand = await service()
    stand.channels.pipes = new Set(['LOGS-STREAMING'])
    const queryId = randomUUID()
    const sink = await open(stand, { queryId })
    expect(sink.description).toBe(`Snowflake[${database}.PUBLIC.LOGS through Snowpipe Streaming]`)
    await write(sink, 0, DDL, rows(0, 3))
    await write(sink, 0, DDL, rows(0, 3))
    await write(sink, 1, DDL, [])
    await write(sink, 2, DDL, rows(3, 2))
    await sink.close()
    expect(stand.channels.all.map(c => [c.name, c.committed])).toEqual([[`MILLRACE_${queryId.replaceAll('-', '_').toUpperCase()}`, '2']])
    const again = await open(stand, { queryId, lastCommitted: 1, uncommitted: { last: 2, since: 0 } })
    await write(again, 2, DDL, rows(3, 2))
    await write(again, 3, DDL, rows(5, 1))
    await again.close()
    expect(ids(stand)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('a batch of several calls goes on behind the part that is committed, whatever order its rows come in', async () => {
    await using stand = await service()
    const queryId = randomUUID()
    const first = await open(stand, { queryId })
    const all = rows(0, 1200, 10_000)
    stand.channels.commitMs = undefined
    const death = new AbortController()
    const dying = first.write(0, rowsOf(DDL, all), { signal: death.signal, outputMode: 'append', noData: false })
    await expect.poll(() => stand.channels.waiting, { timeout: 20_000 }).toBe(4)
    stand.channels.commit('first')
    expect(stand.channels.all[0]!.committed).toBe('0.0')
    death.abort(new Error('killed'))
    await expect(dying).rejects.toThrow('killed')
    // What was on its way never arrives.
    stand.channels.lose()
    stand.channels.commitMs = 5
    const successor = await open(stand, { queryId, runId: 'second', uncommitted: { last: 0, since: 0 } })
    await write(successor, 0, DDL, [...all].reverse())
    expect(ids(stand)).toEqual(all.map(r => Number(r.id)))
    expect(stand.channels.all[0]!.committed).toBe('0')
    await Promise.all([first.close(), successor.close()])
  }, 60_000)

  it('waits for rows of its predecessor that are on their way, rather than send them twice', async () => {
    await using stand = await service()
    const queryId = randomUUID()
    const first = await open(stand, { queryId })
    stand.channels.commitMs = undefined
    const death = new AbortController()
    const dying = first.write(0, rowsOf(DDL, rows(0, 3)), { signal: death.signal, outputMode: 'append', noData: false })
    await expect.poll(() => stand.channels.waiting).toBe(1)
    death.abort(new Error('killed'))
    await expect(dying).rejects.toThrow('killed')
    stand.channels.commit()
    // The same process asks again what it has written.
    await write(first, 0, DDL, rows(0, 3))
    stand.channels.commitMs = undefined
    const second = new AbortController()
    const dyingToo = first.write(1, rowsOf(DDL, rows(3, 1)), { signal: second.signal, outputMode: 'append', noData: false })
    await expect.poll(() => stand.channels.waiting).toBe(1)
    second.abort(new Error('killed'))
    await expect(dyingToo).rejects.toThrow('killed')
    const opening = open(stand, { queryId, runId: 'second', uncommitted: { last: 1, since: 0 } })
    const tries = () => stand.calls.filter(call => call.startsWith('PUT ')).length
    await expect.poll(tries, { timeout: 20_000 }).toBeGreaterThan(3)
    stand.channels.commit()
    stand.channels.commitMs = 5
    const successor = await opening
    await write(successor, 1, DDL, rows(3, 1))
    await write(successor, 2, DDL, rows(4, 1))
    expect(ids(stand)).toEqual([0, 1, 2, 3, 4])
    expect(stand.calls.filter(call => call.endsWith('/rows')).length).toBe(3)
  })

  it('lives through server errors, lost answers, tokens that are over and a channel that must be opened again', async () => {
    await using stand = await service()
    const sink = await open(stand)
    stand.fail({ on: /^POST .*\/rows$/, times: 1, status: 503 })
    await write(sink, 0, DDL, rows(0, 2))
    stand.fail({ on: /^POST .*\/rows$/, times: 1, lose: true })
    await write(sink, 1, DDL, rows(2, 2))
    stand.expireTokens()
    await write(sink, 2, DDL, rows(4, 2))
    for (const channel of stand.channels.all) stand.channels.open([channel.database, channel.schema, channel.pipe, channel.name], false)
    await write(sink, 3, DDL, rows(6, 2))
    await sink.close()
    expect(ids(stand)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('yields to a process that is further', async () => {
    await using stand = await service()
    const queryId = randomUUID()
    const zombie = await open(stand, { queryId, runId: 'old' })
    const owner = await open(stand, { queryId, runId: 'new' })
    await write(owner, 0, DDL, rows(0, 1))
    await write(owner, 1, DDL, rows(1, 1))
    await expect(write(zombie, 0, DDL, rows(0, 1))).rejects.toMatchObject({ condition: 'SNOWFLAKE_CHANNEL_TAKEN' })
    await write(owner, 2, DDL, rows(2, 1))
    expect(ids(stand)).toEqual([0, 1, 2])
  })

  it('tells rows that the table left out, also after a restart, unless they are to be warned about only', async () => {
    await using stand = await service()
    stand.channels.rejects = row => row['ID'] === 1
    const queryId = randomUUID()
    const sink = await open(stand, { queryId })
    const rejected = { condition: 'SNOWFLAKE_ROWS_REJECTED', params: { batch: 0, rows: 1 } }
    await expect(write(sink, 0, DDL, rows(0, 3))).rejects.toMatchObject(rejected)
    const again = await open(stand, { queryId, uncommitted: { last: 0, since: 0 } })
    await expect(write(again, 0, DDL, rows(0, 3))).rejects.toMatchObject(rejected)
    const warnings: Warning[] = []
    const lenient = await open(stand, { queryId, uncommitted: { last: 0, since: 0 }, warnings, options: { rejectedRows: 'warn' } })
    await write(lenient, 0, DDL, rows(0, 3))
    await write(lenient, 1, DDL, rows(3, 1))
    expect(warnings.map(w => w.code)).toEqual(['SNOWFLAKE_ROWS_REJECTED'])
    expect(ids(stand)).toEqual([0, 2, 3])
  })

  it('refuses a checkpoint that is older than the channel', async () => {
    await using stand = await service()
    const queryId = randomUUID()
    const sink = await open(stand, { queryId })
    for (const batch of [0, 1]) await write(sink, batch, DDL, rows(batch, 1))
    const older = open(stand, { queryId, lastCommitted: 0 })
    await expect(older).rejects.toMatchObject({ condition: 'SNOWFLAKE_AHEAD', params: { has: 1, logged: 0 } })
    await expect(open(stand, { replays: true })).rejects.toMatchObject({ condition: 'SNOWFLAKE_REPROCESS' })
  })

  it('refuses what it cannot do, and a pipe that is not there', async () => {
    await using stand = await service()
    await expect(open(stand, { outputMode: 'complete', options: { writeMethod: 'streaming' } })).rejects.toMatchObject({
      condition: 'SNOWFLAKE_WRITE_METHOD',
    })
    await expect(open(stand, { options: { streaming_stage: 's', writeMethod: 'streaming' } })).rejects.toMatchObject({
      condition: 'CONFLICTING_OPTIONS',
    })
    stand.channels.pipes = new Set()
    const failed = { condition: 'SNOWFLAKE_STREAMING_FAILED', params: { code: 'ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED' } }
    await expect(open(stand)).rejects.toMatchObject(failed)
  })
})
