import type { JoinType } from '../../plan/index.ts'
import { conjunction, conjunctsOf, filtered, isDeterministic, readsOnly } from '../conjuncts.ts'
import type { Attribute, Resolved, RJoin, Typed } from '../resolved.ts'
import { keyOf, referencesOf, replaceTop } from '../tree.ts'
import { notNulls } from './not-nulls.ts'

/**
 * What each join lets down to its sides. `above`: conjuncts of a filter above it; `condition`: conjuncts of its own condition;
 * `inferred`: a side whose rows with a null key can match nothing. `merges`: what is left of the filter becomes part of the condition.
 */
interface Flow {
  readonly above: readonly Side[]
  readonly condition: readonly Side[]
  readonly inferred: readonly Side[]
  readonly merges?: true
}
type Side = 'left' | 'right'
const INNER: Flow = { above: ['left', 'right'], condition: ['left', 'right'], inferred: ['left', 'right'], merges: true }
const FLOWS: Readonly<Record<JoinType, Flow>> = {
  JOIN_TYPE_INNER: INNER,
  JOIN_TYPE_CROSS: INNER,
  JOIN_TYPE_LEFT_SEMI: { above: ['left'], condition: ['left', 'right'], inferred: ['left', 'right'] },
  JOIN_TYPE_LEFT_ANTI: { above: ['left'], condition: ['right'], inferred: ['right'] },
  JOIN_TYPE_LEFT_OUTER: { above: ['left'], condition: ['right'], inferred: ['right'] },
  JOIN_TYPE_RIGHT_OUTER: { above: ['right'], condition: ['left'], inferred: ['left'] },
  JOIN_TYPE_FULL_OUTER: { above: [], condition: [], inferred: [] },
}

type Push = (node: Resolved, conjuncts: readonly Typed[]) => Resolved

export function pushJoin(node: RJoin, conjuncts: readonly Typed[], push: Push): Resolved {
  const flow = FLOWS[node.joinType]
  const own = node.condition ? conjunctsOf(node.condition) : []
  const sideOf = (c: Typed): Side | undefined =>
    !isDeterministic(c) ? undefined : readsOnly(c, node.left.output) ? 'left' : readsOnly(c, node.right.output) ? 'right' : undefined
  const goes =
    (sides: readonly Side[]) =>
    (c: Typed): boolean =>
      sides.includes(sideOf(c)!)
  const down = [...conjuncts.filter(goes(flow.above)), ...own.filter(goes(flow.condition))]
  const left = conjuncts.filter(c => !goes(flow.above)(c))
  const condition = [...own.filter(c => !goes(flow.condition)(c)), ...(flow.merges ? left : [])]
  const facts = [...own, ...(flow.merges ? conjuncts : [])]
  const known = [...down, ...constraintsOf(node.left), ...constraintsOf(node.right)]
  const forSide = (side: Side, columns: readonly Attribute[]): readonly Typed[] => {
    const given = down.filter(c => sideOf(c) === side)
    return flow.inferred.includes(side) ? [...given, ...notNulls(facts, columns, given), ...carriedOver(facts, columns, known)] : given
  }
  const { condition: _, ...rest } = node
  const joined: RJoin = {
    ...rest,
    left: push(node.left, forSide('left', node.left.output)),
    right: push(node.right, forSide('right', node.right.output)),
    ...(condition.length > 0 ? { condition: conjunction(condition) } : {}),
  }
  return flow.merges ? joined : filtered(joined, left)
}

/** What holds of a key on one side holds of the key it equals on the other: `a.k = b.k and a.k = 1` makes `b.k = 1`. */
function carriedOver(facts: readonly Typed[], columns: readonly Attribute[], known: readonly Typed[]): readonly Typed[] {
  const own = new Set(columns.map(c => c.id))
  const have = new Set(known.map(keyOf))
  return facts.flatMap(f => {
    if (f.node !== 'call' || f.fn !== '==') return []
    const [a, b] = f.args as [Typed, Typed]
    if (a.node !== 'attribute' || b.node !== 'attribute' || own.has(a.id) === own.has(b.id)) return []
    const [mine, theirs] = own.has(a.id) ? [a, b] : [b, a]
    return known
      .filter(c => isDeterministic(c) && readsExactly(c, theirs.id))
      .map(c => replaceTop(c, e => (e.node === 'attribute' && e.id === theirs.id ? mine : undefined)))
      .filter(c => !have.has(keyOf(c)) && !isNotNullOf(c))
  })
}
const readsExactly = (e: Typed, id: number): boolean => {
  const read = referencesOf(e)
  return read.size === 1 && read.has(id)
}
/** The keys of the join are known not to be null anyhow. */
const isNotNullOf = (e: Typed): boolean => e.node === 'call' && e.fn === 'isnotnull'

/** Conditions that every row of a plan is known to meet, on columns it passes unchanged. */
function constraintsOf(node: Resolved): readonly Typed[] {
  if (node.node === 'filter') return [...conjunctsOf(node.condition), ...constraintsOf(node.input)]
  if (node.node === 'watermark' || node.node === 'sort' || node.node === 'window' || node.node === 'generate')
    return constraintsOf(node.input)
  if (node.node !== 'project') return []
  const passed = node.columns.filter(c => c.expr.node === 'attribute' && c.expr.id === c.attribute.id).map(c => c.attribute)
  return constraintsOf(node.input).filter(c => readsOnly(c, passed))
}
