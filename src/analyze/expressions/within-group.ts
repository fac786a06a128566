import { MillraceError } from '../../errors/index.ts'
import { findFunction } from '../../functions/index.ts'
import type { Expression, SortOrder, UnresolvedFunction } from '../../plan/index.ts'
import type { Order } from '../resolved.ts'
import { resolveOrder } from './over.ts'
import { resolve, type Scope } from './scope.ts'

interface Ordered {
  /** The call as its signature has it. */
  readonly call: UnresolvedFunction
  readonly orderBy: readonly Order[]
}
type Rule = (name: string, args: readonly Expression[], order: readonly SortOrder[]) => readonly Expression[]

/** What is ordered is the first argument: `percentile_cont(p) WITHIN GROUP (ORDER BY x)` is of x and p. */
const ofOrdered =
  (parameters: number): Rule =>
  (name, args, order) => {
    if (args.length !== parameters) throw wrongOrderings(name, 0, order.length)
    if (order.length !== 1) throw wrongOrderings(name, 1, order.length)
    return [order[0]!.child, ...args]
  }
const RULES: Readonly<Record<string, Rule>> = {
  percentile_cont: ofOrdered(1),
  percentile_disc: ofOrdered(1),
  mode: ofOrdered(0),
  listagg: (_, args) => args,
}

/** A call with WITHIN GROUP: the parser puts the order behind the arguments. Undefined for a call without. */
export function withinGroup(e: UnresolvedFunction, scope: Scope): Ordered | undefined {
  const order = e.arguments.filter(a => a.kind === 'sortOrder')
  if (order.length === 0) return undefined
  const name = findFunction(e.functionName)?.name
  const rule = name === undefined ? undefined : RULES[name]
  if (name !== undefined && !rule)
    throw new MillraceError('INVALID_SQL_SYNTAX', {
      problem: `${name}() does not take WITHIN GROUP (ORDER BY …)`,
      kind: 'FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      instead: `Leave it out; ${Object.keys(RULES).join(', ')} take one.`,
    })
  const given = e.arguments.filter(a => a.kind !== 'sortOrder')
  if (e.isDistinct) checkDistinct(name ?? e.functionName, given, order, scope)
  const args = name && rule ? rule(name, given, order) : given
  return { call: { ...e, arguments: args }, orderBy: order.map(o => resolveOrder(o, scope)) }
}

/** Different values can be put in order only by themselves. */
function checkDistinct(name: string, args: readonly Expression[], order: readonly SortOrder[], scope: Scope): void {
  if (name !== 'listagg')
    throw invalid(name, 'DISTINCT_UNSUPPORTED', 'it does not take DISTINCT together with WITHIN GROUP', 'Leave DISTINCT out.')
  const [value] = args
  const same = (o: SortOrder): boolean =>
    value !== undefined && JSON.stringify(resolve(o.child, scope)) === JSON.stringify(resolve(value, scope))
  if (!order.every(same))
    throw invalid(
      name,
      'MISMATCH_WITH_DISTINCT_INPUT',
      'with DISTINCT it can be ordered by its own argument only',
      'Order by the argument, or leave DISTINCT out.',
    )
}

const wrongOrderings = (name: string, expected: number, actual: number): Error =>
  invalid(
    name,
    'WRONG_NUM_ORDERINGS',
    `it takes ${expected} orderings in WITHIN GROUP, not ${actual}`,
    'Name the one column to order by, and no argument besides the parameters.',
  )
const invalid = (name: string, sub: string, problem: string, instead: string): Error =>
  new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION', { name, sub, problem, instead })
