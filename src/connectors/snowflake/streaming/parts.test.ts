import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchFromRows, parseDdl, type RowBatch, type StructType, valueAt } from '../../../types/index.ts'
import { partsOf } from './parts.ts'

const schema = parseDdl('x string') as StructType
const line = (batch: RowBatch, i: number): string => `${JSON.stringify(valueAt(batch.columns[0]!, schema.fields[0]!.dataType, i))}\n`
const outputOf = (rows: readonly string[], batchSize = 7) => ({
  async *batches() {
    for (let i = 0; i < rows.length; i += batchSize)
      yield batchFromRows(
        schema,
        rows.slice(i, i + batchSize).map(x => ({ x })),
      )
  },
})
async function parts(rows: readonly string[], limits: { partBytes: number; heldBytes: number }, batchSize?: number) {
  const found: { rows: string; last: boolean }[] = []
  for await (const part of partsOf(outputOf(rows, batchSize), line, { ...limits, batchId: 0 })) found.push(part)
  return found
}

test('the same rows in any order and any cutting of memory make the same parts, each row once', async () => {
  const rows = fc.array(fc.string({ maxLength: 12, unit: 'binary' }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.integer({ min: 100, max: 400 }),
      fc.integer({ min: 50, max: 1000 }),
      fc.integer({ min: 1, max: 9 }),
      async (texts, partBytes, heldBytes, size) => {
        const limits = { partBytes, heldBytes }
        const made = await parts(texts, limits)
        const again = await parts([...texts].reverse(), limits, size)
        expect(again).toEqual(made)
        expect(made.map(p => p.last)).toEqual(made.map((_, i) => i === made.length - 1))
        expect(made.every(p => Buffer.byteLength(p.rows) <= partBytes)).toBe(true)
        const lines = made.flatMap(p => p.rows.split('\n').slice(0, -1))
        expect(lines.sort()).toEqual(texts.map(t => JSON.stringify(t.toWellFormed())).sort())
      },
    ),
  )
})

test('a row that no call takes is refused by name', async () => {
  const error = await parts(['x'.repeat(300)], { partBytes: 200, heldBytes: 1000 }).catch(e => e)
  expect(error).toMatchObject({ condition: 'SNOWFLAKE_ROW_TOO_LARGE', params: { bytes: 303, limit: 200 } })
})
