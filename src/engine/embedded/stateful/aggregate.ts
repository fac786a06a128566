import { emptyBatch } from '../duck/read-out.ts'
import { reported, takeApart, textsOf } from '../facts.ts'
import type { AggregateStep } from '../lower/state-step.ts'
import { FACT } from '../lower/statement.ts'
import { schemaOf } from '../schema-of.ts'
import type { Operator, Ran, StepContext } from './operator.ts'

interface Summary {
  readonly groups: number
  readonly late: number
  readonly lateRows: number
  readonly least: string | null
}

/** Groups the batch's rows, drops late groups, merges the rest into the state. What is emitted is read from the state by the next statement. */
export async function runAggregate(operator: Operator, step: AggregateStep, outputMode: string, to: StepContext): Promise<Ran> {
  const started = to.ticks()
  const delta = `delta_${step.operatorId}`
  const late = step.late ? `coalesce(${to.fill(step.late)}, false)` : 'false'
  const { summary, texts } = to.keepPlan ? await groupFew(operator, step, delta, to) : await groupMany(operator, step, { delta, late }, to)
  const updated = summary.groups - summary.late
  if (updated > 0) {
    to.later(operator.table.merging(`SELECT * FROM ${delta} WHERE ${FACT} IS NULL AND NOT ${late}`, step.merged, String(to.batchId)))
  }
  if (operator.deltaReady) to.later(`TRUNCATE ${delta}`)
  const least = summary.least === null ? undefined : BigInt(summary.least)
  if (least !== undefined && (operator.soonest === undefined || least < operator.soonest)) operator.soonest = least
  return {
    reported: reported(step.delta.facts, texts),
    updated,
    dropped: summary.late,
    updatesMs: to.ticks() - started,
    custom: { lateInputRows: summary.lateRows },
    atMost: atMost(operator, outputMode, updated, to.watermark),
    ...(to.wantsDropped && step.lateRows && { late: await lateRows(step, summary.lateRows, to) }),
  }
}

interface Grouped {
  readonly summary: Summary
  readonly texts: readonly string[]
}

/** Into a fresh table, and counted there. */
async function groupMany(
  operator: Operator,
  step: AggregateStep,
  { delta, late }: { readonly delta: string; readonly late: string },
  to: StepContext,
): Promise<Grouped> {
  operator.deltaReady = false
  const grouping = `CREATE OR REPLACE TEMP TABLE ${delta} AS ${to.fill(step.delta.sql)}; `
  const [head, ...texts] = textsOf(
    await to.run(
      grouping +
        `SELECT CAST(json_object('groups', count(*), 'late', count(*) FILTER (${late}), 'lateRows', coalesce(sum(mr_n) FILTER (${late}), 0)::BIGINT,` +
        ` 'least', CAST(min(${step.expiry ?? 'NULL::BIGINT'}) FILTER (NOT ${late}) AS VARCHAR)) AS VARCHAR) AS ${FACT} FROM ${delta} WHERE ${FACT} IS NULL` +
        ` UNION ALL SELECT ${FACT} FROM ${delta} WHERE ${FACT} IS NOT NULL`,
    ),
  )
  return { summary: JSON.parse(head!) as Summary, texts }
}

/** Into a table that stays, so that the statement keeps its plan; each group says how many rows it has and when it expires, and is counted here. */
async function groupFew(operator: Operator, step: AggregateStep, delta: string, to: StepContext): Promise<Grouped> {
  const sql = to.fill(step.delta.sql)
  if (!operator.deltaReady) await to.run(`CREATE OR REPLACE TEMP TABLE ${delta} AS ${sql} WITH NO DATA`)
  operator.deltaReady = true
  const said = `CASE WHEN ${FACT} IS NULL THEN concat_ws(' ', mr_n, ${step.expiry ?? 'NULL'}) ELSE ${FACT} END`
  const all = textsOf(await to.run(`INSERT INTO ${delta} ${sql} RETURNING ${said}`, { keepPlan: true }))
  const texts = all.filter(text => text.startsWith('{'))
  const summary = { groups: 0, late: 0, lateRows: 0 }
  let least: bigint | undefined
  for (const text of all) {
    if (text.startsWith('{')) continue
    const [rows, expiry] = text.split(' ')
    const micros = expiry === undefined ? undefined : BigInt(expiry)
    summary.groups++
    if (step.late && micros !== undefined && micros <= to.late) {
      summary.late++
      summary.lateRows += Number(rows)
    } else if (micros !== undefined && (least === undefined || micros < least)) least = micros
  }
  return { summary: { ...summary, least: least === undefined ? null : String(least) }, texts }
}

function atMost(operator: Operator, outputMode: string, updated: number, watermark: bigint): number {
  if (outputMode === 'update') return updated
  if (outputMode === 'complete') return operator.total + updated
  return operator.soonest === undefined || operator.soonest > watermark ? 0 : operator.total + updated
}

async function lateRows(step: AggregateStep, count: number, to: StepContext) {
  const rows = step.lateRows!
  return count === 0 ? emptyBatch(schemaOf(rows.columns)) : takeApart(await to.run(to.fill(rows.sql)), rows).rows
}
