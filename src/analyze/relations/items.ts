import { MillraceError } from '../../errors/index.ts'
import type { Expression } from '../../plan/index.ts'
import { parse, resolve, type Scope } from '../expressions/scope.ts'
import { shownName } from '../expressions/shown.ts'
import { expandRegex, expandStar } from '../expressions/star.ts'
import { isWindowCall, windowTimeOf } from '../expressions/time-window.ts'
import { named } from '../nodes.ts'
import type { Attribute, Named, Typed } from '../resolved.ts'

/** One output column to be: its name, its value, and the column it is where it is a bare one. */
export interface Item {
  readonly name: string
  readonly expr: Typed
  readonly from?: Attribute
  /** The names given by an alias; several for the columns of a generator. */
  readonly names?: readonly string[]
}

/** The items of a select list; stars become one item a column. */
export function resolveItems(expressions: readonly Expression[], scope: Scope): readonly Item[] {
  return expressions.flatMap(e => resolveItem(e, scope))
}

function resolveItem(e: Expression, scope: Scope): readonly Item[] {
  if (e.kind === 'expressionString') return resolveItem(parse(e.expression, scope), scope)
  if (e.kind === 'unresolvedStar') return expandStar(e, scope).map(n => asItem(n, scope))
  if (e.kind === 'unresolvedRegex') return expandRegex(e, scope).map(n => asItem(n, scope))
  if (e.kind === 'alias') {
    const inner = e.expr.kind === 'expressionString' ? parse(e.expr.expression, scope) : e.expr
    return [itemOf(e.name[0]!, resolve(inner, scope), scope, e.name)]
  }
  const expr = resolve(e, scope)
  return [itemOf(isWindowCall(expr) ? expr.fn : shownName(e, scope), expr, scope)]
}

const asItem = (n: Named, scope: Scope): Item => itemOf(n.attribute.name, n.expr, scope)

function itemOf(name: string, expr: Typed, scope: Scope, names?: readonly string[]): Item {
  const from = sourceColumn(expr, scope)
  return { name, expr, ...(from ? { from } : {}), ...(names ? { names } : {}) }
}

/** The column whose marks the value keeps: the bare column itself, or the window of `window_time(window)`. */
export function sourceColumn(expr: Typed, scope: Pick<Scope, 'columns' | 'extra'>): Attribute | undefined {
  const window = windowTimeOf(expr)
  const bare = window ?? expr
  if (bare.node !== 'attribute') return undefined
  const column = scope.columns.find(c => c.id === bare.id) ?? scope.extra.find(c => c.id === bare.id)
  if (!column || !window) return column
  const { timeWindow: _, ...rest } = column
  return rest
}

export const nameItem = (i: Item): Named => named(i.name, i.expr, i.from)

/** One alias where one column comes out. */
export function singleName(i: Item): Item {
  if (i.names && i.names.length > 1) throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { names: i.names.length, columns: 1 })
  return i
}
