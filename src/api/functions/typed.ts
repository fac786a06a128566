import type { Expression } from '../../plan/index.ts'
import {
  type Decimal,
  type LocalTimestamp,
  type RowOfDdl,
  type Schema,
  type StructType,
  sqlName,
  type Timestamp,
} from '../../types/index.ts'
import { call, distinctCall } from '../build.ts'
import { Column, columnExpression, type SortColumn, toExpression } from '../column.ts'
import type { AnyColumn, ColumnOrName, MeanOf, Needs, Numeric, Ref, SumOf, ValueIn } from '../column-types.ts'
import { toLiteral } from '../literal.ts'
import { invoke } from './call.ts'

// ------------------------------------------------------------ aggregates

type Summed<A> = A extends string
  ? ValueIn<A> extends Ref<infer K>
    ? SumOf<K>
    : any
  : A extends Column<infer T, any, any>
    ? T extends Ref<infer K>
      ? SumOf<K>
      : 0 extends 1 & T
        ? any
        : T extends bigint | Decimal
          ? T
          : bigint | number
    : any
type Mean<A> = A extends string
  ? ValueIn<A> extends Ref<infer K>
    ? MeanOf<K>
    : any
  : A extends Column<infer T, any, any>
    ? T extends Ref<infer K>
      ? MeanOf<K>
      : T extends Decimal
        ? Decimal
        : number
    : any

/** The sum of a column; bigint for whole numbers. Null when there is no value. @example frame.groupBy('STATION').agg({ riders: sum('ENTRIES') }) */
export const sum = <const A extends ColumnOrName>(column: A): Column<Summed<A>, string, Needs<A, Numeric>> => invoke('sum', [column])
/** The mean; a double, or a decimal of a decimal. */
export const avg = <const A extends ColumnOrName>(column: A): Column<Mean<A>, string, Needs<A, Numeric>> => invoke('avg', [column])
export const mean = avg
/** How many rows (`count()`, `count('*')`), or how many values that are not null. */
export const count = <const A extends ColumnOrName = '*'>(column?: A): Column<bigint, string, Needs<A>> =>
  new Column(call('count', column === undefined || column === '*' ? toLiteral(1) : columnExpression(column)))
export const min = <const A extends ColumnOrName>(column: A): Column<ValueIn<A>, string, Needs<A>> => invoke('min', [column])
export const max = <const A extends ColumnOrName>(column: A): Column<ValueIn<A>, string, Needs<A>> => invoke('max', [column])
/** The first value that comes; with `ignoreNulls` the first that is not null. */
export const first = <const A extends ColumnOrName>(column: A, ignoreNulls = false): Column<ValueIn<A>, string, Needs<A>> =>
  invoke('first', ignoreNulls ? [column, true] : [column])
export const last = <const A extends ColumnOrName>(column: A, ignoreNulls = false): Column<ValueIn<A>, string, Needs<A>> =>
  invoke('last', ignoreNulls ? [column, true] : [column])
/** All values as an array; nulls are left out. */
export const collectList = <const A extends ColumnOrName>(column: A): Column<ValueIn<A>[], string, Needs<A>> =>
  invoke('collect_list', [column])
/** All different values as an array. */
export const collectSet = <const A extends ColumnOrName>(column: A): Column<ValueIn<A>[], string, Needs<A>> =>
  invoke('collect_set', [column])
/** How many different values. Not in streams: use `approxCountDistinct`. */
export const countDistinct = (...columns: readonly [ColumnOrName, ...ColumnOrName[]]): Column<bigint, string, any> =>
  new Column(distinctCall('count', ...columns.map(columnExpression)))
export const sumDistinct = <const A extends ColumnOrName>(column: A): Column<Summed<A>, string, Needs<A, Numeric>> =>
  new Column(distinctCall('sum', columnExpression(column)))
/** About how many different values, within `rsd` (default 5 %). */
export const approxCountDistinct = <const A extends ColumnOrName>(column: A, rsd?: number): Column<bigint, string, Needs<A>> =>
  invoke('approx_count_distinct', [column, rsd])
/** The value of `column` in the row where `by` is largest. */
export const maxBy = <const A extends ColumnOrName, const B extends ColumnOrName>(
  column: A,
  by: B,
): Column<ValueIn<A>, string, Needs<A> & Needs<B>> => invoke('max_by', [column, by])
export const minBy = <const A extends ColumnOrName, const B extends ColumnOrName>(
  column: A,
  by: B,
): Column<ValueIn<A>, string, Needs<A> & Needs<B>> => invoke('min_by', [column, by])

// ------------------------------------------------------------ time

type Time = Timestamp | LocalTimestamp
export interface TimeWindow {
  start: Timestamp
  end: Timestamp
}
/**
 * The windows of time a row falls in: tumbling, or sliding with `slide`; a struct with `start` and `end`.
 *
 * @example frame.withWatermark('TS', '5 minutes').groupBy(window('TS', '5 minutes'), 'STATION').count()
 */
export const window = <const A extends ColumnOrName>(
  time: A,
  duration: string,
  slide?: string,
  start?: string,
): Column<TimeWindow, 'window', Needs<A, Time>> =>
  invoke('window', [time, duration, slide ?? (start === undefined ? undefined : duration), start]) as never
/** Windows that last as long as rows follow each other within `gap`. */
export const sessionWindow = <const A extends ColumnOrName>(
  time: A,
  gap: string | AnyColumn,
): Column<TimeWindow, 'session_window', Needs<A, Time>> => invoke('session_window', [time, gap]) as never
/** The last moment of a window: its end less a microsecond. Keeps the watermark. */
export const windowTime = <const A extends ColumnOrName>(window: A): Column<Timestamp, string, Needs<A>> => invoke('window_time', [window])

// ------------------------------------------------------------ cases and structure

/** The first condition that holds gives the value; go on with `.when(…)` and `.otherwise(…)`. */
export const when = <R>(condition: Column<boolean | any, string, R>, value: unknown): Column<any, string, R> =>
  new Column(call('when', condition.expr, toExpression(value)))
/** The first value that is not null. */
export const coalesce = <const A extends readonly [ColumnOrName, ...ColumnOrName[]]>(...columns: A): Column<ValueIn<A[0]>, string, any> =>
  invoke('coalesce', columns)
/** Columns as one struct. */
export const struct = (...columns: readonly ColumnOrName[]): Column<any, string, any> => invoke('struct', columns)
/** Columns as an array. */
export const array = (...columns: readonly ColumnOrName[]): Column<any[], string, any> => invoke('array', columns)
/** Keys and values in turn as a map. */
export const createMap = (...columns: readonly ColumnOrName[]): Column<Map<any, any>, string, any> => invoke('map', columns)
export const not = <R>(condition: Column<boolean | any, string, R>): Column<boolean, string, R> => new Column(call('not', condition.expr))
type Element<T> = 0 extends 1 & T ? any : T extends readonly (infer E)[] ? E : any
/** A row for each element of an array, or each key and value of a map. Rows whose array is null or empty leave; `explodeOuter` keeps them. */
export const explode = <const A extends ColumnOrName>(column: A): Column<Element<ValueIn<A>>, string, Needs<A>> =>
  invoke('explode', [column])
export const explodeOuter = <const A extends ColumnOrName>(column: A): Column<Element<ValueIn<A>>, string, Needs<A>> =>
  invoke('explode_outer', [column])
export const asc = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).asc()
export const desc = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).desc()
export const ascNullsFirst = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).ascNullsFirst()
export const ascNullsLast = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).ascNullsLast()
export const descNullsFirst = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).descNullsFirst()
export const descNullsLast = (column: ColumnOrName): SortColumn => new Column(columnExpression(column)).descNullsLast()
/** A hint to copy the smaller side of a join to all workers; without effect here: there is one. */
export const broadcast = <F>(frame: F): F => frame

// ------------------------------------------------------------ json and csv

export type Options = Readonly<Record<string, string | number | boolean>>
export const optionsMap = (options: Options | undefined): Expression[] =>
  options && Object.keys(options).length > 0
    ? [call('map', ...Object.entries(options).flatMap(([k, v]) => [toLiteral(k), toLiteral(String(v))]))]
    : []
const schemaText = (schema: string | StructType | AnyColumn): Expression =>
  schema instanceof Column ? schema.expr : toLiteral(typeof schema === 'string' ? schema : sqlName(schema))
type RowOf<S> = S extends Schema<infer Row> ? Row : S extends string ? RowOfDdl<S> : any

/** JSON text as a struct of the given schema (a schema, or DDL). A text that is no JSON gives a struct of nulls; `mode: 'FAILFAST'` ends the query. */
export const fromJson = <const A extends ColumnOrName, const S extends string | StructType | AnyColumn>(
  column: A,
  schema: S,
  options?: Options,
): Column<RowOf<S>, string, Needs<A>> => new Column(call('from_json', columnExpression(column), schemaText(schema), ...optionsMap(options)))
export const toJson = <const A extends ColumnOrName>(column: A, options?: Options): Column<string, string, Needs<A>> =>
  new Column(call('to_json', columnExpression(column), ...optionsMap(options)))
/** A CSV line as a struct of the given schema. */
export const fromCsv = <const A extends ColumnOrName, const S extends string | StructType | AnyColumn>(
  column: A,
  schema: S,
  options?: Options,
): Column<RowOf<S>, string, Needs<A>> => new Column(call('from_csv', columnExpression(column), schemaText(schema), ...optionsMap(options)))
export const toCsv = <const A extends ColumnOrName>(column: A, options?: Options): Column<string, string, Needs<A>> =>
  new Column(call('to_csv', columnExpression(column), ...optionsMap(options)))

/** `typeof` of SQL: the name of a column's type. */
export const typeOf = <const A extends ColumnOrName>(column: A): Column<string, string, Needs<A>> => invoke('typeof', [column])
/** Chooses columns whose names match; in `select`. */
export const colRegex = (pattern: string): AnyColumn => new Column(Object.freeze({ kind: 'unresolvedRegex', colName: pattern }))
