import type { RAggregate, Resolved } from '../../../analyze/resolved.ts'
import { childrenOf, inputsOf, referencesOf, withInputs } from '../../../analyze/tree.ts'

export interface PruneOptions {
  /** Somebody reads the rows that an aggregate drops as late: all columns of its input are kept. */
  readonly keepsLate: boolean
}
type Wanted = ReadonlySet<number>
type Pruner<N extends Resolved> = (node: N, wanted: Wanted, options: PruneOptions) => Resolved

/** Leaves out computed columns that nobody above reads, as Spark does: what is not computed costs nothing and fails never. */
export const pruned = (plan: Resolved, options: PruneOptions): Resolved => prune(plan, idsOf(plan), options)

function prune(node: Resolved, wanted: Wanted, options: PruneOptions): Resolved {
  const pruner = PRUNERS[node.node] as Pruner<Resolved> | undefined
  return pruner
    ? pruner(node, wanted, options)
    : withInputs(
        node,
        inputsOf(node).map(i => prune(i, idsOf(i), options)),
      )
}

const idsOf = (node: Resolved): Wanted => new Set(node.output.map(a => a.id))
const and = (wanted: Wanted, ids: Iterable<number>): Wanted => new Set([...wanted, ...ids])

/** A node whose columns are those of its input. */
const passing =
  <N extends Resolved & { readonly input: Resolved }>(reads: (node: N) => Iterable<number>): Pruner<N> =>
  (node, wanted, options) => {
    const input = prune(node.input, and(wanted, reads(node)), options)
    return input === node.input ? node : { ...node, input, output: input.output }
  }

const PRUNERS: { readonly [K in Resolved['node']]?: Pruner<Extract<Resolved, { node: K }>> } = {
  project: (node, wanted, options) => {
    const columns = node.columns.filter(c => wanted.has(c.attribute.id))
    const reads = new Set<number>()
    for (const c of columns) referencesOf(c.expr, reads)
    const input = prune(node.input, reads, options)
    if (columns.length === node.columns.length && input === node.input) return node
    return { ...node, columns, input, output: columns.map(c => c.attribute) }
  },
  filter: passing(node => referencesOf(node.condition)),
  watermark: passing(node => [node.attributeId]),
  metrics: passing(node => node.metrics.flatMap(m => [...referencesOf(m.call)])),
  window: (node, wanted, options) => {
    const input = prune(node.input, and(wanted, referencesOf(node.time)), options)
    return input === node.input ? node : { ...node, input, output: [...input.output, node.window] }
  },
  generate: (node, wanted, options) => {
    const input = prune(node.input, and(wanted, referencesOf(node.generator)), options)
    return input === node.input ? node : { ...node, input, output: [...input.output, ...node.generated] }
  },
  aggregate: (node, _, options) => {
    const wanted = options.keepsLate && node.operatorId !== undefined ? idsOf(node.input) : readsOf(node)
    return withInputs(node, [prune(node.input, wanted, options)])
  },
}

function readsOf(node: RAggregate): Wanted {
  const reads = new Set(node.keys.map(k => k.id))
  for (const { call } of node.aggregates) for (const part of childrenOf(call)) referencesOf(part, reads)
  return reads
}
