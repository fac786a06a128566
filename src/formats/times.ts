import { daysOf, type ZoneOffset, zoneOffset } from '../types/index.ts'

/** A point on a wall clock: whole seconds since 1970-01-01T00:00:00 there, and micros of the second. */
interface Wall {
  readonly seconds: number
  readonly micros: number
  readonly zone: string | undefined
  /** Only a time of day was given. */
  readonly timeOnly: boolean
}

const daysIn = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : month === 4 || month === 6 || month === 9 || month === 11
      ? 30
      : 31

const DATE = String.raw`([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?`
const TIME = String.raw`(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(?:\s*(\S.*))?)?)?`
const DATE_TIME = new RegExp(`^${DATE}(?:[T ]${TIME})?$`, 's')
const TIME_ONLY = new RegExp(`^(?:T${TIME}|(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d*))?(?:\\s*(\\S.*))?)?)$`, 's')

const trimmed = (text: string): string => text.replace(/^[\u0000-\u0020\u007f]+|[\u0000-\u0020\u007f]+$/g, '')

function clock(hour: string, minute: string | undefined, second: string | undefined): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute ?? 0), Number(second ?? 0)]
  return h > 23 || m > 59 || s > 59 ? undefined : h * 3600 + m * 60 + s
}
const fraction = (digits: string | undefined): number => (digits ? Number(digits.slice(0, 6).padEnd(6, '0')) : 0)

/** Spark's lenient timestamp text: `yyyy`, `yyyy-[m]m`, `yyyy-[m]m-[d]d`, with `T` or a blank `[h]h[:[m]m[:[s]s[.fraction][zone]]]`, or a time alone. */
function readWall(text: string): Wall | undefined {
  const t = trimmed(text)
  const m = DATE_TIME.exec(t)
  if (!m) return readTime(t)
  const [year, month, day] = [Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (m[4] !== undefined && m[3] === undefined) return undefined
  const ofDay = m[4] === undefined ? 0 : clock(m[4], m[5], m[6])
  if (ofDay === undefined) return undefined
  return { seconds: daysOf(year, month, day) * 86_400 + ofDay, micros: fraction(m[7]), zone: m[8], timeOnly: false }
}

function readTime(t: string): Wall | undefined {
  const m = TIME_ONLY.exec(t)
  if (!m) return undefined
  const [h, min, s, f, z] = m[1] === undefined ? m.slice(6) : m.slice(1)
  const seconds = clock(h!, min, s)
  return seconds === undefined ? undefined : { seconds, micros: fraction(f), zone: z, timeOnly: true }
}

/** `+8`, `+08:00`, `GMT+1`, `Europe/Berlin` as Spark's `getZoneId` takes them; undefined for anything else. */
function zoneNamed(text: string): ZoneOffset | undefined {
  const id = text
    .trim()
    .replace(/^([+-])(\d):/, '$10$2:')
    .replace(/:(\d)$/, ':0$1')
  try {
    return zoneOffset(id)
  } catch {
    return undefined
  }
}

/** Reads instants and local timestamps without a pattern, in the zone of the session. */
export class DefaultTimes {
  readonly #offset: ZoneOffset
  readonly #today: () => number
  #dayFrom = Number.NaN
  #dayOffset = 0
  /** The characters of the last date, as they lie in memory. */
  #lastYear = 0
  #lastMonthDay = 0
  #lastDays = Number.NaN
  /** Behind what `fast` read last. */
  fastEnd = 0

  /** `today` = days since the epoch, for texts that are a time alone. */
  constructor(timeZone: string, today: () => number) {
    this.#offset = zoneOffset(timeZone)
    this.#today = today
  }

  /** Micros since the epoch, or undefined. */
  timestamp(text: string): bigint | undefined {
    const wall = readWall(text)
    if (!wall) return undefined
    const offset = wall.zone === undefined ? undefined : zoneNamed(wall.zone)
    if (wall.zone !== undefined && !offset) return undefined
    const local = wall.timeOnly ? wall.seconds + this.#today() * 86_400 : wall.seconds
    return this.micros(local, wall.micros, offset ?? this.#offset)
  }

  /** Micros on the wall, or undefined; a text with a zone is refused. */
  timestampNtz(text: string): bigint | undefined {
    const wall = readWall(text)
    if (!wall || wall.timeOnly || wall.zone !== undefined) return undefined
    return BigInt(wall.seconds) * 1_000_000n + BigInt(wall.micros)
  }

  /**
   * The commonest form, `yyyy-MM-dd HH:mm:ss[.f]` with `T` or blank and perhaps `Z`, straight from bytes: micros as a number, and `fastEnd` says where it
   * ends; NaN = take the long way. Micros of the years up to 2255 are exact numbers, later ones take the long way.
   */
  fast(b: Uint8Array, start: number, end: number): number {
    if (end - start < 19 || b[start + 4] !== 45 || b[start + 7] !== 45 || b[start + 13] !== 58 || b[start + 16] !== 58) return Number.NaN
    const t = b[start + 10]
    if (t !== 32 && t !== 84) return Number.NaN
    const days = this.#daysAt(b, start)
    const h = two(b, start + 11)
    const m = two(b, start + 14)
    const s = two(b, start + 17)
    if (!(h <= 23 && m <= 59 && s <= 59) || Number.isNaN(days)) return Number.NaN
    return this.#fastTail(b, start + 19, end, days * 86_400 + h * 3600 + m * 60 + s)
  }

  /** Days since the epoch of the ten characters of a date; NaN = none of the years 0 to 2254. Texts that follow one another are mostly of one day. */
  #daysAt(b: Uint8Array, start: number): number {
    const year = b[start]! | (b[start + 1]! << 8) | (b[start + 2]! << 16) | (b[start + 3]! << 24)
    const monthDay = b[start + 5]! | (b[start + 6]! << 8) | (b[start + 8]! << 16) | (b[start + 9]! << 24)
    if (year === this.#lastYear && monthDay === this.#lastMonthDay) return this.#lastDays
    this.#lastYear = year
    this.#lastMonthDay = monthDay
    this.#lastDays = dateAt(b, start)
    return this.#lastDays
  }

  /** A wall clock in a zone as an instant: the earlier of two, and moved on by the gap's length where there is none. */
  micros(local: number, micros: number, offset: ZoneOffset): bigint {
    return BigInt(local - this.#offsetOf(local, offset)) * 1_000_000n + BigInt(micros)
  }

  #fastTail(b: Uint8Array, start: number, end: number, local: number): number {
    let i = start
    let micros = 0
    if (i < end && b[i] === 46) {
      let digits = 0
      for (i++; i < end && b[i]! >= 48 && b[i]! <= 57; i++) if (digits++ < 6) micros = micros * 10 + b[i]! - 48
      if (digits === 0) return Number.NaN
      for (; digits < 6; digits++) micros *= 10
    }
    const isUtc = i < end && b[i] === 90
    this.fastEnd = isUtc ? i + 1 : i
    return (isUtc ? local : local - this.#offsetOf(local, this.#offset)) * 1_000_000 + micros
  }

  #offsetOf(local: number, offset: ZoneOffset): number {
    if (offset !== this.#offset) return resolved(local, offset)
    const day = Math.floor(local / 86_400)
    if (day === this.#dayFrom) return this.#dayOffset
    const found = resolved(local, offset)
    // A day on whose eve, noon and morrow the offset is the same has one offset.
    const steady = [-86_400, 0, 86_400, 172_800].every(d => offset((day * 86_400 + d - found) * 1000) === found)
    this.#dayFrom = steady ? day : Number.NaN
    this.#dayOffset = found
    return found
  }
}

function resolved(local: number, offset: ZoneOffset): number {
  const before = offset((local - 86_400) * 1000)
  if (offset((local - before) * 1000) === before) return before
  const after = offset((local + 86_400) * 1000)
  return offset((local - after) * 1000) === after ? after : before
}

function dateAt(b: Uint8Array, start: number): number {
  const year = two(b, start) * 100 + two(b, start + 2)
  const month = two(b, start + 5)
  const day = two(b, start + 8)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && year >= 0 && year < 2255
    ? daysOf(year, month, day)
    : Number.NaN
}

const two = (b: Uint8Array, i: number): number => {
  const tens = b[i]! - 48
  const ones = b[i + 1]! - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** `yyyy-MM-dd` exactly (Spark's csv), days since the epoch. */
export function strictDate(text: string): number | undefined {
  const m = /^(\d{4}|[+-]\d{4,6})-(\d\d)-(\d\d)$/.exec(text)
  return m ? civil(Number(m[1]), Number(m[2]), Number(m[3])) : undefined
}

/** Spark's lenient date: `yyyy[-[m]m[-[d]d[ or T and anything]]]`. */
export function lenientDate(text: string): number | undefined {
  const m = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(trimmed(text))
  return m ? civil(Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1)) : undefined
}

const civil = (year: number, month: number, day: number): number | undefined =>
  month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ? undefined : daysOf(year, month, day)
