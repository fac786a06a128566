import type { JoinType } from '../../plan/index.ts'
import { booleanType } from '../../types/index.ts'
import { conjunction, conjunctsOf, filtered, isDeterministic, readsOnly } from '../conjuncts.ts'
import { callOf } from '../expressions/call.ts'
import type { Attribute, Resolved, RJoin, Typed } from '../resolved.ts'
import { keyOf } from '../tree.ts'

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
  const forSide = (side: Side, columns: readonly Attribute[]): readonly Typed[] => [
    ...down.filter(c => sideOf(c) === side),
    ...(flow.inferred.includes(side)
      ? notNulls(
          facts,
          columns,
          down.filter(c => sideOf(c) === side),
        )
      : []),
  ]
  const { condition: _, ...rest } = node
  const joined: RJoin = {
    ...rest,
    left: push(node.left, forSide('left', node.left.output)),
    right: push(node.right, forSide('right', node.right.output)),
    ...(condition.length > 0 ? { condition: conjunction(condition) } : {}),
  }
  return flow.merges ? joined : filtered(joined, left)
}

const NULL_REJECTING = new Set(['==', '<', '<=', '>', '>='])
const NULL_PASSING = new Set(['+', '-', '*'])

/** `column IS NOT NULL` for each nullable column that a comparison of the condition cannot do without. */
function notNulls(facts: readonly Typed[], columns: readonly Attribute[], known: readonly Typed[]): readonly Typed[] {
  const have = new Set(known.map(keyOf))
  const read = new Map<number, Typed>()
  for (const f of facts)
    if (f.node === 'call' && NULL_REJECTING.has(f.fn)) for (const a of f.args) for (const c of needed(a)) read.set(c.id, c)
  return columns
    .filter(c => c.nullable && read.has(c.id))
    .map(c => callOf('isnotnull', [read.get(c.id)!], booleanType, false))
    .filter(c => !have.has(keyOf(c)))
}

function needed(e: Typed): readonly Extract<Typed, { node: 'attribute' }>[] {
  if (e.node === 'attribute') return [e]
  if (e.node === 'cast' && e.mode === 'ansi') return needed(e.expr)
  return e.node === 'call' && NULL_PASSING.has(e.fn) ? e.args.flatMap(needed) : []
}
