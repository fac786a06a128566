import type { Ledger, OffsetEntry } from '../checkpoint/index.ts'
import type { Offset, PlannedRange, Source } from '../connectors/contract.ts'
import type { Platform } from '../platform/index.ts'
import type { BatchId, EventMs } from '../types/index.ts'
import type { BatchExecutor } from './contract.ts'
import type { Pace } from './pace.ts'
import type { SinkBinding } from './query-config.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { Rhythm } from './trigger.ts'
import type { Watch } from './watch.ts'
import type { Watermark, WatermarkPolicy } from './watermark.ts'

/** All that a run holds while it lives. */
export interface Parts {
  readonly platform: Platform
  readonly name: string | null
  readonly ledger: Ledger
  readonly sources: readonly Source[]
  readonly sinks: readonly SinkBinding[]
  readonly executor: BatchExecutor
  readonly watch: Watch
  readonly pace: Pace
  readonly rhythm: Rhythm
  readonly settings: Settings
  readonly conf: (key: string) => string | undefined
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly stateful: boolean
  readonly hasWatermark: boolean
  /** Aborts what is going on with this reason: stop() and failures. */
  readonly abort: (reason: unknown) => void
  readonly signal: AbortSignal
  /** Whom the run is waiting for, for the warning when they are left behind. */
  readonly waitingFor: Set<string>
}

export interface Settings {
  readonly noDataBatches: boolean
  readonly minBatchesToRetain: number
  readonly policy: WatermarkPolicy
  readonly stopTimeoutMs: number
  readonly idleEventMs: number
  readonly recentProgress: number
  /** A temporary checkpoint goes even when its query has failed. */
  readonly dropFailedCheckpoint: boolean
  readonly stopActiveRun: boolean
}

/** Where the query stands between two batches. */
export interface Position {
  /** The id of the next batch. */
  readonly nextId: BatchId
  /** Where it begins to read: the ends of the batch before. */
  readonly starts: readonly (Offset | null)[]
  readonly watermark: Watermark
  /** The watermark of the batch before: filters late rows of the next. */
  readonly lateWatermark: EventMs
  /** The batch before ran in this run and asks for one without data. */
  readonly wantsNoData: boolean
  readonly previousStartMs: number | undefined
}

/** A batch that is decided: its offsets entry is logged already, or is being logged while its rows are computed, once the batch before is committed. */
export interface Construction {
  readonly entry: OffsetEntry
  readonly starts: readonly (Offset | null)[]
  readonly lateWatermark: EventMs
  readonly noData: boolean
  /** Rows were waiting that this batch did not take. */
  readonly hasMore: boolean
  readonly planned: readonly (PlannedRange | undefined)[]
  readonly logged: Promise<void>
  /** Logged by an earlier run, which has also told the sources of the batch before. */
  readonly resumed: boolean
  readonly startedMs: number
  readonly time: Stopwatch
}
