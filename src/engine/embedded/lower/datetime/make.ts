import type { LiteralValue } from '../../../../plan/index.ts'
import { daysOf, decimalType, integerType, timestampNtzType, timeType, ymdOf } from '../../../../types/index.ts'
import { fail, type HostFunction, quoteText } from '../context.ts'
import { once } from '../once.ts'
import { DAY } from './units.ts'

const second = decimalType(16, 6)
const microsOf = (seconds: LiteralValue): bigint => {
  const text = String(seconds)
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
  return text.startsWith('-') ? -micros : micros
}
const within = (n: LiteralValue, low: number, high: number): boolean => (n as number) >= low && (n as number) <= high

/** Micros of a wall clock from its parts; 60 seconds are the next minute; null where the parts are none. */
export const WALL_OF_PARTS: HostFunction = {
  name: 'mr_wall_of_parts',
  args: [integerType, integerType, integerType, integerType, integerType, second],
  returns: timestampNtzType,
  call: (year, month, day, hour, minute, seconds) => {
    const days = daysOf(year as number, month as number, day as number)
    const real = ymdOf(days)
    const micros = microsOf(seconds!)
    const good =
      within(month, 1, 12) &&
      real.month === month &&
      real.day === day &&
      within(hour, 0, 23) &&
      within(minute, 0, 59) &&
      micros >= 0n &&
      micros <= 60_000_000n
    return good ? BigInt(days) * DAY + BigInt((hour as number) * 60 + (minute as number)) * 60_000_000n + micros : null
  },
}
/** Micros of the day from hour, minute and seconds; null where they are none. */
export const TIME_OF_PARTS: HostFunction = {
  name: 'mr_time_of_parts',
  args: [integerType, integerType, second],
  returns: timeType(),
  call: (hour, minute, seconds) => {
    const micros = microsOf(seconds!)
    const good = within(hour, 0, 23) && within(minute, 0, 59) && micros >= 0n && micros < 60_000_000n
    return good ? BigInt((hour as number) * 60 + (minute as number)) * 60_000_000n + micros : null
  },
}

/** `made`, which is null for parts out of bounds: then a failure that names the function to use instead, or null for it. */
export function checked(made: string, args: readonly string[], attempt: boolean, instead: string): string {
  if (attempt) return made
  const failure = fail('DATETIME_FIELD_OUT_OF_BOUNDS', { range: `concat_ws(', ', ${args.join(', ')})`, func: quoteText(instead) })
  return `COALESCE(${made}, CASE WHEN ${args.map(a => `${a} IS NOT NULL`).join(' AND ')} THEN ${failure} END)`
}

/** A time of day from its micros, which must be those of a day. */
export const timeOfMicros = (micros: string): string =>
  once(micros, us => {
    const failure = fail('DATETIME_FIELD_OUT_OF_BOUNDS', { range: us })
    return `CASE WHEN ${us} BETWEEN 0 AND ${DAY - 1n} THEN TIME '00:00:00' + to_microseconds(CAST(${us} AS BIGINT)) WHEN ${us} IS NOT NULL THEN ${failure} END`
  })
