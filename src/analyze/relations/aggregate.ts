import { MillraceError } from '../../errors/index.ts'
import type { Aggregate, Expression, Literal } from '../../plan/index.ts'
import { printExpression } from '../../sql/index.ts'
import { booleanType, byteType, isString, longType } from '../../types/index.ts'
import { castTo, longLiteral, resolveLiteral, trueLiteral, typedLiteral } from '../expressions/literal.ts'
import { isAggregate } from '../expressions/over.ts'
import { scopeOf } from '../expressions/resolve.ts'
import { resolve, type Scope } from '../expressions/scope.ts'
import { shownName } from '../expressions/shown.ts'
import type { Analysis, Frame } from '../frame.ts'
import { attribute, reference } from '../ids.ts'
import type { Attribute, Resolved, TCall, Typed } from '../resolved.ts'
import { keyOf, replaceTop, some } from '../tree.ts'
import { aggregateItems } from './aggregate-items.ts'
import { type Item, resolveList, singleName } from './items.ts'
import { inlined } from './lateral.ts'
import { withHidden } from './missing.ts'
import { withTimeWindow } from './time-windows.ts'

/** groupBy, rollup, cube, grouping sets and pivot: grouping columns first, then the aggregates. */
export function analyzeAggregate(r: Aggregate, a: Analysis): Frame {
  const input = a.frame(r.input)
  const { frame, scope } = withHidden(input, scopeOf(a.env, 'groupBy', input))
  const keys = inlined(resolveList(r.groupingExpressions, scope).map(singleName))
  return { plan: grouped(r, a, frame.plan, keys, scope), planIds: input.planIds }
}

function grouped(r: Aggregate, a: Analysis, input: Resolved, keys: readonly Item[], scope: Scope): Resolved {
  if (r.groupType === 'GROUP_TYPE_PIVOT') return pivot(r, a, input, keys, scope)
  const values = inlined(resolveList(r.aggregateExpressions, scope, keys).map(singleName), keys)
  const sets = setsOf(r, keys, scope)
  if (!sets) {
    refuseGrouping(values)
    const { plan, lists } = withTimeWindow(input, [keys, values])
    return aggregateItems(plan, lists[0]!, [...lists[0]!, ...lists[1]!])
  }
  const { plan, lists } = withTimeWindow(input, [keys, values])
  return groupingSets(plan, lists[0]!, lists[1]!, sets)
}

const isGrouping = (e: Typed): e is TCall => e.node === 'call' && (e.fn === 'grouping' || e.fn === 'grouping_id')
function refuseGrouping(values: readonly Item[]): void {
  if (values.some(v => some(v.expr, isGrouping))) throw new MillraceError('UNSUPPORTED_GROUPING_EXPRESSION', {})
}

/** Which keys each grouping set keeps, by position; undefined for a plain groupBy. */
function setsOf(r: Aggregate, keys: readonly Item[], scope: Scope): readonly (readonly number[])[] | undefined {
  const all = keys.map((_, i) => i)
  if (r.groupType === 'GROUP_TYPE_ROLLUP') return [...all.map(i => all.slice(0, keys.length - i)), []]
  if (r.groupType === 'GROUP_TYPE_CUBE') return subsets(all)
  if (r.groupType !== 'GROUP_TYPE_GROUPING_SETS') return undefined
  const positions = new Map(keys.map((k, i) => [keyOf(k.expr), i]))
  return (r.groupingSets ?? []).map(s =>
    s.groupingSet.map(e => {
      const at = positions.get(keyOf(resolve(e, scope)))
      if (at === undefined) throw new MillraceError('GROUPING_COLUMN_MISMATCH', { column: shownName(e, scope) })
      return at
    }),
  )
}

function subsets(all: readonly number[]): readonly (readonly number[])[] {
  const count = 2 ** all.length
  // The first set keeps every key: bit i of the mask (from the left) set means the key is rolled up.
  return Array.from({ length: count }, (_, mask) => all.filter(i => (mask & (1 << (all.length - 1 - i))) === 0))
}

/** Every row once per set, keys outside the set null, with the set's number (bit set = rolled up, first key the highest bit). */
function groupingSets(input: Resolved, keys: readonly Item[], values: readonly Item[], sets: readonly (readonly number[])[]): Resolved {
  const columns = keys.map(k => attribute({ name: k.name, dataType: k.expr.dataType, nullable: true, ...marks(k) }))
  const id = attribute({ name: 'spark_grouping_id', dataType: longType, nullable: false })
  const projections = sets.map(set => [
    ...input.output.map(reference),
    ...keys.map((k, i) => (set.includes(i) ? k.expr : typedLiteral(null, k.expr.dataType))),
    longLiteral(BigInt(keys.reduce((bits, _, i) => bits * 2 + (set.includes(i) ? 0 : 1), 0))),
  ])
  const expanded: Resolved = { node: 'expand', input, projections, output: [...input.output, ...columns, id], streaming: input.streaming }
  const byKey = new Map(keys.map((k, i) => [keyOf(k.expr), i]))
  const outputs = values.map(v => ({ ...v, expr: overSets(v.expr, byKey, columns, id) }))
  const item = (c: Attribute): Item => ({ name: c.name, expr: reference(c), from: c })
  return aggregateItems(expanded, [...columns, id].map(item), [...columns.map(item), ...outputs])
}
const marks = (k: Item): Partial<Attribute> => (k.from?.watermarkDelayMs === undefined ? {} : { watermarkDelayMs: k.from.watermarkDelayMs })

/** Keys outside aggregates mean the expanded columns; grouping() and grouping_id() read the set's number. */
function overSets(e: Typed, byKey: ReadonlyMap<string, number>, columns: readonly Attribute[], id: Attribute): Typed {
  return replaceTop(e, x => {
    if (isGrouping(x)) return groupingValue(x, byKey, columns.length, id)
    if (isAggregate(x)) return x
    const at = byKey.get(keyOf(x))
    return at === undefined ? undefined : reference(columns[at]!)
  })
}

function groupingValue(e: TCall, byKey: ReadonlyMap<string, number>, count: number, id: Attribute): Typed {
  if (e.fn === 'grouping_id') return reference(id)
  const at = byKey.get(keyOf(e.args[0]!))
  if (at === undefined)
    throw new MillraceError('GROUPING_COLUMN_MISMATCH', { column: e.args[0]!.node === 'attribute' ? e.args[0]!.name : 'expression' })
  const shift = typedLiteral(count - 1 - at, { kind: 'integer' })
  const shifted: TCall = { node: 'call', fn: 'shiftright', args: [reference(id), shift], dataType: longType, nullable: false }
  const bit: TCall = { node: 'call', fn: '&', args: [shifted, longLiteral(1n)], dataType: longType, nullable: false }
  return castTo(bit, byteType)
}

/**
 * Two aggregations, as Spark plans it: by keys and pivot column, then each value's result picked out by keys,
 * so that a combination without rows is null and not 0.
 */
function pivot(r: Aggregate, a: Analysis, input: Resolved, keys: readonly Item[], scope: Scope): Resolved {
  const values = r.pivot?.values?.length ? r.pivot.values : a.env.pivotValues?.(r)
  if (!values) throw new MillraceError('PIVOT_VALUES_NEEDED', {})
  const column: Item = { name: '_pivot', expr: resolve(r.pivot!.col, scope) }
  const aggregates = inlined(resolveList(r.aggregateExpressions, scope).map(singleName))
  const { plan, lists } = withTimeWindow(input, [keys, aggregates, [column]])
  const [groupKeys, results, [by]] = lists as [readonly Item[], readonly Item[], [Item]]
  const first = aggregateItems(plan, [...groupKeys, by], [...groupKeys, by, ...results])
  const at = (i: number): Attribute => first.output[i]!
  const outer = groupKeys.map((k, i): Item => ({ name: k.name, expr: reference(at(i)), from: at(i) }))
  const picked = values.flatMap(v =>
    results.map((x, j): Item => pick(v, x, at(groupKeys.length), at(groupKeys.length + 1 + j), results.length > 1)),
  )
  return aggregateItems(first, outer, [...outer, ...picked])
}

function pick(value: Literal, result: Item, by: Attribute, from: Attribute, several: boolean): Item {
  const wanted = castTo(resolveLiteral(value), by.dataType)
  const filter: TCall = { node: 'call', fn: '<=>', args: [reference(by), wanted], dataType: booleanType, nullable: false }
  const call: TCall = { node: 'call', fn: 'first', args: [reference(from), trueLiteral], dataType: from.dataType, nullable: true, filter }
  const label = pivotLabel(value)
  return { name: several ? `${label}_${result.name}` : label, expr: call }
}
const pivotLabel = (v: Literal): string =>
  v.value === null ? 'null' : isString(v.dataType) ? String(v.value) : printExpression(v as Expression)
