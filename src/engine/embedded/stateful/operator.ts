import type { RowBatch } from '../../../types/index.ts'
import type { Later, RunIn } from '../duck/connection.ts'
import type { StateTable } from '../duck/state-table.ts'
import type { Reported } from '../facts.ts'
import type { StateStep } from '../lower/state-step.ts'

/** A stateful operator while its query runs. */
export interface Operator {
  readonly step: StateStep
  readonly table: StateTable
  /** No row of the table expires before these micros; undefined = none expires at all. */
  soonest: bigint | undefined
  /** Rows in the table. */
  total: number
  /** The table for a batch's groups is there, and empty. */
  deltaReady: boolean
}

/** What operators need of the batch that runs. */
export interface StepContext {
  readonly run: RunIn
  /** In one call with the next statement. */
  readonly later: Later
  readonly fill: (sql: string) => string
  /** Micros of the current watermark. */
  readonly watermark: bigint
  /** Micros of the watermark that makes rows late. */
  readonly late: bigint
  readonly batchId: number
  /** Monotonic milliseconds. */
  readonly ticks: () => number
  /** Somebody reads the outputs `late` and `duplicates`. */
  readonly wantsDropped: boolean
  /** The step reads few rows, all of them from feeds. */
  readonly keepPlan: boolean
}

/** What one operator did in a batch, before eviction. */
export interface Ran {
  readonly reported: readonly Reported[]
  readonly updated: number
  readonly dropped: number
  readonly updatesMs: number
  readonly custom: Readonly<Record<string, number>>
  /** Rows the operator hands on, at most. */
  readonly atMost: number
  readonly late?: RowBatch
  readonly duplicates?: RowBatch
}
