import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DataFrame, isMillraceError, Session } from '../../src/index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-delta-writes-'))
let session: Session
let path = ''
beforeAll(async () => {
  session = await Session.open()
})
beforeEach(() => {
  path = join(mkdtempSync(join(root, 't-')), 'table')
})
afterAll(async () => {
  await session.close()
  rmSync(root, { recursive: true, force: true })
})

type Options = Readonly<Record<string, unknown>>
const save = (
  frame: DataFrame<any, any>,
  mode: 'append' | 'overwrite' | 'error' | 'ignore',
  options: Options = {},
  by: readonly string[] = [],
) =>
  Object.entries(options)
    .reduce(
      (w, [k, v]) => w.option(k as never, v as never),
      (frame.write as any)
        .format('delta')
        .mode(mode)
        .partitionBy(...by),
    )
    .save(path) as Promise<void>
const rows = (...exprs: string[]): DataFrame<any, any> => session.range(3).selectExpr(...exprs)
const read = () => session.read.format('delta').load(path)
const failure = async (work: Promise<unknown>): Promise<{ condition: string; message: string; params: any }> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  )
  if (!isMillraceError(error)) throw error ?? new Error('nothing was refused')
  return { condition: error.condition, message: error.message, params: error.params }
}

describe('rows have to fit the table', () => {
  test('what does not is said column by column, and nothing is written', async () => {
    await save(rows('id', "'a' AS name", 'CAST(id AS int) AS n'), 'error')
    const { condition, params } = await failure(save(rows("'x' AS id", "'a' AS nam", 'id AS n'), 'append'))
    expect(condition).toBe('DELTA_SCHEMA_MISMATCH')
    expect(params.differences).toEqual([
      'the column "id" is string in the rows and bigint in the table',
      expect.stringContaining('the column "nam" is not in the table'),
      'the column "n" is bigint in the rows and int in the table',
    ])
    expect(params.differences[1]).toContain('did you mean "name"')
    expect((await session.catalog.history(path)).length).toBe(1)
  })

  test('columns go by name, missing ones are null, types widen', async () => {
    await save(rows('id', "'a' AS name", 'CAST(1 AS decimal(10,2)) AS d'), 'error')
    await save(rows('CAST(5 AS tinyint) AS D', 'CAST(id + 10 AS smallint) AS ID'), 'append')
    expect((await read().orderBy('id').collect()).map(r => [r['id'], r['name'], String(r['d'])])).toEqual([
      [0n, 'a', '1.00'],
      [1n, 'a', '1.00'],
      [2n, 'a', '1.00'],
      [10n, null, '5.00'],
      [11n, null, '5.00'],
      [12n, null, '5.00'],
    ])
  })

  test('new columns come with mergeSchema, another schema with overwriteSchema', async () => {
    await save(rows('id', "named_struct('a', id) AS s"), 'error')
    await save(rows('id', "named_struct('b', 'x', 'a', id) AS s", 'true AS more'), 'append', { mergeSchema: true })
    expect((await read().schema()).fields.map(f => f.name)).toEqual(['id', 's', 'more'])
    expect((await read().where('more').orderBy('id').collect())[1]).toEqual({ id: 1n, s: { a: 1n, b: 'x' }, more: true })
    expect((await failure(save(rows("'x' AS id"), 'overwrite'))).condition).toBe('DELTA_SCHEMA_MISMATCH')
    await save(rows("'x' AS id", 'id AS k'), 'overwrite', { overwriteSchema: true }, ['k'])
    expect((await read().schema()).fields.map(f => f.name)).toEqual(['id', 'k'])
    expect((await failure(save(rows("'x' AS id", 'id AS k'), 'append', {}, ['id']))).condition).toBe('DELTA_PARTITIONING_MISMATCH')
  })

  /** Puts a version into the log by hand, as another program would: the table's metadata, changed. */
  function changeTable(version: number, change: (metadata: any) => any, more: object[] = []): void {
    const first = readFileSync(join(path, '_delta_log/00000000000000000000.json'), 'utf8')
      .trim()
      .split('\n')
      .map(l => JSON.parse(l))
    const lines = [{ commitInfo: {} }, { metaData: change(first.find(a => a.metaData).metaData) }, ...more]
    const name = `${String(version).padStart(20, '0')}.json`
    writeFileSync(join(path, '_delta_log', name), lines.map(l => `${JSON.stringify(l)}\n`).join(''))
  }

  test('a column that takes no nulls gets none', async () => {
    await save(rows('id', "'a' AS s"), 'error')
    changeTable(1, m => ({
      ...m,
      schemaString: m.schemaString.replace('"name":"s","type":"string","nullable":true', '"name":"s","type":"string","nullable":false'),
    }))
    const refused = await failure(save(rows('id', "IF(id = 1, NULL, 'b') AS s"), 'append'))
    expect([refused.condition, refused.params.rows]).toEqual(['DELTA_NOT_NULL_VIOLATED', 1])
    expect((await failure(save(rows('id'), 'append'))).condition).toBe('DELTA_SCHEMA_MISMATCH')
    await save(rows('id', "'b' AS s"), 'append')
    expect(await read().count()).toBe(6)
  })

  test.each([
    ['a constraint', (m: any) => ({ ...m, configuration: { 'delta.constraints.positive': 'id > 0' } })],
    ['an invariant', (m: any) => ({ ...m, schemaString: m.schemaString.replace('"metadata":{}', '"metadata":{"delta.invariants":"{}"}') })],
    [
      'a generated column',
      (m: any) => ({ ...m, schemaString: m.schemaString.replace('"metadata":{}', '"metadata":{"delta.generationExpression":"1"}') }),
    ],
  ])('a table with %s is read and not written', async (_, change) => {
    await save(rows('id'), 'error')
    changeTable(1, change)
    expect(await read().count()).toBe(3)
    expect((await failure(save(rows('id'), 'append'))).condition).toBe('DELTA_UNSUPPORTED_FEATURE')
  })

  test('features that are not known are refused by their names, for reading and for writing', async () => {
    await save(rows('id'), 'error')
    const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'newThing'] }
    changeTable(1, m => m, [{ protocol }])
    expect(await read().count()).toBe(3)
    expect((await failure(save(rows('id'), 'append'))).params).toMatchObject({ features: ['the feature newThing'], to: 'write' })
    changeTable(2, m => m, [{ protocol: { ...protocol, minReaderVersion: 3, readerFeatures: ['newThing'] } }])
    expect((await failure(read().count())).params).toMatchObject({ features: ['the feature newThing'], to: 'read' })
  })

  test.each([
    ['DELTA_COLUMN_NAME', ['id AS `a b`']],
    ['DELTA_COLUMN_TYPE', ['NULL AS nothing', 'id']],
    ['COLUMN_ALREADY_EXISTS', ['id AS a', 'id AS A']],
  ])('a table cannot be made of that: %s', async (condition, columns) => {
    expect((await failure(save(rows(...columns), 'error'))).condition).toBe(condition)
  })
})

describe('modes', () => {
  test('error, ignore, append and overwrite', async () => {
    await save(rows('id'), 'error')
    expect((await failure(save(rows('id'), 'error'))).condition).toBe('PATH_ALREADY_EXISTS')
    await save(rows('id'), 'ignore')
    expect(await read().count()).toBe(3)
    await save(rows('id'), 'append')
    expect(await read().count()).toBe(6)
    await save(rows('id').limit(1), 'overwrite')
    expect(await read().count()).toBe(1)
    expect(await session.read.format('delta').option('versionAsOf', 1).load(path).count()).toBe(6)
  })

  test('a write of the same name and number is done once', async () => {
    for (const version of [1, 1, 2, 1]) await save(rows('id'), 'append', { txnAppId: 'load', txnVersion: version })
    expect(await read().count()).toBe(6)
    expect((await failure(save(rows('id'), 'append', { txnAppId: 'load' }))).condition).toBe('CONFLICTING_OPTIONS')
  })

  test('a table that only takes rows keeps them', async () => {
    await save(rows('id'), 'error', { 'delta.appendOnly': true })
    expect((await failure(save(rows('id'), 'overwrite'))).condition).toBe('DELTA_APPEND_ONLY')
    expect((await failure(save(rows('id'), 'append', { 'delta.appendOnley': true }))).condition).toBe('UNKNOWN_OPTION')
    expect((await failure(save(rows('id'), 'append', { replaceWhere: 'id > 1' }))).condition).toBe('CONFLICTING_OPTIONS')
  })

  test('settings of the session count as the options do', async () => {
    await using merging = await Session.open({
      conf: {
        'spark.databricks.delta.schema.autoMerge.enabled': true,
        'spark.sql.sources.partitionOverwriteMode': 'dynamic',
        'spark.databricks.delta.retentionDurationCheck.enabled': false,
      },
    })
    const write = (mode: 'append' | 'overwrite', ...exprs: string[]) =>
      merging
        .range(2)
        .selectExpr(...exprs)
        .write.format('delta')
        .mode(mode)
        .partitionBy('p')
        .save(path)
    await write('append', 'id', "'x' AS p")
    await write('append', 'id', "'y' AS p", 'true AS more')
    await write('overwrite', 'id + 10 AS id', "'y' AS p")
    expect((await read().orderBy('id').collect()).map(r => `${r['id']}${r['p']} ${r['more']}`)).toEqual([
      '0x null',
      '1x null',
      '10y null',
      '11y null',
    ])
    expect((await merging.catalog.vacuum(path, { retentionHours: 0 })).length).toBe(1)
  })

  test('null and empty partitions come back as null', async () => {
    await save(rows('id', "CASE id WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'a/b=c%d ü' END AS p"), 'error', {}, ['p'])
    expect((await read().orderBy('id').collect()).map(r => r['p'])).toEqual([null, null, 'a/b=c%d ü'])
    expect(await read().where('p IS NULL').count()).toBe(2)
  })

  test('many partitions are written in one pass, and read as one', async () => {
    const many = session
      .range(200)
      .selectExpr('id', 'id % 20 = 0 AS even', 'IF(id % 20 = 7, NULL, CAST(id % 20 AS string)) AS p', "named_struct('x', id) AS s")
    await save(many, 'error', {}, ['p', 'even'])
    expect(await read().groupBy('p').count().where('count = 10').count()).toBe(20)
    expect(await read().where('p IS NULL').count()).toBe(10)
    const [sums] = await read().selectExpr('sum(id) AS a', 'sum(s.x) AS b', 'count_if(even) AS c').collect()
    expect(sums).toEqual({ a: 19_900n, b: 19_900n, c: 10n })
  })

  test('times in partitions mean the same in every zone', async () => {
    await save(rows('id', "TIMESTAMP'2026-01-01 12:00:00.5Z' AS at"), 'error', {}, ['at'])
    await using far = await Session.open({ conf: { 'spark.sql.session.timeZone': 'Asia/Tokyo' } })
    const [row] = await far.read.format('delta').load(path).collect()
    expect((row!['at'] as Date).toISOString()).toBe('2026-01-01T12:00:00.500Z')
  })
})

describe('several writers', () => {
  test('appending at once lose nothing', async () => {
    await save(rows('id'), 'error')
    await using other = await Session.open()
    const appends = Array.from({ length: 12 }, (_, i) =>
      (i % 2 ? session : other)
        .range(i * 10, i * 10 + 10)
        .write.format('delta')
        .mode('append')
        .save(path),
    )
    await Promise.all(appends)
    expect(await read().count()).toBe(123)
    expect((await session.catalog.history(path)).length).toBe(13)
  })

  test('making one table at once make one', async () => {
    await Promise.all(Array.from({ length: 4 }, () => save(rows('id'), 'append')))
    expect(await read().count()).toBe(12)
  })

  test('that replace what the other replaces do it one after the other', async () => {
    await save(rows('id', "'x' AS p"), 'error', {}, ['p'])
    const replace = (p: string, n: number) =>
      session
        .range(n)
        .selectExpr('id', `'${p}' AS p`)
        .write.format('delta')
        .mode('overwrite')
        .option('replaceWhere', `p = '${p}'`)
        .save(path)
    await Promise.all([replace('x', 5), replace('x', 6), replace('y', 2), replace('y', 3)])
    const counts = Object.fromEntries((await read().groupBy('p').count().collect()).map(r => [r['p'], r['count']]))
    expect([5n, 6n]).toContain(counts['x'])
    expect([2n, 3n]).toContain(counts['y'])
  })
})

test('statistics keep every digit and bound what they shorten', async () => {
  await save(
    rows(
      'CAST(9007199254740993 + id AS bigint) AS l',
      "concat(repeat('ü', 40), CAST(id AS string)) AS t",
      'CAST(0.1 AS float) AS f',
      'CAST(NULL AS int) AS n',
      "TIMESTAMP'2026-01-01 00:00:00.0000017Z' AS ts",
    ),
    'error',
  )
  const log = readFileSync(join(path, '_delta_log/00000000000000000000.json'), 'utf8').trim().split('\n')
  const stats = (JSON.parse(log.at(-1)!) as { add: { stats: string } }).add.stats
  expect(stats).toContain('"l":9007199254740993')
  const { minValues, maxValues, nullCount } = JSON.parse(stats)
  expect(minValues.t).toBe('ü'.repeat(32))
  expect(maxValues.t > `${'ü'.repeat(40)}2`).toBe(true)
  expect(minValues.f).toBe(Math.fround(0.1))
  expect(nullCount).toMatchObject({ n: 3, l: 0 })
  expect([minValues.ts, maxValues.ts]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'])
})
