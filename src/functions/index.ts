import { AGGREGATE, WINDOW_FUNCTIONS } from './aggregate.ts'
import { ARRAY, COLLECTION } from './array.ts'
import { AVRO_FUNCTIONS } from './avro.ts'
import { CONDITIONAL } from './conditional.ts'
import { DATETIME } from './datetime.ts'
import type { FunctionSpec } from './function.ts'
import { GENERATOR } from './generator.ts'
import { HASH } from './hash.ts'
import { CSV_FUNCTIONS, JSON_FUNCTIONS } from './json.ts'
import { LAMBDA } from './lambda.ts'
import { MAP, STRUCT } from './map.ts'
import { BITWISE, MATH } from './math.ts'
import { MISC } from './misc.ts'
import { OPERATORS } from './operators.ts'
import { PREDICATE } from './predicate.ts'
import { REGEX } from './regex.ts'
import { STRING } from './string.ts'
import { URL_FUNCTIONS } from './url.ts'

export { CONSTANT_ARGUMENTS } from './constant-arguments.ts'
export type { ArgumentType, FunctionSpec, ResultRule, Signature } from './function.ts'

const GROUPS: readonly (readonly FunctionSpec[])[] = [
  AGGREGATE,
  WINDOW_FUNCTIONS,
  ARRAY,
  COLLECTION,
  DATETIME,
  GENERATOR,
  JSON_FUNCTIONS,
  CSV_FUNCTIONS,
  AVRO_FUNCTIONS,
  LAMBDA,
  MAP,
  STRUCT,
  REGEX,
  OPERATORS,
  MATH,
  BITWISE,
  STRING,
  PREDICATE,
  CONDITIONAL,
  HASH,
  MISC,
  URL_FUNCTIONS,
]

/** Every function and operator by its name and by each alias. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map(
  GROUPS.flatMap(group => group.flatMap(spec => [spec.name, ...(spec.aliases ?? [])].map(name => [name, spec] as const))),
)

/** A function by name or alias; case does not count. */
export const findFunction = (name: string): FunctionSpec | undefined => FUNCTIONS.get(name.toLowerCase())
