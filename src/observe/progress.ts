/** Spark's `StreamingQueryProgress`, key for key. Empty maps and rates that are not finite are left out of the JSON. */
export interface StreamingQueryProgress {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  /** ISO 8601 UTC with milliseconds. */
  readonly timestamp: string
  readonly batchId: number
  readonly batchDuration: number
  readonly numInputRows: number
  readonly inputRowsPerSecond?: number
  readonly processedRowsPerSecond?: number
  readonly durationMs: Readonly<Record<string, number>>
  /** min, max, avg (with data only) and watermark: ISO texts; `nulls`: rows with a null event time (a key of ours, only when > 0). */
  readonly eventTime?: Readonly<Record<string, string>>
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sources: readonly SourceProgress[]
  readonly sink: SinkProgress
  /** All sinks, `sink` among them: a key of ours, only where a query has several. */
  readonly sinks?: readonly SinkProgress[]
  readonly observedMetrics?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
export interface StateOperatorProgress {
  readonly operatorName: string
  readonly numRowsTotal: number
  readonly numRowsUpdated: number
  readonly allUpdatesTimeMs: number
  readonly numRowsRemoved: number
  readonly allRemovalsTimeMs: number
  readonly commitTimeMs: number
  readonly memoryUsedBytes: number
  readonly numRowsDroppedByWatermark: number
  readonly numShufflePartitions: number
  readonly numStateStoreInstances: number
  readonly customMetrics?: Readonly<Record<string, number>>
}
export interface SourceProgress {
  readonly description: string
  /** Parsed JSON where the offset is JSON, else the text; null = none yet. */
  readonly startOffset: unknown
  readonly endOffset: unknown
  readonly latestOffset: unknown
  readonly numInputRows: number
  readonly inputRowsPerSecond?: number
  readonly processedRowsPerSecond?: number
  readonly metrics?: Readonly<Record<string, string>>
}
export interface SinkProgress {
  readonly description: string
  readonly numOutputRows: number
}
export interface StreamingQueryStatus {
  readonly message: string
  readonly isDataAvailable: boolean
  readonly isTriggerActive: boolean
}
/** A condition worth a person's attention that stops nothing. */
export interface QueryWarning {
  readonly code: string
  readonly message: string
  readonly hint?: string
}
