import { MillraceError } from '../../errors/index.ts'
import type { Analyzed, OutputMode, Resolved } from '../resolved.ts'
import { inputsOf, walk } from '../tree.ts'
import { distinctAggregate } from './aggregate.ts'
import { deduplicateNeedsWatermark } from './deduplicate.ts'
import { aggregateState, oneEventTime, sessionNeedsKey, watermarkOnce } from './event-time.ts'
import { noRowNumbers, noRowWindows } from './expressions.ts'
import { lateRowsAfterStateful } from './late-rows.ts'
import { outputMode } from './output-mode.ts'
import { limitMode, noOffset, noSample, sortComplete } from './row-order.ts'
import type { NodeRule, PlanRule, StreamRuleContext } from './rule.ts'
import { exceptTable, intersectTable, setOperationState, unionOfOneKind } from './set-operation.ts'
import { streamJoin, streamJoinNeedsEquality } from './stream-join.ts'

/** Spark's order: the output mode, then every node from the sources up, then pairs of stateful steps … */
const BEFORE: readonly PlanRule[] = [outputMode]
const AT_EACH_NODE: readonly NodeRule[] = [
  distinctAggregate,
  deduplicateNeedsWatermark,
  streamJoin,
  unionOfOneKind,
  exceptTable,
  intersectTable,
  limitMode,
  noOffset,
  sortComplete,
  noSample,
  noRowWindows,
  noRowNumbers,
]
const AFTER: readonly PlanRule[] = [lateRowsAfterStateful]
/** … and last what Spark finds out only when the query runs. */
const WHEN_IT_RUNS: readonly NodeRule[] = [
  sessionNeedsKey,
  streamJoinNeedsEquality,
  watermarkOnce,
  oneEventTime,
  aggregateState,
  setOperationState,
]

/** Refuses what cannot run as a stream in this output mode. Conditions: `errors/conditions/streaming.ts`, with Spark's class. */
export function checkStreaming(
  analyzed: Analyzed,
  write: { readonly outputMode: OutputMode; readonly conf?: (key: string) => string | undefined },
): void {
  if (!analyzed.plan.streaming) throw new MillraceError('NO_STREAM_IN_STREAMING_QUERY', {})
  const context: StreamRuleContext = { outputMode: write.outputMode, conf: write.conf ?? (() => undefined) }
  for (const rule of BEFORE) rule(analyzed, context)
  atEachNode(analyzed.plan, AT_EACH_NODE, context)
  for (const rule of AFTER) rule(analyzed, context)
  atEachNode(analyzed.plan, WHEN_IT_RUNS, context)
}

function atEachNode(node: Resolved, rules: readonly NodeRule[], context: StreamRuleContext): void {
  for (const input of inputsOf(node)) atEachNode(input, rules, context)
  for (const rule of rules) rule(node, context)
}

/** Refuses what cannot run once, over data that has an end. `action` is for the message: `collect()`, `write.save()`, … */
export function checkBatch(analyzed: Analyzed, action = 'this action'): void {
  if (analyzed.plan.streaming) throw new MillraceError('STREAM_IN_BATCH_ACTION', { action })
  for (const node of walk(analyzed.plan))
    if (node.node === 'deduplicate' && node.withinWatermark) throw new MillraceError('DEDUPLICATE_WITHIN_WATERMARK_IN_BATCH', {})
}
