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
  /** Aliases under which Spark's automatic column name shows another name: `{ dateadd: 'date_add' }`. Other aliases show as written. */
  readonly shownAs?: Readonly<Record<string, string>>
  /** Result is null when any argument is (the usual case, default true); else the table says how. */
  readonly nullability?: 'any-argument' | 'never' | 'always' | 'all-arguments' | 'first-argument'
}

/** The first signature that takes the arguments without any cast wins; else the first whose arguments can be implicitly cast. */
export interface Signature {
  readonly args: readonly ArgumentType[]
  /** The last argument (or the last `repeat` together) may repeat, from `min` times. */
  readonly variadic?: { readonly min: number; readonly repeat?: number }
  /** How many trailing arguments may be left out. */
  readonly optional?: number
  /** SQL text of what stands for left-out trailing arguments, where Spark fills them in: analysis adds them, and the automatic column name shows them. */
  readonly defaults?: readonly string[]
  /** Types of the parameters of the lambda at `position`, from the types of the other arguments; a lambda may name fewer of them. */
  readonly lambdas?: (args: readonly DataType[], position: number) => readonly DataType[]
  /** Where Spark's automatic column name shows another function name, or only the first `args` arguments. */
  readonly shown?: { readonly name?: string; readonly args?: number }
  readonly returns: ResultRule
}
/**
 * What one argument may be: a kind or a class of types, or exactly the given type. `same:N`: argument and argument N take their common type;
 * `element:N`, `key:N`, `value:N`: as `same`, with the element (key, value) type of argument N, which is widened with it.
 */
export type ArgumentType =
  | DataType
  | DataType['kind']
  | 'any'
  | 'numeric'
  | 'integral'
  | 'fractional'
  | 'temporal'
  | 'ordered'
  | 'lambda'
  | 'interval'
  | `${'same' | 'element' | 'key' | 'value'}:${number}`
/** From the types of the arguments (after implicit casts), the values of those that are literals and the options to the result. `argN` = the type of that argument. */
export type ResultRule =
  | DataType
  | ((args: readonly DataType[], literals: readonly unknown[], options?: Readonly<Record<string, string>>) => DataType)
