import type { RLimit } from '../../../../analyze/resolved.ts'
import type { Lowering } from '../lowering.ts'
import { columnName, statement } from '../statement.ts'
import { freshName } from './deduplicate.ts'

/** The first N rows of the stream, ever: the state is how many have passed. */
export function limitStep(node: RLimit, to: Lowering): string {
  const { rows, scope } = to.apart(node.input)
  to.steps.push({
    kind: 'limit',
    operatorId: node.operatorId!,
    node,
    keys: [],
    values: [{ name: 'passed', type: 'BIGINT', shown: 'bigint', nullable: false }],
    input: statement(scope, node.input.output, rows),
    limit: node.limit ?? 0,
  })
  return `SELECT ${node.output.map(a => columnName(a.id)).join(', ')} FROM ${freshName(node.operatorId!)}`
}
