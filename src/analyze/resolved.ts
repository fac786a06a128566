import type { JoinType, LiteralValue, Options } from '../plan/index.ts'
import type { DataType, StructType } from '../types/data-type.ts'
import type { IntervalParts } from '../types/interval.ts'
import type { RowBatch } from '../types/row-batch.ts'

/**
 * What analysis hands to an engine: the plan with every name resolved to an attribute id, every expression typed, implicit casts made explicit,
 * stars, windows, rollups and SQL text unfolded. Frozen plain objects; `node` is the discriminant.
 * The lowering needs nothing but this tree: no node of `plan/` reaches it.
 */
export interface Attribute {
  /** Unique within one analysed plan; a column keeps its id through filter, watermark, sort, … */
  readonly id: number
  readonly name: string
  readonly dataType: DataType
  readonly nullable: boolean
  readonly qualifier: readonly string[]
  /** Set on an event-time column under withWatermark and on what Spark lets keep the mark (bare alias, window() over it). Milliseconds. */
  readonly watermarkDelayMs?: number
  /** Set on the column that window() or session_window() made, kept by a bare alias: window_time() asks for it. */
  readonly timeWindow?: 'window' | 'session'
}

// ---------------------------------------------------------------- expressions

export type Typed = TLiteral | TAttribute | TCall | TCast | TGetField | TLambda | TLambdaVariable | TCase | TOver | TUserFunction

interface TypedBase {
  readonly dataType: DataType
  readonly nullable: boolean
}
export interface TLiteral extends TypedBase {
  readonly node: 'literal'
  /** As in `plan` Literal. */
  readonly value: LiteralValue
}
export interface TAttribute extends TypedBase {
  readonly node: 'attribute'
  readonly id: number
  readonly name: string
}
/**
 * A function or operator of the function table by its canonical name (`functions/`): `+`, `==`, `and`, `sum`, `substring`, …
 * Arguments already have the types the chosen overload takes.
 */
export interface TCall extends TypedBase {
  readonly node: 'call'
  readonly fn: string
  readonly args: readonly Typed[]
  /** Aggregates only. */
  readonly distinct?: boolean
  readonly filter?: Typed
  readonly ignoreNulls?: boolean
  /** WITHIN GROUP (ORDER BY …). */
  readonly orderBy?: readonly Order[]
  /** from_json, to_json, from_csv, …: options map given as a literal map. */
  readonly options?: Options
}
/** `ansi` fails on a bad value, `try` gives null. Widening casts that cannot fail are `ansi` too. */
export interface TCast extends TypedBase {
  readonly node: 'cast'
  readonly expr: Typed
  readonly mode: 'ansi' | 'try'
}
/** A field of a struct, or of each struct in an array (then the result is an array). `ordinal` counts from 0. */
export interface TGetField extends TypedBase {
  readonly node: 'getField'
  readonly child: Typed
  readonly ordinal: number
  readonly field: string
}
export interface TLambda extends TypedBase {
  readonly node: 'lambda'
  readonly params: readonly TLambdaVariable[]
  /** `dataType` and `nullable` of the lambda are those of the body. */
  readonly body: Typed
}
export interface TLambdaVariable extends TypedBase {
  readonly node: 'lambdaVariable'
  readonly id: number
  readonly name: string
}
export interface TCase extends TypedBase {
  readonly node: 'case'
  readonly branches: readonly { readonly when: Typed; readonly then: Typed }[]
  readonly otherwise?: Typed
}
/** A window function `fn OVER (…)`. Batch only. */
export interface TOver extends TypedBase {
  readonly node: 'over'
  readonly fn: TCall
  readonly partitionBy: readonly Typed[]
  readonly orderBy: readonly Order[]
  readonly frame?: { readonly type: 'rows' | 'range'; readonly lower: Bound; readonly upper: Bound }
}
export type Bound =
  | { readonly at: 'unbounded' }
  | { readonly at: 'current' }
  | { readonly at: 'offset'; readonly value: Typed; readonly preceding: boolean }
/** A person's scalar function: `id` names the closure in the registry. */
export interface TUserFunction extends TypedBase {
  readonly node: 'userFunction'
  readonly id: string
  readonly name: string
  readonly args: readonly Typed[]
}
export interface Order {
  readonly expr: Typed
  readonly ascending: boolean
  readonly nullsFirst: boolean
}
/** A computed column: `attribute` is what it is called above. */
export interface Named {
  readonly attribute: Attribute
  readonly expr: Typed
}

// ---------------------------------------------------------------- relations

export type Resolved =
  | RSource
  | RTable
  | RLocal
  | RRange
  | RBatchOutput
  | RProject
  | RFilter
  | RWatermark
  | RWindow
  | RExpand
  | RGenerate
  | RAggregate
  | RDeduplicate
  | RJoin
  | RSetOp
  | RSort
  | RLimit
  | RSample
  | ROver
  | RMetrics
  | RMapBatches

interface ResolvedBase {
  /** The columns that leave this node, in order. Ids are unique within one node's output. */
  readonly output: readonly Attribute[]
  /** Is there a stream below? */
  readonly streaming: boolean
  readonly origin?: string
}

/** A connector's scan. `sourceIndex` counts the streaming sources in plan pre-order; absent in batch. */
export interface RSource extends ResolvedBase {
  readonly node: 'source'
  readonly sourceIndex?: number
  /**
   * The sourceIndex of the first scan of the same stream (same format, options, paths and schema). As in Spark both are one source:
   * opened once, an offset line for each, one entry in the progress.
   */
  readonly sameAs?: number
  readonly format: string
  readonly options: Options
  readonly paths: readonly string[]
  /** The full schema of the scan; `output` may prune nothing: same order, same names. */
  readonly schema: StructType
  /** Predicates that Spark pushes into json and csv scans: they decide `numInputRows`; the filter stands above as well. */
  readonly pushed: readonly Typed[]
  /** Hold for every row that is wanted: a batch read may leave out files by them. The filters stand above as well. */
  readonly hints?: readonly Typed[]
}
/** A table by name that the session holds as rows (memory sink, cached frame, createDataFrame view). */
export interface RTable extends ResolvedBase {
  readonly node: 'table'
  readonly name: string
}
export interface RLocal extends ResolvedBase {
  readonly node: 'local'
  readonly batch: RowBatch
}
export interface RRange extends ResolvedBase {
  readonly node: 'range'
  readonly start: bigint
  readonly end: bigint
  readonly step: bigint
}
export interface RBatchOutput extends ResolvedBase {
  readonly node: 'batchOutput'
  readonly ref: string
}
export interface RProject extends ResolvedBase {
  readonly node: 'project'
  readonly input: Resolved
  readonly columns: readonly Named[]
}
export interface RFilter extends ResolvedBase {
  readonly node: 'filter'
  readonly input: Resolved
  readonly condition: Typed
}
/** Statistics of the event time are taken of the rows that leave this node. `watermarkIndex` counts in plan pre-order. */
export interface RWatermark extends ResolvedBase {
  readonly node: 'watermark'
  readonly input: Resolved
  readonly attributeId: number
  readonly delay: IntervalParts
  readonly delayMs: number
  readonly watermarkIndex: number
}
/** Adds a `window` struct column (start, end): one row per window the time falls in; rows with a null time leave. Microseconds. */
export interface RWindow extends ResolvedBase {
  readonly node: 'window'
  readonly input: Resolved
  readonly time: Typed
  readonly window: Attribute
  readonly duration: bigint
  readonly slide: bigint
  readonly start: bigint
}
/** rollup, cube, grouping sets: each row once per projection. */
export interface RExpand extends ResolvedBase {
  readonly node: 'expand'
  readonly input: Resolved
  readonly projections: readonly (readonly Typed[])[]
}
/** explode and its kin: input columns followed by the generated ones. */
export interface RGenerate extends ResolvedBase {
  readonly node: 'generate'
  readonly input: Resolved
  readonly generator: TCall
  readonly outer: boolean
  readonly generated: readonly Attribute[]
}
/**
 * Keys are bare attributes of the input (computed keys stand in a project below); each aggregate is one call of an aggregate function
 * (expressions over aggregates stand in a project above). `eventTimeKey` is the key whose watermark closes groups (the attribute's id).
 * `operatorId` counts stateful operators in plan pre-order (the one nearest the sink is 0); absent in batch and above no stream.
 * `sessionWindow` marks a session window aggregate: the key of that id is a session struct to be merged by gap.
 */
export interface RAggregate extends ResolvedBase {
  readonly node: 'aggregate'
  readonly input: Resolved
  readonly keys: readonly Attribute[]
  readonly aggregates: readonly { readonly attribute: Attribute; readonly call: TCall }[]
  readonly operatorId?: number
  readonly eventTimeKey?: number
  readonly sessionWindow?: number
}
export interface RDeduplicate extends ResolvedBase {
  readonly node: 'deduplicate'
  readonly input: Resolved
  readonly keys: readonly Attribute[]
  readonly withinWatermark: boolean
  readonly operatorId?: number
  /** The watermarked column of the input, if any: late rows are dropped by it. */
  readonly eventTimeColumn?: number
  /** Set when that column is among the keys: state is evicted by it. */
  readonly eventTimeKey?: number
}
export interface RJoin extends ResolvedBase {
  readonly node: 'join'
  readonly left: Resolved
  readonly right: Resolved
  readonly joinType: JoinType
  readonly condition?: Typed
  /** Set on a join of two streams. */
  readonly operatorId?: number
}
/** Inputs are already aligned to `output` by position and type. */
export interface RSetOp extends ResolvedBase {
  readonly node: 'setOp'
  readonly op: 'union' | 'intersect' | 'except'
  readonly all: boolean
  readonly inputs: readonly Resolved[]
  readonly operatorId?: number
}
export interface RSort extends ResolvedBase {
  readonly node: 'sort'
  readonly input: Resolved
  readonly order: readonly Order[]
}
/** limit, offset, tail: rows [offset, offset + limit), or the last `tail`. A streaming limit in append mode counts for ever: `operatorId`. */
export interface RLimit extends ResolvedBase {
  readonly node: 'limit'
  readonly input: Resolved
  readonly limit?: number
  readonly offset?: number
  readonly tail?: number
  readonly operatorId?: number
}
export interface RSample extends ResolvedBase {
  readonly node: 'sample'
  readonly input: Resolved
  readonly lower: number
  readonly upper: number
  readonly withReplacement: boolean
  readonly seed: bigint
}
/** Window functions: input columns followed by `columns` (each an `over`). */
export interface ROver extends ResolvedBase {
  readonly node: 'over'
  readonly input: Resolved
  readonly columns: readonly { readonly attribute: Attribute; readonly over: TOver }[]
}
/** observe(): metrics of the rows that pass; rows pass unchanged. */
export interface RMetrics extends ResolvedBase {
  readonly node: 'metrics'
  readonly input: Resolved
  readonly name: string
  readonly metrics: readonly { readonly attribute: Attribute; readonly call: Typed }[]
}
export interface RMapBatches extends ResolvedBase {
  readonly node: 'mapBatches'
  readonly input: Resolved
  readonly id: string
  readonly name: string
}

export type OutputMode = 'append' | 'update' | 'complete'

/** The whole answer of `analyze()`. */
export interface Analyzed {
  readonly plan: Resolved
  readonly schema: StructType
  /** In plan pre-order: the order of lines in `offsets/N`. */
  readonly sources: readonly RSource[]
  readonly watermarks: readonly RWatermark[]
  /** By operatorId. */
  readonly stateful: readonly (RAggregate | RDeduplicate | RJoin | RLimit | RSetOp)[]
}
