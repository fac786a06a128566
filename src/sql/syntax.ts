import type { Expression, Literal, LiteralValue, UnresolvedFunction } from '../plan/index.ts'
import { booleanType, type DataType, integerType, nullType, stringType } from '../types/index.ts'
import type { Cursor } from './cursor.ts'

/** The grammar's entries, given to the files of the room so that none has to import another in a circle. */
export interface Parser {
  readonly at: Cursor
  /** The session time zone: timestamps without a zone are read in it. */
  readonly timeZone: string
  /** A whole expression: `or`, `and`, `not`, predicates and all. */
  expression(): Expression
  /** An expression without `or`, `and`, `not` and predicates (Spark's valueExpression). */
  value(): Expression
  /** An expression that may have an alias. */
  named(): Expression
  /** A whole expression whose first operand is already read. */
  rest(left: Expression): Expression
}

/** Plan nodes, frozen. */
export const call = (functionName: string, ...args: readonly Expression[]): UnresolvedFunction =>
  Object.freeze({ kind: 'unresolvedFunction', functionName, arguments: Object.freeze([...args]) })
export const literal = (dataType: DataType, value: LiteralValue): Literal => Object.freeze({ kind: 'literal', dataType, value })
export const text = (value: string): Literal => literal(stringType, value)
export const truth = (value: boolean): Literal => literal(booleanType, value)
export const integer = (value: number): Literal => literal(integerType, value)
export const nothing: Literal = literal(nullType, null)
export const not = (e: Expression): Expression => call('not', e)
export const when = (condition: boolean, e: Expression): Expression => (condition ? not(e) : e)
export const node = <const N extends Expression>(n: N): N => Object.freeze(n)

/** A part of a column's name; dots and backticks inside are quoted, as `unparsedIdentifier` wants it. */
const part = (name: string): string => (/[.`]/.test(name) || name === '' ? `\`${name.replaceAll('`', '``')}\`` : name)
export const attribute = (...parts: readonly string[]): Expression =>
  node({ kind: 'unresolvedAttribute', unparsedIdentifier: parts.map(part).join('.') })
/** The parts of an `unparsedIdentifier`. */
export const nameParts = (identifier: string): string[] =>
  [...identifier.matchAll(/`((?:[^`]|``)*)`|[^.`]+/g)].map(m => (m[1] === undefined ? m[0] : m[1].replaceAll('``', '`')))
