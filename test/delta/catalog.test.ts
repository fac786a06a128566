import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { explode, expr, isMillraceError, lower, Session, split } from '../../src/index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-tables-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let place = ''
let session: Session
beforeEach(async () => {
  place = mkdtempSync(join(root, 'w-'))
  session = await Session.open({ conf: { 'spark.sql.warehouse.dir': join(place, 'warehouse') } })
})
afterEach(() => session.close())

const conditionOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.catch((e: unknown) => e)
  return isMillraceError(error) ? error.condition : error
}
const reopened = async (): Promise<void> => {
  await session.close()
  session = await Session.open({ conf: { 'spark.sql.warehouse.dir': join(place, 'warehouse') } })
}

describe('named tables', () => {
  test('outlive the session, as Delta tables', async () => {
    await session.range(3).write.saveAsTable('Numbers')
    await reopened()
    expect(await session.table('numbers').count()).toBe(3)
    expect(existsSync(join(place, 'warehouse/numbers/_delta_log/00000000000000000000.json'))).toBe(true)
    await session.range(2).write.mode('append').saveAsTable('numbers')
    expect(await session.table('NUMBERS').count()).toBe(5)
    expect(await conditionOf(session.range(3).write.saveAsTable('numbers'))).toBe('TABLE_ALREADY_EXISTS')
    await session.range(7).write.mode('ignore').saveAsTable('numbers')
    expect(await session.table('numbers').count()).toBe(5)
  })

  test('stay in their format and place', async () => {
    await session.range(3).write.option('path', join(place, 'here')).saveAsTable('t')
    await session.range(1).write.mode('append').option('path', join(place, 'here/')).saveAsTable('t')
    expect(await conditionOf(session.range(1).write.mode('overwrite').format('parquet').saveAsTable('t'))).toBe('TABLE_OF_OTHER_FORMAT')
    expect(await conditionOf(session.range(1).write.mode('append').option('path', join(place, 'there')).saveAsTable('t'))).toBe(
      'TABLE_ALREADY_EXISTS',
    )
    expect(await session.table('t').count()).toBe(4)
    expect(await conditionOf(session.range(1).write.saveAsTable('a/b'))).toBe('INVALID_TABLE_NAME')
  })

  test('are listed, described and dropped', async () => {
    await session.range(3).selectExpr('id', "'a' AS s").write.saveAsTable('lake.one')
    await session.range(3).write.format('parquet').saveAsTable('two')
    await session.range(3).write.option('path', join(place, 'elsewhere')).saveAsTable('three')
    session.range(1).createTempView('v')
    expect((await session.catalog.listTables()).map(t => [t.name, t.tableType, t.format])).toEqual([
      ['lake.one', 'MANAGED', 'delta'],
      ['three', 'EXTERNAL', 'delta'],
      ['two', 'MANAGED', 'parquet'],
      ['v', 'VIEW', undefined],
    ])
    expect((await session.catalog.describe('lake.one')).columns.map(c => `${c.name} ${c.dataType}`)).toEqual(['id bigint', 's string'])
    expect(await session.table('two').count()).toBe(3)
    expect(await session.catalog.tableExists('three')).toBe(true)
    for (const name of ['lake.one', 'two', 'three', 'v']) expect(await session.catalog.drop(name)).toBe(true)
    expect(await session.catalog.listTables()).toEqual([])
    expect(existsSync(join(place, 'elsewhere/_delta_log'))).toBe(true)
    expect(existsSync(join(place, 'warehouse/lake.db/one'))).toBe(false)
    expect(await session.catalog.drop('two', { ifExists: true })).toBe(false)
  })

  test('a misspelt or dropped name gets its nearest', async () => {
    await session.range(3).write.saveAsTable('customers')
    const error = await session
      .table('custmers')
      .count()
      .catch((e: unknown) => e)
    expect(isMillraceError(error, 'TABLE_OR_VIEW_NOT_FOUND') && error.message).toContain('did you mean "customers"')
    await session.range(1).write.saveAsTable('orders_2')
    await session.catalog.drop('customers')
    expect(await conditionOf(session.table('customers').count())).toBe('TABLE_OR_VIEW_NOT_FOUND')
    expect(await conditionOf(session.catalog.getTable('order_2'))).toBe('TABLE_OR_VIEW_NOT_FOUND')
    expect(await conditionOf(session.range(1).write.insertInto('orders_3'))).toBe('TABLE_OR_VIEW_NOT_FOUND')
  })

  test('insertInto goes by position', async () => {
    await session.range(1).selectExpr('id AS a', "'x' AS b").write.saveAsTable('t')
    await session.range(1).selectExpr('id + 10 AS b', "'y' AS a").write.insertInto('t')
    expect(await session.table('t').orderBy('a').collect()).toEqual([
      { a: 0n, b: 'x' },
      { a: 10n, b: 'y' },
    ])
    expect(await conditionOf(session.range(1).write.insertInto('t'))).toBe('INSERT_COLUMN_ARITY_MISMATCH')
    await session.range(1).selectExpr('id', "'z'").write.insertInto('t', true)
    expect(await session.table('t').count()).toBe(1)
  })

  test('names in the settings and paths in backticks are tables as well', async () => {
    await session.range(4).write.format('delta').save(join(place, 'far'))
    session.conf.set('millrace.tables', `far=${join(place, 'far')}`)
    expect(await session.table('far').count()).toBe(4)
    expect(await session.table(`delta.\`${join(place, 'far')}\``).count()).toBe(4)
    expect(await conditionOf(session.catalog.drop('far'))).toBe('TABLE_NOT_DROPPABLE')
  })

  test('of files are streamed with the columns they were written with', async () => {
    await session.range(2).selectExpr('CAST(id AS int) AS id', "'x' AS s").write.format('csv').saveAsTable('t')
    const query = await session.readStream.table('t').writeStream.format('memory').queryName('seen').trigger({ availableNow: true }).start()
    await query.awaitTermination()
    expect(await session.table('seen').orderBy('id').collect()).toEqual([
      { id: 0, s: 'x' },
      { id: 1, s: 'x' },
    ])
    await session.range(2).write.saveAsTable(`delta.\`${join(place, 'plain')}\``)
    expect(await session.read.format('delta').load(join(place, 'plain')).count()).toBe(2)
    expect(await conditionOf(session.catalog.optimize('tt'))).toBe('TABLE_OR_VIEW_NOT_FOUND')
    expect(await conditionOf(session.catalog.optimize('t'))).toBe('TABLE_NOT_DELTA')
  })

  test('are read with options, each read with its own', async () => {
    await session.range(2).write.saveAsTable('t')
    await session.range(3).write.mode('append').saveAsTable('t')
    const then = session.read.option('versionAsOf', 0).table('t')
    expect(await then.count()).toBe(2)
    expect(await then.union(session.read.table('t')).count()).toBe(7)
    expect(await conditionOf(session.read.option('versionAsOff', 0).table('t').count())).toBe('UNKNOWN_OPTION')
    session.range(1).createTempView('v')
    expect(await conditionOf((async () => session.read.option('versionAsOf', 0).table('v'))())).toBe('NOT_SUPPORTED')
    expect(await conditionOf((async () => session.read.schema('id int').table('t'))())).toBe('NOT_SUPPORTED')
  })

  test('views and joins see them', async () => {
    await session.range(4).write.saveAsTable('t')
    session.table('t').where('id > 1').createTempView('late')
    expect(await session.read.table('late').join(session.read.table('t'), 'id').count()).toBe(2)
  })
})

/** The notebook's program: clean up, count words of a directory into a table in complete mode, stop. */
async function wordCount(): Promise<Record<string, bigint>> {
  const chk = join(place, 'chk/word_count')
  await session.catalog.drop('word_count_table', { ifExists: true })
  rmSync(chk, { recursive: true, force: true })
  const lines = session.readStream.format('text').option('lineSep', '\n').load(join(place, 'books'))
  const words = lines
    .select(explode(split('value', ' ')).as('word'))
    .select(lower('word').as('word'))
    .where(expr("word <> ''"))
  const query = await words
    .groupBy('word')
    .count()
    .writeStream.format('delta')
    .option('checkpointLocation', chk)
    .outputMode('complete')
    .toTable('word_count_table')
  await query.processAllAvailable()
  writeFileSync(join(place, 'books/late.txt'), 'the end\n')
  await query.processAllAvailable()
  await query.stop()
  rmSync(join(place, 'books/late.txt'))
  const rows = (await session.table('word_count_table').collect()) as { word: string; count: bigint }[]
  return Object.fromEntries(rows.map(r => [r.word, r.count]))
}

test('the complete-mode word count runs twice from clean-up to stop()', async () => {
  mkdirSync(join(place, 'books'))
  writeFileSync(join(place, 'books/one.txt'), 'The cat and the hat\nthe mat\n')
  const expected = { the: 4n, cat: 1n, and: 1n, hat: 1n, mat: 1n, end: 1n }
  expect(await wordCount()).toEqual(expected)
  expect(await wordCount()).toEqual(expected)
})

test('bronze, silver and gold follow one another by name', async () => {
  const conf = { 'spark.sql.warehouse.dir': join(place, 'warehouse') }
  const day = async (from: number, to: number): Promise<void> => {
    await session
      .range(from, to)
      .selectExpr('id', "concat('k', cast(id % 2 AS string)) AS k", 'CAST(id AS double) AS v')
      .write.mode('append')
      .saveAsTable('bronze')
    const run = async (query: Promise<{ awaitTermination(): Promise<unknown> }>) => void (await (await query).awaitTermination())
    const chk = (name: string): string => join(place, 'chk', name)
    await run(
      session.readStream
        .table('bronze')
        .where('v >= 1')
        .writeStream.option('checkpointLocation', chk('silver'))
        .trigger({ availableNow: true })
        .toTable('silver'),
    )
    await run(
      session.readStream
        .table('silver')
        .groupBy('k')
        .agg(expr('sum(v)').as('total'))
        .writeStream.outputMode('update')
        .option('keyColumns', 'k')
        .option('checkpointLocation', chk('gold'))
        .trigger({ availableNow: true })
        .toTable('gold'),
    )
  }
  await day(0, 4)
  expect(await session.table('gold').orderBy('k').collect()).toEqual([
    { k: 'k0', total: 2 },
    { k: 'k1', total: 4 },
  ])
  await session.close()
  session = await Session.open({ conf })
  await day(4, 6)
  expect(await session.table('gold').orderBy('k').collect()).toEqual([
    { k: 'k0', total: 6 },
    { k: 'k1', total: 9 },
  ])
  expect(await session.table('silver').count()).toBe(5)
})
