import { MillraceError } from '../../errors/index.ts'
import { daysOf, splitMicros, ymdOf } from '../calendar.ts'
import { zoneOffset } from '../time-zone.ts'
import { millisOf } from '../timestamp.ts'
import type { DateField, NumberStep, OffsetForm, Pattern, Step } from './pattern.ts'

/** A moment to be written: a wall clock, and for letters of the zone the instant and the zone. */
interface Moment {
  readonly fields: Readonly<Record<DateField, number>>
  readonly zone: string | undefined
  readonly instant: bigint
}

/** Micros of a wall clock as text. `zone` and `instant` are there for an instant, absent for a local timestamp. */
export function writeFields(pattern: Pattern, wall: bigint, zone?: string, instant = wall): string {
  return writeSteps(pattern.steps, { fields: fieldsOf(wall), zone, instant }, pattern)
}

function fieldsOf(wall: bigint): Record<DateField, number> {
  const { days, ofDay } = splitMicros(wall)
  const { year, month, day } = ymdOf(days)
  const second = Math.floor(ofDay / 1_000_000)
  const hour = Math.floor(second / 3600)
  return {
    year,
    yearOfEra: year > 0 ? year : 1 - year,
    era: year > 0 ? 1 : 0,
    month,
    day,
    dayOfYear: days - daysOf(year, 1, 1) + 1,
    quarter: Math.ceil(month / 3),
    dayOfWeek: ((((days + 3) % 7) + 7) % 7) + 1,
    weekInMonth: ((day - 1) % 7) + 1,
    hour,
    clockHour: hour === 0 ? 24 : hour,
    hourOfHalf: hour % 12,
    clockHourOfHalf: hour % 12 === 0 ? 12 : hour % 12,
    half: Math.floor(hour / 12),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
    nano: (ofDay % 1_000_000) * 1000,
  }
}

const writeSteps = (steps: readonly Step[], moment: Moment, pattern: Pattern): string =>
  steps.map(step => (WRITERS[step.is] as (s: Step, m: Moment, p: Pattern) => string)(step, moment, pattern)).join('')

type Writers = { readonly [K in Step['is']]: (step: Extract<Step, { is: K }>, moment: Moment, pattern: Pattern) => string }
const WRITERS: Writers = {
  literal: ({ text }) => text,
  number: (step, { fields }) => writeNumber(step, fields[step.field]),
  fraction: ({ max }, { fields }) => String(fields.nano).padStart(9, '0').slice(0, max),
  text: ({ field, names }, { fields }) => names.texts[fields[field] - names.first] ?? '',
  offset: ({ form, zero }, moment, pattern) => writeOffset(offsetOf(moment, pattern), form, zero),
  localizedOffset: ({ full }, moment, pattern) => writeLocalized(offsetOf(moment, pattern), full),
  zoneId: (_, moment, pattern) => zoneOf(moment, pattern),
  zoneName: ({ full }, moment, pattern) => writeZoneName(moment, full, pattern),
  optional: ({ steps }, moment, pattern) => (needsZone(steps) && moment.zone === undefined ? '' : writeSteps(steps, moment, pattern)),
}
const needsZone = (steps: readonly Step[]): boolean =>
  steps.some(s => s.is === 'offset' || s.is === 'localizedOffset' || s.is === 'zoneId' || s.is === 'zoneName')

function writeNumber({ min, sign, reduced }: NumberStep, value: number): string {
  if (reduced) return String(Math.abs(value) % 100).padStart(2, '0')
  const digits = String(Math.abs(value)).padStart(min, '0')
  if (value < 0) return `-${digits}`
  return sign === 'exceeds' && digits.length > min ? `+${digits}` : digits
}

function zoneOf({ zone }: Moment, pattern: Pattern): string {
  if (zone === undefined) {
    throw new MillraceError('INVALID_DATETIME_PATTERN', { pattern: pattern.text, why: 'a local timestamp has no zone to write' })
  }
  return zone
}
const offsetOf = (moment: Moment, pattern: Pattern): number => zoneOffset(zoneOf(moment, pattern))(millisOf(moment.instant))

const two = (n: number): string => String(n).padStart(2, '0')
function writeOffset(seconds: number, form: OffsetForm, zero: string): string {
  if (seconds === 0) return zero
  const all = Math.abs(seconds)
  const [hour, minute, second] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  const colon = form.includes(':') ? ':' : ''
  const withMinute = form !== '+HHmm' || minute > 0
  const withSecond = form.endsWith('ss') && second > 0
  return `${seconds < 0 ? '-' : '+'}${two(hour)}${withMinute ? `${colon}${two(minute)}` : ''}${withSecond ? `${colon}${two(second)}` : ''}`
}
function writeLocalized(seconds: number, full: boolean): string {
  if (seconds === 0) return 'GMT'
  const all = Math.abs(seconds)
  const [hour, minute, second] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  const rest = full || minute > 0 || second > 0 ? `:${two(minute)}${second > 0 ? `:${two(second)}` : ''}` : ''
  return `GMT${seconds < 0 ? '-' : '+'}${full ? two(hour) : hour}${rest}`
}

/** Names of zones that Java and Node agree on; of others Node would write an offset where Java has a name. */
function writeZoneName(moment: Moment, full: boolean, pattern: Pattern): string {
  const zone = zoneOf(moment, pattern)
  if (/^(UTC|Etc\/UTC|Z)$/i.test(zone)) return full ? 'Coordinated Universal Time' : zone === 'Z' ? 'Z' : 'UTC'
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: full ? 'long' : 'short' })
  const name = format.formatToParts(millisOf(moment.instant)).find(p => p.type === 'timeZoneName')?.value ?? ''
  if (!/[+-]\d/.test(name)) return name
  throw new MillraceError('NOT_SUPPORTED', {
    what: `the name of the zone "${zone}" in the pattern "${pattern.text}"`,
    instead: 'Use VV (the zone), O or XXX (its offset).',
  })
}
