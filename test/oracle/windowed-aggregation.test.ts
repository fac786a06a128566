import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MemoryStream } from '../../src/connectors/memory/index.ts'
import { col, count, max, Session, sum, window } from '../../src/index.ts'
import { batchFromRows, parseDdl } from '../../src/types/index.ts'

/**
 * The oracle: what a stream says, batch after batch, is what the batch query says over the rows it should have taken.
 * Histories are random: several batches, event times out of order, nulls, keys that come back after their window was closed.
 */
const SCHEMA = parseDdl('at timestamp, k string, v int')
const [WINDOW, DELAY] = [10, 7]

interface Row {
  readonly at: Date | null
  readonly k: string | null
  readonly v: number | null
}
const second = (s: number): Date => new Date(1_700_000_000_000 + s * 1000)
const row: fc.Arbitrary<Row> = fc.record({
  at: fc.oneof({ weight: 19, arbitrary: fc.integer({ min: 0, max: 60 }).map(second) }, { weight: 1, arbitrary: fc.constant(null) }),
  k: fc.constantFrom('a', 'b', null),
  v: fc.option(fc.integer({ min: -5, max: 5 })),
})
const history = fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })

let session: Session
beforeAll(async () => {
  session = await Session.open({
    conf: { 'spark.sql.session.timeZone': 'UTC', 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' },
    logLevel: 'OFF',
  })
})
afterAll(() => session.close())

const sums = (frame: any): any =>
  frame
    .groupBy(window('at', `${WINDOW} seconds`, '5 seconds'), 'k')
    .agg(count('*').as('n'), sum('v').as('total'), max('v').as('most'))
    .select(col('window.start').as('start'), 'k', 'n', 'total', 'most')
const text = (rows: readonly object[]): string[] =>
  rows.map(r => JSON.stringify(r, (_, v) => (typeof v === 'bigint' ? String(v) : v))).sort()
const batchAnswer = async (rows: readonly Row[]): Promise<string[]> =>
  text(await sums(session.createDataFrame(rows, 'at timestamp, k string, v int')).collect())

/** Runs a history through a stream, a batch of rows a micro-batch, and hands back the rows of each. */
async function stream(
  batches: readonly (readonly Row[])[],
  mode: 'append' | 'update' | 'complete',
  watermark: boolean,
): Promise<object[][]> {
  const source = new MemoryStream(SCHEMA)
  const frame: any = session.readStream.format('memory').option('id', source.id).load()
  const out: object[][] = []
  const query = await sums(watermark ? frame.withWatermark('at', `${DELAY} seconds`) : frame)
    .writeStream.outputMode(mode)
    .foreachBatch(async (batch: any, id: number) => {
      out[id] = await batch.collect()
    })
    .start()
  try {
    for (const rows of batches) {
      source.addBatch(batchFromRows(SCHEMA, rows))
      await query.processAllAvailable()
    }
  } finally {
    await query.stop()
    source.close()
  }
  return out
}

const seconds = (at: Date): number => (at.getTime() - 1_700_000_000_000) / 1000

/** The rows that survive the late filter in each window: a window whose end is at or below the watermark of the batch before takes nothing. */
function taken(batches: readonly (readonly Row[])[]): { readonly start: number; readonly k: string | null; readonly v: number | null }[] {
  const result: { start: number; k: string | null; v: number | null }[] = []
  let [filter, watermark] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const rows of batches) {
    for (const r of rows) {
      if (r.at === null) continue
      const at = seconds(r.at)
      for (let start = Math.floor(at / 5) * 5; start > at - WINDOW; start -= 5)
        if (start + WINDOW > filter) result.push({ start, k: r.k, v: r.v })
    }
    const times = rows.flatMap(r => (r.at === null ? [] : [seconds(r.at)]))
    filter = watermark
    watermark = Math.max(watermark, ...times.map(t => t - DELAY))
  }
  return result
}

function grouped(rows: ReturnType<typeof taken>): string[] {
  const groups = new Map<string, { start: number; k: string | null; values: (number | null)[] }>()
  for (const { start, k, v } of rows) {
    const key = `${start}|${k === null ? '' : `=${k}`}`
    const group = groups.get(key) ?? { start, k, values: [] }
    group.values.push(v)
    groups.set(key, group)
  }
  return text(
    [...groups.values()].map(({ start, k, values }) => {
      const known = values.filter(v => v !== null)
      const none = known.length === 0
      return {
        start: second(start).toJSON(),
        k,
        n: String(values.length),
        total: none ? null : String(known.reduce((a, b) => a + b, 0)),
        most: none ? null : Math.max(...known),
      }
    }),
  )
}

describe('a windowed aggregation over random histories', () => {
  const runs = { numRuns: Number(process.env['RUNS'] ?? 15) }

  test('complete mode: after every batch, the batch query over all rows so far', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async batches => {
        const out = await stream(batches, 'complete', true)
        for (let n = 0; n < batches.length; n++) expect(text(out[n]!)).toEqual(await batchAnswer(batches.slice(0, n + 1).flat()))
      }),
      runs,
    )
  })

  test('update mode without a watermark: the last row of each group is the batch query over all rows', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async batches => {
        const out = await stream(batches, 'update', false)
        const last = new Map<string, object>()
        for (const r of out.flat() as { start: Date; k: string | null }[]) last.set(`${r.start.getTime()}|${r.k}`, r)
        expect(text([...last.values()])).toEqual(await batchAnswer(batches.flat()))
      }),
      runs,
    )
  })

  test('append mode: every window once, with the rows that were not late', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async batches => {
        // Two far rows: the first moves the watermark beyond every window, the second is the batch that closes them.
        const far = [100_000, 100_001].map(s => [{ at: second(s), k: 'end', v: 0 }])
        const all = [...batches, ...far]
        const out = await stream(all, 'append', true)
        const expected = grouped(taken(all).filter(r => r.k !== 'end'))
        expect(text(out.flat())).toEqual(expected)
      }),
      runs,
    )
  })
})
