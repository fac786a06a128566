import type { Expression, Relation } from '../../../plan/index.ts'

/** Small pieces of plans that a writer asks the engine for. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const column = (...path: readonly string[]): Expression => ({
  kind: 'unresolvedAttribute',
  unparsedIdentifier: path.map(quoted).join('.'),
})
export const call = (functionName: string, ...args: readonly Expression[]): Expression => ({
  kind: 'unresolvedFunction',
  functionName,
  arguments: args,
})
const literal = (value: boolean): Expression => ({ kind: 'literal', dataType: { kind: 'boolean' }, value })
const whole = (value: number): Expression => ({ kind: 'literal', dataType: { kind: 'integer' }, value })

/** Does a condition hold? Unknown is no. */
export const holds = (condition: string): Expression =>
  call('coalesce', { kind: 'expressionString', expression: condition }, literal(false))
export const not = (condition: Expression): Expression => call('not', condition)
export const filter = (input: Relation, condition: Expression): Relation => ({ kind: 'filter', input, condition })
export const select = (input: Relation, expressions: readonly Expression[]): Relation => ({ kind: 'project', input, expressions })
export const distinct = (input: Relation): Relation => ({ kind: 'deduplicate', input, allColumnsAsKeys: true })
export const alias = (expr: Expression, name: string): Expression => ({ kind: 'alias', expr, name: [name] })

/** Rows with one column more, the same text in each. */
export const withText = (input: Relation, name: string, text: string): Relation =>
  select(input, [{ kind: 'unresolvedStar' }, alias({ kind: 'literal', dataType: { kind: 'string' }, value: text }, name)])

/** Rows of the left side that have a partner of the same keys on the right, or have none. Null is a value like others. */
export function matched(
  left: Relation,
  right: Relation,
  keys: readonly string[],
  joinType: 'JOIN_TYPE_LEFT_SEMI' | 'JOIN_TYPE_LEFT_ANTI',
): Relation {
  const joinCondition = keys.map(k => call('<=>', column('t', k), column('s', k))).reduce((a, b) => call('and', a, b))
  return {
    kind: 'join',
    left: { kind: 'subqueryAlias', input: left, alias: 't' },
    right: { kind: 'subqueryAlias', input: right, alias: 's' },
    joinType,
    joinCondition,
  }
}

/** Keys that occur more than once, and how often. */
export function repeated(input: Relation, keys: readonly string[]): Relation {
  const counted: Relation = {
    kind: 'aggregate',
    input,
    groupType: 'GROUP_TYPE_GROUPBY',
    groupingExpressions: keys.map(k => column(k)),
    aggregateExpressions: [...keys.map(k => column(k)), alias(call('count', whole(1)), COUNT)],
  }
  return filter(counted, call('>', column(COUNT), whole(1)))
}
export const COUNT = '__millrace_rows'

/** Least and greatest value of each column and how many there are, as columns `min0`, `max0`, `count0`, … */
export const ranges = (input: Relation, columns: readonly string[]): Relation => ({
  kind: 'aggregate',
  input,
  groupType: 'GROUP_TYPE_GROUPBY',
  groupingExpressions: [],
  aggregateExpressions: columns.flatMap((c, i) => ['min', 'max', 'count'].map(fn => alias(call(fn, column(c)), `${fn}${i}`))),
})
