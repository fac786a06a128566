import type { CommitEntry, LedgerFacts, OffsetEntry } from '../checkpoint/index.ts'
import { type EventMs, eventMs } from '../types/index.ts'

/** How a run begins. `lateWatermark` filters the rows of the batch it names (4.2 of the facts: the watermark of the batch before). */
export type Recovery =
  | { readonly do: 'start-fresh' }
  | { readonly do: 'rerun'; readonly batch: OffsetEntry; readonly starts: Starts; readonly lateWatermark: EventMs; readonly gap: boolean }
  | { readonly do: 'continue-after'; readonly batch: OffsetEntry; readonly watermark: EventMs }
  | { readonly do: 'refuse'; readonly why: Refusal }
type Starts = readonly (string | null)[]

export type Refusal =
  | { readonly reason: 'commit-without-offsets'; readonly batchId: number }
  | { readonly reason: 'offsets-before-latest-missing'; readonly missing: number; readonly latest: number }
  | { readonly reason: 'other-number-of-sources'; readonly logged: number }

/** Decides how to restart from what the two logs say (Spark's `populateStartOffsets`). Reads nothing, writes nothing. */
export function decideRecovery(facts: LedgerFacts, sourceCount: number): Recovery {
  const { planned, previous, committed } = facts
  if (!planned) return committed ? refuse({ reason: 'commit-without-offsets', batchId: committed.batchId }) : { do: 'start-fresh' }
  if (committed && committed.batchId > planned.batchId) return refuse({ reason: 'commit-without-offsets', batchId: committed.batchId })
  if (planned.ends.length !== sourceCount) return refuse({ reason: 'other-number-of-sources', logged: planned.ends.length })
  if (planned.batchId > 0 && !previous) {
    return refuse({ reason: 'offsets-before-latest-missing', missing: planned.batchId - 1, latest: planned.batchId })
  }
  return committed?.batchId === planned.batchId ? goOn(planned, committed) : rerun(planned, previous, committed)
}

const refuse = (why: Refusal): Recovery => ({ do: 'refuse', why })

const goOn = (planned: OffsetEntry, committed: CommitEntry): Recovery => ({
  do: 'continue-after',
  batch: planned,
  watermark: eventMs(Math.max(planned.watermark, committed.nextWatermark)),
})

/** The same batch with exactly the logged offsets, watermark and time. Commits further behind are only warned about, as in Spark. */
const rerun = (planned: OffsetEntry, previous: OffsetEntry | undefined, committed: CommitEntry | undefined): Recovery => ({
  do: 'rerun',
  batch: planned,
  starts: previous?.ends ?? planned.ends.map(() => null),
  lateWatermark: previous?.watermark ?? eventMs(0),
  gap: planned.batchId - (committed?.batchId ?? -1) > 1,
})
