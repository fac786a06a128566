import { MillraceError } from '../errors/index.ts'
import type { Aggregate, Expression, Literal, Relation } from '../plan/index.ts'
import { type Flat, isNumeric, type StructType } from '../types/index.ts'
import { alias, call, named } from './build.ts'
import { Column, type ColumnOf } from './column.ts'
import type { AnyColumn, ColumnValue, Numeric, OpenRow, Resolve, SelectRow } from './column-types.ts'
import type { DataFrame } from './data-frame.ts'
import type { ColumnLike, FrameState, Step } from './frame-base.ts'
import { toLiteral } from './literal.ts'

/** The keys as given, for the types of the result. */
export type Keys<A extends readonly unknown[]> = A

/** Which of the keys could close a group: a watermarked name, or a window (of any time: the frame has checked it). Others are not known. */
type Closes<K, S extends FrameState> = K extends S['watermark']
  ? true
  : K extends string
    ? false
    : K extends Column<any, infer N, any>
      ? N extends 'window' | 'session_window'
        ? [S['watermark']] extends [never]
          ? false
          : true
        : true
      : true
type Bounded<K extends readonly unknown[], S extends FrameState> = true extends Closes<K[number], S> ? 'bounded' : 'unbounded'
type After<S extends FrameState, K extends readonly unknown[]> = {
  readonly streaming: S['streaming']
  readonly watermark: S['watermark'] | (Bounded<K, S> extends 'bounded' ? 'window' : never)
  readonly grouped: S['streaming'] extends true ? Bounded<K, S> : 'no'
}
type KeyRow<Row, K extends readonly unknown[]> = K extends readonly [] ? {} : SelectRow<Row, K>
type Aggregated<Row, K extends readonly unknown[], Added> = 0 extends 1 & Row
  ? OpenRow
  : 0 extends 1 & KeyRow<Row, K>
    ? OpenRow
    : 0 extends 1 & Added
      ? OpenRow
      : Flat<KeyRow<Row, K> & Added>
type NumericName<Row> = 0 extends 1 & Row
  ? string
  : { [K in keyof Row & string]: Row[K] extends Numeric | null ? K : never }[keyof Row & string]
type Added<Row, C> = { -readonly [K in keyof C]: C[K] extends string ? any : ColumnValue<C[K], Row> }
type ListAdded<Row, A extends readonly unknown[]> = {
  [I in keyof A]: A[I] extends Column<any, infer N, any> ? (string extends N ? 'open' : N) : 'open'
}[number] extends infer N
  ? 'open' extends N
    ? OpenRow
    : { [C in A[number] as C extends Column<any, infer M, any> ? M : never]: C extends Column<infer T, any, any> ? Resolve<T, Row> : any }
  : never

interface Grouping {
  readonly input: Relation
  readonly groupType: Aggregate['groupType']
  readonly keys: readonly Expression[]
  readonly pivot?: Aggregate['pivot']
  readonly expression: (column: ColumnLike) => Expression
  readonly columns: () => StructType | undefined
  readonly derive: (step: Step, name: string) => unknown
}

/** Rows in groups: say what each group gives. Made by `groupBy`, `rollup`, `cube`. */
export class GroupedData<Row, S extends FrameState, K extends readonly unknown[]> {
  readonly #grouping: Grouping

  constructor(grouping: Grouping) {
    this.#grouping = grouping
  }

  /**
   * `agg({ riders: sum('ENTRIES'), n: count() })` names the results; `agg(sum('ENTRIES').as('riders'), …)` is the list form;
   * `agg({ ENTRIES: 'sum' })` is Spark's short form and gives `sum(ENTRIES)`.
   */
  agg<const C extends Readonly<Record<string, ColumnOf<Row>>>>(columns: C): DataFrame<Aggregated<Row, K, Added<Row, C>>, After<S, K>>
  agg<const A extends readonly [ColumnOf<Row>, ...ColumnOf<Row>[]]>(
    ...columns: A
  ): DataFrame<Aggregated<Row, K, ListAdded<Row, A>>, After<S, K>>
  agg(columns: { readonly [N in (0 extends 1 & Row ? string : keyof Row & string) | '*']?: string }): DataFrame<OpenRow, After<S, K>>
  agg(first: object, ...more: readonly AnyColumn[]): DataFrame<any, any> {
    const aggregates =
      first instanceof Column ? [first, ...more].map(c => c.expr) : Object.entries(first).map(([name, c]) => aggregate(name, c))
    if (aggregates.length === 0)
      throw new MillraceError('INVALID_ARGUMENT', { name: 'agg', value: '{}', expected: 'at least one aggregate' })
    return this.#derive(aggregates, 'agg')
  }
  /**
   * Rows in each group, as a column `count` (bigint).
   * @example frame.groupBy('STATION').count()
   */
  count(): DataFrame<Aggregated<Row, K, { count: bigint }>, After<S, K>> {
    return this.#derive([alias(call('count', toLiteral(1)), 'count')], 'count')
  }
  /**
   * Sums, as `sum(x)`: whole numbers give bigint, null where all are null; without names of all numeric columns.
   * @example frame.groupBy('STATION').sum('ENTRIES', 'EXITS')
   */
  sum(...columns: readonly NumericName<Row>[]): DataFrame<OpenRow, After<S, K>> {
    return this.#each('sum', columns)
  }
  avg(...columns: readonly NumericName<Row>[]): DataFrame<OpenRow, After<S, K>> {
    return this.#each('avg', columns)
  }
  mean(...columns: readonly NumericName<Row>[]): DataFrame<OpenRow, After<S, K>> {
    return this.#each('avg', columns)
  }
  min(...columns: readonly NumericName<Row>[]): DataFrame<OpenRow, After<S, K>> {
    return this.#each('min', columns)
  }
  max(...columns: readonly NumericName<Row>[]): DataFrame<OpenRow, After<S, K>> {
    return this.#each('max', columns)
  }
  /**
   * A column for each value of `column`; batch only. Naming the values spares a pass over the rows.
   * @example frame.groupBy('CA').pivot('STATION', ['59 ST', 'CANAL']).sum('ENTRIES')
   */
  pivot(column: string | AnyColumn, values?: readonly unknown[]): GroupedData<Row, S, any> {
    const col = this.#grouping.expression(column)
    const pivot = Object.freeze({ col, ...(values && { values: values.map((v): Literal => toLiteral(v)) }) })
    return new GroupedData({ ...this.#grouping, groupType: 'GROUP_TYPE_PIVOT', pivot })
  }

  #each(fn: string, columns: readonly string[]): DataFrame<any, any> {
    const names = columns.length > 0 ? columns : this.#numeric(fn)
    return this.#derive(
      names.map(n => call(fn, named(n))),
      fn,
    )
  }
  #numeric(fn: string): readonly string[] {
    const schema = this.#grouping.columns()
    if (!schema)
      throw new MillraceError('INVALID_ARGUMENT', {
        name: fn,
        value: [],
        expected: 'column names, because the columns are not known before the source is read',
      })
    const keys = new Set(this.#grouping.keys.flatMap(k => (k.kind === 'unresolvedAttribute' ? [k.unparsedIdentifier] : [])))
    return schema.fields.filter(f => isNumeric(f.dataType) && !keys.has(f.name)).map(f => f.name)
  }
  #derive(aggregateExpressions: readonly Expression[], name: string): DataFrame<any, any> {
    const { input, groupType, keys, pivot } = this.#grouping
    return this.#grouping.derive(
      { kind: 'aggregate', input, groupType, groupingExpressions: keys, aggregateExpressions, ...(pivot && { pivot }) },
      name,
    ) as never
  }
}

/** An entry of the object form: a column gets the name; a text is a function over the column of that name. */
function aggregate(name: string, column: unknown): Expression {
  if (column instanceof Column) return alias(column.expr, name)
  if (typeof column !== 'string')
    throw new MillraceError('INVALID_ARGUMENT', { name: `agg.${name}`, value: column, expected: 'an aggregate such as sum("x")' })
  return call(column.toLowerCase(), name === '*' ? toLiteral(1) : named(name))
}
