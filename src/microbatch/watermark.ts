import { type EventMs, eventMs } from '../types/index.ts'
import type { EventTimeStats } from './contract.ts'

/** The watermark of a query: one value for all, made of what each `withWatermark` node has seen in this run. */
export interface Watermark {
  readonly global: EventMs
  /** Per node in plan order; undefined = not asked yet in this run. */
  readonly nodes: readonly (number | undefined)[]
}
export type WatermarkPolicy = 'min' | 'max'

/**
 * `min`: the slowest stream decides, nothing that is merely slow is dropped. `max`: the fastest decides, results do not wait for a
 * stream that stands still, whose rows may come late.
 */
const CHOOSE: Record<WatermarkPolicy, (...values: number[]) => number> = { min: Math.min, max: Math.max }

export const policyOf = (text: string | undefined): WatermarkPolicy => (text?.toLowerCase() === 'max' ? 'max' : 'min')
export const watermarkAt = (global: EventMs): Watermark => ({ global, nodes: [] })

/** After a batch: the watermark of the next one. A node that saw no row counts as 0 until it does; neither a node nor the whole ever goes back. */
export function advance(before: Watermark, seen: readonly (EventTimeStats | undefined)[], policy: WatermarkPolicy): Watermark {
  if (seen.length === 0) return before
  const nodes = seen.map((stats, i) => {
    const old = before.nodes[i]
    if (!stats || stats.count === 0) return old ?? 0
    const next = stats.max - stats.delayMs
    return old === undefined ? next : Math.max(old, next)
  })
  return { global: eventMs(Math.max(before.global, CHOOSE[policy](...nodes))), nodes }
}
