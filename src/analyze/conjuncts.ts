import { findFunction } from '../functions/index.ts'
import { booleanType } from '../types/index.ts'
import { callOf } from './expressions/call.ts'
import { filter } from './nodes.ts'
import type { Attribute, Resolved, RJoin, TCall, Typed } from './resolved.ts'
import { keyOf, referencesOf, some } from './tree.ts'

/** The parts of a condition that must all hold. */
export const conjunctsOf = (e: Typed): readonly Typed[] => (e.node === 'call' && e.fn === 'and' ? e.args.flatMap(conjunctsOf) : [e])
export const conjunction = (parts: readonly Typed[]): Typed => parts.reduce((a, b) => callOf('and', [a, b], booleanType))

export const unique = (conjuncts: readonly Typed[]): readonly Typed[] => [...new Map(conjuncts.map(c => [keyOf(c), c])).values()]
/** The node with the conjuncts above it. */
export const filtered = (node: Resolved, conjuncts: readonly Typed[]): Resolved =>
  conjuncts.length > 0 ? filter(node, conjunction(unique(conjuncts))) : node

/** The same answer for the same row, always. */
export const isDeterministic = (e: Typed): boolean =>
  !some(
    e,
    x => x.node === 'userFunction' || (x.node === 'call' && findFunction(x.fn)?.deterministic === false && !FIXED_IN_A_BATCH.has(x.fn)),
  )
/** The clock stands still within a batch. */
const FIXED_IN_A_BATCH = new Set(['current_timestamp', 'now', 'current_date', 'curdate', 'localtimestamp', 'current_timezone'])

export const readsOnly = (e: Typed, columns: readonly Attribute[]): boolean => {
  const ids = new Set(columns.map(c => c.id))
  for (const id of referencesOf(e)) if (!ids.has(id)) return false
  return true
}

/** An equality between the two sides of a join. */
export interface JoinKey {
  readonly left: Typed
  readonly right: Typed
}
export function joinKeys(join: RJoin): readonly JoinKey[] {
  const sides = (e: TCall): JoinKey | undefined => {
    const [a, b] = e.args as [Typed, Typed]
    if (referencesOf(a).size === 0 || referencesOf(b).size === 0) return undefined
    if (readsOnly(a, join.left.output) && readsOnly(b, join.right.output)) return { left: a, right: b }
    return readsOnly(a, join.right.output) && readsOnly(b, join.left.output) ? { left: b, right: a } : undefined
  }
  return join.condition
    ? conjunctsOf(join.condition).flatMap(e => (e.node === 'call' && (e.fn === '==' || e.fn === '<=>') ? (sides(e) ?? []) : []))
    : []
}
