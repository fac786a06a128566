import type { DataType } from '../types/index.ts'

/**
 * One row of the function table: the single place a function of the language is described. The API wrappers, the analysis, the docs and the
 * example tests come from it; how it runs is the engine's (`engine/embedded/lower/functions/`).
 */
export interface FunctionSpec {
  /** Spark's name, lower case; the API's name is its camelCase. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly kind: 'scalar' | 'aggregate' | 'window' | 'generator' | 'operator'
  readonly group: string
  readonly signatures: readonly Signature[]
  readonly doc: string
  /** `{ sql: "upper('a')" }`; the expected value is recorded from Spark in `test/golden/functions`. */
  readonly examples: readonly string[]
  /** False: depends on chance or the clock (rand, uuid, current_timestamp). Filters with it are not pushed down. */
  readonly deterministic?: boolean
  /** Result is null when any argument is (the usual case, default true); else the table says how. */
  readonly nullability?: 'any-argument' | 'never' | 'always' | 'all-arguments'
}

/** Argument types are matched in order; the first signature whose arguments can be implicitly cast wins. */
export interface Signature {
  readonly args: readonly ArgumentType[]
  /** The last argument may repeat (from `min` times). */
  readonly variadic?: { readonly min: number }
  /** How many trailing arguments may be left out. */
  readonly optional?: number
  readonly returns: ResultRule
}
/** What one argument may be. Strings name classes of types; a function decides by itself. */
export type ArgumentType = DataType['kind'] | 'any' | 'numeric' | 'integral' | 'fractional' | 'temporal' | 'ordered' | 'lambda' | 'interval'| `same:${number}`
/** From the types of the arguments (after implicit casts) to the result. `argN` = the type of that argument. */
export type ResultRule = DataType | ((args: readonly DataType[], literals: readonly unknown[]) => DataType)
