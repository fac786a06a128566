import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { arrayType, dayTimeIntervalType, decimalType, integerType, longType, mapType, stringType } from '../types/index.ts'
import type { Literal } from './index.ts'
import { expressionFromJson, expressionToJson, planFromJson, planToJson } from './index.ts'

const golden = new URL('../../test/golden/spark/', import.meta.url)
interface Case {
  name: string
  plan?: unknown
  rows?: { plan?: unknown }[]
  steps?: { restart?: { plan?: unknown } }[]
}
const plans = readdirSync(golden)
  .filter(f => f.endsWith('.json'))
  .flatMap(f => {
    const c = JSON.parse(readFileSync(new URL(f, golden), 'utf8')) as Case
    const all = [c.plan, ...(c.rows ?? []).map(r => r.plan), ...(c.steps ?? []).map(s => s.restart?.plan)]
    return all.filter(p => p).map((plan, i) => ({ name: `${c.name} #${i}`, plan }))
  })

describe('plans that Spark recorded', () => {
  it.each(plans)('$name survives the way in and out', ({ plan }) => {
    expect(planToJson(planFromJson(plan))).toEqual(plan)
  })
})

describe('literals', () => {
  const cases: [Omit<Literal, 'kind'>, unknown][] = [
    [{ dataType: integerType, value: 0 }, { integer: 0 }],
    [{ dataType: integerType, value: -1 }, { integer: -1 }],
    [{ dataType: longType, value: 9007199254740993n }, { long: '9007199254740993' }],
    [{ dataType: { kind: 'timestamp' }, value: 1700000000000000n }, { timestamp: '1700000000000000' }],
    [{ dataType: { kind: 'double' }, value: Number.NaN }, { double: 'NaN' }],
    [{ dataType: { kind: 'double' }, value: -0 }, { double: '-0' }],
    [{ dataType: { kind: 'float' }, value: Number.NEGATIVE_INFINITY }, { float: '-Infinity' }],
    [{ dataType: { kind: 'binary' }, value: new Uint8Array([1, 255]) }, { binary: 'Af8=' }],
    [{ dataType: decimalType(3, 1), value: '12.5' }, { decimal: { value: '12.5', precision: 3, scale: 1 } }],
    [{ dataType: stringType, value: null }, { null: { string: {} } }],
    [
      { dataType: dayTimeIntervalType(0, 0), value: 5n },
      { dayTimeInterval: '5', dataType: { dayTimeInterval: { startField: 0, endField: 0 } } },
    ],
    [
      { dataType: { kind: 'calendarInterval' }, value: { months: 1, days: 0, micros: 2n } },
      { calendarInterval: { months: 1, microseconds: '2' } },
    ],
    [
      { dataType: arrayType(integerType), value: [1, null] },
      { array: { elementType: { integer: {} }, elements: [{ integer: 1 }, { null: { integer: {} } }] } },
    ],
    [
      { dataType: mapType(stringType, integerType), value: [['a', 1]] },
      { map: { keyType: { string: {} }, valueType: { integer: {} }, keys: [{ string: 'a' }], values: [{ integer: 1 }] } },
    ],
  ]
  it.each(cases)('%o', (literal, json) => {
    const node: Literal = { kind: 'literal', ...literal }
    expect(expressionToJson(node)).toMatchObject({ literal: json as object })
    expect(expressionFromJson(JSON.parse(JSON.stringify(expressionToJson(node))))).toEqual(node)
  })
})

describe('what cannot be read', () => {
  it.each([
    [{}, 'plan', 'the relation is empty'],
    [{ sql: { query: 'x' } }, 'plan', 'relation "sql" is not supported'],
    [{ filter: { input: { range: { end: '3', step: '1', colour: 1 } } } }, 'plan.filter.input.range.colour', 'not supported'],
    [{ extension: { '@type': 'type.googleapis.com/a.B' } }, 'plan.extension', 'not one of Millrace'],
  ])('%o', (json, at, problem) => {
    expect(() => planFromJson(json)).toThrow(
      expect.objectContaining({ condition: 'INVALID_PLAN_JSON', params: { at, problem: expect.stringContaining(problem) } }),
    )
  })
})

it('keeps rows that stand in the plan, buffers and all', () => {
  const plan = planFromJson({ range: { end: '1', step: '1' } })
  const batch = {
    schema: { kind: 'struct', fields: [{ name: 'a', dataType: stringType, nullable: true }] },
    length: 2,
    columns: [{ length: 2, validity: new Uint8Array([1]), values: new Uint8Array([104, 105]), offsets: new Int32Array([0, 2, 2]) }],
  } as const
  const local = { kind: 'localRelation', batch } as const
  const back = planFromJson(JSON.parse(JSON.stringify(planToJson({ kind: 'limit', input: local, limit: 1 }))))
  expect(back).toEqual({ kind: 'limit', input: local, limit: 1 })
  expect(Object.isFrozen(plan)).toBe(true)
})
