import { booleanType } from '../../types/index.ts'
import { conjunctsOf, filtered, isDeterministic, readsOnly, unique } from '../conjuncts.ts'
import { callOf } from '../expressions/call.ts'
import { intLiteral } from '../expressions/literal.ts'
import type { RAggregate, Resolved, RFilter, RGenerate, RProject, RSetOp, RSource, RWatermark, Typed } from '../resolved.ts'
import { inputsOf, referencesOf, replaceTop, withInputs } from '../tree.ts'
import { notNulls } from './not-nulls.ts'
import { pushJoin } from './push-join.ts'
import { isSimple } from './simple-predicate.ts'

/**
 * Moves filters as far down as Spark moves them. That is semantics, not speed: rows dropped below a watermark node do not move the watermark,
 * and rows a json or csv scan drops are not counted as input.
 * A conjunct with chance in it, or one that reads the event time, stays above the watermark node.
 */
export const pushFilters = (plan: Resolved): Resolved => push(plan, [])

/** The node with the conjuncts applied as low as they may go. */
function push(node: Resolved, conjuncts: readonly Typed[]): Resolved {
  const down = conjuncts.filter(isDeterministic)
  const pushed = (PUSHERS[node.node] as Pusher | undefined)?.(node, down) ?? stay(node, down)
  return filtered(
    pushed,
    conjuncts.filter(c => !isDeterministic(c)),
  )
}
type Pusher = (node: Resolved, conjuncts: readonly Typed[]) => Resolved

const stay = (node: Resolved, conjuncts: readonly Typed[]): Resolved =>
  filtered(
    withInputs(
      node,
      inputsOf(node).map(i => push(i, [])),
    ),
    conjuncts,
  )

/** Below a node of one input go the conjuncts that `passes` lets through, the others stay above it. */
function through(
  node: Resolved & { readonly input: Resolved },
  conjuncts: readonly Typed[],
  passes: (c: Typed) => boolean,
  added: readonly Typed[] = [],
): Resolved {
  const below = withInputs(node, [push(node.input, [...added, ...conjuncts.filter(passes)])])
  return filtered(
    below,
    conjuncts.filter(c => !passes(c)),
  )
}

const PUSHERS: { readonly [K in Resolved['node']]?: (node: Extract<Resolved, { node: K }>, conjuncts: readonly Typed[]) => Resolved } = {
  filter: pushFilter,
  project: pushProject,
  watermark: pushWatermark,
  generate: pushGenerate,
  aggregate: pushAggregate,
  window: (n, cs) => through(n, cs, c => readsOnly(c, n.input.output)),
  expand: (n, cs) => through(n, cs, c => readsOnly(c, n.input.output)),
  sort: (n, cs) => through(n, cs, () => true),
  setOp: pushUnion,
  join: (n, cs) => pushJoin(n, cs, push),
  source: pushSource,
}

function pushFilter(node: RFilter, conjuncts: readonly Typed[]): Resolved {
  return push(node.input, [...conjunctsOf(node.condition), ...conjuncts])
}

/** Through a project a conjunct reads what the columns are computed from. */
function pushProject(node: RProject, conjuncts: readonly Typed[]): Resolved {
  if (!node.columns.every(c => isDeterministic(c.expr))) return stay(node, conjuncts)
  const values = new Map(node.columns.map(c => [c.attribute.id, c.expr]))
  const substituted = conjuncts.map(c => replaceTop(c, e => (e.node === 'attribute' ? values.get(e.id) : undefined)))
  return withInputs(node, [push(node.input, substituted)])
}

function pushWatermark(node: RWatermark, conjuncts: readonly Typed[]): Resolved {
  const passes = (c: Typed): boolean => !referencesOf(c).has(node.attributeId)
  const others = node.input.output.filter(c => c.id !== node.attributeId)
  const inferred = notNulls(
    conjuncts.filter(c => !passes(c)),
    others,
    conjuncts,
  )
  return through(node, conjuncts, passes, inferred)
}

/** An explode of a column drops rows whose array is null or empty before anything above sees them. */
function pushGenerate(node: RGenerate, conjuncts: readonly Typed[]): Resolved {
  const [array] = node.generator.args as [Typed]
  const plain = ['explode', 'posexplode', 'inline'].includes(node.generator.fn) && array.node === 'attribute' && !node.outer
  const size = callOf('size', [array], { kind: 'integer' }, true)
  const inferred = plain ? [callOf('isnotnull', [array], booleanType, false), callOf('>', [size, intLiteral(0)], booleanType, true)] : []
  return through(node, conjuncts, c => readsOnly(c, node.input.output), inferred)
}

function pushAggregate(node: RAggregate, conjuncts: readonly Typed[]): Resolved {
  const grouped = node.keys.length > 0 && node.aggregates.every(a => isDeterministic(a.call))
  return through(node, conjuncts, c => grouped && referencesOf(c).size > 0 && readsOnly(c, node.keys))
}

/** Each side of a union gets the conjunct on its own columns. */
function pushUnion(node: RSetOp, conjuncts: readonly Typed[]): Resolved {
  if (node.op !== 'union') return stay(node, conjuncts)
  const inputs = node.inputs.map(input => {
    const columns = new Map(node.output.map((c, i) => [c.id, input.output[i]!]))
    const own = (c: Typed): Typed =>
      replaceTop(c, e =>
        e.node === 'attribute' ? { ...e, id: columns.get(e.id)?.id ?? e.id, name: columns.get(e.id)?.name ?? e.name } : undefined,
      )
    return push(input, conjuncts.map(own))
  })
  return { ...node, inputs }
}

/** Json and csv scans apply simple predicates themselves; the filter stands above as well. */
function pushSource(node: RSource, conjuncts: readonly Typed[]): Resolved {
  const scans = node.format === 'json' || node.format === 'csv'
  const [simple, rest] = [conjuncts.filter(isSimple), conjuncts.filter(c => !isSimple(c))]
  const pushed = unique([...simple, ...notNulls(rest, node.output, simple)])
  const hinted = node.streaming || conjuncts.length === 0 ? node : { ...node, hints: conjuncts }
  return filtered(scans ? { ...hinted, pushed } : hinted, conjuncts)
}
