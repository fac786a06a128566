import { describe, expect, test } from 'vitest'
import { goldenEnv } from '../../../test/support/golden-env.ts'
import { plan, stream, table } from '../../../test/support/plans.ts'
import type { Relation } from '../../plan/index.ts'
import { analyze, type Resolved, type Typed } from '../index.ts'
import { inputsOf } from '../tree.ts'

const text = (e: Typed): string => {
  if (e.node === 'attribute') return e.name
  if (e.node === 'literal') return String(e.value)
  if (e.node === 'call') return `${e.fn}(${e.args.map(text).join(', ')})`
  return e.node === 'cast' ? text(e.expr) : e.node
}
/** The plan on one line, sink first: `watermark > filter[>(v, 0)] > source[>(v, 0)]`. */
function shape(node: Resolved): string {
  const inputs = inputsOf(node).map(shape)
  const below = inputs.length === 0 ? '' : inputs.length === 1 ? ` > ${inputs[0]}` : ` > (${inputs.join(' | ')})`
  if (node.node === 'filter') return `filter[${text(node.condition)}]${below}`
  if (node.node === 'join') return `join[${node.condition ? text(node.condition) : ''}]${below}`
  if (node.node === 'source') return `source${node.pushed.length > 0 ? `[${node.pushed.map(text).join(', ')}]` : ''}`
  return `${node.node}${below}`
}
const shapeOf = (p: { readonly relation: Relation }): string => shape(analyze(p.relation, goldenEnv()).plan)

const e = plan(stream()).watermark('ts', '10 minutes')
const right = plan(stream('k2 STRING, v2 BIGINT, ts2 TIMESTAMP'))

describe('a filter above a watermark', () => {
  test('goes below it and into the json scan when it does not read the event time', () => {
    expect(shapeOf(e.where('v > 0'))).toBe('watermark > filter[>(v, 0)] > source[>(v, 0)]')
  })
  test('stays above it when it reads the event time', () => {
    expect(shapeOf(e.where('ts > current_timestamp()'))).toBe('filter[>(ts, current_timestamp())] > watermark > source')
  })
  test('is split at AND', () => {
    expect(shapeOf(e.where("v > 0 and ts is not null and k = 'a'"))).toBe(
      'filter[isnotnull(ts)] > watermark > filter[and(>(v, 0), ==(k, a))] > source[>(v, 0), ==(k, a)]',
    )
  })
  test('stays where chance is in it', () => {
    expect(shapeOf(e.where('rand() < 0.5 and v > 0'))).toMatch(/^filter\[<\(rand\(.*\] > watermark > filter\[>\(v, 0\)\] > source/)
  })
  test('goes through a select, computed from what the select computes', () => {
    expect(shapeOf(e.select('ts', 'v + 1 AS w').where('w > 0'))).toBe('project > watermark > filter[>(+(v, 1), 0)] > source[isnotnull(v)]')
  })
  test('goes through an explode when it does not read what that makes', () => {
    const lines = plan(stream('a ARRAY<STRING>, v BIGINT, ts TIMESTAMP')).watermark('ts', '1 minute').select('explode(a) AS x', 'v')
    expect(shapeOf(lines.where("v > 0 and x = 'q'"))).toBe(
      'project > filter[==(x, q)] > generate > watermark > filter[and(and(isnotnull(a), >(size(a), 0)), >(v, 0))] > source[isnotnull(a), >(v, 0)]',
    )
  })
  test('goes below an aggregation by its keys only', () => {
    const counted = e.group(['k', "window(ts, '1 minute')"], 'count(1) AS n')
    expect(shapeOf(counted.where("k = 'a' and n > 1"))).toBe(
      'filter[>(n, 1)] > aggregate > window > filter[isnotnull(ts)] > watermark > filter[==(k, a)] > source[==(k, a)]',
    )
  })
  test('stays above dropDuplicates and limit', () => {
    expect(shapeOf(e.distinct(['k']).where('v > 0'))).toBe('filter[>(v, 0)] > deduplicate > watermark > source')
    expect(shapeOf(e.limit(2).where('v > 0'))).toBe('filter[>(v, 0)] > limit > watermark > source')
  })
  test('goes into every side of a union', () => {
    expect(shapeOf(e.union(stream()).where('v > 0'))).toBe(
      'setOp > (watermark > filter[>(v, 0)] > source[>(v, 0)] | filter[>(v, 0)] > source[>(v, 0)])',
    )
  })
  test('is not applied by a text scan', () => {
    expect(shapeOf(plan(stream('', 'text')).where("value = 'a'"))).toBe('filter[==(value, a)] > source')
  })
})

describe('a join', () => {
  test('of the inner kind drops rows without a key before anything sees them', () => {
    expect(shapeOf(e.join(right.relation, 'k = k2'))).toBe(
      'join[==(k, k2)] > (watermark > filter[isnotnull(k)] > source[isnotnull(k)] | filter[isnotnull(k2)] > source[isnotnull(k2)])',
    )
  })
  test('carries what is known of a key over to the key it equals', () => {
    expect(shapeOf(e.where("k = 'a'").join(right.relation, 'k = k2'))).toBe(
      'join[==(k, k2)] > (watermark > filter[and(==(k, a), isnotnull(k))] > source[==(k, a), isnotnull(k)] | ' +
        'filter[and(isnotnull(k2), ==(k2, a))] > source[isnotnull(k2), ==(k2, a)])',
    )
  })
  test('keeps the rows of an outer side', () => {
    expect(shapeOf(plan(stream()).join(table(), ['k'], 'LEFT_OUTER'))).toBe(
      'project > join[==(k, k)] > (source | filter[isnotnull(k)] > source[isnotnull(k)])',
    )
  })
  test('lets a filter down on the side it reads', () => {
    expect(shapeOf(plan(stream()).join(right.relation, 'k = k2', 'LEFT_OUTER').where('v > 0 and v2 > 0'))).toBe(
      'filter[>(v2, 0)] > join[==(k, k2)] > (filter[>(v, 0)] > source[>(v, 0)] | filter[isnotnull(k2)] > source[isnotnull(k2)])',
    )
  })
})
