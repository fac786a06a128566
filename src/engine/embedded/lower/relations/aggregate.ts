import type { Attribute, RAggregate, TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { typeName } from '../../../../types/index.ts'
import { type AggregateState, aggregateState } from '../functions/aggregate-state.ts'
import type { Lowering } from '../lowering.ts'
import type { AggregateStep, StateColumn } from '../state-step.ts'
import { columnName, hole, rowsOnly, withFacts } from '../statement.ts'
import { duckType } from '../types.ts'
import { groupKey } from './group-key.ts'

export function lowerAggregate(node: RAggregate, to: Lowering): string {
  if (node.operatorId !== undefined && to.options.streaming) return keptAggregate(node, to)
  if (node.sessionWindow !== undefined)
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: 'session_window()', on: 'on the embedded engine' })
  const keys = node.keys.map(k => columnName(k.id))
  const values = node.aggregates.map(a => `${to.lower(a.call)} AS ${columnName(a.attribute.id)}`)
  const list = [...keys, ...values]
  const group = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ''
  return `SELECT ${list.length > 0 ? list.join(', ') : '1 AS none'} FROM (${to.relation(node.input)})${group}`
}

/** Name of an operator's state table: only `duck/state-table.ts` makes and changes it; here it is read. */
export const stateName = (operatorId: number): string => `state_${operatorId}`

/** SQL for the micros by which a value of an event-time column passes: the end of a window, or the time itself. */
export const expiryOf = (attribute: Attribute, sql: string): string =>
  attribute.dataType.kind === 'struct' ? `epoch_us(struct_extract(${sql}, 'end'))` : `epoch_us(${sql})`

interface KeptCall {
  readonly state: AggregateState
  readonly columns: readonly StateColumn[]
}

function keep(call: TCall, i: number, to: Lowering): KeptCall {
  const state = aggregateState(call, call.args.map(to.lower), to)
  const columns = state.partials.map(p => ({ name: `a${i}_${p.name}`, type: p.type, shown: p.type, nullable: true }))
  return { state, columns }
}

/** Aggregates whose value is the same in any order of rows. */
const ORDERLESS: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'count_if',
  'bool_and',
  'bool_or',
  'approx_count_distinct',
  'try_sum',
  'try_avg',
])

/** An aggregate of a stream: partial values of the batch are merged into a state table, and groups are read from there by the output mode. */
function keptAggregate(node: RAggregate, to: Lowering): string {
  if (node.sessionWindow !== undefined)
    throw new MillraceError('OPERATOR_NOT_SUPPORTED', { operator: 'session_window()', on: 'on a stream' })
  const { rows, scope } = to.apart(node.input)
  const calls = node.aggregates.map((a, i) => keep(a.call, i, to))
  const keys = node.keys.map((k, i) => ({ name: `k${i}`, type: duckType(k.dataType), shown: typeName(k.dataType), nullable: k.nullable }))
  const inits = calls.flatMap(c => c.state.partials.map((p, j) => `CAST(${p.init} AS ${p.type}) AS ${c.columns[j]!.name}`))
  const groups = node.keys.map(k => groupKey(k, node.input))
  const list = [...groups.map((g, i) => `${g.key} AS k${i}`), ...inits, 'count(*) AS mr_n']
  const group = keys.length > 0 ? ` GROUP BY ${groups.map(g => g.by).join(', ')}` : ''
  const grouped = `SELECT ${list.join(', ')} FROM (${rows})${group}`
  const delta = `${scope.with}${withFacts(scope.facts, '*', list.length, grouped)}`
  const time = to.options.outputMode === 'complete' ? -1 : node.keys.findIndex(k => k.id === node.eventTimeKey)
  const expiry = time < 0 ? undefined : expiryOf(node.keys[time]!, `k${time}`)
  const lateInput = time < 0 ? undefined : `${expiryOf(node.keys[time]!, columnName(node.keys[time]!.id))} <= ${hole('late')}`
  const merged = calls.flatMap(c =>
    c.state.merge(
      c.columns.map(x => `s.${x.name}`),
      c.columns.map(x => `d.${x.name}`),
    ),
  )
  const step: AggregateStep = {
    kind: 'aggregate',
    operatorId: node.operatorId!,
    keys,
    values: calls.flatMap(c => c.columns),
    merged,
    delta: { columns: [], sql: delta, facts: scope.facts },
    anyOrder: node.aggregates.every(a => ORDERLESS.has(a.call.fn)),
    ...(expiry && { expiry, late: `${expiry} <= ${hole('late')}` }),
    ...(lateInput && { lateRows: rowsOnly(scope, node.input.output, `SELECT * FROM (${rows}) WHERE ${lateInput}`) }),
  }
  to.steps.push(step)
  return emitted(node, step, calls, to)
}

const EMITTED = {
  append: (step: AggregateStep): string => `${step.expiry ?? 'NULL'} <= ${hole('watermark')}`,
  update: (): string => `ver = ${hole('batch')}`,
  complete: (): string => 'true',
} as const

function emitted(node: RAggregate, step: AggregateStep, calls: readonly KeptCall[], to: Lowering): string {
  const list = [
    ...node.keys.map((k, i) => `k${i} AS ${columnName(k.id)}`),
    ...node.aggregates.map((a, i) => `${calls[i]!.state.finish(calls[i]!.columns.map(c => c.name))} AS ${columnName(a.attribute.id)}`),
  ]
  return `SELECT ${list.length > 0 ? list.join(', ') : '1 AS none'} FROM ${stateName(step.operatorId)} WHERE ${EMITTED[to.options.outputMode](step)}`
}
