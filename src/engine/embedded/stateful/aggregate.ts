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
  const grouping = `CREATE OR REPLACE TEMP TABLE ${delta} AS ${to.fill(step.delta.sql)}; `
  const late = step.late ? `coalesce(${to.fill(step.late)}, false)` : 'false'
  const [head, ...texts] = textsOf(
    await to.run(
      grouping +
        `SELECT CAST(json_object('groups', count(*), 'late', count(*) FILTER (${late}), 'lateRows', coalesce(sum(mr_n) FILTER (${late}), 0)::BIGINT,` +
        ` 'least', CAST(min(${step.expiry ?? 'NULL::BIGINT'}) FILTER (NOT ${late}) AS VARCHAR)) AS VARCHAR) AS ${FACT} FROM ${delta} WHERE ${FACT} IS NULL` +
        ` UNION ALL SELECT ${FACT} FROM ${delta} WHERE ${FACT} IS NOT NULL`,
    ),
  )
  const summary = JSON.parse(head!) as Summary
  const updated = summary.groups - summary.late
  if (updated > 0) {
    to.later(operator.table.merging(`SELECT * FROM ${delta} WHERE ${FACT} IS NULL AND NOT ${late}`, step.merged, String(to.batchId)))
  }
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

function atMost(operator: Operator, outputMode: string, updated: number, watermark: bigint): number {
  if (outputMode === 'update') return updated
  if (outputMode === 'complete') return operator.total + updated
  return operator.soonest === undefined || operator.soonest > watermark ? 0 : operator.total + updated
}

async function lateRows(step: AggregateStep, count: number, to: StepContext) {
  const rows = step.lateRows!
  return count === 0 ? emptyBatch(schemaOf(rows.columns)) : takeApart(await to.run(to.fill(rows.sql)), rows).rows
}
