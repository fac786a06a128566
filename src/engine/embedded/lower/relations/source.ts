import type { Attribute, RBatchOutput, RLocal, RRange, RSource, RTable } from '../../../../analyze/resolved.ts'
import type { Lowering, Slot } from '../lowering.ts'
import { columnName } from '../statement.ts'

function rows(slot: Slot, output: readonly Attribute[], to: Lowering): { readonly index: number; readonly sql: string } {
  const { index, from } = to.slot(slot)
  const columns = output.map((a, i) => `f${i} AS ${columnName(a.id)}`)
  return { index, sql: `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM ${from}` }
}

/** With predicates that Spark's scan applies itself, the rows they let through are counted here; else whoever provides the rows counts them. */
export function lowerSource(node: RSource, to: Lowering): string {
  const { index, sql } = rows(node, node.output, to)
  if (node.pushed.length === 0) return sql
  const name = to.scope.share(`SELECT * FROM (${sql}) WHERE ${node.pushed.map(p => `(${to.lower(p)})`).join(' AND ')}`)
  if (node.sourceIndex !== undefined)
    to.scope.facts.push({ kind: 'input', slot: index, sql: `SELECT json_object('n', count(*)) FROM ${name}` })
  return `SELECT * FROM ${name}`
}

export const lowerTable = (node: RTable, to: Lowering): string => rows(node, node.output, to).sql
export const lowerLocal = (node: RLocal, to: Lowering): string => rows(node, node.output, to).sql
export const lowerBatchOutput = (node: RBatchOutput, to: Lowering): string => rows(node, node.output, to).sql

export function lowerRange(node: RRange): string {
  const column = columnName(node.output[0]!.id)
  return `SELECT range AS ${column} FROM range(CAST(${node.start} AS BIGINT), CAST(${node.end} AS BIGINT), CAST(${node.step} AS BIGINT))`
}
