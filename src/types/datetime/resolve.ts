import { daysOf, ymdOf } from '../calendar.ts'
import type { DateField } from './pattern.ts'
import type { Fields } from './read.ts'

/** A wall clock and the zone that stood beside it. */
export interface Resolved {
  /** Micros since 1970-01-01T00:00:00 on the wall. */
  readonly wall: bigint
  readonly zone: string | undefined
  readonly offset: number | undefined
}

const RANGES: Readonly<Partial<Record<DateField, readonly [number, number]>>> = {
  month: [1, 12],
  day: [1, 31],
  hour: [0, 23],
  clockHour: [1, 24],
  hourOfHalf: [0, 11],
  clockHourOfHalf: [1, 12],
  half: [0, 1],
  minute: [0, 59],
  second: [0, 59],
}

/**
 * Puts fields together as java.time's strict resolver and Spark's defaults do: no year is 1970, no month or day 1, no hour 0;
 * every field must agree with the others. Undefined where they make no time.
 */
export function resolve({ values, zone, offset }: Fields): Resolved | undefined {
  for (const [field, value] of values) {
    const range = RANGES[field]
    if (range && (value < range[0] || value > range[1])) return undefined
  }
  const days = resolveDate(values)
  const ofDay = resolveTime(values)
  if (days === undefined || ofDay === undefined) return undefined
  return { wall: BigInt(days) * 86_400_000_000n + BigInt(ofDay), zone, offset }
}

function resolveDate(values: ReadonlyMap<DateField, number>): number | undefined {
  const era = values.get('era')
  const ofEra = values.get('yearOfEra')
  const year = values.get('year') ?? (ofEra === undefined || era === undefined ? undefined : era === 1 ? ofEra : 1 - ofEra)
  if (ofEra !== undefined && era !== undefined && ofEra < 1) return undefined
  const month = values.get('month')
  const day = values.get('day')
  const dayOfYear = values.get('dayOfYear')
  if (year !== undefined && Math.abs(year) > 999_999) return undefined
  if (year !== undefined && dayOfYear !== undefined && (dayOfYear < 1 || dayOfYear > 366)) return undefined
  if (year !== undefined && dayOfYear !== undefined && (month === undefined || day === undefined)) {
    const days = daysOf(year, 1, 1) + dayOfYear - 1
    const made = ymdOf(days)
    return made.year === year && agrees(month, made.month) && agrees(day, made.day) ? days : undefined
  }
  const days = daysOf(year ?? 1970, month ?? 1, day ?? 1)
  const made = ymdOf(days)
  if (made.month !== (month ?? 1) || made.day !== (day ?? 1)) return undefined
  if (dayOfYear !== undefined && year !== undefined && days - daysOf(year, 1, 1) + 1 !== dayOfYear) return undefined
  return days
}

const agrees = (given: number | undefined, is: number): boolean => given === undefined || given === is

/** Micros of the day. */
function resolveTime(values: ReadonlyMap<DateField, number>): number | undefined {
  const clock = values.get('clockHour')
  const clockOfHalf = values.get('clockHourOfHalf')
  const half = values.get('half')
  const fromClock = clock === undefined ? undefined : clock % 24
  const ofHalf = values.get('hourOfHalf') ?? (clockOfHalf === undefined ? undefined : clockOfHalf % 12)
  if (clockOfHalf !== undefined && !agrees(ofHalf, clockOfHalf % 12)) return undefined
  const fromHalf = ofHalf !== undefined && half !== undefined ? half * 12 + ofHalf : undefined
  const hour = values.get('hour') ?? fromClock ?? fromHalf
  if (hour !== undefined) {
    if (!agrees(fromClock, hour) || !agrees(fromHalf, hour)) return undefined
    // java.time makes a time only of fields without a gap between them; only a time is held against the other fields.
    const [minute, second, nano] = [values.has('minute'), values.has('second'), values.has('nano')]
    const gap = minute ? !second && nano : second || nano
    if (!gap && (!agrees(ofHalf, hour % 12) || !agrees(half, Math.floor(hour / 12)))) return undefined
  }
  const used = hour ?? ofHalf ?? (half === 1 ? 12 : 0)
  const nano = values.get('nano') ?? 0
  return ((used * 60 + (values.get('minute') ?? 0)) * 60 + (values.get('second') ?? 0)) * 1_000_000 + Math.floor(nano / 1000)
}
