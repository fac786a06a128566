import { MillraceError } from '../errors/index.ts'
import type { Join, JoinType } from '../plan/index.ts'
import { type Flat, parseInterval } from '../types/index.ts'
import { alias } from './build.ts'
import { Column, type ColumnOf, type SortColumn } from './column.ts'
import type {
  AnyColumn,
  ColumnCallback,
  Columns,
  ColumnValue,
  OneColumn,
  OpenRow,
  Selectable,
  SelectRow,
  Temporal,
  WithColumn,
} from './column-types.ts'
import type { DataFrame } from './data-frame.ts'
import { FrameBase, type FrameState } from './frame-base.ts'
import { GroupedData, type Keys } from './grouped-data.ts'
import { toSortOrder } from './window-spec.ts'

type Condition<Row> = string | ColumnOf<Row, boolean> | ((columns: Columns<Row>) => Column<boolean, string, any>)
/** Names of columns that hold a time. */
export type TimeName<Row> = 0 extends 1 & Row
  ? string
  : { [K in keyof Row & string]: Row[K] extends Temporal ? K : never }[keyof Row & string]
type Watermarked<S extends FrameState, K extends string> = {
  readonly streaming: S['streaming']
  readonly watermark: S['watermark'] | K
  readonly grouped: S['grouped']
}
type Name<Row> = 0 extends 1 & Row ? string : keyof Row & string
export type JoinName =
  | 'inner'
  | 'cross'
  | 'outer'
  | 'full'
  | 'fullouter'
  | 'full_outer'
  | 'left'
  | 'leftouter'
  | 'left_outer'
  | 'right'
  | 'rightouter'
  | 'right_outer'
  | 'semi'
  | 'leftsemi'
  | 'left_semi'
  | 'anti'
  | 'leftanti'
  | 'left_anti'
type Narrow = 'semi' | 'leftsemi' | 'left_semi' | 'anti' | 'leftanti' | 'left_anti'
type Joined<Row, Other, H extends string> = 0 extends 1 & Row
  ? OpenRow
  : 0 extends 1 & Other
    ? OpenRow
    : H extends Narrow
      ? Row
      : Flat<Row & Omit<Other, keyof Row>>
/** Joined with a stream on either side, the result is a stream; with a table that may be one (`session.table`), it may be one. */
type Either<S extends FrameState, O extends FrameState> = 0 extends 1 & S
  ? true extends Known<O>
    ? O
    : any
  : 0 extends 1 & O
    ? true extends Known<S>
      ? S
      : any
    : {
        readonly streaming: true extends S['streaming'] | O['streaming'] ? true : false
        readonly watermark: S['watermark'] | O['watermark']
        readonly grouped: S['grouped']
      }
/** True for what is a stream for certain. */
type Known<S extends FrameState> = 0 extends 1 & S ? false : S['streaming']

const JOINS: Readonly<Record<string, JoinType>> = {
  inner: 'JOIN_TYPE_INNER',
  cross: 'JOIN_TYPE_CROSS',
  outer: 'JOIN_TYPE_FULL_OUTER',
  full: 'JOIN_TYPE_FULL_OUTER',
  fullouter: 'JOIN_TYPE_FULL_OUTER',
  left: 'JOIN_TYPE_LEFT_OUTER',
  leftouter: 'JOIN_TYPE_LEFT_OUTER',
  right: 'JOIN_TYPE_RIGHT_OUTER',
  rightouter: 'JOIN_TYPE_RIGHT_OUTER',
  semi: 'JOIN_TYPE_LEFT_SEMI',
  leftsemi: 'JOIN_TYPE_LEFT_SEMI',
  anti: 'JOIN_TYPE_LEFT_ANTI',
  leftanti: 'JOIN_TYPE_LEFT_ANTI',
}

/** Steps from one frame to the next: columns, rows, groups, joins. */
export class FrameTransform<Row, S extends FrameState> extends FrameBase {
  // ------------------------------------------------------------ columns
  /**
   * Columns by name, by `col`, by callback, or computed (Spark's `Dataset.select`).
   * @throws UNRESOLVED_COLUMN with "did you mean"
   * @example frame.select('CA', c => c.ENTRIES.plus(1).as('next'), '*')
   */
  select<const A extends readonly Selectable<Row>[]>(...columns: A): DataFrame<SelectRow<Row, A>, S> {
    return this.derive({ kind: 'project', input: this.plan, expressions: this.expressions(columns as never) }, 'select')
  }
  /**
   * Columns as SQL text, parsed at once.
   * @throws PARSE_SYNTAX_ERROR with a caret
   * @example frame.selectExpr('CA', 'ENTRIES + 1 AS next')
   */
  selectExpr(...sql: readonly string[]): DataFrame<OpenRow, S> {
    return this.derive({ kind: 'project', input: this.plan, expressions: sql.map(text => this.parse(text)) }, 'selectExpr')
  }
  /**
   * Adds a column, or replaces the one of that name in its place.
   * @example frame.withColumn('RIDERS', c => c.ENTRIES.plus(c.EXITS))
   */
  withColumn<const N extends string, const C extends ColumnOf<Row> | ColumnCallback<Row>>(
    name: N,
    column: C,
  ): DataFrame<WithColumn<Row, N, ColumnValue<C, Row>>, S> {
    return this.derive({ kind: 'withColumns', input: this.plan, aliases: [alias(this.expression(column as never), name)] }, 'withColumn')
  }
  /**
   * Adds or replaces several; none of them sees another.
   * @example frame.withColumns({ next: c => c.ENTRIES.plus(1), UNIT: lit('R051') })
   */
  withColumns<const C extends Readonly<Record<string, ColumnOf<Row> | ColumnCallback<Row>>>>(
    columns: C,
  ): DataFrame<
    0 extends 1 & Row ? OpenRow : string extends keyof C ? OpenRow : Flat<Omit<Row, keyof C> & { [K in keyof C]: ColumnValue<C[K], Row> }>,
    S
  > {
    const aliases = Object.entries(columns).map(([name, c]) => alias(this.expression(c as never), name))
    return this.derive({ kind: 'withColumns', input: this.plan, aliases }, 'withColumns')
  }
  /**
   * The column under another name; one that does not exist is no error, as in Spark.
   * @example frame.withColumnRenamed('CA', 'booth')
   */
  withColumnRenamed<const K extends Name<Row>, const N extends string>(
    from: K,
    to: N,
  ): DataFrame<
    0 extends 1 & Row ? OpenRow : string extends N ? OpenRow : Flat<Omit<Row, K> & { [P in N]: K extends keyof Row ? Row[K] : any }>,
    S
  > {
    return this.derive({ kind: 'withColumnsRenamed', input: this.plan, renames: [{ colName: from, newColName: to }] }, 'withColumnRenamed')
  }
  withColumnsRenamed(names: { readonly [K in Name<Row>]?: string }): DataFrame<OpenRow, S> {
    const renames = Object.entries(names as Record<string, string>).map(([colName, newColName]) => ({ colName, newColName }))
    return this.derive({ kind: 'withColumnsRenamed', input: this.plan, renames }, 'withColumnsRenamed')
  }
  /**
   * Without these columns; names that do not exist are fine, as in Spark.
   * @example frame.drop('address', 'CA')
   */
  drop<const K extends Name<Row>>(...columns: readonly (K | AnyColumn)[]): DataFrame<0 extends 1 & Row ? OpenRow : Flat<Omit<Row, K>>, S> {
    const columnNames = columns.filter(c => typeof c === 'string') as string[]
    const others = columns.filter((c): c is AnyColumn => c instanceof Column).map(c => c.expr)
    return this.derive({ kind: 'drop', input: this.plan, columnNames, ...(others.length > 0 && { columns: others }) }, 'drop')
  }
  /** All columns renamed by position. */
  toDF(...columnNames: readonly string[]): DataFrame<OpenRow, S> {
    return this.derive({ kind: 'toDf', input: this.plan, columnNames }, 'toDF')
  }
  /** A name for the frame, so that `col('a.x')` finds its columns in a join. */
  alias(name: string): DataFrame<Row, S> {
    return this.derive({ kind: 'subqueryAlias', input: this.plan, alias: name }, 'alias')
  }
  as(name: string): DataFrame<Row, S> {
    return this.alias(name)
  }
  /** A column of this frame. */
  col<const K extends Name<Row>>(name: K): Column<K extends keyof Row ? Row[K] : any, K, any> {
    return this.columnOf(name) as never
  }

  // ------------------------------------------------------------ rows
  /**
   * Rows for which the condition is true (not null): SQL text, a column, or a callback.
   * @example frame.where("ENTRIES > 0 AND STATION <> 'END'")
   */
  where(condition: Condition<Row>): DataFrame<Row, S> {
    return this.derive(
      {
        kind: 'filter',
        input: this.plan,
        condition: typeof condition === 'string' ? this.parse(condition) : this.expression(condition as never),
      },
      'where',
    )
  }
  /**
   * The same as `where`.
   * @example frame.filter(c => c.ENTRIES.gt(0))
   */
  filter(condition: Condition<Row>): DataFrame<Row, S> {
    return this.where(condition)
  }
  /**
   * Each row once. On a stream this keeps every row it has seen: prefer `dropDuplicates` with a watermarked column.
   * @example frame.select('STATION').distinct()
   */
  distinct(): DataFrame<Row, S> {
    return this.derive({ kind: 'deduplicate', input: this.plan, allColumnsAsKeys: true }, 'distinct')
  }
  /**
   * The first row of each combination of values of the columns (of all without any). In a stream, put a watermarked column among them to
   * bound the state; what was left out is `duplicates` in foreachBatch.
   * @example stream.withWatermark('TS', '5 minutes').dropDuplicates(['STATION', 'TS'])
   */
  dropDuplicates(...columns: readonly Name<Row>[] | readonly [readonly Name<Row>[]]): DataFrame<Row, S> {
    return this.#deduplicate(columns.flat() as string[], 'dropDuplicates')
  }
  /** Duplicates that come within the watermark's delay of each other. */
  dropDuplicatesWithinWatermark(...columns: readonly Name<Row>[] | readonly [readonly Name<Row>[]]): DataFrame<Row, S> {
    return this.#deduplicate(columns.flat() as string[], 'dropDuplicatesWithinWatermark', true)
  }
  #deduplicate(columnNames: readonly string[], step: string, withinWatermark?: true): DataFrame<Row, S> {
    const keys = columnNames.length > 0 ? { columnNames } : { allColumnsAsKeys: true }
    return this.derive({ kind: 'deduplicate', input: this.plan, ...keys, ...(withinWatermark && { withinWatermark }) }, step)
  }
  /**
   * Sorted rows; nulls first when ascending, last when descending, as in Spark. On a stream only in complete mode, above an aggregate.
   * @example frame.orderBy(desc('ENTRIES'), 'STATION')
   */
  orderBy(...columns: readonly (OneColumn<Row> | SortColumn)[]): DataFrame<Row, S> {
    return this.derive(
      { kind: 'sort', input: this.plan, order: this.expressions(columns as never).map(e => toSortOrder(new Column(e))), isGlobal: true },
      'orderBy',
    )
  }
  sort(...columns: readonly (OneColumn<Row> | SortColumn)[]): DataFrame<Row, S> {
    return this.orderBy(...columns)
  }
  /**
   * The first `n` rows. On a stream in append mode: `n` rows in all, over every batch.
   * @example frame.orderBy('TS').limit(10)
   */
  limit(n: number): DataFrame<Row, S> {
    return this.derive({ kind: 'limit', input: this.plan, limit: wholeNumber('limit', n) }, 'limit')
  }
  offset(n: number): DataFrame<Row, S> {
    return this.derive({ kind: 'offset', input: this.plan, offset: wholeNumber('offset', n) }, 'offset')
  }
  /**
   * Says how late rows may come, by the values of an event-time column (a timestamp). What comes later than `delay` behind the latest time seen
   * is dropped by windows and deduplication, counted in `numRowsDroppedByWatermark`, and handed over as `late` in foreachBatch.
   * @param delay an interval such as `5 minutes` or `1 hour 30 seconds`
   * @throws EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE
   * @example stream.withWatermark('TS', '5 minutes').groupBy(window('TS', '5 minutes')).count()
   */
  withWatermark<const K extends TimeName<Row>>(eventTime: K, delay: string): DataFrame<Row, Watermarked<S, K>> {
    if (!parseInterval(delay))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'withWatermark', value: delay, expected: 'a delay such as "5 minutes"' })
    return this.derive({ kind: 'withWatermark', input: this.plan, eventTime, delayThreshold: delay }, 'withWatermark')
  }
  /** Hands the frame to a function: `frame.transform(withRiders).transform(perStation)`. */
  transform<F, Args extends readonly unknown[]>(step: (frame: DataFrame<Row, S>, ...args: Args) => F, ...args: Args): F {
    this.context.tracker.used(this.plan)
    return step(this as unknown as DataFrame<Row, S>, ...args)
  }

  // ------------------------------------------------------------ groups
  /**
   * Groups rows by columns; null is a group of its own. Follow it with `count()`, `agg(…)`, `sum('x')` and their like.
   * @example frame.groupBy(window('TS', '5 minutes'), 'STATION').agg({ riders: sum('ENTRIES') })
   */
  groupBy<const A extends readonly (OneColumn<Row> | AnyWindow<Row>)[]>(...columns: A): GroupedData<Row, S, Keys<A>> {
    return this.#group('GROUP_TYPE_GROUPBY', columns)
  }
  /** Groups of all prefixes of the columns, down to none: subtotals. */
  rollup<const A extends readonly OneColumn<Row>[]>(...columns: A): GroupedData<Row, S, Keys<A>> {
    return this.#group('GROUP_TYPE_ROLLUP', columns)
  }
  /** Groups of all combinations of the columns. */
  cube<const A extends readonly OneColumn<Row>[]>(...columns: A): GroupedData<Row, S, Keys<A>> {
    return this.#group('GROUP_TYPE_CUBE', columns)
  }
  #group(groupType: 'GROUP_TYPE_GROUPBY' | 'GROUP_TYPE_ROLLUP' | 'GROUP_TYPE_CUBE', columns: readonly unknown[]): never {
    return new GroupedData({
      input: this.plan,
      groupType,
      keys: this.expressions(columns as never),
      expression: c => this.expression(c),
      columns: () => this.schemaNow(),
      derive: (step, name) => this.derive(step, name),
    }) as never
  }
  /** Aggregates over all rows: `agg({ n: count() })`, `agg(sum('x').as('y'), …)`. */
  get agg(): GroupedData<Row, S, readonly []>['agg'] {
    const grouped = this.groupBy()
    return grouped.agg.bind(grouped) as never
  }

  // ------------------------------------------------------------ two frames
  /**
   * Joins on columns both have (`'CA'`, `['CA', 'UNIT']`: each once in the result) or on a condition. Null matches nothing but by `eqNullSafe`.
   * A stream joins a static frame, which is read once at each start.
   * @param how inner (default), left, right, full, semi, anti, cross
   * @example stream.join(frame.select('STATION', 'address'), 'STATION', 'left')
   */
  join<Other, O extends FrameState, const H extends JoinName = 'inner'>(
    other: DataFrame<Other, O>,
    on?: (Name<Row> & Name<Other>) | readonly (Name<Row> & Name<Other>)[] | Column<boolean, string, any>,
    how?: H,
  ): DataFrame<Joined<Row, Other, H>, Either<S, O>> {
    const type = JOINS[(how ?? 'inner').toLowerCase().replaceAll('_', '')]
    if (!type) throw new MillraceError('INVALID_ARGUMENT', { name: 'how', value: how, expected: `one of ${Object.keys(JOINS).join(', ')}` })
    return this.derive({ kind: 'join', left: this.plan, right: other.plan, joinType: type, ...joinOn(on as never) }, 'join', other)
  }
  crossJoin<Other, O extends FrameState>(other: DataFrame<Other, O>): DataFrame<Joined<Row, Other, 'cross'>, Either<S, O>> {
    return this.join(other, undefined, 'cross') as never
  }
  /**
   * Rows of both, by position of the columns; duplicates stay (SQL's UNION ALL).
   * @throws NUM_COLUMNS_MISMATCH
   * @example frame.union(frame)
   */
  union<O extends FrameState>(other: DataFrame<any, O>): DataFrame<Row, Either<S, O>> {
    return this.#set('SET_OP_TYPE_UNION', other, 'union', { isAll: true })
  }
  unionAll<O extends FrameState>(other: DataFrame<any, O>): DataFrame<Row, Either<S, O>> {
    return this.union(other)
  }
  /** Rows of both, by name of the columns. */
  unionByName<Other, O extends FrameState>(
    other: DataFrame<Other, O>,
    options: { readonly allowMissingColumns?: boolean } = {},
  ): DataFrame<0 extends 1 & Row ? OpenRow : Flat<Row & Omit<Other, keyof Row>>, Either<S, O>> {
    return this.#set('SET_OP_TYPE_UNION', other, 'unionByName', {
      isAll: true,
      byName: true,
      ...(options.allowMissingColumns && { allowMissingColumns: true }),
    })
  }
  intersect(other: DataFrame<any, any>): DataFrame<Row, S> {
    return this.#set('SET_OP_TYPE_INTERSECT', other, 'intersect', {})
  }
  intersectAll(other: DataFrame<any, any>): DataFrame<Row, S> {
    return this.#set('SET_OP_TYPE_INTERSECT', other, 'intersectAll', { isAll: true })
  }
  except(other: DataFrame<any, any>): DataFrame<Row, S> {
    return this.#set('SET_OP_TYPE_EXCEPT', other, 'except', {})
  }
  subtract(other: DataFrame<any, any>): DataFrame<Row, S> {
    return this.except(other)
  }
  exceptAll(other: DataFrame<any, any>): DataFrame<Row, S> {
    return this.#set('SET_OP_TYPE_EXCEPT', other, 'exceptAll', { isAll: true })
  }
  #set<F>(
    setOpType: 'SET_OP_TYPE_UNION' | 'SET_OP_TYPE_INTERSECT' | 'SET_OP_TYPE_EXCEPT',
    other: FrameBase,
    step: string,
    rest: object,
  ): F {
    return this.derive({ kind: 'setOp', leftInput: this.plan, rightInput: other.plan, setOpType, ...rest }, step, other)
  }
}

type AnyWindow<Row> = ColumnOf<Row, any, 'window' | 'session_window'>

function joinOn(on: string | readonly string[] | AnyColumn | undefined): Pick<Join, 'joinCondition' | 'usingColumns'> {
  if (on === undefined) return {}
  if (on instanceof Column) return { joinCondition: on.expr }
  return { usingColumns: Object.freeze([on].flat() as string[]) }
}

function wholeNumber(name: string, n: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 31 - 1)
    throw new MillraceError('INVALID_ARGUMENT', { name, value: n, expected: 'a whole number from 0 up' })
  return n
}
