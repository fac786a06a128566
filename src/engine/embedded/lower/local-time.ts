import type { LowerContext } from './context.ts'
import { once } from './once.ts'

const UTC = /^(?:utc|gmt|z|etc\/utc|etc\/gmt|etc\/zulu|zulu|utc[+-]0|gmt0|[+-]00:?00)$/i
export const isUtc = (zone: string): boolean => UTC.test(zone)

/** TIMESTAMPTZ → TIMESTAMP: what the clock on the wall of the session's zone shows. */
export const instantToLocal = (sql: string, ctx: Pick<LowerContext, 'timeZone'>): string =>
  isUtc(ctx.timeZone) ? `make_timestamp(epoch_us(${sql}))` : `CAST(${sql} AS TIMESTAMP)`

/**
 * TIMESTAMP → TIMESTAMPTZ in the session's zone. Of a wall time that happens twice (the hour after the end of summer time) Spark takes the
 * first, DuckDB the second: so the instant with the offset that held three hours earlier is tried. A skipped time moves forward in both.
 */
export function localToInstant(sql: string, ctx: Pick<LowerContext, 'timeZone'>): string {
  if (isUtc(ctx.timeZone)) return `make_timestamptz(epoch_us(${sql}))`
  return once(sql, local =>
    once(`CAST(${local} AS TIMESTAMPTZ)`, second => {
      const before = `(${second} - to_hours(3))`
      const first = `make_timestamptz(epoch_us(${local}) - (epoch_us(CAST(${before} AS TIMESTAMP)) - epoch_us(${before})))`
      return `CASE WHEN CAST(${first} AS TIMESTAMP) = ${local} THEN ${first} ELSE ${second} END`
    }),
  )
}
