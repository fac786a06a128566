import type { Offset, PlannedRange } from '../connectors/contract.ts'

export type NextBatch =
  | { readonly run: false }
  /** `noData`: no source has anything new, the batch only moves the watermark. `hasMore`: rows stay behind for the next one. */
  | { readonly run: true; readonly ends: readonly (Offset | null)[]; readonly noData: boolean; readonly hasMore: boolean }

/** Offsets are equal iff their texts are. A source without an answer stays where it is; it never goes back to nothing. */
export const isNew = (start: Offset | null, end: Offset | null): end is Offset => end !== null && end !== start

/** Decides whether there is a batch, and up to where it reads. `wantsNoData`: the last batch of this run asks for one more without data. */
export function decideNextBatch(starts: readonly (Offset | null)[], planned: readonly PlannedRange[], wantsNoData: boolean): NextBatch {
  const ends = starts.map((start, i) => planned[i]?.end ?? start)
  const someNew = ends.some((end, i) => isNew(starts[i]!, end))
  const hasMore = planned.some(({ end, latest, more }) => more ?? latest !== end)
  return someNew || wantsNoData ? { run: true, ends, noData: !someNew, hasMore } : { run: false }
}
