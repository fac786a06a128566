import type { RJoin } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import type { JoinType } from '../../../../plan/index.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

const WORDS: Readonly<Record<JoinType, string>> = {
  JOIN_TYPE_INNER: 'JOIN',
  JOIN_TYPE_CROSS: 'JOIN',
  JOIN_TYPE_FULL_OUTER: 'FULL JOIN',
  JOIN_TYPE_LEFT_OUTER: 'LEFT JOIN',
  JOIN_TYPE_RIGHT_OUTER: 'RIGHT JOIN',
  JOIN_TYPE_LEFT_ANTI: 'ANTI JOIN',
  JOIN_TYPE_LEFT_SEMI: 'SEMI JOIN',
}

export function lowerJoin(node: RJoin, to: Lowering): string {
  if (node.operatorId !== undefined && to.options.streaming) {
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: 'a join of two streams', on: 'on the embedded engine' })
  }
  const left = to.relation(node.left)
  const right = to.relation(node.right)
  const columns = node.output.map(a => columnName(a.id))
  const condition = node.condition ? to.lower(node.condition) : 'true'
  return `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM (${left}) AS l ${WORDS[node.joinType]} (${right}) AS r ON ${condition}`
}
