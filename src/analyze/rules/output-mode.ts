import { MillraceError } from '../../errors/index.ts'
import type { OutputMode, RAggregate, Resolved } from '../resolved.ts'
import { walk } from '../tree.ts'
import type { PlanRule } from './rule.ts'

const isStreamingAggregate = (n: Resolved): n is RAggregate => n.node === 'aggregate' && n.streaming

/**
 * The aggregation nearest the sink decides which output modes there are.
 * Append: it must be closed by a watermark. Update: no session window. Complete: there must be one.
 */
const MODES: Readonly<Record<OutputMode, (top: RAggregate | undefined) => { operation: string; fix: string } | undefined>> = {
  append: top =>
    top && top.eventTimeKey === undefined
      ? {
          operation: 'streaming aggregations without watermark',
          fix: 'Call withWatermark() on the event-time column and group by it or by its window(), or write in update or complete mode.',
        }
      : undefined,
  update: top =>
    top?.sessionWindow === undefined
      ? undefined
      : { operation: 'session window streaming aggregations', fix: 'Write in append mode (with a watermark) or in complete mode.' },
  complete: top =>
    top
      ? undefined
      : { operation: 'no streaming aggregations', fix: 'Write in append mode: complete mode repeats the whole result of an aggregation.' },
}

export const outputMode: PlanRule = ({ plan }, { outputMode: mode }) => {
  const top = [...walk(plan)].find(isStreamingAggregate)
  const refusal = MODES[mode](top)
  if (refusal) throw new MillraceError('OUTPUT_MODE_NOT_POSSIBLE', { mode, ...refusal })
}
