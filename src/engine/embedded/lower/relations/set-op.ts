import type { RSetOp } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

const WORDS = { union: 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' } as const

export function lowerSetOp(node: RSetOp, to: Lowering): string {
  if (node.operatorId !== undefined && to.options.streaming) {
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: `${node.op}${node.all ? 'All' : ''}`, on: 'on a stream' })
  }
  const inputs = node.inputs.map(input => {
    const columns = input.output.map((a, i) => `${columnName(a.id)} AS ${columnName(node.output[i]!.id)}`)
    return `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM (${to.relation(input)})`
  })
  return inputs.map(sql => `(${sql})`).join(` ${WORDS[node.op]}${node.all ? ' ALL' : ''} `)
}
