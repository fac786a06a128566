import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { type DataFrame, Session } from '../../src/index.ts'
import { type ArrowFields, deltalake } from '../support/foreign/deltalake.ts'
import { type TaggedRow, tagged } from '../support/foreign/fastavro.ts'
import { describeWith } from '../support/services/describe-with.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-delta-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const FIELDS: ArrowFields = [
  ['n', 'int'],
  ['flag', 'bool'],
  ['b', 'byte'],
  ['s', 'short'],
  ['l', 'long'],
  ['f', 'float'],
  ['d', 'double'],
  ['t', 'string'],
  ['bin', 'binary'],
  ['day', 'date'],
  ['ts', 'timestamp'],
  ['dec', 'decimal'],
  ['list', 'list'],
  ['map', 'map'],
  ['st', 'struct'],
]
/** A row of every type; every fifth is full of nulls. */
const rowOf = (i: number): TaggedRow => {
  const sign = i % 2 === 0 ? 1 : -1
  const full = {
    n: i,
    flag: i % 3 === 0,
    b: (sign * i) % 128,
    s: sign * i * 11,
    l: i % 20 === 3 ? { $int: '9007199254740993' } : sign * i * 1_000_003,
    f: i / 4,
    d: i % 10 === 2 ? { $float: 'NaN' } : sign * i * 1.1,
    t: i % 7 === 1 ? `ß🙂${'long '.repeat(20)}` : `text ${i}`,
    bin: { $bytes: Buffer.from(`${i}`).toString('base64') },
    day: { $days: sign * i * 300 },
    ts: { $micros: sign * i * 1_234_567_891 },
    dec: { $decimal: `${i * sign}.125` },
    list: Array.from({ length: i % 4 }, (_, k) => i + k),
    map: Object.fromEntries(Array.from({ length: i % 3 }, (_, k) => [`key ${k}`, i * k])),
    st: { x: i, inner: i % 6 === 0 ? null : { deep: `deep ${i}` } },
  }
  return i % 5 === 4 ? Object.fromEntries(Object.keys(full).map(k => [k, k === 'n' ? i : null])) : full
}
const rows = (from: number, to: number): TaggedRow[] => Array.from({ length: to - from }, (_, i) => rowOf(from + i))
const byN = (all: readonly TaggedRow[]): TaggedRow[] => all.toSorted((a, b) => Number(a['n']) - Number(b['n']))

describeWith(deltalake, 'Delta tables between us, deltalake and pyarrow', () => {
  let path = ''
  let session: Session
  beforeEach(async () => {
    path = join(mkdtempSync(join(root, 't-')), 'table')
    session = await Session.open()
  })
  afterEach(() => session.close())
  const ours = async (...options: [string, unknown][]): Promise<TaggedRow[]> => {
    const reader = options.reduce((r, [k, v]) => r.option(k as never, v as never), session.read.format('delta'))
    return byN((await reader.load(path).collect()).map(r => tagged(r) as TaggedRow))
  }

  it('we read what they write: every type, partitions, appended, overwritten, with a checkpoint', async () => {
    await deltalake.write(path, FIELDS, rows(0, 40), 'error', { partition_by: ['flag', 't'] })
    expect(await ours()).toEqual(rows(0, 40))
    await deltalake.write(path, FIELDS, rows(40, 60), 'append')
    await deltalake.work(path, ['checkpoint', {}])
    await deltalake.write(path, FIELDS, rows(60, 70), 'append')
    expect(await ours()).toEqual(rows(0, 70))
    await deltalake.work(path, ['delete', { predicate: 'n < 10' }], ['optimize', {}], ['checkpoint', {}])
    expect(await ours()).toEqual(rows(10, 70))
    await deltalake.write(path, FIELDS, rows(5, 8), 'overwrite')
    expect(await ours()).toEqual(rows(5, 8))
    expect(await ours(['versionAsOf', 0])).toEqual(rows(0, 40))
  })

  it('we read what they evolve', async () => {
    await deltalake.write(path, [['n', 'int']], [{ n: 1 }], 'error')
    await deltalake.write(
      path,
      [
        ['n', 'int'],
        ['more', 'struct'],
      ],
      [{ n: 2, more: { x: 5, inner: null } }],
      'append',
      { schema_mode: 'merge' },
    )
    expect(await ours()).toEqual([
      { n: 1, more: null },
      { n: 2, more: { x: 5, inner: null } },
    ])
  })

  it('they read what we write: every type, partitions, appended, overwritten, with a checkpoint', async () => {
    const source = join(path, '..', 'source')
    await deltalake.write(source, FIELDS, rows(0, 60), 'error')
    const all = session.read.format('delta').load(source)
    expect((await all.schema()).fields.length).toBe(FIELDS.length)
    const write = (from: number, to: number, mode: 'append' | 'overwrite', ...by: string[]) =>
      all
        .where(`n >= ${from} AND n < ${to}`)
        .write.format('delta')
        .mode(mode)
        .partitionBy(...by)
        .save(path)
    await write(0, 20, 'append', 'flag', 'day')
    for (let i = 20; i < 32; i++) await write(i, i + 1, 'append')
    const seen = await deltalake.read(path)
    expect({ ...seen, rows: byN(seen.rows) }).toMatchObject({ version: 12, partitions: ['flag', 'day'], counted: 32, rows: rows(0, 32) })
    await write(50, 53, 'overwrite')
    expect(byN((await deltalake.read(path)).rows)).toEqual(rows(50, 53))
    expect(byN((await deltalake.read(path, 0)).rows)).toEqual(rows(0, 20))
    expect(await ours()).toEqual(rows(50, 53))
  })

  it('partitions of every type come back', async () => {
    const source = join(path, '..', 'source')
    const kinds = FIELDS.filter(([name]) => ['flag', 'b', 'l', 'd', 't', 'day', 'ts', 'dec'].includes(name))
    await deltalake.write(source, FIELDS, rows(0, 7), 'error')
    for (const [name] of kinds) {
      const at = join(path, name)
      await session.read.format('delta').load(source).write.format('delta').partitionBy(name).save(at)
      const back = byN((await session.read.format('delta').load(at).collect()).map(r => tagged(r) as TaggedRow))
      expect(back, `we, by ${name}`).toEqual(rows(0, 7))
      // Theirs puts a sign in front of the fraction as well: '-5.-125'.
      if (name !== 'dec') expect(byN((await deltalake.read(at)).rows), `they, by ${name}`).toEqual(rows(0, 7))
    }
  })

  it('they read what we merge, replace, optimize and evolve; we go on where they wrote', async () => {
    const mine = (from: number, to: number, expr: string) => session.range(from, to).selectExpr('id AS n', `${expr} AS v`)
    await mine(0, 10, "'old'").write.format('delta').save(path)
    const { query } = await merged(mine(5, 15, "'new'"))
    expect(query).toBe(10)
    const seen = await deltalake.read(path)
    expect(byN(seen.rows)).toEqual(Array.from({ length: 15 }, (_, n) => ({ n, v: n < 5 ? 'old' : 'new' })))
    await deltalake.write(
      path,
      [
        ['n', 'long'],
        ['v', 'string'],
      ],
      [{ n: 20, v: 'theirs' }],
      'append',
    )
    await mine(0, 3, "'again'").write.format('delta').mode('overwrite').option('replaceWhere', 'n < 3').save(path)
    await session
      .range(30, 31)
      .selectExpr('id AS n', "'x' AS v", 'true AS extra')
      .write.format('delta')
      .mode('append')
      .option('mergeSchema', true)
      .save(path)
    await session.catalog.optimize(path)
    const last = await deltalake.read(path)
    expect(last.files).toBe(1)
    expect(byN(last.rows).map(r => [r['n'], r['v'], r['extra']])).toEqual([
      ...[0, 1, 2].map(n => [n, 'again', null]),
      ...[3, 4].map(n => [n, 'old', null]),
      ...Array.from({ length: 10 }, (_, i) => [i + 5, 'new', null]),
      [20, 'theirs', null],
      [30, 'x', true],
    ])
    await deltalake.work(path, ['delete', { predicate: 'n > 3' }])
    expect((await ours()).map(r => r['n'])).toEqual([0, 1, 2, 3])
  })

  it('they read the change feed of what we merge', async () => {
    await session.range(3).selectExpr('id AS n', "'old' AS v").write.format('delta').option('delta.enableChangeDataFeed', true).save(path)
    await merged(session.range(2, 4).selectExpr('id AS n', "'new' AS v"))
    const feed = byN(await deltalake.changes(path, 0)).map(c => `${c['_commit_version']} ${c['n']} ${c['_change_type']} ${c['v']}`)
    expect(feed.sort()).toEqual([
      '0 0 insert old',
      '0 1 insert old',
      '0 2 insert old',
      '1 2 update_postimage new',
      '1 2 update_preimage old',
      '1 3 insert new',
    ])
  })

  /** One batch in update mode, by key. */
  async function merged(rows: DataFrame<any, any>): Promise<{ query: number }> {
    const place = join(path, '..', 'updates')
    await rows.write.format('delta').save(place)
    const query = await session.readStream
      .format('delta')
      .load(place)
      .writeStream.format('delta')
      .outputMode('update')
      .option('keyColumns', 'n')
      .option('checkpointLocation', join(path, '..', 'chk'))
      .trigger({ availableNow: true })
      .start(path)
    await query.awaitTermination()
    return { query: Number(query.lastProgress?.numInputRows) }
  }
})
