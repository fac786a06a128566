import { MillraceError } from '../../errors/index.ts'
import type { Expression } from '../../plan/index.ts'
import { isGenerator } from '../expressions/over.ts'
import { LATERAL, type LateralAlias, parse, resolve, type Scope } from '../expressions/scope.ts'
import { shownName } from '../expressions/shown.ts'
import { expandRegex, expandStar } from '../expressions/star.ts'
import { isWindowCall, windowTimeOf } from '../expressions/time-window.ts'
import { attribute } from '../ids.ts'
import { named } from '../nodes.ts'
import type { Attribute, Named, Typed } from '../resolved.ts'

/** One output column to be: its name, its value, and the column it is where it is a bare one. */
export interface Item {
  readonly name: string
  readonly expr: Typed
  readonly from?: Attribute
  /** The names given by an alias; several for the columns of a generator. */
  readonly names?: readonly string[]
  /** Stands for the value in later items of the list, which may name it by its alias. */
  readonly lateral?: Attribute
}

/** Columns to be; stars become one item a column. */
export const resolveItems = (expressions: readonly Expression[], scope: Scope): readonly Item[] =>
  expressions.flatMap(e => resolveItem(e, scope))

/** A select list: each item may name the aliases of those before it, and of `earlier` ones. */
export function resolveList(expressions: readonly Expression[], scope: Scope, earlier: readonly Item[] = []): readonly Item[] {
  const lateral = earlier.flatMap(aliasOf)
  const within: Scope = { ...scope, lateral }
  return expressions.flatMap(e => {
    const items = resolveItem(e, within)
    lateral.push(...items.flatMap(aliasOf))
    return items
  })
}
const aliasOf = ({ lateral: a, expr }: Item): LateralAlias[] => (a ? [{ attribute: a, generated: isGenerator(expr) }] : [])

function resolveItem(e: Expression, scope: Scope): readonly Item[] {
  if (e.kind === 'expressionString') return resolveItem(parse(e.expression, scope), scope)
  if (e.kind === 'unresolvedStar') return expandStar(e, scope).map(n => asItem(n, scope))
  if (e.kind === 'unresolvedRegex') return expandRegex(e, scope).map(n => asItem(n, scope))
  if (e.kind === 'alias') {
    const inner = e.expr.kind === 'expressionString' ? parse(e.expr.expression, scope) : e.expr
    return [aliased(itemOf(e.name[0]!, resolve(inner, scope), scope, e.name))]
  }
  const expr = resolve(e, scope)
  return [itemOf(isWindowCall(expr) ? expr.fn : nameOf(e, scope), expr, scope)]
}

/** A bare name keeps its own name, also where it is an alias of the list. */
function nameOf(e: Expression, scope: Scope): string {
  const shown = e.kind === 'unresolvedAttribute' ? scope.shown.get(e) : undefined
  const alias = shown?.kind === 'unresolvedFunction' && shown.functionName === LATERAL ? shown.arguments[0]! : e
  return shownName(alias, scope)
}

function aliased(i: Item): Item {
  if (i.names && i.names.length > 1) return i
  const type = isGenerator(i.expr) && i.expr.dataType.kind === 'struct' ? i.expr.dataType.fields[0]!.dataType : i.expr.dataType
  return { ...i, lateral: attribute({ name: i.name, dataType: type, nullable: i.expr.nullable }) }
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
