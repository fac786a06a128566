import { MillraceError } from '../../errors/index.ts'
import type { NodeRule } from './rule.ts'

/** No exact distinct aggregates over a stream: their state would hold every value. */
export const distinctAggregate: NodeRule = node => {
  if (node.node !== 'aggregate' || !node.input.streaming) return
  const distinct = node.aggregates.find(a => a.call.distinct)
  if (distinct) throw new MillraceError('DISTINCT_AGGREGATE_IN_STREAM', { function: distinct.call.fn })
}
