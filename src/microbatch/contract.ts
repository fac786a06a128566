import type { Output, Scan } from '../connectors/contract.ts'
import type { BatchId, EventMs, WallMs } from '../types/index.ts'

/** What the loop asks of an engine. It knows neither plan nor DuckDB. */
export interface BatchExecutor {
  /** State of each stateful operator as of `version` (= id of the next batch) is what the next `run` starts from. Drops anything newer. */
  loadState(version: number, committedRun: (version: number) => Promise<string | undefined>): Promise<void>
  /**
   * Runs one batch and hands its named outputs over; DuckDB's tables may now be one version ahead of the ledger. One batch at a time, but the next may
   * run while this one's outputs are read and its state is saved: neither may see anything of it. At most two results are open.
   */
  run(batch: Batch, options: { readonly signal: AbortSignal }): Promise<BatchResult>
  /** Does the plan want a batch without data now that the watermark is `next`? Asked after a batch of this run. */
  wantsNoDataBatch(last: EventMs, next: EventMs): boolean
  /** Removes state files that no version from `oldest` on needs; answers the oldest batch id whose commit must stay (Infinity without state; see `state/`). */
  purgeState(oldest: number): Promise<number>
  close(): Promise<void>
}
export interface Batch {
  readonly id: BatchId
  readonly timestamp: WallMs
  /** Evicts and emits: offsets/N. */
  readonly watermark: EventMs
  /** Filters late rows: offsets/(N-1), 0 in batch 0. */
  readonly lateWatermark: EventMs
  /** One per source in plan order; undefined where the source has nothing new. */
  readonly scans: readonly (Scan | undefined)[]
  readonly run: string
}
export interface BatchResult {
  /**
   * `main` always. `late`: rows dropped as late by the late-filtering operator nearest the sources, with all columns of its input (input rows, not groups).
   * `duplicates`: rows that dropDuplicates dropped, with all columns of its input. `bad`, `bad1`, …: dead letters, there in every batch of a query with
   * `badRecords`.
   */
  readonly outputs: Readonly<Record<string, Output>> & { readonly main: Output }
  readonly stats: BatchStats
  /** Makes state version N+1 durable under the run's name. Side by side with the sinks; before commits/N. */
  saveState(): Promise<void>
  /** Frees the outputs. */
  close(): Promise<void>
}
export interface BatchStats {
  /** Rows per source after the predicates its scan applies. */
  readonly inputRows: readonly number[]
  /** Per source, how many of these were set aside as dead letters; undefined for a source without `badRecords`. */
  readonly badRecords?: readonly (number | undefined)[]
  /** Per watermark node; undefined when no row with an event time reached it. */
  readonly eventTimes: readonly (EventTimeStats | undefined)[]
  /** Per watermark node; these rows count in `eventTimes`, too, as 1970-01-01 (as in Spark). */
  readonly nullEventTimes: readonly number[]
  /** The batch's first input row as text, where all its event times are null. */
  readonly firstRow?: string
  readonly operators: readonly OperatorStats[]
  readonly observed: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Milliseconds by phase, merged into `durationMs` of the progress. */
  readonly durations: Readonly<Record<string, number>>
}
export interface EventTimeStats {
  readonly count: number
  /** Milliseconds, floored from micros. */
  readonly min: EventMs
  readonly max: EventMs
  readonly avg: EventMs
  readonly delayMs: number
}
export interface OperatorStats {
  readonly operatorName: string
  readonly numRowsTotal: number
  readonly numRowsUpdated: number
  readonly numRowsRemoved: number
  readonly numRowsDroppedByWatermark: number
  readonly allUpdatesTimeMs: number
  readonly allRemovalsTimeMs: number
  readonly commitTimeMs: number
  readonly memoryUsedBytes: number
  readonly numShufflePartitions: number
  readonly numStateStoreInstances: number
  /** Input rows dropped here, which Spark does not count: late rows, duplicates. */
  readonly customMetrics: Readonly<Record<string, number>>
}

export type { OperatorShape, StateShape } from '../checkpoint/state-shape.ts'
