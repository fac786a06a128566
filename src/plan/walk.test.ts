import { describe, expect, it } from 'vitest'
import { integerType } from '../types/index.ts'
import { type Expression, printPlan, type Relation, rewrite, walk, walkExpression } from './index.ts'

const column = (name: string): Expression => ({ kind: 'unresolvedAttribute', unparsedIdentifier: name })
const one: Expression = { kind: 'literal', dataType: integerType, value: 1 }
const call = (functionName: string, ...args: Expression[]): Expression => ({ kind: 'unresolvedFunction', functionName, arguments: args })
const range: Relation = { kind: 'range', end: '3', step: '1' }
const plan: Relation = {
  kind: 'join',
  left: { kind: 'filter', input: range, condition: call('>', column('id'), one) },
  right: {
    kind: 'aggregate',
    input: range,
    groupType: 'GROUP_TYPE_PIVOT',
    groupingExpressions: [],
    aggregateExpressions: [call('sum', column('id'))],
    pivot: { col: column('p') },
  },
  joinType: 'JOIN_TYPE_INNER',
}

describe('walk', () => {
  it('goes node first, left before right', () => {
    expect([...walk(plan)].map(r => r.kind)).toEqual(['join', 'filter', 'range', 'aggregate', 'range'])
  })
  it('finds expressions under expressions, frames of windows too', () => {
    const over: Expression = {
      kind: 'window',
      windowFunction: call('sum', column('a')),
      partitionSpec: [column('b')],
      orderSpec: [],
      frameSpec: { frameType: 'FRAME_TYPE_ROW', lower: { value: column('c') }, upper: { currentRow: true } },
    }
    expect([...walkExpression(over)].flatMap(e => (e.kind === 'unresolvedAttribute' ? [e.unparsedIdentifier] : []))).toEqual([
      'a',
      'b',
      'c',
    ])
  })
})

describe('rewrite', () => {
  it('keeps the very same object when nothing changes', () => {
    expect(rewrite(plan, { relation: r => r, expression: e => e })).toBe(plan)
  })
  it('changes expressions in every place and leaves the rest alone', () => {
    const renamed = rewrite(plan, { expression: e => (e.kind === 'unresolvedAttribute' ? column(`${e.unparsedIdentifier}2`) : e) })
    expect(JSON.stringify(renamed)).toContain('"p2"')
    expect(JSON.stringify(renamed)).toContain('"id2"')
    expect((renamed as { left: { input: Relation } }).left.input).toBe(range)
  })
})

it('prints a plan as a tree', () => {
  expect(printPlan(plan)).toBe(
    [
      'Join INNER',
      ':- Filter >(id, 1)',
      ':  +- Range 0 to 3 step 1',
      '+- Aggregate PIVOT [], [sum(id)] pivot p',
      '   +- Range 0 to 3 step 1',
    ].join('\n'),
  )
})
