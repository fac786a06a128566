import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TAttribute, TCall } from '../../../../analyze/resolved.ts'
import {
  arrayType,
  booleanType,
  type DataType,
  decimalType,
  doubleType,
  field,
  integerType,
  longType,
  stringType,
  structType,
  valueAt,
  valueText,
} from '../../../../types/index.ts'
import { DuckInstance } from '../../duck/instance.ts'
import { batchOfAnswer } from '../../duck/read-out.ts'
import type { HostFunction, LowerContext } from '../context.ts'
import { lowerExpression } from '../expression.ts'
import { lowerAggregate } from './aggregate.ts'
import { aggregateState } from './aggregate-state.ts'

let duck: DuckInstance
const functions = new Map<string, HostFunction>()
const ctx = {
  timeZone: 'UTC',
  now: 'now()',
  column: (id: number) => `c${id}`,
  variable: (id: number) => `v${id}`,
  host: (fn: HostFunction) => {
    functions.set(fn.name, fn)
    return fn.name
  },
  lower: (e: Parameters<LowerContext['lower']>[0]) => lowerExpression(e, ctx),
} as LowerContext

beforeAll(async () => {
  duck = await DuckInstance.open({ timeZone: 'UTC', threads: 1, memoryLimit: 256_000_000, tempDirectory: tmpdir() })
  await duck.main.run(`CREATE TABLE t AS SELECT i, i % 3 AS b,
    CASE WHEN i % 7 = 0 THEN NULL ELSE CAST((i * 37) % 101 AS INTEGER) END AS c0, CAST(sin(i) * 100 AS DOUBLE) AS c1,
    CAST((i * 37) % 101 / 7 AS DECIMAL(10, 2)) AS c2, 'k' || (i % 11) AS c3, i % 5 > 0 AS c4 FROM range(1000) r(i)`)
})
afterAll(() => duck.close())

const columns: readonly DataType[] = [integerType, doubleType, decimalType(10, 2), stringType, booleanType]
const column = (id: number): TAttribute => ({ node: 'attribute', id, name: `c${id}`, dataType: columns[id]!, nullable: true })

async function one(sql: string, type: DataType): Promise<string> {
  duck.register([...functions.values()])
  const batch = batchOfAnswer(await duck.main.run(sql), structType([field('x', type)]))
  return valueText(valueAt(batch.columns[0]!, type, 0), type, 'UTC')
}

test.each<readonly [string, readonly number[], DataType]>([
  ['count', [0], longType],
  ['count', [0, 3], longType],
  ['count_if', [4], longType],
  ['sum', [0], longType],
  ['sum', [1], doubleType],
  ['sum', [2], decimalType(20, 2)],
  ['avg', [0], doubleType],
  ['avg', [2], decimalType(14, 6)],
  ['min', [1], doubleType],
  ['max', [3], stringType],
  ['bool_and', [4], booleanType],
  ['bool_or', [4], booleanType],
  ['bit_xor', [0], integerType],
  ['collect_set', [3], arrayType(stringType)],
  ['stddev', [1], doubleType],
  ['var_pop', [1], doubleType],
  ['skewness', [1], doubleType],
  ['kurtosis', [1], doubleType],
  ['corr', [1, 1], doubleType],
  ['covar_samp', [1, 1], doubleType],
  ['median', [0], doubleType],
  ['max_by', [3, 1], stringType],
  ['min_by', [0, 1], integerType],
  ['approx_count_distinct', [0], longType],
])('%s%j in three batches is that of all rows', async (fn, ids, dataType) => {
  const call: TCall = { node: 'call', fn, args: ids.map(column), dataType, nullable: true }
  const args = ids.map(id => `c${id}`)
  const state = aggregateState(call, args, ctx)
  const init = (b: number) => `(SELECT ${state.partials.map((p, i) => `${p.init} AS p${i}`).join(', ')} FROM t WHERE b = ${b})`
  const refs = (alias: string) => state.partials.map((_, i) => `${alias}.p${i}`)
  const merged = (a: string, b: string) =>
    `(SELECT ${state
      .merge(refs('a'), refs('b'))
      .map((sql, i) => `${sql} AS p${i}`)
      .join(', ')} FROM ${a} a, ${b} b)`
  const streamed = `SELECT CAST(${state.finish(refs('s'))} AS ${(await import('../types.ts')).duckType(dataType)}) AS x FROM ${merged(merged(init(0), init(1)), init(2))} s`
  const whole = `SELECT ${lowerAggregate(call, args, ctx)} AS x FROM t`
  const [s, w] = [await one(streamed, dataType), await one(whole, dataType)]
  if (dataType.kind === 'double') expect(Number(s)).toBeCloseTo(Number(w), 8)
  else expect(s).toBe(w)
})

test('first and last take the first batch and the last, nulls included', async () => {
  for (const [fn, want] of [
    ['first', 'NULL'],
    ['last', '2'],
  ] as const) {
    const call: TCall = { node: 'call', fn, args: [column(0)], dataType: integerType, nullable: true }
    const state = aggregateState(call, ['c0'], ctx)
    const init = (value: string) =>
      `(SELECT ${state.partials.map((p, i) => `${p.init} AS p${i}`).join(', ')} FROM (SELECT CAST(${value} AS INTEGER) AS c0))`
    const sql = `SELECT ${state.finish(state.merge(['a.p0', 'a.p1'], ['b.p0', 'b.p1']))} AS x FROM ${init('NULL')} a, ${init('2')} b`
    expect(await one(sql, integerType)).toBe(want)
  }
})
