import type { TCall, TUserFunction, Typed } from '../../../analyze/resolved.ts'
import type { Registries } from '../../../formats/index.ts'
import type { LiteralValue } from '../../../plan/index.ts'
import type { ColumnData, DataType } from '../../../types/index.ts'

/** What lowering an expression needs to know besides the expression. One per lowered program. */
export interface LowerContext {
  /** The session's zone, e.g. `Europe/Berlin`; every connection has it set as DuckDB's TimeZone too. */
  readonly timeZone: string
  /** SQL for a column by attribute id: a quoted name, unique within the program. */
  column(id: number): string
  /** SQL for a lambda variable by id. */
  variable(id: number): string
  /** SQL for the batch's timestamp (TIMESTAMPTZ): current_timestamp() is constant within a batch. */
  readonly now: string
  /** Makes sure the function is registered before the program runs; answers its SQL name. */
  host(fn: HostFunction): string
  /** Days since the epoch on the session's calendar. */
  readonly today?: () => number
  /** Schema registries of the session; absent where nothing is run. */
  readonly registries?: Registries
  /** The person's function behind a reference, wrapped so that it takes and gives literal values. */
  userFunction(expr: TUserFunction): HostFunction
  /** Lowers a nested expression. */
  lower(expr: Typed): string
}

/** How one function of the table becomes SQL: `args` are its arguments, lowered. Null handling is the lowering's. */
export type FunctionLowering = (call: TCall, args: readonly string[], ctx: LowerContext) => string

/**
 * A function DuckDB does not have, in JavaScript, registered as a scalar function of the instance. It must answer at once: a Promise is an error.
 * Values are those of a plan Literal (long and timestamps are bigint, decimals exact text, dates days, …; arrays and structs are JS arrays, maps arrays of pairs).
 */
export interface HostFunction {
  /** SQL name, unique for the combination of meaning, types and options: `mr_from_json_3f2a`. */
  readonly name: string
  readonly args: readonly DataType[]
  readonly returns: DataType
  /** One row at a time. Unless `nulls`, it is not called when an argument is null and the result is null. */
  readonly call: (...args: LiteralValue[]) => LiteralValue
  readonly nulls?: boolean
  /** Many rows at a time, for functions on hot paths; `call` is then only the definition in words. */
  readonly columns?: (args: readonly ColumnData[], length: number) => ColumnData
  /** What has to be awaited once before it can be called, and may refuse; a streaming query does so at its start. */
  readonly prepare?: () => Promise<void>
  /** Not pure (rand, uuid): DuckDB must not fold or cache it. */
  readonly volatile?: boolean
}

/**
 * SQL that fails the query with a condition of the table: `fail('CAST_INVALID_INPUT', { value: '"t1"."c1"', … })`.
 * Parameters are SQL expressions; the executor turns the text back into a MillraceError. The expression has type `"NULL"`, so it fits any CASE branch.
 */
export function fail(condition: string, params: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(params).map(([k, sql]) => `'${k}', CAST(${sql} AS VARCHAR)`)
  return `error('${FAILURE}' || CAST(json_object('condition', '${condition}'${pairs.length > 0 ? ', ' : ''}${pairs.join(', ')}) AS VARCHAR))`
}
/** Marks a failure of ours inside a DuckDB error message; a JSON object follows. */
export const FAILURE = 'millrace-failure:'

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** A text literal. The character that marks holes in a statement is spelled out, so that no text of a person's looks like a hole. */
export const quoteText = (text: string): string =>
  text.includes('\u0001')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\u0001', '\\x01')}'`
    : `'${text.replaceAll("'", "''")}'`
