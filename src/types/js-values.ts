import { MillraceError } from '../errors/index.ts'
import type { DataType, DayTimeIntervalType, DecimalType } from './data-type.ts'
import { Decimal } from './decimal.ts'
import { durationMicros } from './interval.ts'
import { Interval } from './interval-value.ts'
import { LocalDate } from './local-date.ts'
import { LocalTimestamp } from './local-timestamp.ts'
import { typeName } from './names.ts'
import { Timestamp } from './timestamp.ts'

/** What JS values each type takes, in words: for messages and docs. */
const TAKES: Readonly<Record<DataType['kind'], string>> = {
  null: 'null',
  boolean: 'true or false',
  byte: 'a whole number from -128 to 127',
  short: 'a whole number from -32768 to 32767',
  integer: 'a whole number from -2147483648 to 2147483647',
  long: 'a bigint or a safe whole number',
  float: 'a number',
  double: 'a number',
  decimal: 'a Decimal, a bigint, a whole number or an exact text',
  string: 'a string',
  char: 'a string',
  varChar: 'a string',
  binary: 'a Uint8Array',
  variant: 'anything JSON can hold',
  date: 'a LocalDate, a text such as 2024-01-06, or a Date (its UTC day)',
  timestamp: 'a Timestamp, a Date, an ISO text, or bigint micros since the epoch',
  timestampNtz: 'a LocalTimestamp, a text such as 2024-01-06 04:00:00, or bigint micros',
  time: 'bigint micros of the day',
  calendarInterval: 'an Interval or a text such as 5 minutes',
  yearMonthInterval: 'an Interval of months or a whole number of months',
  dayTimeInterval: 'an Interval of days and micros, or bigint micros',
  array: 'an array',
  map: 'a Map or an object',
  struct: 'an object, or an array in field order',
}

export function refuseValue(value: unknown, type: DataType): never {
  const shown = typeof value === 'bigint' ? `${value}n` : (safeJson(value) ?? String(value))
  throw new MillraceError('VALUE_NOT_OF_TYPE', {
    value: shown.length > 60 ? `${shown.slice(0, 60)}…` : shown,
    jsType: typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value,
    dataType: typeName(type),
    expected: TAKES[type.kind],
  })
}
function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const whole = (type: DataType, bits: number) => {
  const max = 2 ** (bits - 1) - 1
  return (v: unknown): number => {
    const n = typeof v === 'bigint' ? Number(v) : v
    return typeof n === 'number' && Number.isInteger(n) && n <= max && n >= -max - 1 ? n : refuseValue(v, type)
  }
}
const LONG_MAX = 2n ** 63n - 1n
const long = (type: DataType) => (v: unknown) => {
  if (typeof v === 'number' && Number.isSafeInteger(v)) return BigInt(v)
  return typeof v === 'bigint' && v <= LONG_MAX && v >= -LONG_MAX - 1n ? v : refuseValue(v, type)
}
const real = (type: DataType) => (v: unknown) => (typeof v === 'number' ? v : refuseValue(v, type))

const FIXED: Readonly<Partial<Record<DataType['kind'], (type: DataType) => (value: unknown) => number | bigint>>> = {
  byte: t => whole(t, 8),
  short: t => whole(t, 16),
  integer: t => whole(t, 32),
  long,
  float: real,
  double: real,
  time: long,
  timestamp: t => v =>
    v instanceof Timestamp
      ? v.micros
      : typeof v === 'bigint'
        ? v
        : v instanceof Date || typeof v === 'string'
          ? readable(v, t, x => new Timestamp(x).micros)
          : refuseValue(v, t),
  timestampNtz: t => v =>
    v instanceof LocalTimestamp
      ? v.micros
      : typeof v === 'bigint'
        ? v
        : typeof v === 'string'
          ? readable(v, t, x => new LocalTimestamp(x).micros)
          : refuseValue(v, t),
  date: t => v => {
    if (v instanceof LocalDate) return v.days
    if (v instanceof Date && !Number.isNaN(v.getTime())) return Math.floor(v.getTime() / 86_400_000)
    return typeof v === 'string' ? readable(v, t, x => new LocalDate(x).days) : refuseValue(v, t)
  },
  yearMonthInterval: t => v => (v instanceof Interval && v.days === 0 && v.micros === 0n ? v.months : whole(t, 32)(v)),
  dayTimeInterval: t => v => dayTime(v, t as DayTimeIntervalType),
}

function dayTime(v: unknown, t: DayTimeIntervalType): bigint {
  if (v instanceof Interval && v.months === 0) return durationMicros(v)
  return typeof v === 'bigint' ? v : refuseValue(v, t)
}

/** A text or date that cannot be read is a value that is not of the type. */
function readable<V, T>(value: V, type: DataType, read: (value: V) => T): T {
  try {
    return read(value)
  } catch {
    return refuseValue(value, type)
  }
}

/** From a JS value to the number that stands in the column. */
export const toFixed = (type: DataType): ((value: unknown) => number | bigint) => FIXED[type.kind]!(type)

/** Writes a JS value as two words, low word first. */
export function toWide(type: DataType): (value: unknown, into: BigInt64Array, at: number) => void {
  return type.kind === 'decimal' ? decimalWords(type) : intervalWords(type)
}

function decimalWords(type: DecimalType) {
  const limit = 10n ** BigInt(type.precision)
  return (value: unknown, into: BigInt64Array, at: number) => {
    const unscaled = toDecimal(value, type).rescale(type.scale).unscaled
    if (unscaled >= limit || unscaled <= -limit) {
      throw new MillraceError('DECIMAL_OVERFLOW', { value: String(value), precision: type.precision, scale: type.scale })
    }
    writeInt128(unscaled, into, at)
  }
}

export function writeInt128(value: bigint, into: BigInt64Array, at: number): void {
  into[at] = BigInt.asIntN(64, value)
  into[at + 1] = value >> 64n
}
export const readInt128 = (from: BigInt64Array, at: number): bigint => (from[at + 1]! << 64n) | BigInt.asUintN(64, from[at]!)

function toDecimal(value: unknown, type: DecimalType): Decimal {
  if (value instanceof Decimal) return value
  if (typeof value === 'bigint') return new Decimal(value)
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return readable(value, type, v => new Decimal(v))
  return refuseValue(value, type)
}

const intervalWords = (type: DataType) => (value: unknown, into: BigInt64Array, at: number) => {
  const i =
    value instanceof Interval ? value : typeof value === 'string' ? readable(value, type, v => new Interval(v)) : refuseValue(value, type)
  into[at] = (BigInt(i.days) << 32n) | BigInt.asUintN(32, BigInt(i.months))
  into[at + 1] = i.micros
}
