import type { DataType } from '../types/data-type.ts'

/**
 * Expressions as the API and the SQL parser build them: unresolved, frozen, one to one with Spark Connect's `Expression`.
 * `kind` and the field names are those of the protobuf JSON; `json.ts` converts both ways.
 */
export type Expression =
  | Literal
  | UnresolvedAttribute
  | UnresolvedFunction
  | ExpressionString
  | UnresolvedStar
  | Alias
  | Cast
  | UnresolvedRegex
  | SortOrder
  | LambdaFunction
  | WindowExpression
  | UnresolvedExtractValue
  | UpdateFields
  | UnresolvedNamedLambdaVariable
  | CallFunction
  | NamedArgument
  | ExpressionExtension

/**
 * `value` by type: null; boolean; byte…integer, float, double → number; long → bigint; decimal → exact text; string; binary → Uint8Array;
 * date → days; timestamp, timestampNtz, dayTimeInterval, time → bigint micros; yearMonthInterval → months; calendarInterval → {months, days, micros};
 * array → Literal values in order; map → [key, value][]; struct → values in field order.
 */
export interface Literal {
  readonly kind: 'literal'
  readonly dataType: DataType
  readonly value: LiteralValue
}
export type LiteralValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly months: number; readonly days: number; readonly micros: bigint }
  | readonly LiteralValue[]
  | readonly (readonly [LiteralValue, LiteralValue])[]

/** A column by name; dots and backticks as in Spark's `UnresolvedAttribute.parseAttributeName`. */
export interface UnresolvedAttribute {
  readonly kind: 'unresolvedAttribute'
  readonly unparsedIdentifier: string
  readonly planId?: number
  readonly isMetadataColumn?: boolean
}
/** A function or operator by Spark's name: `+`, `==`, `and`, `sum`, `window`, `when` (odd arguments are conditions), `in`, … */
export interface UnresolvedFunction {
  readonly kind: 'unresolvedFunction'
  readonly functionName: string
  readonly arguments: readonly Expression[]
  readonly isDistinct?: boolean
  readonly isUserDefinedFunction?: boolean
  readonly isInternal?: boolean
}
/** SQL text, parsed when it is analysed. The API parses at once and never makes this node; recorded plans hold it. */
export interface ExpressionString {
  readonly kind: 'expressionString'
  readonly expression: string
}
export interface UnresolvedStar {
  readonly kind: 'unresolvedStar'
  /** `t.` or `struct_column.`; ends in `.*` in Spark's text form, kept as given. */
  readonly unparsedTarget?: string
  readonly planId?: number
}
export interface Alias {
  readonly kind: 'alias'
  readonly expr: Expression
  readonly name: readonly string[]
  readonly metadata?: string
}
/** Exactly one of `type` and `typeStr`. */
export interface Cast {
  readonly kind: 'cast'
  readonly expr: Expression
  readonly type?: DataType
  readonly typeStr?: string
  readonly evalMode?: 'EVAL_MODE_LEGACY' | 'EVAL_MODE_ANSI' | 'EVAL_MODE_TRY'
}
export interface UnresolvedRegex {
  readonly kind: 'unresolvedRegex'
  readonly colName: string
  readonly planId?: number
}
export interface SortOrder {
  readonly kind: 'sortOrder'
  readonly child: Expression
  readonly direction: 'SORT_DIRECTION_ASCENDING' | 'SORT_DIRECTION_DESCENDING'
  readonly nullOrdering: 'SORT_NULLS_FIRST' | 'SORT_NULLS_LAST'
}
export interface LambdaFunction {
  readonly kind: 'lambdaFunction'
  readonly function: Expression
  readonly arguments: readonly UnresolvedNamedLambdaVariable[]
}
export interface WindowExpression {
  readonly kind: 'window'
  readonly windowFunction: Expression
  readonly partitionSpec: readonly Expression[]
  readonly orderSpec: readonly SortOrder[]
  readonly frameSpec?: {
    readonly frameType: 'FRAME_TYPE_ROW' | 'FRAME_TYPE_RANGE'
    readonly lower: FrameBoundary
    readonly upper: FrameBoundary
  }
}
export interface FrameBoundary {
  readonly currentRow?: true
  readonly unbounded?: true
  readonly value?: Expression
}
/** `child[extraction]`, `child.field`: array index, map key or struct field by the child's type. */
export interface UnresolvedExtractValue {
  readonly kind: 'unresolvedExtractValue'
  readonly child: Expression
  readonly extraction: Expression
}
/** `withField` (valueExpression given) or `dropFields` (absent). */
export interface UpdateFields {
  readonly kind: 'updateFields'
  readonly structExpression: Expression
  readonly fieldName: string
  readonly valueExpression?: Expression
}
export interface UnresolvedNamedLambdaVariable {
  readonly kind: 'unresolvedNamedLambdaVariable'
  readonly nameParts: readonly string[]
}
export interface CallFunction {
  readonly kind: 'callFunction'
  readonly functionName: string
  readonly arguments: readonly Expression[]
}
export interface NamedArgument {
  readonly kind: 'namedArgumentExpression'
  readonly key: string
  readonly value: Expression
}
/** What Spark has no message for: `name` is the `<Name>` of `type.millrace.dev/<Name>`. */
export type ExpressionExtension = UserFunction | SubqueryExpression | FilteredAggregate | NamedWindow | Parameter

/** A function of the person's own; the closure stands in the registry `api/user-functions.ts` under `id`. */
export interface UserFunction {
  readonly kind: 'extension'
  readonly name: 'UserFunction'
  readonly id: string
  readonly functionName: string
  readonly arguments: readonly Expression[]
  readonly returns: DataType
  readonly sourceHash: string
}
/** EXISTS, IN and scalar subqueries as SQL text holds them: parsed, so that they can be refused by name or resolved later. */
export interface SubqueryExpression {
  readonly kind: 'extension'
  readonly name: 'Subquery'
  readonly subqueryType: 'EXISTS' | 'IN' | 'SCALAR'
  /** The values left of IN. */
  readonly values: readonly Expression[]
  readonly text: string
  /** Names of tables and views the subquery reads. */
  readonly relations: readonly string[]
}
/** `agg(…) FILTER (WHERE …)` and `IGNORE NULLS` of SQL text. */
export interface FilteredAggregate {
  readonly kind: 'extension'
  readonly name: 'FilteredAggregate'
  readonly aggregate: Expression
  readonly where?: Expression
  readonly ignoreNulls?: boolean
}
/** `fn(…) OVER w`: a window named by a WINDOW clause. */
export interface NamedWindow {
  readonly kind: 'extension'
  readonly name: 'NamedWindow'
  readonly windowFunction: Expression
  readonly windowName: string
}
/** A parameter marker of SQL text: `:name` by its name, `?` by `?` and its place in the text. */
export interface Parameter {
  readonly kind: 'extension'
  readonly name: 'Parameter'
  readonly parameter: string
}
