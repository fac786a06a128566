import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../examples/turnstiles/random.ts'
import type { Case } from '../../scripts/judge/case.ts'
import { judgeCase } from '../../scripts/judge/spark.ts'
import { findMillraceError } from '../../src/errors/index.ts'
import type { CrashAt } from '../../src/testing/index.ts'
import { ran, recordedCases } from './cases.ts'
import { laterOperators } from './later.ts'
import { hasRows, mayComeSingly, noDataFollows, oneRowAtATime, retell } from './retell.ts'

/** Spark runs these; we do not yet. */
const later = (case_: Case): boolean => ran(case_) && laterOperators(case_.plan).length > 0
const offered = recordedCases.filter(case_ => case_.plan && !later(case_))
const named = (cases: readonly Case[]): readonly (readonly [string, Case])[] => cases.map(case_ => [case_.name, case_])

describe.concurrent('as recorded', () => {
  it.each(named(offered))('%s', async (_, case_) => {
    const outcome = await judgeCase(case_)
    expect(outcome.why).toBeUndefined()
    expect(outcome.result).toBe('passed')
  })

  it.each(named(recordedCases.filter(later)))('%s: refused by name until its operator comes', async (_, case_) => {
    const { result, error } = await judgeCase(case_)
    expect(result).toBe('failed')
    const said = findMillraceError(error)?.message
    expect(
      laterOperators(case_.plan).some(operator => operator.refusal.test(said ?? '')),
      said,
    ).toBe(true)
  })
})

describe.concurrent('one row at a time, where the law allows it', () => {
  it.each(named(offered.filter(mayComeSingly)))('%s', async (_, case_) => {
    const { rows, recorded } = await retell(oneRowAtATime(case_))
    expect(rows).toEqual(recorded)
  })
})

describe.concurrent('killed at a failpoint, then resumed', () => {
  it.each(named(offered.filter(hasRows)))(
    '%s',
    async (_, case_) => {
      const undisturbed = await retell(case_)
      expect(undisturbed.rows).toEqual(undisturbed.recorded)
      for (const crash of crashes(case_.name, undisturbed.calls)) {
        const { rows, recorded, endedAfter } = await retell(case_, crash)
        if (isDeepStrictEqual(rows, recorded)) continue
        const lawful =
          endedAfter !== undefined && noDataFollows(case_, endedAfter) ? await retell(case_, { stopAfter: endedAfter }) : undefined
        expect(rows, `killed ${crash.when} failpoint ${crash.at} of ${undisturbed.calls}`).toEqual(lawful?.rows ?? recorded)
      }
    },
    TIMEOUT,
  )
})

const { FAILPOINTS = '4', FAILPOINT_SEED = '1' } = process.env
const TIMEOUT = FAILPOINTS === '4' ? 60_000 : 1_800_000

/** `FAILPOINTS=all`: before and after every failpoint; else so many, one from each stretch of the case's life, other ones by `FAILPOINT_SEED`. */
function crashes(name: string, calls: number): readonly CrashAt[] {
  if (FAILPOINTS === 'all')
    return Array.from({ length: 2 * calls }, (_, i) => ({ at: 1 + (i >> 1), when: i % 2 === 0 ? 'before' : 'after' }))
  const next = randomFrom([...name].reduce((hash, c) => Math.imul(hash ^ c.charCodeAt(0), 16777619), Number(FAILPOINT_SEED)))
  return Array.from({ length: Number(FAILPOINTS) }, (_, i) => ({
    at: 1 + Math.floor(((i + next()) / Number(FAILPOINTS)) * calls),
    when: next() < 0.5 ? 'before' : 'after',
  }))
}
