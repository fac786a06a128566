import { MillraceError } from '../../errors/index.ts'
import type { NodeRule } from './rule.ts'

/** dropDuplicatesWithinWatermark keeps a key as long as the watermark's delay: there must be a watermark. */
export const deduplicateNeedsWatermark: NodeRule = node => {
  if (node.node === 'deduplicate' && node.streaming && node.withinWatermark && node.eventTimeColumn === undefined)
    throw new MillraceError('DEDUPLICATE_NEEDS_WATERMARK', {})
}
