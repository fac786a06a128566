import {
  type ColumnData,
  fromWallMicros,
  isValid,
  timestampNtzType,
  timestampType,
  toWallMicros,
  zoneOffset,
} from '../../../types/index.ts'
import type { HostFunction, LowerContext } from './context.ts'

const UTC = /^(?:utc|gmt|z|etc\/utc|etc\/gmt|etc\/zulu|zulu|utc[+-]0|gmt0|[+-]00:?00)$/i
export const isUtc = (zone: string): boolean => UTC.test(zone)

/**
 * TIMESTAMPTZ → TIMESTAMP: what the clock on the wall of the session's zone shows. In JavaScript, not by DuckDB's calendar: that takes a
 * microsecond a value, and of a wall time that happens twice it takes the second where Spark takes the first.
 */
export const instantToLocal = (sql: string, ctx: Pick<LowerContext, 'timeZone' | 'host'>): string =>
  isUtc(ctx.timeZone) ? `make_timestamp(epoch_us(${sql}))` : `${ctx.host(toLocal(ctx.timeZone))}(${sql})`

/** TIMESTAMP → TIMESTAMPTZ in the session's zone: the earlier instant of a wall time that happens twice, a skipped time moved forward. */
export const localToInstant = (sql: string, ctx: Pick<LowerContext, 'timeZone' | 'host'>): string =>
  isUtc(ctx.timeZone) ? `make_timestamptz(epoch_us(${sql}))` : `${ctx.host(toInstant(ctx.timeZone))}(${sql})`

const nameOf = (prefix: string, zone: string): string => `${prefix}_${Buffer.from(zone).toString('hex')}`

const toLocal = (zone: string): HostFunction => ({
  name: nameOf('mr_wall', zone),
  args: [timestampType],
  returns: timestampNtzType,
  call: us => toWallMicros(us as bigint, zone),
  columns: ([column], length) =>
    moved(
      column!,
      length,
      1n,
      wholeDays(zone, day => day * DAY),
      us => toWallMicros(us, zone),
    ),
})
const toInstant = (zone: string): HostFunction => ({
  name: nameOf('mr_instant', zone),
  args: [timestampNtzType],
  returns: timestampType,
  call: us => fromWallMicros(us as bigint, zone),
  columns: ([column], length) =>
    // A wall day has one offset when the instants around it have: zones lie at most 18 hours from UTC.
    moved(
      column!,
      length,
      -1n,
      wholeDays(zone, day => day * DAY, 18 * HOUR),
      us => fromWallMicros(us, zone),
    ),
})

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DAY_MICROS = 86_400_000_000n

/** JavaScript's dates end at ±8.64e15 ms; a zone's last rule holds beyond. */
const dated = (ms: number): number => Math.max(-8.64e15, Math.min(8.64e15, ms))

/** The one offset (in micros) of all the day's instants and of those `margin` ms around it; undefined on a day of a change. */
function wholeDays(zone: string, startOf: (day: number) => number, margin = 0): (day: number) => bigint | undefined {
  const offset = zoneOffset(zone)
  const known = new Map<number, bigint | undefined>()
  return day => {
    if (known.has(day)) return known.get(day)
    const [from, to] = [dated(startOf(day) - margin), dated(startOf(day) + DAY - 1 + margin)]
    if (known.size > 100_000) known.clear()
    let same: number | undefined = offset(from)
    for (let at = from; at < to && same !== undefined; at += HOUR) if (offset(Math.min(at + HOUR, to)) !== same) same = undefined
    const micros = same === undefined ? undefined : BigInt(same) * 1_000_000n
    known.set(day, micros)
    return micros
  }
}

/** Every value moved by its day's offset; on a day of a change, one by one. */
function moved(
  column: ColumnData,
  length: number,
  sign: 1n | -1n,
  offsetOf: (day: number) => bigint | undefined,
  one: (us: bigint) => bigint,
): ColumnData {
  const given = column.values as BigInt64Array
  const values = new BigInt64Array(length)
  let from = 0n
  let to = 0n
  let by: bigint | undefined
  for (let i = 0; i < length; i++) {
    if (!isValid(column, i)) continue
    const us = given[i]!
    if (us < from || us >= to) {
      const day = Math.floor(Number(us) / 86_400_000_000)
      from = BigInt(day) * DAY_MICROS
      to = from + DAY_MICROS
      by = offsetOf(day)
    }
    values[i] = by === undefined ? one(us) : us + sign * by
  }
  return column.validity ? { length, values, validity: column.validity } : { length, values }
}
