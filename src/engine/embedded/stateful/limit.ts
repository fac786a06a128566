import { reported, textsOf } from '../facts.ts'
import { freshName } from '../lower/relations/deduplicate.ts'
import type { LimitStep } from '../lower/state-step.ts'
import { FACT } from '../lower/statement.ts'
import type { Operator, Ran, StepContext } from './operator.ts'

/** Lets rows through until the limit is reached, over all batches. */
export async function runLimit(operator: Operator, step: LimitStep, to: StepContext): Promise<Ran> {
  const started = to.ticks()
  const delta = `delta_${step.operatorId}`
  const fresh = freshName(step.operatorId)
  const facts = step.input.facts.length > 0
  await to.run(`CREATE OR REPLACE TEMP TABLE ${delta} AS ${to.fill(step.input.sql)}`)
  const texts = facts ? textsOf(await to.run(`SELECT ${FACT} FROM ${delta} WHERE ${FACT} IS NOT NULL`)) : []
  const [passed = '0'] = textsOf(await to.run(`SELECT CAST(passed AS VARCHAR) FROM ${operator.table.name}`))
  const rest = Math.max(0, step.limit - Number(passed))
  const rows = await to.run(
    `CREATE OR REPLACE TEMP TABLE ${fresh} AS SELECT * FROM ${delta}${facts ? ` WHERE ${FACT} IS NULL` : ''} ORDER BY rowid LIMIT ${rest}; SELECT CAST(count(*) AS VARCHAR) FROM ${fresh}`,
  )
  const taken = Number(textsOf(rows)[0])
  if (taken > 0) to.later(operator.table.merging(`SELECT ${taken}::BIGINT AS passed`, ['s.passed + d.passed'], String(to.batchId)))
  return {
    reported: reported(step.input.facts, texts),
    updated: taken > 0 ? 1 : 0,
    dropped: 0,
    updatesMs: to.ticks() - started,
    custom: {},
    atMost: taken,
  }
}
