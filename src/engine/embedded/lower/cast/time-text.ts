import { daysOf, fromWallMicros, MICROS_PER_DAY, ymdOf, zoneOffset } from '../../../../types/index.ts'

/** What a text says of a moment: its wall clock, and the zone behind it. `day` is missing where only a time is given. */
interface Moment {
  readonly day: number | undefined
  readonly microsOfDay: bigint
  readonly zone: string | undefined
}

const DATE = /^([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](.+))?)?)?$/s
const TIME = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?([^\d.].*)?)?)?$/s
// Blanks and control characters, as Java's trimAll.
const ENDS = /^[\x00-\x20\x7f]+|[\x00-\x20\x7f]+$/g

/** Days since the epoch of a real date of the calendar. */
function dayOf(sign: string, year: string, month = '1', day = '1'): number | undefined {
  const [y, m, d] = [Number(year) * (sign === '-' ? -1 : 1), Number(month), Number(day)]
  const days = daysOf(y, m, d)
  const back = ymdOf(days)
  return m >= 1 && m <= 12 && back.month === m && back.day === d ? days : undefined
}

function timeOf(text: string): Pick<Moment, 'microsOfDay' | 'zone'> | undefined {
  const m = TIME.exec(text)
  if (!m) return undefined
  const [h, min, s] = [Number(m[1]), Number(m[2] ?? 0), Number(m[3] ?? 0)]
  if (h > 23 || min > 59 || s > 59) return undefined
  const micros = Number((m[4] ?? '').slice(0, 6).padEnd(6, '0'))
  return { microsOfDay: BigInt(((h * 60 + min) * 60 + s) * 1_000_000 + micros), zone: m[5]?.trim() }
}

/** Spark's `parseTimestampString`: a date down to the year, month or day, a time down to the hour, minute, second or fraction, a zone. */
function momentOf(written: string): Moment | undefined {
  const text = written.replace(ENDS, '')
  const date = DATE.exec(text)
  if (date) {
    const day = dayOf(date[1]!, date[2]!, date[3], date[4])
    const time = date[5] === undefined ? { microsOfDay: 0n, zone: undefined } : timeOf(date[5])
    return day === undefined || !time ? undefined : { day, ...time }
  }
  // A time alone: 12:30, T12:30:00 or T12.
  const time = text.startsWith('T') && written.startsWith('T') ? timeOf(text.slice(1)) : /^\d{1,2}:/.test(text) ? timeOf(text) : undefined
  return time && { day: undefined, ...time }
}

const SHORT_ZONES: Readonly<Record<string, string>> = {
  EST: '-05:00',
  HST: '-10:00',
  MST: '-07:00',
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
}
/** The zone a text names, as Java's `ZoneId.of` with its short ids; undefined where there is none. */
function knownZone(name: string): string | undefined {
  const zone = SHORT_ZONES[name] ?? name.replace(/([+-])(\d):/, '$10$2:').replace(/([+-]\d\d):(\d)$/, '$1:0$2')
  try {
    zoneOffset(zone)
    return zone
  } catch {
    return undefined
  }
}

/** A text as a timestamp, in `zone` where it names none; a time alone is of the day of `now` there. Undefined where it is none. */
export function instantOfText(text: string, zone: string, now: bigint): bigint | undefined {
  const moment = momentOf(text)
  if (!moment) return undefined
  const own = moment.zone === undefined ? zone : knownZone(moment.zone)
  if (own === undefined) return undefined
  const day = moment.day === undefined ? wallDay(now, own) : BigInt(moment.day)
  return fromWallMicros(day * MICROS_PER_DAY + moment.microsOfDay, own)
}
function wallDay(now: bigint, zone: string): bigint {
  const wall = now + BigInt(zoneOffset(zone)(Number(now / 1000n))) * 1_000_000n
  return (wall - (((wall % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY)) / MICROS_PER_DAY
}

/** A text as a timestamp without zone; a zone behind it is not looked at, a time alone is none. */
export function wallOfText(text: string): bigint | undefined {
  const moment = momentOf(text)
  if (moment?.day === undefined || (moment.zone !== undefined && knownZone(moment.zone) === undefined)) return undefined
  return BigInt(moment.day) * MICROS_PER_DAY + moment.microsOfDay
}

/** A text as a date: whatever follows a blank or T behind the day is left out. */
export function daysOfText(text: string): number | undefined {
  const m = /^([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(text.replace(ENDS, ''))
  return m ? dayOf(m[1]!, m[2]!, m[3], m[4]) : undefined
}
