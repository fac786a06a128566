import { emptyBatch } from '../duck/read-out.ts'
import { reported, takeApart, textsOf } from '../facts.ts'
import { freshName } from '../lower/relations/deduplicate.ts'
import type { DeduplicateStep } from '../lower/state-step.ts'
import { columnName, FACT } from '../lower/statement.ts'
import { schemaOf } from '../schema-of.ts'
import type { Operator, Ran, StepContext } from './operator.ts'

interface Summary {
  readonly rows: number
  readonly late: number
}

/** Lets the first row of each key through: first of the batch, and not in the state. */
export async function runDeduplicate(operator: Operator, step: DeduplicateStep, to: StepContext): Promise<Ran> {
  const started = to.ticks()
  const delta = `delta_${step.operatorId}`
  const fresh = freshName(step.operatorId)
  const facts = step.input.facts.length > 0
  await to.run(`CREATE OR REPLACE TEMP TABLE ${delta} AS ${to.fill(step.input.sql)}`)
  const late = step.late ? `coalesce(${to.fill(step.late)}, false)` : 'false'
  const own = facts ? `WHERE ${FACT} IS NULL` : ''
  const summarySql = `SELECT CAST(json_object('rows', count(*), 'late', count(*) FILTER (${late})) AS VARCHAR) AS ${FACT} FROM ${delta} ${own}`
  const [head, ...texts] = textsOf(
    await to.run(facts ? `${summarySql} UNION ALL SELECT ${FACT} FROM ${delta} WHERE ${FACT} IS NOT NULL` : summarySql),
  )
  const summary = JSON.parse(head!) as Summary
  const timely = `${own || 'WHERE true'} AND NOT ${late}`
  const keys = step.keyColumns.length > 0 ? ` GROUP BY ${step.keyColumns.join(', ')}` : ''
  // A row's number in the table is its place in the input: the first of each key is the same in every run.
  const first = `SELECT *, rowid AS mr_row FROM ${delta} WHERE rowid IN (SELECT min(rowid) FROM ${delta} ${timely}${keys})`
  await to.run(`CREATE OR REPLACE TEMP TABLE ${fresh} AS ${operator.table.absent(first, step.keyColumns)} ORDER BY mr_row`)
  const updated = await operator.table.insert(to.run, `SELECT ${step.keyColumns.join(', ')} FROM ${fresh}`, String(to.batchId))
  await lowerSoonest(operator, step, fresh, to)
  return {
    reported: reported(step.input.facts, texts),
    updated,
    dropped: summary.late,
    updatesMs: to.ticks() - started,
    custom: { lateInputRows: summary.late, duplicateInputRows: summary.rows - summary.late - updated },
    atMost: updated,
    ...(to.wantsDropped && (await droppedRows(step, summary, updated, { delta, fresh, late, timely }, to))),
  }
}

async function lowerSoonest(operator: Operator, step: DeduplicateStep, fresh: string, to: StepContext): Promise<void> {
  if (!step.expiry || (operator.soonest !== undefined && operator.soonest <= to.watermark)) return
  const key = columnName(step.node.eventTimeKey!)
  const time = step.node.keys.find(k => k.id === step.node.eventTimeKey)!.dataType.kind === 'struct' ? `struct_extract(${key}, 'end')` : key
  const [least] = textsOf(await to.run(`SELECT CAST(min(epoch_us(${time})) AS VARCHAR) FROM ${fresh}`))
  if (least !== undefined && (operator.soonest === undefined || BigInt(least) < operator.soonest)) operator.soonest = BigInt(least)
}

interface Names {
  readonly delta: string
  readonly fresh: string
  readonly late: string
  readonly timely: string
}

async function droppedRows(
  step: DeduplicateStep,
  summary: Summary,
  updated: number,
  names: Names,
  to: StepContext,
): Promise<Pick<Ran, 'late' | 'duplicates'>> {
  const columns = step.output
  const read = async (count: number, where: string) =>
    count === 0
      ? emptyBatch(schemaOf(columns))
      : takeApart(await to.run(`SELECT ${columns.map(a => columnName(a.id)).join(', ')} FROM ${names.delta} ${where}`), {
          columns,
          sql: '',
          facts: [],
        }).rows
  const duplicates = await read(
    summary.rows - summary.late - updated,
    `${names.timely} AND rowid NOT IN (SELECT mr_row FROM ${names.fresh})`,
  )
  if (!step.late) return { duplicates }
  return { duplicates, late: await read(summary.late, `${names.timely.replace(` AND NOT ${names.late}`, '')} AND ${names.late}`) }
}
