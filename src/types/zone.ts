import { MillraceError } from '../errors/index.ts'

/** A time zone: seconds east of Greenwich at an instant, and the way back with Spark's rules for gaps and overlaps. */
export interface Zone {
  readonly id: string
  /** Seconds to add to the epoch second to get local time. */
  offsetAt(epochSecond: number): number
  /** The epoch second of a local time: the earlier offset in an overlap, shifted forward by the gap's length in a gap (as `java.time`). */
  toEpoch(localSecond: number): number
}

const DAY = 86_400

/** `+02:00`, `+0200`, `+2`, `UTC+1`, `GMT-03:30` … as seconds. */
function fixedOffset(id: string): number | undefined {
  if (/^(z|utc|gmt|ut)$/i.test(id)) return 0
  const m = /^(?:utc|gmt|ut)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/i.exec(id)
  if (!m) return undefined
  const seconds = Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60 + Number(m[4] ?? 0)
  return seconds > 18 * 3600 ? undefined : m[1] === '-' ? -seconds : seconds
}

const fixedZone = (id: string, offset: number): Zone => ({ id, offsetAt: () => offset, toEpoch: local => local - offset })

/** Offsets of a named zone by calendar day, so that the slow formatter is asked twice a day at most. */
class NamedZone implements Zone {
  readonly id: string
  readonly #format: Intl.DateTimeFormat
  readonly #days = new Map<number, number | undefined>()
  readonly #edges = new Map<number, number>()
  #lastDay = Number.NaN
  #lastOffset = 0

  constructor(id: string) {
    this.id = id
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  offsetAt(epochSecond: number): number {
    const day = Math.floor(epochSecond / DAY)
    if (day === this.#lastDay) return this.#lastOffset
    const known = this.#dayOffset(day)
    if (known === undefined) return this.#atEdge(epochSecond)
    this.#lastDay = day
    this.#lastOffset = known
    return known
  }

  toEpoch(local: number): number {
    const before = this.offsetAt(local - DAY)
    const after = this.offsetAt(local + DAY)
    if (before === after && this.offsetAt(local - before) === before) return local - before
    if (this.offsetAt(local - before) === before) return local - before
    if (this.offsetAt(local - after) === after) return local - after
    return local - before
  }

  /** The day's one offset, or undefined on a day that has two. */
  #dayOffset(day: number): number | undefined {
    if (this.#days.has(day)) return this.#days.get(day)
    const start = this.#ask(day * DAY)
    const offset = start === this.#ask((day + 1) * DAY - 1) ? start : undefined
    if (this.#days.size > 100_000) this.#days.clear()
    this.#days.set(day, offset)
    return offset
  }

  /** Transitions of such a day fall on whole quarters of an hour or, long ago, anywhere: remembered by second. */
  #atEdge(epochSecond: number): number {
    const second = Math.floor(epochSecond)
    const known = this.#edges.get(second)
    if (known !== undefined) return known
    if (this.#edges.size > 100_000) this.#edges.clear()
    const offset = this.#ask(second)
    this.#edges.set(second, offset)
    return offset
  }

  #ask(epochSecond: number): number {
    // Intl knows no instants beyond ±8.64e15 ms; the zone's last rule holds there.
    const second = Math.max(-8_640_000_000_000, Math.min(8_640_000_000_000, epochSecond))
    const part: Record<string, string> = {}
    for (const p of this.#format.formatToParts(second * 1000)) part[p.type] = p.value
    const year = part.era === 'BC' || part.era === 'B' ? 1 - Number(part.year) : Number(part.year)
    const local = new Date(0)
    local.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
    local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
    return local.getTime() / 1000 - second
  }
}

const zones = new Map<string, Zone>()

/** The zone of an id: `Europe/Berlin`, `UTC`, `+02:00`, `GMT+1`. Throws INVALID_ARGUMENT for others. */
export function zoneOf(id: string): Zone {
  let zone = zones.get(id)
  if (!zone) {
    const offset = fixedOffset(id)
    try {
      zone = offset === undefined ? new NamedZone(id) : fixedZone(id, offset)
    } catch (cause) {
      throw new MillraceError(
        'INVALID_ARGUMENT',
        { name: 'time zone', value: id, expected: 'a zone such as "Europe/Berlin" or "+02:00"' },
        { cause },
      )
    }
    zones.set(id, zone)
  }
  return zone
}
