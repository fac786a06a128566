import { MillraceError } from '../../errors/index.ts'
import type { Resolved } from '../resolved.ts'
import { inputsOf, walk } from '../tree.ts'
import type { PlanRule } from './rule.ts'

const CHECK = 'spark.sql.streaming.statefulOperator.checkCorrectness.enabled'

const keepsState = (n: Resolved): boolean =>
  n.streaming && (n.node === 'aggregate' || n.node === 'deduplicate' || (n.node === 'join' && n.left.streaming && n.right.streaming))
const givesOldRows = (n: Resolved): boolean => n.node === 'aggregate' && n.streaming

/** Outside append mode an aggregation gives out rows behind the watermark, which a stateful step above it would drop as late. */
export const lateRowsAfterStateful: PlanRule = ({ plan }, { outputMode, conf }) => {
  if (outputMode === 'append' || conf(CHECK) === 'false') return
  for (const node of walk(plan))
    if (keepsState(node) && inputsOf(node).some(i => [...walk(i)].some(givesOldRows)))
      throw new MillraceError('LATE_ROWS_AFTER_STATEFUL', { mode: outputMode })
}
