import { MillraceError } from '../errors/index.ts'
import { type Expression, type SortOrder, type UnresolvedNamedLambdaVariable, walkExpression } from '../plan/index.ts'
import { parseExpression, printExpression } from '../sql/index.ts'
import { type DataType, parseDataType, type ValueOf } from '../types/index.ts'
import { alias, call, cast, extract, named, sortOrder } from './build.ts'
import type { AnyColumn, ColumnOrName, Comparable, NameIn, Needs, OnlyBoolean, OnlyNumeric, OnlyText } from './column-types.ts'
import { toLiteral } from './literal.ts'
import type { WindowSpec } from './window-spec.ts'

declare const shape: unique symbol
/** A column that finds what it needs in such a row: all a frame asks of a column, so that the compiler says in a line what does not fit. */
export interface ColumnOf<Row, T = any, N extends string = string> {
  readonly [shape]: { readonly value: T; readonly name: N; readonly needs: (row: Row) => void }
}

type NeedsOf<O> = O extends Column<any, any, infer R> ? R : unknown
type Num = Column<any, string, any> | number | bigint

/**
 * An expression over the columns of a frame. `T` is the type of its values, `N` its name where it is known,
 * `R` what a row must have for it. Made by `col`, `lit`, the functions, and callbacks (`c => c.ENTRIES`).
 *
 * @example
 * frame.select('CA', c => c.ENTRIES.plus(1).as('next'), col('TS').cast('date').as('day'))
 */
export class Column<T = any, N extends string = string, R = any> {
  declare readonly [shape]: { readonly value: T; readonly name: N; readonly needs: (row: R) => void }
  /** The plan's expression: data only. */
  readonly expr: Expression

  constructor(expr: Expression) {
    this.expr = expr
  }

  // ------------------------------------------------------------ arithmetic
  plus<O extends Num | AnyColumn>(this: Column<T, N, R> & OnlyNumeric<T>, other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('+', this as AnyColumn, other)
  }
  minus<O extends Num | AnyColumn>(this: Column<T, N, R> & OnlyNumeric<T>, other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('-', this as AnyColumn, other)
  }
  times<O extends Num | AnyColumn>(this: Column<T, N, R> & OnlyNumeric<T>, other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('*', this as AnyColumn, other)
  }
  /** Division as in Spark: whole numbers give a double. Division by zero ends the query; `tryDivide` gives null. */
  divide<O extends Num | AnyColumn>(this: Column<T, N, R> & OnlyNumeric<T>, other: O): Column<any, string, R & NeedsOf<O>> {
    return binary('/', this as AnyColumn, other)
  }
  mod<O extends Num | AnyColumn>(this: Column<T, N, R> & OnlyNumeric<T>, other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('%', this as AnyColumn, other)
  }
  negate(this: Column<T, N, R> & OnlyNumeric<T>): Column<T, string, R> {
    return new Column(call('negative', (this as AnyColumn).expr))
  }
  bitwiseAnd<O>(other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('&', this, other)
  }
  bitwiseOr<O>(other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('|', this, other)
  }
  bitwiseXor<O>(other: O): Column<T, string, R & NeedsOf<O>> {
    return binary('^', this, other)
  }

  // ------------------------------------------------------------ comparison
  /**
   * Equal; null where either is null. Types are checked: `eq('1')` on a number does not compile.
   * @example frame.where(col('STATION').eq('59 ST'))
   */
  eq<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('==', this, other)
  }
  neq<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return new Column(call('not', binary('==', this, other).expr))
  }
  gt<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('>', this, other)
  }
  geq<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('>=', this, other)
  }
  lt<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('<', this, other)
  }
  leq<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('<=', this, other)
  }
  /** Equal where null equals null: never null itself. */
  eqNullSafe<O extends Comparable<T> | AnyColumn>(other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('<=>', this, other)
  }
  /**
   * From `lower` to `upper`, both included.
   * @example frame.where(c => c.ENTRIES.between(1, 100))
   */
  between<A extends Comparable<T> | AnyColumn, B extends Comparable<T> | AnyColumn>(
    lower: A,
    upper: B,
  ): Column<boolean, string, R & NeedsOf<A> & NeedsOf<B>> {
    return new Column(call('and', binary('>=', this, lower).expr, binary('<=', this, upper).expr))
  }
  /**
   * One of these values; null for null.
   * @example frame.where(c => c.STATION.isin('59 ST', 'CANAL'))
   */
  isin<const V extends readonly (Comparable<T> | AnyColumn)[]>(...values: V | [V]): Column<boolean, string, R> {
    const list = values.length === 1 && Array.isArray(values[0]) ? values[0] : values
    return new Column(call('in', this.expr, ...(list as readonly unknown[]).map(toExpression)))
  }

  // ------------------------------------------------------------ conditions
  and<O extends Column<boolean | any, string, any> | boolean>(
    this: Column<T, N, R> & OnlyBoolean<T>,
    other: O,
  ): Column<boolean, string, R & NeedsOf<O>> {
    return binary('and', this as AnyColumn, other)
  }
  or<O extends Column<boolean | any, string, any> | boolean>(
    this: Column<T, N, R> & OnlyBoolean<T>,
    other: O,
  ): Column<boolean, string, R & NeedsOf<O>> {
    return binary('or', this as AnyColumn, other)
  }
  not(this: Column<T, N, R> & OnlyBoolean<T>): Column<boolean, string, R> {
    return new Column(call('not', (this as AnyColumn).expr))
  }
  isNull(): Column<boolean, string, R> {
    return new Column(call('isNull', this.expr))
  }
  isNotNull(): Column<boolean, string, R> {
    return new Column(call('isNotNull', this.expr))
  }
  isNaN(): Column<boolean, string, R> {
    return new Column(call('isNaN', this.expr))
  }

  // ------------------------------------------------------------ text
  /**
   * SQL's LIKE: `%` any text, `_` one character; a backslash escapes.
   * @example frame.where(c => c.STATION.like('%ST'))
   */
  like(this: Column<T, N, R> & OnlyText<T>, pattern: string): Column<boolean, string, R> {
    return binary('like', this as AnyColumn, pattern)
  }
  ilike(this: Column<T, N, R> & OnlyText<T>, pattern: string): Column<boolean, string, R> {
    return binary('ilike', this as AnyColumn, pattern)
  }
  /** Does a Java regular expression match some part? */
  rlike(this: Column<T, N, R> & OnlyText<T>, pattern: string): Column<boolean, string, R> {
    return binary('rlike', this as AnyColumn, pattern)
  }
  contains<O extends string | AnyColumn>(this: Column<T, N, R> & OnlyText<T>, other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('contains', this as AnyColumn, other)
  }
  startsWith<O extends string | AnyColumn>(this: Column<T, N, R> & OnlyText<T>, other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('startswith', this as AnyColumn, other)
  }
  endsWith<O extends string | AnyColumn>(this: Column<T, N, R> & OnlyText<T>, other: O): Column<boolean, string, R & NeedsOf<O>> {
    return binary('endswith', this as AnyColumn, other)
  }
  /** Characters from `start` (1 = the first) on. */
  substr(this: Column<T, N, R> & OnlyText<T>, start: number | AnyColumn, length: number | AnyColumn): Column<string, string, R> {
    return new Column(call('substr', (this as AnyColumn).expr, toExpression(start), toExpression(length)))
  }

  // ------------------------------------------------------------ parts
  /**
   * An element of an array (from 0) or the value of a map's key. Beyond the end the query ends with INVALID_ARRAY_INDEX, as in Spark 4;
   * the function `get` gives null. A missing key is null.
   * @example frame.select(split('address', ' ').getItem(0).as('number'))
   */
  getItem(key: string | number | bigint | AnyColumn): Column<any, string, R> {
    return new Column(extract(this.expr, toExpression(key)))
  }
  /** A field of a struct. */
  getField<const F extends string>(name: F): Column<T extends { readonly [K in F]: infer V } ? V : any, F, R> {
    return new Column(extract(this.expr, toLiteral(name)))
  }
  withField(name: string, value: AnyColumn | unknown): Column<any, N, R> {
    return new Column(
      Object.freeze({ kind: 'updateFields', structExpression: this.expr, fieldName: name, valueExpression: toExpression(value) }),
    )
  }
  dropFields(...names: readonly string[]): Column<any, N, R> {
    return new Column(
      names.reduce<Expression>(
        (structExpression, fieldName) => Object.freeze({ kind: 'updateFields', structExpression, fieldName }),
        this.expr,
      ),
    )
  }

  // ------------------------------------------------------------ names and types
  /** Names the column. Several names for a generator that gives several columns. */
  as<const A extends string>(name: A): Column<T, A, R>
  as(...names: readonly [string, string, ...string[]]): Column<any, string, R>
  as(...names: readonly string[]): Column<any, any, R> {
    return new Column(alias(this.expr, ...names))
  }
  alias<const A extends string>(name: A): Column<T, A, R> {
    return new Column(alias(this.expr, name))
  }
  name<const A extends string>(name: A): Column<T, A, R> {
    return new Column(alias(this.expr, name))
  }
  /** To another type, by name or DDL (`'int'`, `'decimal(10,2)'`). A value that does not fit ends the query; `tryCast` gives null. */
  cast<const D extends string>(type: D | DataType): Column<string extends D ? any : ValueOf<D>, N, R> {
    return new Column(cast(this.expr, checkedType(type)))
  }
  tryCast<const D extends string>(type: D | DataType): Column<string extends D ? any : ValueOf<D>, N, R> {
    return new Column(cast(this.expr, checkedType(type), 'EVAL_MODE_TRY'))
  }

  // ------------------------------------------------------------ cases
  /** Goes on after `when(condition, value)`. */
  when(condition: Column<boolean | any, string, any>, value: unknown): Column<any, string, R> {
    const branches = caseOf(this.expr)
    if (branches.length % 2 === 1) throw new MillraceError('INVALID_WHEN_USAGE', { what: 'when() after otherwise()' })
    return new Column(call('when', ...branches, condition.expr, toExpression(value)))
  }
  /** The value where no condition holds; without it the value is null. */
  otherwise(value: unknown): Column<any, string, R> {
    const branches = caseOf(this.expr)
    if (branches.length % 2 === 1) throw new MillraceError('INVALID_WHEN_USAGE', { what: 'otherwise() twice' })
    return new Column(call('when', ...branches, toExpression(value)))
  }

  // ------------------------------------------------------------ order
  asc(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'asc'))
  }
  desc(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'desc'))
  }
  ascNullsFirst(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'asc', 'first'))
  }
  ascNullsLast(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'asc', 'last'))
  }
  descNullsFirst(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'desc', 'first'))
  }
  descNullsLast(): SortColumn {
    return new SortColumn(sortOrder(this.expr, 'desc', 'last'))
  }
  /** Over a window of rows; batch only. */
  over(window: WindowSpec): Column<T, string, any> {
    return new Column(window.over(this.expr))
  }

  /** As Spark shows it: `(ENTRIES + 1)`. */
  toString(): string {
    return printExpression(this.expr)
  }
  toJSON(): string {
    return `Column<'${this}'>`
  }
}

/** A column with a direction, for `orderBy`. */
export class SortColumn extends Column<any, string, any> {
  declare readonly expr: SortOrder
}

const binary = (name: string, left: AnyColumn, right: unknown): AnyColumn => new Column(call(name, left.expr, toExpression(right)))

function caseOf(e: Expression): readonly Expression[] {
  if (e.kind === 'unresolvedFunction' && e.functionName === 'when') return e.arguments
  throw new MillraceError('INVALID_WHEN_USAGE', { what: 'when() or otherwise() on a column that is no case' })
}

/** A type's text is read at once, so that a misspelt type is refused where it is written. */
function checkedType(type: string | DataType): string | DataType {
  if (typeof type === 'string') parseDataType(type)
  return type
}

/** A column's expression; anything else is a literal. */
export const toExpression = (value: unknown): Expression => (value instanceof Column ? value.expr : toLiteral(value))
/** A column's expression; a text is a column's name. */
export const columnExpression = (column: ColumnOrName): Expression => (column instanceof Column ? column.expr : named(column))

/**
 * A column of whichever frame it is used with, by name. `a.b` reaches into structs; names with dots stand in backticks.
 *
 * @example frame.where(col('ENTRIES').gt(0))
 */
export const col = <const K extends string>(name: K): Column<RefValue<K>, NameIn<K> extends K ? NameIn<K> : string, Needs<K>> =>
  new Column(named(name)) as never
type RefValue<K extends string> = import('./column-types.ts').ValueIn<K>
export const column = col
/** A constant. A column is handed back as it is. */
export const lit = <const V>(value: V): Column<V extends AnyColumn ? any : Widen<V>, string, unknown> =>
  (value instanceof Column ? value : new Column(toLiteral(value))) as never
type Widen<V> = V extends string ? string : V extends number ? number : V extends boolean ? boolean : V extends bigint ? bigint : V
/** SQL text as a column: `expr('ENTRIES + 1')`, `expr("CAST(x AS int) AS y")`. Parsed at once. @throws PARSE_SYNTAX_ERROR */
export const expr = (sql: string): Column<any, string, any> => {
  const parsed = parseExpression(sql)
  return new Column(readsZone(parsed) ? { kind: 'expressionString', expression: sql } : parsed)
}
/** A timestamp without a zone means the session's, which is known only where the column meets a frame. */
const readsZone = (e: Expression): boolean => [...walkExpression(e)].some(x => x.kind === 'literal' && x.dataType.kind === 'timestamp')

/** The lambda of `transform(col, x => x.plus(1))` and its like, as Spark names its parameters. */
export function lambda(fn: (...args: any[]) => AnyColumn): Expression {
  const parameters = ['x', 'y', 'z'].slice(0, Math.max(fn.length, 1)).map((name): UnresolvedNamedLambdaVariable => {
    lambdas += 1
    return Object.freeze({ kind: 'unresolvedNamedLambdaVariable', nameParts: Object.freeze([`${name}_${lambdas}`]) })
  })
  const body = fn(...parameters.map(p => new Column(p)))
  return Object.freeze({ kind: 'lambdaFunction', function: toExpression(body), arguments: Object.freeze(parameters) })
}
let lambdas = 0
