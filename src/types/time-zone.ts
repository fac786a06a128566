import { MillraceError } from '../errors/index.ts'
import { daysOf } from './calendar.ts'
import { millisOf } from './timestamp.ts'

/** Seconds that a zone is ahead of UTC at an instant (milliseconds since the epoch). */
export type ZoneOffset = (ms: number) => number

const zones = new Map<string, ZoneOffset>()

/** A zone by its name (`Europe/Zurich`, `UTC`, `+02:00`, `GMT+2`). @throws INVALID_TIME_ZONE */
export function zoneOffset(zone: string): ZoneOffset {
  const found = zones.get(zone) ?? fixedOffset(zone) ?? namedOffset(zone)
  zones.set(zone, found)
  return found
}

function fixedOffset(zone: string): ZoneOffset | undefined {
  if (/^(z|utc|gmt|ut|etc\/utc)$/i.test(zone)) return () => 0
  const m = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::(\d{2}))?$/.exec(zone)
  if (!m) return undefined
  const seconds = (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60 + Number(m[4] ?? 0))
  return () => seconds
}

const QUARTER_HOUR = 900_000

/** Offsets change at full quarter hours of UTC: one look-up a quarter, kept. */
function namedOffset(zone: string): ZoneOffset {
  let format: Intl.DateTimeFormat
  try {
    const two = '2-digit'
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
  } catch (cause) {
    throw new MillraceError('INVALID_TIME_ZONE', { zone }, { cause })
  }
  const known = new Map<number, number>()
  return ms => {
    const quarter = Math.floor(ms / QUARTER_HOUR)
    const seen = known.get(quarter)
    if (seen !== undefined) return seen
    if (known.size > 10_000) known.clear()
    const offset = lookUp(format, quarter * QUARTER_HOUR)
    known.set(quarter, offset)
    return offset
  }
}

function lookUp(format: Intl.DateTimeFormat, ms: number): number {
  const parts = Object.fromEntries(format.formatToParts(ms).map(p => [p.type, p.value]))
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  const days = daysOf(year, Number(parts.month), Number(parts.day))
  const seconds = days * 86_400 + Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second)
  return seconds - Math.floor(ms / 1000)
}

/** The day on a zone's calendar, since the epoch, at epoch milliseconds. */
export const dayIn = (zone: string, ms: number): number => Math.floor((ms + zoneOffset(zone)(ms) * 1000) / 86_400_000)

/** The wall clock of an instant in a zone: micros since 1970-01-01T00:00:00 there. */
export const toWallMicros = (micros: bigint, zone: string): bigint => micros + BigInt(zoneOffset(zone)(millisOf(micros))) * 1_000_000n

/** The instant of a wall clock in a zone. In a gap the offset before it holds, in an overlap the earlier instant, as in Spark. */
export function fromWallMicros(wall: bigint, zone: string): bigint {
  const offset = zoneOffset(zone)
  const wallMs = millisOf(wall)
  const before = offset(wallMs - 86_400_000)
  const guess = wallMs - before * 1000
  const seconds = offset(guess) === before ? before : offset(wallMs - offset(guess) * 1000) === offset(guess) ? offset(guess) : before
  return wall - BigInt(seconds) * 1_000_000n
}
