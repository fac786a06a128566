import type { QueryWarning, StreamingQueryProgress, StreamingQueryStatus } from './progress.ts'

/** What either engine hands back for a started query; `StreamingQuery` of the API wraps it. */
export interface QueryDriver {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly isActive: boolean
  readonly status: StreamingQueryStatus
  readonly recentProgress: readonly StreamingQueryProgress[]
  readonly lastProgress: StreamingQueryProgress | null
  readonly warnings: readonly QueryWarning[]
  /** The error that ended it, if one did. */
  readonly error: unknown
  /** Resolves when the query has ended (true) or the time is over (false); rejects with its error. */
  awaitTermination(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<boolean>
  /** Resolves when everything the sources had when it was called is committed. */
  processAllAvailable(): Promise<void>
  stop(): Promise<void>
  explain(extended: boolean): Promise<string>
  on(listener: QueryListener): () => void
}
/** As Spark's `StreamingQueryListener`. A listener that throws is reported and never stops a query. */
export interface QueryListener {
  onQueryStarted?(event: QueryStartedEvent): void
  onQueryProgress?(event: { readonly progress: StreamingQueryProgress }): void
  onQueryIdle?(event: { readonly id: string; readonly runId: string; readonly timestamp: string }): void
  onQueryTerminated?(event: QueryTerminatedEvent): void
  /** Ours: a warning was raised. */
  onQueryWarning?(event: { readonly id: string; readonly runId: string; readonly warning: QueryWarning }): void
}
export interface QueryStartedEvent {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly timestamp: string
}
export interface QueryTerminatedEvent {
  readonly id: string
  readonly runId: string
  readonly exception?: string
  readonly errorClassOnException?: string
}
