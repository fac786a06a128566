import type { Zone } from './zone.ts'

const SECONDS_PER_DAY = 86_400

/** Days since 1970-01-01 of a proleptic Gregorian date. The month may be any; the day is not checked. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719_468
}

export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

export function civilFromDays(days: number): Civil {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 }
}

export const daysInMonth = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : month === 4 || month === 6 || month === 9 || month === 11
      ? 30
      : 31

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
const yearText = (y: number): string => (y > 9999 ? `+${y}` : y < 0 ? `-${String(-y).padStart(4, '0')}` : String(y).padStart(4, '0'))

/** `2026-01-31`; years beyond 9999 with a sign, as Spark prints them. */
export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${yearText(year)}-${two(month)}-${two(day)}`
}

/** `HH:mm:ss`. */
export const clockText = (secondOfDay: number): string =>
  `${two(Math.floor(secondOfDay / 3600))}:${two(Math.floor(secondOfDay / 60) % 60)}:${two(secondOfDay % 60)}`

/** `.5` of 500,000 micros: zeros at the end cut, nothing for none. */
export const fractionText = (micros: number): string => (micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`)

/** Seconds (floored) and the micros within the second. */
export function splitMicros(micros: bigint): { readonly second: number; readonly micro: number } {
  const micro = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  return { second: Number((micros - BigInt(micro)) / 1_000_000n), micro }
}

/** A local timestamp (micros since 1970-01-01T00:00 on the wall): `2026-01-31 10:00:00.5`. */
export function localTimestampText(micros: bigint, separator = ' '): string {
  const { second, micro } = splitMicros(micros)
  const days = Math.floor(second / SECONDS_PER_DAY)
  return `${dateText(days)}${separator}${clockText(second - days * SECONDS_PER_DAY)}${fractionText(micro)}`
}

/** An instant in a zone, as Spark casts a timestamp to string. */
export function timestampText(micros: bigint, zone: Zone, separator = ' '): string {
  const { second, micro } = splitMicros(micros)
  return localTimestampText(BigInt(second + zone.offsetAt(second)) * 1_000_000n + BigInt(micro), separator)
}

/** `Z`, `+02:00`, `-03:30`: Java's `XXX`. */
export function offsetText(offset: number): string {
  if (offset === 0) return 'Z'
  const a = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(a / 3600))}:${two(Math.floor(a / 60) % 60)}`
}
