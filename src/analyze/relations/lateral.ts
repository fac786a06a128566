import { MillraceError } from '../../errors/index.ts'
import { isAggregate } from '../expressions/over.ts'
import { reference } from '../ids.ts'
import type { Attribute, Resolved, Typed } from '../resolved.ts'
import { collect, outsideOver, referencesOf, replaceTop } from '../tree.ts'
import type { Item } from './items.ts'

/** The aliases of a list that stand for columns of it: what comes after them in the list may name them. */
const lateralIds = (items: readonly Item[]): ReadonlySet<number> => new Set(items.flatMap(i => (i.lateral ? [i.lateral.id] : [])))
const names = (e: Typed, ids: ReadonlySet<number>): boolean => ids.size > 0 && [...referencesOf(e)].some(id => ids.has(id))

/** In a list of aggregates an alias is replaced by what it stands for; `earlier` are the grouping columns. */
export function inlined(items: readonly Item[], earlier: readonly Item[] = []): readonly Item[] {
  const ids = lateralIds([...earlier, ...items])
  const values = new Map<number, Typed>()
  const value = (e: Typed): Typed => replaceTop(e, x => (x.node === 'attribute' ? values.get(x.id) : undefined))
  const remember = (i: Item): void => {
    if (i.lateral) values.set(i.lateral.id, i.expr)
  }
  earlier.forEach(remember)
  return items.map(i => {
    if (!names(i.expr, ids)) {
      remember(i)
      return i
    }
    checkNames(i.expr, ids)
    const made = { ...i, expr: value(i.expr) }
    remember(made)
    return made
  })
}

/** Spark's refusals: an alias inside an aggregate, or inside a window function, of its own list. */
export function checkNames(e: Typed, ids: ReadonlySet<number>): void {
  for (const [sub, name, found] of [
    ['LATERAL_COLUMN_ALIAS_IN_WINDOW', 'over()', collect(e, (x): x is Typed => x.node === 'over')],
    ['LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC', 'an aggregate function', topAggregates(e)],
  ] as const)
    if (found.some(x => names(x, ids))) throw new MillraceError('LATERAL_ALIAS_NOT_HERE', { sub, where: name })
}
const topAggregates = (e: Typed): readonly Typed[] => (isAggregate(e) ? [e] : outsideOver(e).flatMap(topAggregates))

/**
 * Aliases that later items name become columns of a step of their own below, so that each is computed once. `step` builds it.
 * Undefined where no item names one.
 */
export function staged(
  input: Resolved,
  items: readonly Item[],
  step: (input: Resolved, items: readonly Item[]) => Resolved,
): { plan: Resolved; items: readonly Item[] } | undefined {
  const ids = lateralIds(items)
  if (!items.some(i => names(i.expr, ids))) return undefined
  for (const i of items) checkNames(i.expr, ids)
  const named = new Set(items.flatMap(i => [...referencesOf(i.expr)]))
  const ready = items.filter(i => i.lateral && named.has(i.lateral.id) && !names(i.expr, ids))
  const plan = step(input, [...input.output.map(passing), ...ready.map(({ lateral: _, ...i }) => i)])
  const columns = new Map(ready.map((i, k) => [i.lateral!.id, plan.output[input.output.length + k]!]))
  const swap = (e: Typed): Typed =>
    replaceTop(e, x => (x.node === 'attribute' && columns.has(x.id) ? reference(columns.get(x.id)!) : undefined))
  const rest = items.map((i): Item => {
    const column = i.lateral && columns.get(i.lateral.id)
    if (column) return { name: i.name, expr: reference(column), from: column }
    const expr = swap(i.expr)
    const from = expr.node === 'attribute' ? ([...columns.values()].find(c => c.id === expr.id) ?? i.from) : i.from
    return { ...i, expr, ...(from ? { from } : {}) }
  })
  return { plan, items: rest }
}
const passing = (c: Attribute): Item => ({ name: c.name, expr: reference(c), from: c })
