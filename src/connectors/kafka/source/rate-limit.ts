import type { Positions } from './positions.ts'

/**
 * Where a batch of at most `limit` records ends: each partition gets its share of the backlog, and none that has records gets nothing
 * (so that small partitions are not starved, a batch may pass the limit by one record for each of them). Spark's arithmetic.
 */
export function shareOut(limit: number, from: Positions, until: Positions): Positions {
  const sizes = new Map([...until].map(([name, end]) => [name, end - (from.get(name) ?? 0)] as const).filter(([, size]) => size > 0))
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  if (total < 1) return until
  return new Map(
    [...until].map(([name, end]) => {
      const size = sizes.get(name)
      if (size === undefined) return [name, end]
      const share = limit * (size / total)
      return [name, Math.min(end, (from.get(name) ?? 0) + (share < 1 ? Math.ceil(share) : Math.floor(share)))]
    }),
  )
}

export interface Waiting {
  readonly minOffsets: number
  readonly maxDelayMs: number
  readonly lastTriggerMs: number
  readonly nowMs: number
  readonly backlog: number
}

/** Is it too early for a batch? Fewer records wait than are asked for, and not for as long as is allowed. */
export const tooEarly = ({ minOffsets, maxDelayMs, lastTriggerMs, nowMs, backlog }: Waiting): boolean =>
  nowMs - lastTriggerMs < maxDelayMs && backlog < minOffsets

/** Records between two positions; a partition that `from` lacks counts from 0. */
export const backlogOf = (from: Positions, until: Positions): number =>
  [...until].reduce((sum, [name, end]) => sum + Math.max(0, end - (from.get(name) ?? 0)), 0)
