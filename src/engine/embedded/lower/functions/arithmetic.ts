import type { TCall } from '../../../../analyze/resolved.ts'
import type { DataType } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type LowerContext } from '../context.ts'
import { bareOnceEach, isLiteral, onceEach } from '../once.ts'
import { duckType } from '../types.ts'
import { decimalDivide, decimalOperation, decimalQuotient } from './decimal-arithmetic.ts'
import { addInterval, divideInterval, scaleInterval, subtractTimes } from './interval-arithmetic.ts'

/** `ansi` fails where the result cannot be had, `try` gives null. */
export type Mode = 'ansi' | 'try'

const WIDER: Readonly<Record<string, string>> = { byte: 'SMALLINT', short: 'INTEGER', integer: 'BIGINT', long: 'HUGEINT' }

/**
 * Whole numbers: DuckDB's own operators fail on overflow, which `failures.ts` reads as ARITHMETIC_OVERFLOW;
 * under `try` the sum is made in the next wider type.
 */
function integral(op: '+' | '-' | '*', call: TCall, a: string, b: string, mode: Mode): string {
  if (mode === 'ansi') return `(${a} ${op} ${b})`
  return `TRY_CAST(CAST(${a} AS ${WIDER[call.dataType.kind]}) ${op} CAST(${b} AS ${WIDER[call.dataType.kind]}) AS ${duckType(call.dataType)})`
}

const isMoved = (t: DataType): boolean => t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestampNtz' || t.kind === 'time'
const isInterval = (t: DataType): boolean => t.kind === 'yearMonthInterval' || t.kind === 'dayTimeInterval' || t.kind === 'calendarInterval'

/** What may fail only through this operator is tried; arguments fail as ever, so they are computed outside. */
const tried = (mode: Mode, args: readonly string[], body: (...vs: string[]) => string): string =>
  mode === 'ansi' ? body(...args) : bareOnceEach(args, (...vs) => `TRY(${body(...vs)})`)

function numeric(op: '+' | '-' | '*', call: TCall, a: string, b: string, mode: Mode, ctx: LowerContext): string {
  const kind = call.dataType.kind
  if (kind === 'float' || kind === 'double') return `(${a} ${op} ${b})`
  if (kind === 'decimal') return decimalOperation(op, call, a, b, mode, ctx)
  return integral(op, call, a, b, mode)
}

export const plus =
  (mode: Mode): FunctionLowering =>
  (call, [a, b], ctx) => {
    const [left, right] = call.args.map(x => x.dataType) as [DataType, DataType]
    if (isMoved(left)) return tried(mode, [a!, b!], (x, y) => addInterval(x!, left, y!, right, call.dataType, '+', ctx))
    if (isMoved(right)) return tried(mode, [a!, b!], (x, y) => addInterval(y!, right, x!, left, call.dataType, '+', ctx))
    if (isInterval(left)) return tried(mode, [a!, b!], (x, y) => `(${x} + ${y})`)
    return numeric('+', call, a!, b!, mode, ctx)
  }

export const minus =
  (mode: Mode): FunctionLowering =>
  (call, [a, b], ctx) => {
    const [left, right] = call.args.map(x => x.dataType) as [DataType, DataType]
    if (isMoved(left) && isMoved(right)) return subtractTimes(a!, left, b!, right, ctx)
    if (isMoved(left)) return tried(mode, [a!, b!], (x, y) => addInterval(x!, left, y!, right, call.dataType, '-', ctx))
    if (isInterval(left)) return tried(mode, [a!, b!], (x, y) => `(${x} - ${y})`)
    return numeric('-', call, a!, b!, mode, ctx)
  }

export const times =
  (mode: Mode): FunctionLowering =>
  (call, [a, b], ctx) => {
    const [left, right] = call.args.map(x => x.dataType) as [DataType, DataType]
    if (isInterval(left)) return tried(mode, [a!, b!], (x, y) => scaleInterval(x!, left, y!, right))
    if (isInterval(right)) return tried(mode, [a!, b!], (x, y) => scaleInterval(y!, right, x!, left))
    return numeric('*', call, a!, b!, mode, ctx)
  }

const isNonZero = (sql: string): boolean => isLiteral(sql) && !sql.includes('NULL') && /[1-9]/.test(sql.replace(/ AS .*$/, ''))

/** `body` where the divisor is not zero; else a failure, or null under `try`. A null on either side is null. */
function guarded(a: string, b: string, mode: Mode, condition: string, body: (a: string, b: string) => string): string {
  if (isNonZero(b)) return body(a, b)
  const otherwise = mode === 'try' ? 'NULL' : fail(condition, {})
  return onceEach([a, b], (x, y) => `CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${otherwise} ELSE ${body(x!, y!)} END`)
}

export const divide =
  (mode: Mode): FunctionLowering =>
  (call, [a, b], ctx) => {
    const [left, right] = call.args.map(x => x.dataType) as [DataType, DataType]
    if (isInterval(left)) {
      return guarded(a!, b!, mode, 'INTERVAL_DIVIDED_BY_ZERO', (x, y) => tried(mode, [x, y], (v, w) => divideInterval(v!, left, w!, right)))
    }
    if (call.dataType.kind === 'decimal') return guarded(a!, b!, mode, 'DIVIDE_BY_ZERO', (x, y) => decimalDivide(call, x, y, mode, ctx))
    return guarded(a!, b!, mode, 'DIVIDE_BY_ZERO', (x, y) => `(${x} / ${y})`)
  }

export const integralDivide: FunctionLowering = (call, [a, b], ctx) => {
  const type = call.args[0]!.dataType
  if (isInterval(type)) return guarded(a!, b!, 'ansi', 'INTERVAL_DIVIDED_BY_ZERO', (x, y) => `CAST(${x} // ${y} AS BIGINT)`)
  if (type.kind === 'decimal') return guarded(a!, b!, 'ansi', 'DIVIDE_BY_ZERO', (x, y) => decimalQuotient(call, x, y, ctx))
  return guarded(a!, b!, 'ansi', 'DIVIDE_BY_ZERO', (x, y) => `(${x} // ${y})`)
}

export const remainder =
  (mode: Mode): FunctionLowering =>
  (call, [a, b], ctx) =>
    guarded(a!, b!, mode, 'REMAINDER_BY_ZERO', (x, y) => remainderOf(call.dataType, call, x, y, ctx))

/** The sign is the dividend's. The smallest number % -1 overflows in DuckDB and is 0 in Spark. */
export function remainderOf(type: DataType, call: TCall, a: string, b: string, ctx: LowerContext): string {
  if (type.kind === 'decimal') return decimalOperation('%', call, a, b, 'ansi', ctx)
  if (type.kind === 'float' || type.kind === 'double' || (isLiteral(b) && !b.includes('-'))) return `(${a} % ${b})`
  return `(${a} % CASE WHEN ${b} = -1 THEN CAST(1 AS ${duckType(type)}) ELSE ${b} END)`
}
