import type { MillraceError } from '../errors/index.ts'
import type { Bus, QueryDriver, QueryWarning } from '../observe/index.ts'
import type { Options, Relation } from '../plan/index.ts'
import type { DataType, RowBatch, StructType } from '../types/index.ts'

/** One of the two houses a plan can run in. The same plan gives the same rows on both, or one refuses it by name. */
export interface Engine {
  readonly name: 'embedded' | 'connect'
  /** The plan's columns; may need I/O (inference). */
  schema(plan: Relation): Promise<StructType>
  /** Columns known without I/O, or undefined. Checks names and types at once. */
  schemaNow(plan: Relation): StructType | undefined
  explain(plan: Relation, mode: ExplainMode, write?: StreamWrite): Promise<string>
  /** Runs a batch plan; the stream is open until it is read to the end or returned. */
  collect(plan: Relation, options?: { readonly signal?: AbortSignal }): Promise<Collected>
  save(plan: Relation, write: BatchWrite): Promise<void>
  start(plan: Relation, write: StreamWrite): Promise<QueryDriver>
  /** Named tables that outlive the session. */
  readonly tables: EngineTables
  /** What `start` would do, without starting: what it refuses is thrown, but for what the checkpoint is refused for. */
  preview(plan: Relation, write: StreamWrite): Promise<QueryPreview>
  /** Looks at a checkpoint. @throws CHECKPOINT_NOT_THERE */
  checkpoint(location: string): Promise<CheckpointView>
  close(): Promise<void>
}
/** What `session.catalog` asks. Names do not regard case. */
export interface EngineTables {
  list(): Promise<readonly TableInfo[]>
  find(name: string): Promise<TableInfo | undefined>
  /** False when there is none. */
  drop(name: string): Promise<boolean>
  /** Work that a table's connector offers by name (`vacuum`, `optimize`, `history`, `detail`); `target` is a name or a path. */
  call(target: string, work: string, options: Options): Promise<readonly Readonly<Record<string, unknown>>[]>
}
export interface TableInfo {
  readonly name: string
  readonly database: string
  readonly format: string
  readonly location: string
  readonly managed: boolean
}
export interface Collected {
  readonly schema: StructType
  readonly batches: AsyncIterable<RowBatch>
  /** Metrics of `observe()` by name; asked once the batches were read to the end. Absent when the plan observes nothing. */
  readonly observed?: () => Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'

export interface BatchWrite {
  readonly format: string
  readonly mode: 'append' | 'overwrite' | 'error' | 'ignore'
  readonly options: Options
  readonly path?: string
  /** A name of the catalog; `format` is then '' unless one was given, `path` where a new table is to lie. */
  readonly table?: string
  /** Columns go into the table by their order (insertInto). */
  readonly byPosition?: true
  readonly partitionBy: readonly string[]
  /** `path` is the name of one file, to be there whole or not at all (`batch.writeFile`). */
  readonly singleFile?: true
}
/** One sink of a streaming query. */
export interface StreamTarget {
  readonly format: string
  readonly options: Options
  readonly path?: string
  readonly table?: string
  readonly queryName?: string
  readonly partitionBy: readonly string[]
  readonly foreach?: ForeachWriter
  readonly foreachBatch?: ForeachBatch
}
export interface StreamWrite extends StreamTarget {
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly trigger: Trigger
  /** Further sinks that take the same rows. Their order counts: it tells them apart when the query starts again. */
  readonly also?: readonly StreamTarget[]
  /** The program line of start(). */
  readonly origin?: string
}
/** What a checkpoint says of itself, for people. */
export interface CheckpointReport {
  readonly location: string
  readonly queryId?: string
  /** The last batch that was begun: until where it reads, per source. */
  readonly planned?: {
    readonly batchId: number
    readonly at: string
    readonly ends: readonly (string | null)[]
    readonly watermark: string
  }
  /** The last batch that is done. */
  readonly committed?: { readonly batchId: number; readonly nextWatermark: string }
  /** Ids of entries that are there, first and last. */
  readonly offsets?: readonly [number, number]
  readonly commits?: readonly [number, number]
  /** Operators that keep state, as Spark names them. */
  readonly stateful: readonly string[]
  /** What is wrong with the logs; a look reads every entry. */
  readonly problems: readonly string[]
}
/** A checkpoint, looked at from outside. */
export interface CheckpointView {
  readonly report: CheckpointReport
  /** Takes it away, so that its query begins anew. @throws CHECKPOINT_IN_USE while a query of this machine runs on it */
  remove(): Promise<void>
}

/** What a streaming query would be, looked at before it is started. */
export interface QueryPreview {
  /** One line a source, as the plan names them: `csv /in`. */
  readonly sources: readonly string[]
  /** What the whole query delivers and which part limits that. */
  readonly delivery: readonly string[]
  /** Names of the operators that keep state. */
  readonly stateful: readonly string[]
  readonly checkpoint: {
    /** Absent: in a directory that is removed when the query ends. */
    readonly location?: string
    readonly does: 'start-new' | 'go-on' | 'refuse'
    readonly nextBatch: number
    /** The next batch was planned before and is run again. */
    readonly reruns: boolean
    /** The last batch that is done, or -1. */
    readonly lastCommitted: number
    /** What is not as in the run before; a start goes on all the same. */
    readonly changed: readonly string[]
    /** Why a start is refused. */
    readonly refusal?: MillraceError
  }
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
export type ForeachBatch = (
  batch: Relation,
  batchId: number,
  context: {
    readonly signal: AbortSignal
    readonly late?: Relation
    readonly duplicates?: Relation
    /** Warnings of what the function does are the query's. */
    readonly warn?: (warning: QueryWarning) => void
  },
) => Promise<void>

/** What a session lends to its engine. Everything is asked when it is needed, so settings and views made later count. */
export interface EngineHost {
  /** `spark.*` and `millrace.*` settings, defaults included. */
  readonly conf: (key: string) => string | undefined
  /** A temporary view's plan by name (names compare without case), or undefined. */
  readonly view: (name: string) => Relation | undefined
  readonly functions: UserFunctions
  /** Warnings of batch work; those of a query go through the query. */
  readonly warn: (warning: QueryWarning) => void
  /** The session's listeners. */
  readonly bus: Bus
  /** Places by the beginning of paths: `{ 'dbfs:/FileStore': './data' }`. */
  readonly mounts?: Readonly<Record<string, string>>
  /** Bytes all of the engine's DuckDB instances together may use; absent = the engine's default. */
  readonly memoryLimit?: number
  /** Threads for all of them together; absent = the machine's cores. */
  readonly threads?: number
}
export type OpenEngine = (host: EngineHost) => Promise<Engine>

/** Closures of the person's own beside the plan, by the ids that stand in plan nodes. */
export interface UserFunctions {
  scalar(id: string): ScalarFunction | undefined
  /** For SQL text: what `session.udf.register` made, by name without case. */
  named(name: string): ScalarFunction | undefined
  batches(id: string): BatchFunction | undefined
}
export interface ScalarFunction {
  readonly id: string
  readonly name: string
  /** Types the arguments are cast to; absent = as they come. */
  readonly args?: readonly DataType[]
  readonly returns: DataType
  readonly sourceHash: string
  /** Takes JS values of a row (`types/row-values.ts`) and gives one; synchronous. */
  readonly call: (...values: unknown[]) => unknown
}
export interface BatchFunction {
  readonly id: string
  readonly name: string
  readonly returns: StructType
  readonly sourceHash: string
  readonly call: (batch: RowBatch, context: { readonly signal: AbortSignal }) => Promise<RowBatch>
}
