import type { Analyzed, Resolved } from '../../../analyze/index.ts'
import type { OperatorStats } from '../../../microbatch/contract.ts'

/**
 * Spark sorts by ranges and runs what is below once more to find them, so a stateful operator below a sort counts its rows twice.
 * Sort and limit together need no ranges. Reported only where a person asks for Spark and nothing more.
 */
export function sparkCounts(analyzed: Analyzed, stats: readonly OperatorStats[]): OperatorStats[] {
  const runs = new Map<number, number>()
  visit(analyzed.plan, 1, false, runs)
  const ids = [...runs.keys()].sort((a, b) => a - b)
  return stats.map((s, i) => {
    const times = runs.get(ids[i]!) ?? 1
    return {
      ...s,
      numRowsTotal: s.numRowsTotal * times,
      numRowsUpdated: s.numRowsUpdated * times,
      numRowsRemoved: s.numRowsRemoved * times,
      numRowsDroppedByWatermark: s.numRowsDroppedByWatermark * times,
    }
  })
}

function visit(node: Resolved, times: number, limited: boolean, runs: Map<number, number>): void {
  const own = node.node === 'sort' && !limited ? times + 1 : times
  const keeps =
    node.node === 'aggregate' || node.node === 'deduplicate' || node.node === 'join' || node.node === 'limit' || node.node === 'setOp'
  // In complete mode a limit keeps nothing; it is not among the operators then, and its number stands unused.
  if (keeps && node.operatorId !== undefined && node.node !== 'limit') runs.set(node.operatorId, own)
  const below = (input: Resolved): void => visit(input, own, node.node === 'limit' || (limited && node.node === 'project'), runs)
  if (node.node === 'setOp') node.inputs.forEach(below)
  else if (node.node === 'join') [node.left, node.right].forEach(below)
  else if ('input' in node) below(node.input)
}
