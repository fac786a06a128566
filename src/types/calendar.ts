/** Days since 1970-01-01 and the proleptic Gregorian calendar, both ways, without `Date`'s limits (Howard Hinnant's algorithms). */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export function ymdOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1 }
}

export const isRealDate = (year: number, month: number, day: number): boolean => {
  const back = ymdOf(daysOf(year, month, day))
  return back.year === year && back.month === month && back.day === day
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** `2024-01-06`; years beyond 9999 with a plus sign, as Spark prints them. */
export function dateText(days: number): string {
  const { year, month, day } = ymdOf(days)
  const y = String(Math.abs(year)).padStart(4, '0')
  return `${year < 0 ? '-' : year > 9999 ? '+' : ''}${y}-${two(month)}-${two(day)}`
}

const MICROS_A_DAY = 86_400_000_000n

/** Splits micros since the epoch into whole days and the micros of the day. */
export function splitMicros(micros: bigint): { readonly days: number; readonly ofDay: number } {
  const ofDay = ((micros % MICROS_A_DAY) + MICROS_A_DAY) % MICROS_A_DAY
  return { days: Number((micros - ofDay) / MICROS_A_DAY), ofDay: Number(ofDay) }
}

/** `04:00:00`, with as many digits after the point as there are (at least `digits`). */
export function timeText(ofDay: number, digits = 0): string {
  const seconds = Math.floor(ofDay / 1_000_000)
  const fraction = String(ofDay % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
    .padEnd(digits, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction ? `.${fraction}` : ''}`
}

/** `2024-01-06 04:00:00.5` of a wall clock. `separator` and `digits` for the ISO form. */
export function dateTimeText(micros: bigint, separator = ' ', digits = 0): string {
  const { days, ofDay } = splitMicros(micros)
  return `${dateText(days)}${separator}${timeText(ofDay, digits)}`
}

/** Micros of a wall clock text such as `2024-01-06 04:00:00.5` or `2024-01-06`, and the zone behind it. Undefined when it is none. */
export function readDateTime(text: string): { readonly micros: bigint; readonly zone: string | undefined } | undefined {
  const m =
    /^\s*([+-]?\d{4,6})-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d{1,9}))?)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?\s*$/i.exec(text)
  if (!m) return undefined
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3] ?? 1)]
  const [hour, minute, second] = [Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0)]
  if (!isRealDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined
  const micros = Number((m[7] ?? '').padEnd(6, '0').slice(0, 6))
  return {
    micros: BigInt(daysOf(year, month, day)) * MICROS_A_DAY + BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros),
    zone: m[8],
  }
}

/** Micros that a zone text of `readDateTime` stands ahead of UTC. */
export function zoneMicros(zone: string): bigint {
  const m = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (!m) return 0n
  return BigInt(`${m[1]}${(Number(m[2]) * 60 + Number(m[3])) * 60}`) * 1_000_000n
}
