import { isUtf8 } from 'node:buffer'
import { rowsOf, type StructType } from '../../types/index.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import type { Run } from './duck/state-table.ts'
import { duckType } from './lower/types.ts'
import { cut } from './row-pieces.ts'

const MOST_VALUE = 200

/** Row `at` of what stands at `from`, as JSON of the columns that are used; bytes that are a text as that text, else in hex; long values are cut. */
export async function rowText(run: Run, from: string, at: number, schema: StructType, used: ReadonlySet<number>): Promise<string> {
  const fields = schema.fields.flatMap((f, i) => (used.has(i) ? [{ ...f, i }] : []))
  const list = fields.map(f => `CAST(f${f.i} AS ${duckType(f.dataType)}) AS f${f.i}`).join(', ')
  const answer = await run(`SELECT ${list || '1'} FROM ${from} LIMIT 1 OFFSET ${at}`)
  const [row] = [...rowsOf(batchOfAnswer(answer, { kind: 'struct', fields }))]
  return JSON.stringify(row, (_, v: unknown) => {
    if (typeof v === 'bigint') return String(v)
    if (v instanceof Map) return Object.fromEntries(v)
    if (v instanceof Uint8Array) return cut(isUtf8(v) ? Buffer.from(v).toString() : Buffer.from(v).toString('hex'), MOST_VALUE)
    return typeof v === 'string' ? cut(v, MOST_VALUE) : v
  })
}
