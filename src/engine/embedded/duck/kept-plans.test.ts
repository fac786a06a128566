import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchFromRows, parseDdl, rowsOf } from '../../../types/index.ts'
import { DuckInstance } from './instance.ts'
import { batchOfAnswer } from './read-out.ts'

let duck: DuckInstance
beforeAll(async () => {
  duck = await DuckInstance.open({ timeZone: 'UTC', threads: 2, memoryLimit: 1e9, tempDirectory: '/tmp' })
})
afterAll(() => duck.close())

const schema = parseDdl('k string, v int')
const answer = parseDdl('k string, n bigint, least int')
const few = (k: string, ...values: (number | null)[]) => values.map(v => ({ k, v }))

/** Batches that differ in what a plan could have been made for: ranges, nulls, lengths of text, numbers of rows. */
const BATCHES: readonly (readonly { k: string | null; v: number | null }[])[] = [
  few('a', 1, 2, 3),
  [],
  few('a text longer than twelve bytes', 5_000, 6_000),
  few('b', null, null),
  [{ k: null, v: 2_000_000_000 }, ...few('', -2_000_000_000)],
  Array.from({ length: 10_000 }, (_, i) => ({ k: `k${i % 700}`, v: i - 5_000 })),
  few('a', 1),
]

describe('a statement that keeps its plan', () => {
  for (const where of ['v >= 5000 OR v IS NULL', 'v < 100', 'true']) {
    test(`answers what it answers when it is planned anew: ${where}`, async () => {
      for (const rows of [...BATCHES, ...BATCHES.toReversed()]) {
        const batch = batchFromRows(schema, rows)
        const ask = async (from: number, keepPlan: boolean) => {
          const sql = `WITH x AS MATERIALIZED (SELECT f0 AS k, f1 AS v FROM feed(${from})) SELECT k, count(*), min(v) FROM x WHERE ${where} GROUP BY k ORDER BY k`
          return [...rowsOf(batchOfAnswer(await duck.main.run(sql, { keepPlan }), answer))]
        }
        const kept = duck.feeds.addAt('place', schema, [batch])
        const anew = duck.feeds.add(schema, [batch])
        expect(await ask(kept, true)).toEqual(await ask(anew, false))
        duck.feeds.remove(kept)
        duck.feeds.remove(anew)
      }
    })
  }

  test('writes into a table that is emptied in between, and after a rollback', async () => {
    const sql = (id: number): string => `INSERT INTO kept SELECT f0, f1 FROM feed(${id}) RETURNING f0, 1::BIGINT, f1`
    await duck.main.run('CREATE TEMP TABLE kept (f0 VARCHAR, f1 INTEGER)')
    for (const rows of BATCHES) {
      const id = duck.feeds.addAt('writes', schema, [batchFromRows(schema, rows)])
      const back = await duck.main.transaction(async (run, later) => {
        const got = [...rowsOf(batchOfAnswer(await run(sql(id), { keepPlan: true }), answer))]
        later('TRUNCATE kept')
        return got
      })
      expect(back.map(r => ({ k: r['k'], v: r['least'] }))).toEqual(rows)
      const failed = duck.main.transaction(async run => {
        await run(sql(id), { keepPlan: true })
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
    }
  })

  test('fails when its row does, and goes on with the next', async () => {
    const ask = (id: number) => duck.main.run(`SELECT f0, 1::BIGINT, CAST(f0 AS INTEGER) FROM feed(${id})`, { keepPlan: true })
    const show = (k: string): number => duck.feeds.addAt('fails', schema, [batchFromRows(schema, few(k, 1))])
    for (const k of ['1', '2', 'x', '3', 'y', '4']) {
      const id = show(k)
      if (/\d/.test(k)) expect([...rowsOf(batchOfAnswer(await ask(id), answer))][0]!['least']).toBe(Number(k))
      else await expect(ask(id)).rejects.toThrow()
    }
  })
})
