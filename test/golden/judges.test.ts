import { describe, expect, it } from 'vitest'
import { judgeFunctions } from '../../scripts/judge/functions.ts'
import type { Outcome } from '../../scripts/judge/outcome.ts'
import { judgeParser } from '../../scripts/judge/parser.ts'
import { sharedGolden } from './cases.ts'

const inFull = async (outcomes: AsyncIterable<Outcome>): Promise<readonly Outcome[]> => {
  const all: Outcome[] = []
  for await (const outcome of outcomes) all.push(outcome)
  return all
}
const shareOf = (group: string, outcomes: readonly Outcome[]): number => {
  const judged = outcomes.filter(o => o.group === group && o.result !== 'skipped')
  expect(judged, `texts of ${group}`).not.toHaveLength(0)
  return judged.filter(o => o.result === 'passed').length / judged.length
}

const functions = sharedGolden('functions')
const FIRM = ['conditional', 'predicate', 'math', 'string', 'datetime', 'bitwise', 'collection', 'array', 'map', 'struct', 'conversion']

describe.skipIf(!functions)('recorded SQL expressions (skipped where shared/golden/functions does not lie beside the checkout)', () => {
  const outcomes = functions ? inFull(judgeFunctions(functions)) : Promise.resolve([])

  it('gives no wrong value, name or type anywhere: what is not offered is refused by name', async () => {
    const bad = (await outcomes).filter(o => o.result === 'failed' && !o.why?.startsWith('refused'))
    expect(bad.map(o => `${o.name}: ${o.why}`)).toEqual([])
  })

  it.each(FIRM)('knows at least 85 %% of group %s', async group => {
    expect(shareOf(group, await outcomes)).toBeGreaterThanOrEqual(0.85)
  })
})

const parser = sharedGolden('parser')

describe.skipIf(!parser)('recorded texts for the parser (skipped where shared/golden/parser does not lie beside the checkout)', () => {
  const outcomes = parser ? inFull(judgeParser(parser)) : Promise.resolve([])

  it.each([
    ['accepted by Spark', 0.97],
    ['rejected by Spark', 0.85],
  ])('agrees on the texts %s: at least %d', async (group, threshold) => {
    expect(shareOf(group, await outcomes)).toBeGreaterThanOrEqual(threshold)
  })
})
