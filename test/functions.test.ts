import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXAMPLE_ROWS, examples } from '../scripts/examples.ts'
import { openJudgeEngine } from '../scripts/judge/engine.ts'
import { differences, type Example, judgeFunctions } from '../scripts/judge/functions.ts'
import type { Outcome } from '../scripts/judge/outcome.ts'
import type { Engine } from '../src/engine/contract.ts'
import type { Relation } from '../src/plan/index.ts'
import { parseExpression } from '../src/sql/index.ts'
import { batchFromRows, parseDdl, rowsOf } from '../src/types/index.ts'

const folder = new URL('golden/functions/', import.meta.url)
type Recorded = Example & { readonly expression?: string; readonly error?: string }
const recorded = readdirSync(folder)
  .filter(f => f.endsWith('.jsonl'))
  .flatMap(f => readFileSync(new URL(f, folder), 'utf8').trim().split('\n'))
  .map(line => JSON.parse(line) as Recorded)

describe('every example of the function table', () => {
  it('is recorded, and Spark takes it', () => {
    const known = new Set(recorded.filter(r => r.error === undefined).map(r => r.expression ?? r.query.slice('SELECT '.length, -1)))
    const texts = Object.values(examples()).flatMap(group => group.map(e => (typeof e === 'string' ? e : e.expression)))
    expect(texts.filter(t => !known.has(t))).toEqual([])
  })

  it('gives what Spark gives', async () => {
    const outcomes: Outcome[] = []
    for await (const outcome of judgeFunctions(folder.pathname)) outcomes.push(outcome)
    expect(outcomes.filter(o => o.result === 'failed').map(o => `${o.name} ${o.why}`)).toEqual([])
  })
})

describe('aggregates and window functions over rows', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openJudgeEngine({ 'spark.sql.session.timeZone': 'America/Los_Angeles' })
  })
  afterAll(() => engine.close())

  const rows: Relation = { kind: 'localRelation', batch: batchFromRows(parseDdl('x int, y int NOT NULL'), EXAMPLE_ROWS) }
  const plan = (r: Recorded): Relation => {
    const expression = parseExpression(r.expression!)
    return r.group === 'window'
      ? { kind: 'project', input: rows, expressions: [expression] }
      : { kind: 'aggregate', input: rows, groupType: 'GROUP_TYPE_GROUPBY', groupingExpressions: [], aggregateExpressions: [expression] }
  }

  it.each(recorded.filter(r => r.form === 'from' && r.error === undefined))('$expression', async r => {
    const { schema, batches } = await engine.collect(plan(r))
    const [column] = schema.fields
    const found: unknown[] = []
    for await (const batch of batches) for (const row of rowsOf(batch)) found.push(Object.values(row)[0])
    expect(found.length).toBe(r.values?.length ?? found.length)
    const wrong = found.flatMap((value, i) =>
      differences({ ...r, ...(r.values ? { values: [r.values[i]!] } : {}) }, [{ name: column!.name, type: column!.dataType, value }]),
    )
    expect(wrong).toEqual([])
  })
})
