import type { Attribute, RDeduplicate, RLimit } from '../../../analyze/resolved.ts'
import type { Statement } from './statement.ts'

/** A stateful operator between two statements. SQL texts have holes; `table` is the name of its state. */
export type StateStep = AggregateStep | DeduplicateStep | LimitStep

interface StateStepBase {
  readonly operatorId: number
  /** State columns: keys first. */
  readonly keys: readonly StateColumn[]
  readonly values: readonly StateColumn[]
  /** SQL over state columns: the micros by which a group expires; absent = never. */
  readonly expiry?: string
}
export interface StateColumn {
  readonly name: string
  readonly type: string
  /** For DDL of the state's shape. */
  readonly shown: string
  readonly nullable: boolean
}

export interface AggregateStep extends StateStepBase {
  readonly kind: 'aggregate'
  /** Groups of the batch: keys, partial values, `mr_n` (input rows). */
  readonly delta: Statement
  /** SQL over delta columns: is the group late? Absent: nothing is. */
  readonly late?: string
  /** New value of each value column from `s.<name>` and `d.<name>`. */
  readonly merged: readonly string[]
  /** Does no aggregate depend on the order of rows (`first`, `collect_list`, …)? */
  readonly anyOrder: boolean
  /** The input's rows that are late, for the output `late`. */
  readonly lateRows?: Statement
}

export interface DeduplicateStep extends StateStepBase {
  readonly kind: 'deduplicate'
  readonly node: RDeduplicate
  readonly input: Statement
  readonly late?: string
  readonly output: readonly Attribute[]
  /** Columns of the input that are the keys, in order. */
  readonly keyColumns: readonly string[]
}

export interface LimitStep extends StateStepBase {
  readonly kind: 'limit'
  readonly node: RLimit
  readonly input: Statement
  readonly limit: number
}
