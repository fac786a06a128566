import type { PlanRecord } from '../checkpoint/plan-record.ts'
import type { Sink, Source, SourceLog, Warning } from '../connectors/contract.ts'
import type { Bus } from '../observe/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import type { ActiveQueries } from './active-queries.ts'
import type { BatchExecutor, StateShape } from './contract.ts'
import type { Trigger } from './trigger.ts'

/** Everything the loop needs of an engine to run one query. The engine promises that each callback is called at most once a run, in this order. */
export interface QueryConfig {
  readonly platform: Platform
  /** `queryName`; unique among the active queries of `active`. */
  readonly name?: string
  readonly checkpoint: CheckpointConfig
  readonly trigger: Trigger
  readonly outputMode: 'append' | 'update' | 'complete'
  /** The session's settings; the checkpoint's own values win over them and reach the callbacks as `opened.conf`. */
  readonly conf: (key: string) => string | undefined
  /** How many sources the plan has, in plan order; a checkpoint that says otherwise is refused before anything is opened. */
  readonly sourceCount: number
  /** The stateful part; `operators` empty for a stateless query, which then writes commit files exactly as Spark does. */
  readonly shape: StateShape
  /** What this run's plan is, without batch id and shape: written to `millrace/plan/` when it differs from the last. */
  readonly planRecord: Omit<PlanRecord, 'firstBatch' | 'shape'>
  /** In plan order; the same source object twice where the plan reads it twice. */
  openSources(opened: Opened): Promise<readonly Source[]>
  openSinks(opened: Opened): Promise<readonly SinkBinding[]>
  openExecutor(opened: Opened, sources: readonly Source[]): Promise<BatchExecutor>
  explain(extended: boolean): Promise<string>
  /** The session's listeners. Without it the query has a bus of its own. */
  readonly bus?: Bus
  /** The session's active queries, for names and ids that must not run twice. */
  readonly active?: ActiveQueries
  /** The program line of start(), for messages. */
  readonly origin?: string
}

export interface CheckpointConfig {
  readonly store: FileStore
  /** Set for a temporary directory: removes it when the query was stopped cleanly. */
  readonly dispose?: () => Promise<void>
}

/** One sink and the named output of the batch it takes. */
export interface SinkBinding {
  /** `main`, `late`, `bad`, … The first binding of `main` is the one the progress describes. */
  readonly output: string
  readonly sink: Sink
}

/** What is known once the checkpoint is open. */
export interface Opened {
  readonly queryId: string
  readonly runId: string
  /** No batch was committed yet. */
  readonly newCheckpoint: boolean
  /** The last batch id of the commit log, or -1. */
  readonly lastCommitted: number
  /** As in `SinkContext`. */
  readonly uncommitted?: { readonly last: number; readonly since: number }
  /** The checkpoint's own settings first, then the session's. */
  readonly conf: (key: string) => string | undefined
  readonly store: FileStore
  /** Where source `index` keeps its log. */
  sourceLog(index: number): SourceLog
  warn(warning: Warning): void
  /** Aborted by stop() or by the query's failure. */
  readonly signal: AbortSignal
}
