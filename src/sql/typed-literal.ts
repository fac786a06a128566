import type { Expression, Literal } from '../plan/index.ts'
import {
  binaryType,
  dateType,
  daysOf,
  dayTimeIntervalType,
  fromWallMicros,
  timestampNtzType,
  timestampType,
  timeType,
  ymdOf,
} from '../types/index.ts'
import type { Cursor } from './cursor.ts'
import { typedInterval } from './interval-literal.ts'
import { call, integer, literal, type Parser } from './syntax.ts'
import type { Token } from './tokenizer.ts'

type Typed = (p: Parser, start: Token, value: string) => Expression

/** `DATE '…'` and its like, by the word in front of the string. */
const TYPES: Readonly<Record<string, Typed>> = {
  date: (p, start, value) =>
    special(value, DAYS) ?? literal(dateType, days(value) ?? invalid(p.at, start, 'date', value, "DATE '2024-01-06'")),
  timestamp: (p, start, value) => instant(p, start, value),
  timestamp_ltz: (p, start, value) => instant(p, start, value),
  timestamp_ntz: ({ at }, start, value) =>
    special(value, WALL_CLOCKS) ??
    literal(timestampNtzType, wall(value)?.micros ?? invalid(at, start, 'timestamp_ntz', value, "TIMESTAMP_NTZ '2024-01-06 04:00:00'")),
  time: ({ at }, start, value) => literal(timeType(), timeOfDay(value) ?? invalid(at, start, 'time', value, "TIME '04:00:00'")),
  interval: ({ at }, start, value) => typedInterval(at, start, value),
  x: ({ at }, start, value) => bytes(at, start, value),
}

/** A word and a string behind it. */
export function typedLiteral(p: Parser): Expression {
  const word = p.at.next()
  const { text: value } = p.at.next()
  const type = TYPES[word.text.toLowerCase()]
  return type ? type(p, word, value) : p.at.refuse('UNSUPPORTED_TYPED_LITERAL', { typeName: word.text }, word)
}

const invalid = (at: Cursor, start: Token, typeName: string, value: string, example: string): never =>
  at.refuse('INVALID_TYPED_LITERAL', { typeName, value: `'${value}'`, example }, start)

const MICROS_PER_DAY = 86_400_000_000n

/** Texts that name a moment, as Spark takes them. */
const DAYS: Readonly<Record<string, () => Expression>> = {
  epoch: () => literal(dateType, 0),
  now: () => call('current_date'),
  today: () => call('current_date'),
  tomorrow: () => call('date_add', call('current_date'), integer(1)),
  yesterday: () => call('date_sub', call('current_date'), integer(1)),
}
const asTimestamp = (e: Expression): Expression => Object.freeze({ kind: 'cast', expr: e, type: timestampType })
const INSTANTS: Readonly<Record<string, () => Expression>> = {
  epoch: () => literal(timestampType, 0n),
  now: () => call('current_timestamp'),
  today: () => asTimestamp(DAYS.today!()),
  tomorrow: () => asTimestamp(DAYS.tomorrow!()),
  yesterday: () => asTimestamp(DAYS.yesterday!()),
}
const WALL_CLOCKS: Readonly<Record<string, () => Expression>> = Object.fromEntries(
  Object.entries(INSTANTS).map(([name, instant]) => [
    name,
    () => (name === 'epoch' ? literal(timestampNtzType, 0n) : Object.freeze({ kind: 'cast', expr: instant(), type: timestampNtzType })),
  ]),
)
const special = (value: string, table: Readonly<Record<string, () => Expression>>): Expression | undefined =>
  table[value.trim().toLowerCase()]?.()

function days(value: string): number | undefined {
  const m = /^\s*([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?\s*$/s.exec(value)
  if (!m) return undefined
  const [year, month, day] = [Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1)]
  const found = daysOf(year, month, day)
  const back = ymdOf(found)
  return month >= 1 && month <= 12 && back.month === month && back.day === day ? found : undefined
}

const CLOCK = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?$/
function clockMicros(text: string): bigint | undefined {
  const m = CLOCK.exec(text)
  if (!m) return undefined
  const [hour, minute, second] = [Number(m[1]), Number(m[2] ?? 0), Number(m[3] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + Number((m[4] ?? '').padEnd(6, '0').slice(0, 6)))
}

/** Wall clock micros, and the zone behind the seconds if there is one. */
function wall(value: string): { readonly micros: bigint; readonly zone: string | undefined } | undefined {
  const m = /^([+-]?\d{4,6}(?:-\d{1,2}(?:-\d{1,2})?)?)(?:[ T](\d{1,2}(?::\d{1,2}(?::\d{1,2}(?:\.\d*)?)?)?)?)?\s*(.*)$/s.exec(value.trim())
  const day = m && days(m[1]!)
  if (!m || day === undefined || day === null || /\dT$/.test(value.trim())) return undefined
  const clock = m[2] ?? '0'
  const zone = m[3] || undefined
  if (zone !== undefined && !/^\d{1,2}:\d{1,2}:/.test(clock)) return undefined
  const micros = clockMicros(clock)
  return micros === undefined ? undefined : { micros: BigInt(day) * MICROS_PER_DAY + micros, zone }
}

function instant(p: Parser, start: Token, value: string): Expression {
  const named = special(value, INSTANTS)
  if (named) return named
  const clock = /^\s*T?(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?)\s*$/.exec(value)
  const ofDay = clock ? clockMicros(clock[1]!) : undefined
  if (ofDay !== undefined) return call('+', INSTANTS.today!(), literal(dayTimeIntervalType(), ofDay))
  const read = wall(value)
  const micros = read && inZone(read.micros, read.zone ?? p.timeZone)
  return literal(timestampType, micros ?? invalid(p.at, start, 'timestamp', value, "TIMESTAMP '2024-01-06 04:00:00'"))
}
/** Offsets go up to 18 hours. */
function inZone(micros: bigint, zone: string): bigint | undefined {
  if (Number(/^(?:UTC|GMT|UT)?[+-](\d{1,2})/i.exec(zone)?.[1] ?? 0) > 18) return undefined
  try {
    return fromWallMicros(micros, zone)
  } catch {
    return undefined
  }
}

function timeOfDay(value: string): bigint | undefined {
  const m = /^\s*(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,9})?)?)\s*(am|pm)?\s*$/i.exec(value)
  const micros = m && clockMicros(m[1]!)
  if (!m || micros === undefined || micros === null) return undefined
  if (!m[2]) return micros
  const hour = Number(micros / 3_600_000_000n)
  if (hour < 1 || hour > 12) return undefined
  return (micros % 3_600_000_000n) + BigInt((hour % 12) + (/pm/i.test(m[2]) ? 12 : 0)) * 3_600_000_000n
}

/** `X'1F'`; a missing first digit is 0. */
function bytes(at: Cursor, start: Token, value: string): Literal {
  const hex = value.length % 2 === 0 ? value : `0${value}`
  if (!/^[0-9a-f]*$/i.test(hex)) invalid(at, start, 'X', value, "X'1F2E'")
  return literal(binaryType, new Uint8Array(Buffer.from(hex, 'hex')))
}
