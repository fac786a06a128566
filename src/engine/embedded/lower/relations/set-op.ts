import type { RSetOp } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { typeName } from '../../../../types/index.ts'
import type { Lowering } from '../lowering.ts'
import { columnName, hole, withFacts } from '../statement.ts'
import { duckType } from '../types.ts'
import { stateName } from './aggregate.ts'

const WORDS = { union: 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' } as const

function aligned(node: RSetOp, i: number, rows: string): string {
  const columns = node.inputs[i]!.output.map((a, c) => `${columnName(a.id)} AS ${columnName(node.output[c]!.id)}`)
  return `SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS none'} FROM (${rows})`
}

export function lowerSetOp(node: RSetOp, to: Lowering): string {
  if (node.operatorId !== undefined && to.options.streaming) return keptDifference(node, to)
  const inputs = node.inputs.map((input, i) => `(${aligned(node, i, to.relation(input))})`)
  return inputs.join(` ${WORDS[node.op]}${node.all ? ' ALL' : ''} `)
}

/**
 * A stream without a table's rows, as Spark runs it: rows count +1 on the left and -1 on the right, and a row is given out as often as its sum says.
 * The table is read in every batch, so its rows count again in every batch.
 */
function keptDifference(node: RSetOp, to: Lowering): string {
  if (node.op !== 'except' || !node.all)
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: `${node.op}${node.all ? 'All' : ''}`, on: 'on a stream' })
  const left = to.apart(node.inputs[0]!)
  const right = to.apart(node.inputs[1]!)
  const keys = node.output.map((a, i) => ({ name: `k${i}`, type: duckType(a.dataType), shown: typeName(a.dataType), nullable: true }))
  const counted = `SELECT *, 1 AS mr_sign FROM (${aligned(node, 0, left.rows)}) UNION ALL SELECT *, -1 FROM (${aligned(node, 1, right.rows)})`
  const columns = node.output.map(a => columnName(a.id))
  const list = [...columns.map((c, i) => `${c} AS k${i}`), 'CAST(sum(mr_sign) AS BIGINT) AS a0_copies', 'count(*) AS mr_n']
  const delta = `SELECT ${list.join(', ')} FROM (${counted}) GROUP BY ${columns.join(', ')}`
  const facts = [...left.scope.facts, ...right.scope.facts]
  to.steps.push({
    kind: 'aggregate',
    operatorId: node.operatorId!,
    keys,
    values: [{ name: 'a0_copies', type: 'BIGINT', shown: 'bigint', nullable: false }],
    anyOrder: true,
    merged: ['s.a0_copies + d.a0_copies'],
    delta: { columns: [], sql: `${left.scope.joinedWith(right.scope)}${withFacts(facts, '*', list.length, delta)}`, facts },
  })
  const rows = `SELECT *, unnest(range(greatest(a0_copies, 0))) AS mr_copy FROM ${stateName(node.operatorId!)} WHERE ver = ${hole('batch')}`
  return `SELECT ${keys.map((k, i) => `${k.name} AS ${columns[i]}`).join(', ')} FROM (${rows})`
}
