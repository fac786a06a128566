import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DataFrame, isMillraceError, Session } from '../../src/index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-delta-streams-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let place = ''
let session: Session
beforeEach(async () => {
  place = mkdtempSync(join(root, 's-'))
  session = await Session.open()
})
afterEach(() => session.close())

const at = (name: string): string => join(place, name)
const put = (from: number, to: number, options: Readonly<Record<string, unknown>> = {}, mode: 'append' | 'overwrite' = 'append') =>
  Object.entries(options)
    .reduce(
      (w, [k, v]) => w.option(k as never, v as never),
      session.range(from, to).selectExpr('id', 'id % 3 AS k').write.mode(mode).format('delta'),
    )
    .save(at('in'))

/** One run over what is there; the rows that came, and how many batches brought them. */
async function drain(options: Readonly<Record<string, unknown>> = {}, name = 'out'): Promise<{ ids: number[]; batches: number }> {
  const before = await idsOf(name)
  const query = await reading(options)
    .writeStream.format('delta')
    .option('mergeSchema', true)
    .option('checkpointLocation', at(`chk-${name}`))
    .trigger({ availableNow: true })
    .start(at(name))
  await query.awaitTermination()
  const after = await idsOf(name)
  return { ids: after.slice(before.length), batches: query.recentProgress.filter(p => p.numInputRows > 0).length }
}
const reading = (options: Readonly<Record<string, unknown>>): DataFrame<any, any> =>
  Object.entries(options)
    .reduce((r, [k, v]) => r.option(k as never, v as never), session.readStream.format('delta'))
    .load(at('in'))
const idsOf = async (name: string): Promise<number[]> => {
  const rows = await session.read
    .format('delta')
    .load(at(name))
    .collect()
    .catch(() => [])
  return rows.map(r => Number(r['id'])).sort((a, b) => a - b)
}
/** What a query or its start was refused with. */
const refusal = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.catch((e: unknown) => e)
  const cause = isMillraceError(error, 'STREAM_FAILED') ? error.cause : error
  return isMillraceError(cause) ? cause.condition : cause
}
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('a stream from a table', () => {
  test('begins with what is there and goes on with what comes', async () => {
    await put(0, 3)
    await put(3, 6)
    expect(await drain()).toEqual({ ids: upTo(0, 6), batches: 1 })
    expect(await drain()).toEqual({ ids: [], batches: 0 })
    await put(6, 9)
    expect((await drain()).ids).toEqual(upTo(6, 9))
  })

  test('takes so many files or bytes a batch', async () => {
    for (let i = 0; i < 5; i++) await put(i, i + 1)
    expect(await drain({ maxFilesPerTrigger: 2 })).toEqual({ ids: upTo(0, 5), batches: 3 })
    expect(await drain({ maxBytesPerTrigger: '1b' }, 'bytes')).toEqual({ ids: upTo(0, 5), batches: 5 })
    for (let i = 5; i < 8; i++) await put(i, i + 1)
    expect(await drain({ maxFilesPerTrigger: 2 })).toEqual({ ids: upTo(5, 8), batches: 2 })
  })

  test('begins at a version, a time, or with what comes', async () => {
    for (let i = 0; i < 4; i++) await put(i, i + 1)
    expect((await drain({ startingVersion: 2 }, 'a')).ids).toEqual([2, 3])
    expect((await drain({ startingVersion: 'latest' }, 'b')).ids).toEqual([])
    await put(4, 5)
    expect((await drain({ startingVersion: 'latest' }, 'b')).ids).toEqual([4])
    const [, second] = (await session.catalog.history(at('in'))).toReversed()
    expect((await drain({ startingTimestamp: (second!['timestamp'] as Date).toISOString() }, 'c')).ids).toEqual(upTo(1, 5))
    expect(await refusal(drain({ startingVersion: 40 }, 'd'))).toBe('DELTA_VERSION_NOT_FOUND')
    expect(await refusal(drain({ startingTimestamp: '2999-01-01' }, 'e'))).toBe('DELTA_VERSION_NOT_FOUND')
    expect(await refusal(drain({ startingVersion: 1, startingTimestamp: '2020-01-01' }, 'f'))).toBe('CONFLICTING_OPTIONS')
  })

  test('ends where rows are taken away, unless it is told what to do', async () => {
    await put(0, 3)
    for (const name of ['a', 'b', 'c', 'd']) await drain({}, name)
    await put(10, 12, {}, 'overwrite')
    await put(20, 21)
    expect(await refusal(drain({}, 'a'))).toBe('DELTA_SOURCE_CHANGES')
    expect(await refusal(drain({ ignoreDeletes: true }, 'b'))).toBe('DELTA_SOURCE_CHANGES')
    expect((await drain({ skipChangeCommits: true }, 'c')).ids).toEqual([20])
    expect((await drain({ ignoreChanges: true }, 'd')).ids).toEqual([10, 11, 20])
  })

  test('reads nothing anew when files are only put together', async () => {
    for (let i = 0; i < 3; i++) await put(i, i + 1)
    await drain()
    expect((await session.catalog.optimize(at('in'))).filesRemoved).toBe(3)
    await put(3, 4)
    expect((await drain()).ids).toEqual([3])
  })

  test('ends with a word when the schema changes, and goes on with the new one', async () => {
    await put(0, 2)
    const query = await reading({}).writeStream.format('noop').option('checkpointLocation', at('chk')).start()
    await query.processAllAvailable()
    await session
      .range(2, 3)
      .selectExpr('id', 'id % 3 AS k', "'new' AS more")
      .write.mode('append')
      .format('delta')
      .option('mergeSchema', true)
      .save(at('in'))
    expect(await refusal(query.awaitTermination())).toBe('DELTA_SOURCE_SCHEMA_CHANGED')
    const rows: unknown[] = []
    const again = await reading({})
      .writeStream.foreachBatch(async batch => void rows.push(...(await batch.collect())))
      .option('checkpointLocation', at('chk'))
      .trigger({ availableNow: true })
      .start()
    await again.awaitTermination()
    expect(rows).toEqual([{ id: 2n, k: 2n, more: 'new' }])
  })

  test('says changes with readChangeFeed', async () => {
    await put(0, 2, { 'delta.enableChangeDataFeed': true })
    await put(5, 6, {}, 'overwrite')
    const changes = await session.read
      .format('delta')
      .option('readChangeFeed', true)
      .option('startingVersion', 0)
      .load(at('in'))
      .orderBy('_commit_version', '_change_type', 'id')
      .collect()
    const told = [
      [0n, 'insert', 0n],
      [1n, 'insert', 0n],
      [0n, 'delete', 1n],
      [1n, 'delete', 1n],
      [5n, 'insert', 1n],
    ]
    expect(changes.map(c => [c['id'], c['_change_type'], c['_commit_version']])).toEqual(told)
    const rows: any[] = []
    const query = await reading({ readChangeFeed: true, startingVersion: 0 })
      .writeStream.foreachBatch(async batch => void rows.push(...(await batch.collect())))
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    expect(rows.map(c => [c.id, c._change_type, c._commit_version]).sort()).toEqual([...told].sort())
    await session.range(1).write.format('delta').save(at('plain'))
    const plain = session.read.format('delta').option('readChangeFeed', true).option('startingVersion', 0).load(at('plain'))
    expect(await refusal(plain.collect())).toBe('DELTA_CHANGE_FEED_OFF')
  })

  test('rows merged by key or replaced by a condition are told before and after', async () => {
    await put(0, 4, { 'delta.enableChangeDataFeed': true })
    await session.range(2, 6).selectExpr('id', '10L AS k').write.format('delta').save(at('updates'))
    const query = await session.readStream
      .format('delta')
      .load(at('updates'))
      .writeStream.format('delta')
      .outputMode('update')
      .options({ keyColumns: 'id', checkpointLocation: at('chk') })
      .trigger({ availableNow: true })
      .start(at('in'))
    await query.awaitTermination()
    await session
      .range(1)
      .selectExpr('id', '7L AS k')
      .write.mode('overwrite')
      .format('delta')
      .option('replaceWhere', 'id < 2')
      .save(at('in'))
    const feed = session.read.format('delta').option('readChangeFeed', true).option('startingVersion', 1).load(at('in'))
    const told = (await feed.orderBy('_commit_version', '_change_type', 'id').collect()).map(
      c => `${c['_commit_version']} ${c['_change_type']} ${c['id']}:${c['k']}`,
    )
    expect(told).toEqual([
      '1 insert 4:10',
      '1 insert 5:10',
      '1 update_postimage 2:10',
      '1 update_postimage 3:10',
      '1 update_preimage 2:2',
      '1 update_preimage 3:0',
      '2 delete 0:0',
      '2 delete 1:1',
      '2 insert 0:7',
    ])
    const rows = await session.read.format('delta').load(at('in')).orderBy('id').collect()
    expect(rows.map(r => `${r['id']}:${r['k']}`)).toEqual(['0:7', '2:10', '3:10', '4:10', '5:10'])
  })

  test('waits for the next version', async () => {
    await put(0, 1)
    const query = await reading({}).writeStream.format('delta').option('checkpointLocation', at('chk')).start(at('out'))
    await query.processAllAvailable()
    await put(1, 2)
    await query.processAllAvailable()
    await query.stop()
    expect(await idsOf('out')).toEqual([0, 1])
  })
})

describe('reprocessing from a time', () => {
  const since = '2020-01-01'
  const start = (mode: 'append' | 'update' | 'complete', options: Readonly<Record<string, string>>, chk: string, expression: string) => {
    const frame = session.readStream
      .format('delta')
      .option('startingTimestamp', since)
      .load(at('in'))
      .selectExpr('id', `${expression} AS v`)
    const writer = Object.entries(options).reduce(
      (w, [k, v]) => w.option(k as never, v),
      frame.writeStream.format('delta').outputMode(mode as never),
    )
    return writer.option('checkpointLocation', at(chk)).trigger({ availableNow: true })
  }
  const run = async (...args: Parameters<typeof start>): Promise<void> =>
    void (await (await (start(...args) as any).start(at('out'))).awaitTermination())

  test('rows of a key stand once and corrected', async () => {
    await put(0, 4)
    await run('update', { keyColumns: 'id' }, 'faulty', "'wrong'")
    await put(4, 6)
    await run('update', { keyColumns: 'id' }, 'mended', "'right'")
    const rows = await session.read.format('delta').load(at('out')).orderBy('id').collect()
    expect(rows).toEqual(upTo(0, 6).map(id => ({ id: BigInt(id), v: 'right' })))
    expect(await (start('update', { keyColumns: 'id' }, 'mended', "'right'") as any).explainString('simple', at('out'))).toContain(
      'rows that are there (delta): each is replaced by a row with the same id',
    )
  })

  test('appending again is refused unless that is meant', async () => {
    await put(0, 4)
    await run('append', {}, 'first', "'wrong'")
    expect(await refusal(run('append', {}, 'second', "'right'"))).toBe('DELTA_REPROCESS')
    expect((await idsOf('out')).length).toBe(4)
    await run('append', { reprocess: 'append' }, 'second', "'right'")
    expect((await idsOf('out')).length).toBe(8)
  })
})
