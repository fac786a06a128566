import type { DataType, StructType } from '../types/data-type.ts'
import type { RowBatch } from '../types/row-batch.ts'
import type { Alias, Expression, Literal, SortOrder } from './expression.ts'

/**
 * The logical plan: frozen plain objects, one to one with Spark Connect's relations. `kind` is the name in the `rel_type` oneof (protobuf JSON),
 * the field names are the protobuf JSON's, enum values its strings. `planId` and `origin` come from `common`.
 */
export type Relation =
  | Read
  | Project
  | Filter
  | Join
  | SetOperation
  | Sort
  | Limit
  | Offset
  | Tail
  | Aggregate
  | LocalRelation
  | Sample
  | Deduplicate
  | Range
  | SubqueryAlias
  | Repartition
  | ToDf
  | WithColumnsRenamed
  | Drop
  | WithColumns
  | Hint
  | Unpivot
  | ToSchema
  | CollectMetrics
  | WithWatermark
  | FillNa
  | DropNa
  | Replace
  | Describe
  | Summary
  | RelationExtension

interface Common {
  readonly planId?: number
  /** The program line that built the step, `file:line:column`; kept out of the JSON form. */
  readonly origin?: string
}

/** Exactly one of `namedTable` and `dataSource`. */
export interface Read extends Common {
  readonly kind: 'read'
  readonly namedTable?: { readonly unparsedIdentifier: string; readonly options?: Options }
  readonly dataSource?: {
    readonly format?: string
    /** DDL or Spark's JSON form; '' or absent = the source's own or inferred. */
    readonly schema?: string
    readonly options?: Options
    readonly paths?: readonly string[]
  }
  readonly isStreaming?: boolean
}
export type Options = Readonly<Record<string, string>>

export interface Project extends Common {
  readonly kind: 'project'
  /** Absent: one row without columns. */
  readonly input?: Relation
  readonly expressions: readonly Expression[]
}
export interface Filter extends Common {
  readonly kind: 'filter'
  readonly input: Relation
  readonly condition: Expression
}
export type JoinType =
  | 'JOIN_TYPE_INNER'
  | 'JOIN_TYPE_FULL_OUTER'
  | 'JOIN_TYPE_LEFT_OUTER'
  | 'JOIN_TYPE_RIGHT_OUTER'
  | 'JOIN_TYPE_LEFT_ANTI'
  | 'JOIN_TYPE_LEFT_SEMI'
  | 'JOIN_TYPE_CROSS'
export interface Join extends Common {
  readonly kind: 'join'
  readonly left: Relation
  readonly right: Relation
  readonly joinCondition?: Expression
  readonly joinType: JoinType
  readonly usingColumns?: readonly string[]
}
export interface SetOperation extends Common {
  readonly kind: 'setOp'
  readonly leftInput: Relation
  readonly rightInput: Relation
  readonly setOpType: 'SET_OP_TYPE_INTERSECT' | 'SET_OP_TYPE_UNION' | 'SET_OP_TYPE_EXCEPT'
  readonly isAll?: boolean
  readonly byName?: boolean
  readonly allowMissingColumns?: boolean
}
export interface Sort extends Common {
  readonly kind: 'sort'
  readonly input: Relation
  readonly order: readonly SortOrder[]
  readonly isGlobal?: boolean
}
export interface Limit extends Common {
  readonly kind: 'limit'
  readonly input: Relation
  readonly limit: number
}
export interface Offset extends Common {
  readonly kind: 'offset'
  readonly input: Relation
  readonly offset: number
}
export interface Tail extends Common {
  readonly kind: 'tail'
  readonly input: Relation
  readonly limit: number
}
export interface Aggregate extends Common {
  readonly kind: 'aggregate'
  readonly input: Relation
  readonly groupType: 'GROUP_TYPE_GROUPBY' | 'GROUP_TYPE_ROLLUP' | 'GROUP_TYPE_CUBE' | 'GROUP_TYPE_PIVOT' | 'GROUP_TYPE_GROUPING_SETS'
  readonly groupingExpressions: readonly Expression[]
  readonly aggregateExpressions: readonly Expression[]
  readonly pivot?: { readonly col: Expression; readonly values?: readonly Literal[] }
  readonly groupingSets?: readonly { readonly groupingSet: readonly Expression[] }[]
}
/** `data` is base64 of an Arrow IPC stream in the JSON form; in memory rows are `batch`. */
export interface LocalRelation extends Common {
  readonly kind: 'localRelation'
  readonly data?: string
  readonly schema?: string
  readonly batch?: RowBatch
}
export interface Sample extends Common {
  readonly kind: 'sample'
  readonly input: Relation
  readonly lowerBound: number
  readonly upperBound: number
  readonly withReplacement?: boolean
  /** int64 as text in the JSON form. */
  readonly seed?: string
  readonly deterministicOrder?: boolean
}
export interface Deduplicate extends Common {
  readonly kind: 'deduplicate'
  readonly input: Relation
  readonly columnNames?: readonly string[]
  readonly allColumnsAsKeys?: boolean
  readonly withinWatermark?: boolean
}
/** Bounds are int64: text in the JSON form. */
export interface Range extends Common {
  readonly kind: 'range'
  readonly start?: string
  readonly end: string
  readonly step: string
  readonly numPartitions?: number
}
export interface SubqueryAlias extends Common {
  readonly kind: 'subqueryAlias'
  readonly input: Relation
  readonly alias: string
  readonly qualifier?: readonly string[]
}
export interface Repartition extends Common {
  readonly kind: 'repartition'
  readonly input: Relation
  readonly numPartitions: number
  readonly shuffle?: boolean
}
export interface ToDf extends Common {
  readonly kind: 'toDf'
  readonly input: Relation
  readonly columnNames: readonly string[]
}
export interface WithColumnsRenamed extends Common {
  readonly kind: 'withColumnsRenamed'
  readonly input: Relation
  readonly renames?: readonly { readonly colName: string; readonly newColName: string }[]
  readonly renameColumnsMap?: Readonly<Record<string, string>>
}
export interface Drop extends Common {
  readonly kind: 'drop'
  readonly input: Relation
  readonly columns?: readonly Expression[]
  readonly columnNames?: readonly string[]
}
export interface WithColumns extends Common {
  readonly kind: 'withColumns'
  readonly input: Relation
  readonly aliases: readonly Alias[]
}
export interface Hint extends Common {
  readonly kind: 'hint'
  readonly input: Relation
  readonly name: string
  readonly parameters?: readonly Expression[]
}
export interface Unpivot extends Common {
  readonly kind: 'unpivot'
  readonly input: Relation
  readonly ids: readonly Expression[]
  readonly values?: { readonly values: readonly Expression[] }
  readonly variableColumnName: string
  readonly valueColumnName: string
}
export interface ToSchema extends Common {
  readonly kind: 'toSchema'
  readonly input: Relation
  readonly schema: DataType
}
export interface CollectMetrics extends Common {
  readonly kind: 'collectMetrics'
  readonly input: Relation
  readonly name: string
  readonly metrics: readonly Expression[]
}
export interface WithWatermark extends Common {
  readonly kind: 'withWatermark'
  readonly input: Relation
  readonly eventTime: string
  readonly delayThreshold: string
}
export interface FillNa extends Common {
  readonly kind: 'fillNa'
  readonly input: Relation
  readonly cols?: readonly string[]
  readonly values: readonly Literal[]
}
export interface DropNa extends Common {
  readonly kind: 'dropNa'
  readonly input: Relation
  readonly cols?: readonly string[]
  readonly minNonNulls?: number
}
export interface Replace extends Common {
  readonly kind: 'replace'
  readonly input: Relation
  readonly cols?: readonly string[]
  readonly replacements: readonly { readonly oldValue: Literal; readonly newValue: Literal }[]
}
export interface Describe extends Common {
  readonly kind: 'describe'
  readonly input: Relation
  readonly cols?: readonly string[]
}
export interface Summary extends Common {
  readonly kind: 'summary'
  readonly input: Relation
  readonly statistics?: readonly string[]
}

/** What Spark has no message for: `name` is the `<Name>` of `type.millrace.dev/<Name>`. */
export type RelationExtension = MapBatches | BatchOutput

/** `frame.mapBatches(fn, schema)`: columns in, a Promise of columns out; the closure stands in the registry under `id`. */
export interface MapBatches extends Common {
  readonly kind: 'extension'
  readonly name: 'MapBatches'
  readonly input: Relation
  readonly id: string
  readonly functionName: string
  readonly returns: StructType
  readonly sourceHash: string
}
/** The `batch` of a foreachBatch function: a committed table of the query's instance, named by `ref`. */
export interface BatchOutput extends Common {
  readonly kind: 'extension'
  readonly name: 'BatchOutput'
  readonly ref: string
  readonly schema: StructType
}
