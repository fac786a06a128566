import type { RFilter, ROver, RProject } from '../../../../analyze/resolved.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

export function lowerProject(node: RProject, to: Lowering): string {
  const columns = node.columns.map(c => `${to.lower(c.expr)} AS ${columnName(c.attribute.id)}`)
  return `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM (${to.relation(node.input)})`
}

export const lowerFilter = (node: RFilter, to: Lowering): string =>
  `SELECT * FROM (${to.relation(node.input)}) WHERE ${to.lower(node.condition)}`

export function lowerOver(node: ROver, to: Lowering): string {
  const columns = node.columns.map(c => `${to.lower(c.over)} AS ${columnName(c.attribute.id)}`)
  return `SELECT *, ${columns.join(', ')} FROM (${to.relation(node.input)})`
}
