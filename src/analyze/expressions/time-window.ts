import { MillraceError } from '../../errors/index.ts'
import type { Expression, UnresolvedFunction } from '../../plan/index.ts'
import {
  type DataType,
  dayTimeIntervalType,
  field,
  type IntervalParts,
  isString,
  MICROS_PER_DAY,
  parseInterval,
  structType,
  timestampType,
} from '../../types/index.ts'
import type { TCall, Typed } from '../resolved.ts'
import { constantValue } from './constant.ts'
import { getField } from './extract.ts'
import { castTo, constantOf, longLiteral, typedLiteral } from './literal.ts'
import { mismatch, quotedType } from './mismatch.ts'
import { resolve, type Scope } from './scope.ts'
import { shownName } from './shown.ts'

/** An interval given as text, with the error Spark gives. */
export function intervalOf(text: string): IntervalParts {
  const parts = parseInterval(text)
  if (!parts) throw new MillraceError('CANNOT_PARSE_INTERVAL', { text })
  return parts
}

/** A length without months, in micros. */
function fixedLength(e: Expression, name: string, scope: Scope): bigint {
  const value = constantValue(e, scope)
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(value)
  if (value === undefined || value === null) throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: 'window', argument: name })
  const parts = typeof value === 'string' ? intervalOf(value) : (value as IntervalParts)
  if (parts.months !== 0) throw new MillraceError('INTERVAL_WITH_MONTHS', { text: typeof value === 'string' ? value : name })
  return BigInt(parts.days) * MICROS_PER_DAY + parts.micros
}

/** `window(time, duration[, slide[, start]])` stands as a call of four until its relation makes a column of it (`time-windows.ts`). */
export function resolveWindow(e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction): Typed {
  const [time, duration, slide, start] = e.arguments
  if (!time || !duration || e.arguments.length > 4)
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'window', expected: '2 to 4', actual: e.arguments.length })
  const length = fixedLength(duration, 'windowDuration', scope)
  const step = slide ? fixedLength(slide, 'slideDuration', scope) : length
  const offset = start ? fixedLength(start, 'startTime', scope) : 0n
  checkLengths(length, step, offset, shownName(written, scope))
  const at = timeOf(resolve(time, scope), scope, () => shownName(written, scope))
  return {
    node: 'call',
    fn: 'window',
    args: [at, longLiteral(length), longLiteral(step), longLiteral(offset)],
    dataType: windowType(at.dataType),
    nullable: false,
  }
}

const windowType = (t: DataType): DataType => structType([field('start', t), field('end', t)])

function checkLengths(length: bigint, slide: bigint, start: bigint, shown: string): void {
  for (const [name, value] of [
    ['window_duration', length],
    ['slide_duration', slide],
  ] as const)
    if (value <= 0n) throw mismatch('VALUE_OUT_OF_RANGE', shown, `the ${name} must be greater than 0, got ${value} microseconds`)
  if (slide > length)
    throw mismatch(
      'PARAMETER_CONSTRAINT_VIOLATION',
      shown,
      `the slide_duration (${slide} microseconds) must be <= the window_duration (${length})`,
    )
  if ((start < 0n ? -start : start) >= slide)
    throw mismatch(
      'PARAMETER_CONSTRAINT_VIOLATION',
      shown,
      `the abs(start_time) (${start} microseconds) must be < the slide_duration (${slide})`,
    )
}

/** The time a window is made of: a timestamp, or the time of another window. */
function timeOf(e: Typed, scope: Scope, shown: () => string): Typed {
  if (isWindowStruct(e.dataType)) return windowTime(e, scope)
  if (e.dataType.kind === 'timestamp' || e.dataType.kind === 'timestampNtz') return e
  if (isString(e.dataType) || e.dataType.kind === 'date' || e.dataType.kind === 'null') return castTo(e, timestampType)
  throw mismatch('UNEXPECTED_INPUT_TYPE', shown(), `the time must be "TIMESTAMP", not ${quotedType(e.dataType)}`)
}
const isWindowStruct = (t: DataType): boolean =>
  t.kind === 'struct' &&
  t.fields.length === 2 &&
  t.fields[0]!.name === 'start' &&
  t.fields[1]!.name === 'end' &&
  t.fields[1]!.dataType.kind.startsWith('timestamp')

/** `session_window(time, gap)`: the gap may depend on the row. */
export function resolveSessionWindow(e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction): Typed {
  const [time, gap] = e.arguments
  if (!time || !gap || e.arguments.length > 2)
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'session_window', expected: '2', actual: e.arguments.length })
  const at = timeOf(resolve(time, scope), scope, () => shownName(written, scope))
  const length = gapOf(resolve(gap, scope), () => shownName(written, scope))
  return { node: 'call', fn: 'session_window', args: [at, length], dataType: windowType(at.dataType), nullable: false }
}

function gapOf(e: Typed, shown: () => string): Typed {
  const value = constantOf(e)
  if (typeof value === 'string') {
    const parts = intervalOf(value)
    if (parts.months !== 0) throw new MillraceError('INTERVAL_WITH_MONTHS', { text: value })
    return typedLiteral(BigInt(parts.days) * MICROS_PER_DAY + parts.micros, dayTimeIntervalType())
  }
  if (isString(e.dataType)) return castTo(e, { kind: 'calendarInterval' })
  if (e.dataType.kind === 'calendarInterval' || e.dataType.kind === 'dayTimeInterval') return e
  throw mismatch('UNEXPECTED_INPUT_TYPE', shown(), `the gap must be an interval, not ${quotedType(e.dataType)}`)
}

/** `window_time(w)`: the last microsecond of the window. */
export function resolveWindowTime(e: UnresolvedFunction, scope: Scope): Typed {
  if (e.arguments.length !== 1)
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'window_time', expected: '1', actual: e.arguments.length })
  return windowTime(resolve(e.arguments[0]!, scope), scope)
}

function windowTime(window: Typed, scope: Scope): Typed {
  const column = window.node === 'attribute' ? scope.columns.find(c => c.id === window.id) : undefined
  if (!column?.timeWindow && !isWindowCall(window))
    throw new MillraceError('NOT_A_TIME_WINDOW', { column: window.node === 'attribute' ? window.name : 'this expression' })
  const end = getField(window, 'end')
  const micro = typedLiteral(1n, dayTimeIntervalType())
  return { node: 'call', fn: '-', args: [end, micro], dataType: end.dataType, nullable: end.nullable }
}

export const isWindowCall = (e: Typed): e is TCall => e.node === 'call' && (e.fn === 'window' || e.fn === 'session_window')

/** The window column whose `window_time()` this is: the mark of the watermark passes on. */
export function windowTimeOf(e: Typed): Typed | undefined {
  if (e.node !== 'call' || e.fn !== '-' || e.args[0]?.node !== 'getField' || e.args[0].field !== 'end') return undefined
  const micro = e.args[1]
  return micro?.node === 'literal' && micro.value === 1n && micro.dataType.kind === 'dayTimeInterval' ? e.args[0].child : undefined
}
