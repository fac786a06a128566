import type { Decimal, Flat, Interval, LocalDate, LocalTimestamp, Timestamp } from '../types/index.ts'
import type { Column, ColumnOf } from './column.ts'

declare const ref: unique symbol
/** Stands for the value of a column that only the frame knows: looked up in its row type when the two meet. */
export interface Ref<K extends string> {
  readonly [ref]: K
}
declare const total: unique symbol
/** The sum of such a column: bigint for whole numbers, number for doubles, Decimal for decimals. */
export interface SumOf<K extends string> {
  readonly [total]: K
}
declare const mean: unique symbol
export interface MeanOf<K extends string> {
  readonly [mean]: K
}

export type AnyColumn = Column<any, string, any>
/** Where a column is wanted: a column, or its name. */
export type ColumnOrName = AnyColumn | string

export type Numeric = number | bigint | Decimal
export type Temporal = Timestamp | LocalTimestamp
type Arithmetic = Numeric | Interval | Timestamp | LocalTimestamp | LocalDate | null

type Unknowable<T> = 0 extends 1 & T ? true : T extends Ref<string> | SumOf<string> | MeanOf<string> ? true : false
/** For `this:` of arithmetic: a string column has no `plus`. */
export type OnlyNumeric<T> =
  Unknowable<T> extends true ? unknown : T extends Arithmetic ? unknown : 'arithmetic needs a number: cast it first'
export type OnlyText<T> =
  Unknowable<T> extends true ? unknown : T extends string | Uint8Array | null ? unknown : 'this needs a text column: cast it first'
export type OnlyBoolean<T> = Unknowable<T> extends true ? unknown : T extends boolean | null ? unknown : 'and, or, not need a condition'

/** What a value of type T may be compared with. */
export type Comparable<T> =
  Unknowable<T> extends true
    ? unknown
    : T extends string
      ? string | null
      : T extends Numeric
        ? Numeric | null
        : T extends Date | LocalTimestamp | LocalDate
          ? Date | LocalTimestamp | LocalDate | string | null
          : T | null

/** Names that say nothing at compile time: run-time strings, `a.b`, `*`, backticks. */
type Opaque<N extends string> = string extends N ? true : N extends '*' | `${string}.${string}` | `\`${string}` ? true : false
/** What a row must have for a column of this name to be found: nothing where the name is not known yet. */
export type Needs<A, V = any> =
  A extends Column<any, any, infer R> ? R : A extends string ? (Opaque<A> extends true ? unknown : { readonly [K in A]: V }) : unknown
/** The value a column argument stands for. */
export type ValueIn<A> = A extends Column<infer T, any, any> ? T : A extends string ? (Opaque<A> extends true ? any : Ref<A>) : any
export type NameIn<A> = A extends string ? (Opaque<A> extends true ? string : A) : string

type Summed<V> = 0 extends 1 & V
  ? any
  : V extends bigint
    ? bigint
    : V extends Decimal
      ? Decimal
      : V extends Interval
        ? Interval
        : bigint | number
type Mean<V> = 0 extends 1 & V ? any : V extends Decimal ? Decimal : V extends Interval ? Interval : number

/** The value type once the row is known. */
export type Resolve<T, Row> = 0 extends 1 & T
  ? any
  : T extends Ref<infer K>
    ? K extends keyof Row
      ? Row[K]
      : any
    : T extends SumOf<infer K>
      ? K extends keyof Row
        ? Summed<Row[K]>
        : any
      : T extends MeanOf<infer K>
        ? K extends keyof Row
          ? Mean<Row[K]>
          : any
        : T extends readonly (infer E)[]
          ? E extends Ref<string>
            ? Resolve<E, Row>[]
            : T
          : T

type Struct<V> = V extends Temporal | LocalDate | Decimal | Interval | Uint8Array | Date | Map<any, any> | readonly any[]
  ? false
  : V extends object
    ? true
    : false
type FieldColumns<V, R> = Struct<V> extends true ? { readonly [F in keyof V & string]: Column<V[F], F, R> } : unknown
/** The frame's columns for callbacks: `c => c.ENTRIES.plus(1)`; a struct's fields stand on it, `c => c.window.end`. */
export type Columns<Row> = 0 extends 1 & Row
  ? { readonly [name: string]: any }
  : { readonly [K in keyof Row & string]: Column<Row[K], K, unknown> & FieldColumns<Row[K], unknown> }
export type ColumnCallback<Row, T = any> = (columns: Columns<Row>) => Column<T, string, any>

/** Names a frame takes as text: its columns, `*`, and paths into structs. */
export type NameOf<Row> = 0 extends 1 & Row ? string : (keyof Row & string) | '*' | `${keyof Row & string}.${string}`
export type Selectable<Row> = NameOf<Row> | ColumnOf<Row> | ColumnCallback<Row>
/** One column of a frame: its name, a column, or a callback. */
export type OneColumn<Row> =
  | (0 extends 1 & Row ? string : (keyof Row & string) | `${keyof Row & string}.${string}`)
  | ColumnOf<Row>
  | ColumnCallback<Row>

/** A row that says nothing about its columns: names are checked when the plan is. */
export type OpenRow = any

/** `[name, value]` of a selected thing, or 'open' where TypeScript cannot tell. */
type Entry<A, Row> = A extends '*'
  ? { [K in keyof Row & string]: [K, Row[K]] }[keyof Row & string]
  : A extends keyof Row & string
    ? [A, Row[A]]
    : A extends `${infer H}.${infer F}`
      ? H extends keyof Row
        ? PathEntry<Row[H], F>
        : 'open'
      : A extends Column<infer T, infer N, any>
        ? string extends N
          ? 'open'
          : [N, Resolve<T, Row>]
        : A extends (...args: any) => Column<infer T, infer N, any>
          ? string extends N
            ? 'open'
            : [N, Resolve<T, Row>]
          : 'open'
type PathEntry<V, F extends string> = F extends '*'
  ? { [K in keyof V & string]: [K, V[K]] }[keyof V & string]
  : F extends keyof V
    ? [F, V[F]]
    : 'open'
type FromEntries<E> = 'open' extends E
  ? OpenRow
  : Flat<{ [P in E as P extends readonly [infer K extends string, any] ? K : never]: P extends readonly [any, infer V] ? V : never }>
/** The row that `select(...args)` gives. */
export type SelectRow<Row, A extends readonly unknown[]> = 0 extends 1 & Row
  ? OpenRow
  : FromEntries<{ [I in keyof A]: Entry<A[I], Row> }[number]>
/** The row with one column added or replaced. */
export type WithColumn<Row, N extends string, V> = 0 extends 1 & Row
  ? OpenRow
  : string extends N
    ? OpenRow
    : Flat<Omit<Row, N> & { [K in N]: V }>
export type ColumnValue<A, Row> =
  A extends Column<infer T, any, any>
    ? Resolve<T, Row>
    : A extends (...args: any) => Column<infer T, any, any>
      ? Resolve<T, Row>
      : A extends keyof Row
        ? Row[A]
        : any
/** An argument of a function: a column, a column's name (or a text, where the function takes one), a constant, or a lambda. */
export type Argument =
  | AnyColumn
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Decimal
  | Interval
  | LocalDate
  | LocalTimestamp
  | readonly unknown[]
  | ((...columns: any[]) => AnyColumn)
