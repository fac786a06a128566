import { MillraceError } from '../../errors/index.ts'
import { isAggregate } from '../expressions/over.ts'
import { attribute, reference } from '../ids.ts'
import { aggregate, named, only, pass, project } from '../nodes.ts'
import type { Attribute, Resolved, TCall, Typed } from '../resolved.ts'
import { childrenOf, collect, keyOf, replaceTop, some } from '../tree.ts'
import { compute } from './compute.ts'
import type { Item } from './items.ts'

/**
 * Groups by `keys` and computes `outputs`, which may mix aggregates, keys and anything over them:
 * computed keys go into a project below, expressions over aggregates into one above.
 */
export function aggregateItems(input: Resolved, keys: readonly Item[], outputs: readonly Item[]): Resolved {
  const { plan, columns, byExpression } = keyColumns(input, keys)
  const collected = new Map<string, { readonly attribute: Attribute; readonly call: TCall }>()
  const items = outputs.map(o => ({ ...o, ...rewritten(o, byExpression, collected) }))
  const known = new Set([...columns.map(c => c.id), ...[...collected.values()].map(c => c.attribute.id)])
  for (const i of items) checkGrouped(i, known, keys.length > 0)
  const node = aggregate(plan, columns, [...collected.values()])
  return inOrder(node, items) ?? compute(node, items)
}

/** Each key as a column of the input: bare ones are, computed ones are added by a project. */
function keyColumns(
  input: Resolved,
  keys: readonly Item[],
): { plan: Resolved; columns: readonly Attribute[]; byExpression: ReadonlyMap<string, Attribute> } {
  const byExpression = new Map<string, Attribute>()
  const computed: { attribute: Attribute; expr: Typed }[] = []
  for (const k of keys) {
    if (some(k.expr, isAggregate)) throw new MillraceError('GROUP_BY_AGGREGATE', { expression: k.name })
    const key = keyOf(k.expr)
    if (byExpression.has(key)) continue
    const bare = k.expr.node === 'attribute' ? input.output.find(a => a.id === (k.expr as { id: number }).id) : undefined
    if (bare) byExpression.set(key, bare)
    else {
      const made = named(k.name, k.expr, k.from)
      computed.push(made)
      byExpression.set(key, made.attribute)
    }
  }
  const plan = computed.length > 0 ? project(input, [...input.output.map(pass), ...computed]) : input
  return { plan, columns: [...new Set(byExpression.values())], byExpression }
}

/** The item with keys and aggregates replaced by the columns that hold them. */
function rewritten(
  item: Item,
  keys: ReadonlyMap<string, Attribute>,
  collected: Map<string, { readonly attribute: Attribute; readonly call: TCall }>,
): Partial<Item> {
  let from: Attribute | undefined
  const replace = (e: Typed): Typed | undefined => {
    const key = keys.get(keyOf(e))
    if (key) {
      if (e === item.expr) from = key
      return reference(key)
    }
    if (!isAggregate(e)) return undefined
    if (childrenOf(e).some(c => some(c, isAggregate))) throw new MillraceError('NESTED_AGGREGATE_FUNCTION', { expression: item.name })
    const id = keyOf(e)
    const known = collected.get(id)
    const column = known?.attribute ?? attribute({ name: e === item.expr ? item.name : e.fn, dataType: e.dataType, nullable: e.nullable })
    if (!known) collected.set(id, { attribute: column, call: e })
    if (e === item.expr) from = column
    return reference(column)
  }
  const expr = replaceTop(item.expr, replace)
  return from ? { expr, from } : { expr }
}

function checkGrouped(item: Item, known: ReadonlySet<number>, grouped: boolean): void {
  const loose = collect(item.expr, (e): e is Extract<Typed, { node: 'attribute' }> => e.node === 'attribute').find(e => !known.has(e.id))
  if (!loose) return
  throw grouped
    ? new MillraceError('MISSING_AGGREGATION', { expression: loose.name })
    : new MillraceError('MISSING_GROUP_BY', { expression: loose.name })
}

/** No project is needed where the items are columns of the aggregate under their own names. */
function inOrder(node: Resolved, items: readonly Item[]): Resolved | undefined {
  const columns = items.map(i => {
    const expr = i.expr
    return expr.node === 'attribute' ? node.output.find(o => o.id === expr.id && o.name === i.name) : undefined
  })
  if (columns.includes(undefined) || new Set(columns).size !== columns.length) return undefined
  return only(node, columns as Attribute[])
}
