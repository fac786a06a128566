import { type DataType, decimalType, doubleType, isIntegral, isNumeric, isString } from '../../types/index.ts'
import { commonType } from '../coercion/common-type.ts'
import { decimalFor } from '../coercion/decimal.ts'
import type { Typed } from '../resolved.ts'
import { castTo, constantOf } from './literal.ts'
import { mismatch, quotedType } from './mismatch.ts'

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', 'div', 'pmod', 'try_add', 'try_subtract', 'try_multiply', 'try_divide', 'try_mod'])
const COMPARISON = new Set(['==', '!=', '<', '<=', '>', '>=', '<=>'])
const LOGICAL = new Set(['and', 'or'])
const BITWISE = new Set(['&', '|', '^'])

export const isBinaryOperator = (fn: string): boolean => ARITHMETIC.has(fn) || COMPARISON.has(fn) || LOGICAL.has(fn) || BITWISE.has(fn)

/** What Spark casts before an operator looks at its arguments: strings to numbers, whole numbers to decimals, dates to timestamps. */
export function prepareOperands(fn: string, args: readonly Typed[]): readonly Typed[] {
  if (args.length !== 2 || !ARITHMETIC.has(fn)) return args
  const [a, b] = args as [Typed, Typed]
  return quotient(fn, a, b) ?? numeric(a, b) ?? withString(a, b) ?? withNull(fn, a, b) ?? temporal(fn, a, b) ?? args
}

/** `/` on numbers that are no decimals is a division of doubles. */
function quotient(fn: string, a: Typed, b: Typed): readonly Typed[] | undefined {
  if (fn !== '/' && fn !== 'try_divide') return undefined
  const plain = (t: DataType): boolean => (isNumeric(t) && t.kind !== 'decimal') || t.kind === 'null'
  return plain(a.dataType) && plain(b.dataType) ? [castTo(a, doubleType), castTo(b, doubleType)] : undefined
}

function numeric(a: Typed, b: Typed): readonly Typed[] | undefined {
  if (!isNumeric(a.dataType) || !isNumeric(b.dataType)) return undefined
  const decimals = a.dataType.kind === 'decimal' || b.dataType.kind === 'decimal'
  if (decimals) {
    const [x, y] = [asDecimal(a), asDecimal(b)]
    if (x && y) return [x, y]
  }
  const common = commonType(a.dataType, b.dataType)!
  return decimals || common.kind !== 'decimal' ? [castTo(a, common), castTo(b, common)] : [a, b]
}

/** A whole-number literal takes only the digits it has: `1` beside a decimal is decimal(1,0). */
function asDecimal(e: Typed): Typed | undefined {
  const value = isIntegral(e.dataType) ? constantOf(e) : undefined
  if (typeof value === 'number' || typeof value === 'bigint') return castTo(e, decimalType(String(value).replace('-', '').length, 0))
  const type = decimalFor(e.dataType)
  return type && castTo(e, type)
}

function withString(a: Typed, b: Typed): readonly Typed[] | undefined {
  if (!(isString(a.dataType) && isNumeric(b.dataType)) && !(isString(b.dataType) && isNumeric(a.dataType))) return undefined
  const common = commonType(a.dataType, b.dataType)!
  return [castTo(a, common), castTo(b, common)]
}

function withNull(fn: string, a: Typed, b: Typed): readonly Typed[] | undefined {
  if (a.dataType.kind === 'null' && b.dataType.kind === 'null') return undefined
  if (a.dataType.kind === 'null' && isNumeric(b.dataType)) return prepareOperands(fn, [castTo(a, b.dataType), b])
  if (b.dataType.kind === 'null' && isNumeric(a.dataType)) return prepareOperands(fn, [a, castTo(b, a.dataType)])
  return undefined
}

const MOMENTS = ['date', 'timestampNtz', 'timestamp']
const isMoment = (t: DataType): boolean => MOMENTS.includes(t.kind)
const isInterval = (t: DataType): boolean => t.kind === 'calendarInterval' || t.kind === 'yearMonthInterval' || t.kind === 'dayTimeInterval'

function temporal(fn: string, a: Typed, b: Typed): readonly Typed[] | undefined {
  const minus = fn === '-' || fn === 'try_subtract'
  if (minus && isMoment(a.dataType) && (isMoment(b.dataType) || isString(b.dataType))) return moments(a, b)
  if (minus && isString(a.dataType) && isMoment(b.dataType)) return moments(a, b)
  if (fn !== '+' && !minus) return undefined
  if (isString(a.dataType) && isInterval(b.dataType)) return [castTo(a, { kind: 'timestamp' }), b]
  if (fn === '+' && isInterval(a.dataType) && isString(b.dataType)) return [a, castTo(b, { kind: 'timestamp' })]
  if (a.dataType.kind === 'date' && smallInteger(b)) return [a, castTo(b, { kind: 'integer' })]
  if (fn === '+' && b.dataType.kind === 'date' && smallInteger(a)) return [castTo(a, { kind: 'integer' }), b]
  return undefined
}
const smallInteger = (e: Typed): boolean => e.dataType.kind === 'byte' || e.dataType.kind === 'short'

function moments(a: Typed, b: Typed): readonly Typed[] | undefined {
  const common = isString(a.dataType) ? b.dataType : isString(b.dataType) ? a.dataType : commonType(a.dataType, b.dataType)
  return common && [castTo(a, common), castTo(b, common)]
}

/** Two texts are not calculated with: no type says which number they are. */
export const isTextArithmetic = (fn: string, args: readonly (Typed | undefined)[]): boolean =>
  ARITHMETIC.has(fn) && args.length === 2 && args.every(a => a && isString(a.dataType))

/** Why an operator does not take its operands, as Spark says it. */
export function operatorMismatch(fn: string, args: readonly Typed[], shown: string): Error {
  const [a, b] = args as [Typed, Typed]
  const common = commonType(a.dataType, b.dataType)
  if (!common || COMPARISON.has(fn) || a.dataType.kind !== b.dataType.kind)
    return mismatch(
      'BINARY_OP_DIFF_TYPES',
      shown,
      `the left and right operands have types ${quotedType(a.dataType)} and ${quotedType(b.dataType)}, which do not go together`,
    )
  const wanted = LOGICAL.has(fn) ? 'BOOLEAN' : BITWISE.has(fn) ? 'INTEGRAL' : 'NUMERIC'
  return mismatch('BINARY_OP_WRONG_TYPE', shown, `the operator needs ${wanted}, not ${quotedType(a.dataType)}`)
}
