import type { StateShape } from './state-shape.ts'

/** What a run's plan was, kept in `millrace/plan/<first batch>.json` when it differs from the run before. */
export interface PlanRecord {
  /** The batch from which on this plan was used. */
  readonly firstBatch: number
  /** The plan as JSON (`planToJson`). */
  readonly plan: unknown
  /** Per source in plan order: the resolved schema in Spark's JSON form; a restart reuses it instead of inferring again. */
  readonly sourceSchemas: readonly unknown[]
  /** Options of sources and sink, without secrets. */
  readonly options: Readonly<Record<string, unknown>>
  readonly engine: string
  readonly shape: StateShape
}
