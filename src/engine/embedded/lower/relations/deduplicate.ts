import type { RDeduplicate } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { typeName } from '../../../../types/index.ts'
import type { Lowering } from '../lowering.ts'
import type { DeduplicateStep } from '../state-step.ts'
import { columnName, hole, statement } from '../statement.ts'
import { duckType } from '../types.ts'
import { expiryOf } from './aggregate.ts'

export function lowerDeduplicate(node: RDeduplicate, to: Lowering): string {
  if (node.withinWatermark)
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: 'dropDuplicatesWithinWatermark()', on: 'on the embedded engine' })
  if (node.operatorId !== undefined && to.options.streaming) return keptDeduplicate(node, to)
  const keys = node.keys.map(k => columnName(k.id))
  return `SELECT ${keys.length > 0 ? `DISTINCT ON (${keys.join(', ')}) ` : ''}* FROM (${to.relation(node.input)})${keys.length > 0 ? '' : ' LIMIT 1'}`
}

/** Table with the rows of this batch that a deduplicating operator let through. */
export const freshName = (operatorId: number): string => `fresh_${operatorId}`

/** The first row of a key passes, ever; the keys are the state. Late rows are dropped whenever the input has a watermarked column. */
function keptDeduplicate(node: RDeduplicate, to: Lowering): string {
  const { rows, scope } = to.apart(node.input)
  const columns = node.input.output
  const time = columns.find(a => a.id === node.eventTimeColumn)
  const key = node.keys.findIndex(k => k.id === node.eventTimeKey)
  const step: DeduplicateStep = {
    kind: 'deduplicate',
    operatorId: node.operatorId!,
    node,
    keys: node.keys.map((k, i) => ({ name: `k${i}`, type: duckType(k.dataType), shown: typeName(k.dataType), nullable: k.nullable })),
    values: [],
    input: statement(scope, columns, rows),
    output: columns,
    keyColumns: node.keys.map(k => columnName(k.id)),
    ...(time && { late: `${expiryOf(time, columnName(time.id))} <= ${hole('late')}` }),
    ...(key >= 0 && { expiry: expiryOf(node.keys[key]!, `k${key}`) }),
  }
  to.steps.push(step)
  return `SELECT ${columns.map(a => columnName(a.id)).join(', ')} FROM ${freshName(step.operatorId)}`
}
