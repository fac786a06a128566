import type { Decimal } from './decimal.ts'
import type { Interval } from './interval-value.ts'
import type { LocalDate } from './local-date.ts'
import type { LocalTimestamp } from './local-timestamp.ts'
import type { Schema } from './schema.ts'
import type { Timestamp } from './timestamp.ts'

/** Shows the fields of a type in editors instead of how it was made. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** The JS value of a row for a type's name, lower case. */
interface NamedTypes {
  boolean: boolean
  tinyint: number
  byte: number
  smallint: number
  short: number
  int: number
  integer: number
  bigint: bigint
  long: bigint
  float: number
  real: number
  double: number
  date: LocalDate
  timestamp: Timestamp
  timestamp_ltz: Timestamp
  timestamp_ntz: LocalTimestamp
  string: string
  binary: Uint8Array
  void: null
  interval: Interval
  variant: any
  decimal: Decimal
  dec: Decimal
  numeric: Decimal
  char: string
  character: string
  varchar: string
  time: bigint
}

type Trim<S extends string> = S extends ` ${infer R}` | `\n${infer R}` | `\t${infer R}`
  ? Trim<R>
  : S extends `${infer R} ` | `${infer R}\n` | `${infer R}\t`
    ? Trim<R>
    : S

type Count<S extends string, C extends string, N extends 1[] = []> = S extends `${string}${C}${infer R}`
  ? Count<R, C, [...N, 1]>
  : N['length']
type Balanced<S extends string> = Count<S, '<'> extends Count<S, '>'> ? (Count<S, '('> extends Count<S, ')'> ? true : false) : false

/** Cuts at the commas that stand inside no brackets. */
type Split<S extends string, Done extends string[] = [], Part extends string = ''> = S extends `${infer H},${infer T}`
  ? Balanced<`${Part}${H}`> extends true
    ? Split<T, [...Done, `${Part}${H}`]>
    : Split<T, Done, `${Part}${H},`>
  : [...Done, `${Part}${S}`]

/** The type that stands first in `bigint NOT NULL COMMENT 'x'`. Brackets end in the last `>` before such words. */
type Head<S extends string> = S extends `${infer A} COMMENT ${string}`
  ? Head<A>
  : S extends `${infer A} comment ${string}`
    ? Head<A>
    : S extends `${infer A} NOT NULL${string}`
      ? Trim<A>
      : S extends `${infer A} not null${string}`
        ? Trim<A>
        : Trim<S>

/** From the text of a type to the value of a row; `unknown` where TypeScript cannot tell. */
export type ValueOf<S extends string> =
  Lowercase<S> extends keyof NamedTypes
    ? NamedTypes[Lowercase<S>]
    : S extends `${infer Name}<${infer Inner}`
      ? Nested<Trim<Lowercase<Name>>, Inner>
      : S extends `${infer Name}(${string}`
        ? Trim<Lowercase<Name>> extends keyof NamedTypes
          ? NamedTypes[Trim<Lowercase<Name>>]
          : unknown
        : Lowercase<S> extends `interval ${string}`
          ? Interval
          : Lowercase<S> extends 'timestamp without time zone'
            ? LocalTimestamp
            : unknown

type Nested<Name extends string, Inner extends string> =
  Trim<Inner> extends `${infer Body}>`
    ? Name extends 'array'
      ? ValueOf<Trim<Body>>[]
      : Name extends 'map'
        ? Split<Body> extends [infer K extends string, infer V extends string]
          ? Map<ValueOf<Trim<K>>, ValueOf<Trim<V>>>
          : unknown
        : Name extends 'struct'
          ? Flat<Fields<Split<Body>>>
          : unknown
    : unknown

/** `name type …`, `name: type …` or `` `a name` type `` to its name and the text of its type. */
type Pair<S extends string> =
  Trim<S> extends `\`${infer N}\`${infer T}`
    ? [N, Head<StripColon<T>>]
    : Trim<S> extends `${infer A}:${infer T}`
      ? A extends `${string}${' ' | '<' | '('}${string}`
        ? Spaced<Trim<S>>
        : [Trim<A>, Head<T>]
      : Spaced<Trim<S>>
type Spaced<S extends string> = S extends `${infer N} ${infer T}`
  ? [N, Head<StripColon<T>>]
  : S extends `${infer N}\n${infer T}`
    ? [N, Head<T>]
    : [S, '']
type StripColon<S extends string> = Trim<S> extends `:${infer T}` ? T : S

type Fields<Parts extends readonly string[]> = { [P in Parts[number] as Pair<P>[0] & string]: ValueOf<Pair<P>[1] & string> }

/**
 * The row type of a DDL literal: `'CA string, fare decimal(10,2), tags array<string>'` gives `{ CA: string; fare: Decimal; tags: string[] }`.
 * A text known only at run time gives an open row, whose names are checked when the plan is.
 */
export type RowOfDdl<S extends string> = string extends S ? any : Trim<S> extends `{${string}` ? any : Flat<Fields<Split<S>>>

/** What the values of `schema({ … })` may be: a type's name, a nested object (a struct), another schema. */
export type SchemaShape = { readonly [name: string]: string | Schema<any> | SchemaShape }
export type RowOfShape<T> = Flat<{
  -readonly [K in keyof T]: T[K] extends string ? ValueOf<Head<T[K]>> : T[K] extends Schema<infer Row> ? Row : RowOfShape<T[K]>
}>
