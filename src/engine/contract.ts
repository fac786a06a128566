import type { Relation, Options } from '../plan/index.ts'
import type { RowBatch, StructType } from '../types/index.ts'
import type { QueryDriver } from '../observe/index.ts'

/** One of the two houses a plan can run in. The same plan gives the same rows on both, or one refuses it by name. */
export interface Engine {
  readonly name: 'embedded' | 'connect'
  /** The plan's columns; may need I/O (inference). */
  schema(plan: Relation): Promise<StructType>
  /** Columns known without I/O, or undefined. Checks names and types at once. */
  schemaNow(plan: Relation): StructType | undefined
  explain(plan: Relation, mode: ExplainMode, write?: StreamWrite): Promise<string>
  /** Runs a batch plan; the stream is open until it is read to the end or returned. */
  collect(plan: Relation, options?: { readonly signal?: AbortSignal }): Promise<{ readonly schema: StructType; readonly batches: AsyncIterable<RowBatch> }>
  save(plan: Relation, write: BatchWrite): Promise<void>
  start(plan: Relation, write: StreamWrite): Promise<QueryDriver>
  close(): Promise<void>
}
export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'

export interface BatchWrite {
  readonly format: string
  readonly mode: 'append' | 'overwrite' | 'error' | 'ignore'
  readonly options: Options
  readonly path?: string
  readonly table?: string
  readonly partitionBy: readonly string[]
}
export interface StreamWrite {
  readonly format: string
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly options: Options
  readonly path?: string
  readonly table?: string
  readonly queryName?: string
  readonly partitionBy: readonly string[]
  readonly trigger: Trigger
  readonly foreach?: ForeachWriter
  readonly foreachBatch?: ForeachBatch
  /** The program line of start(). */
  readonly origin?: string
}
export type Trigger =
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'continuous'; readonly interval: string }
export interface ForeachWriter {
  open?(partitionId: number, epochId: number, context: { readonly signal: AbortSignal }): boolean | undefined | Promise<boolean | undefined>
  process(row: Record<string, unknown>, context: { readonly signal: AbortSignal }): void | Promise<void>
  close?(error: unknown): void | Promise<void>
}
/** `batch`, `late` and `duplicates` (rows the batch dropped, see BatchResult.outputs) are handed over as plans over BatchOutput; the API wraps them as DataFrames. */
export type ForeachBatch = (batch: Relation, batchId: number, context: { readonly signal: AbortSignal; readonly late?: Relation; readonly duplicates?: Relation }) => Promise<void>
