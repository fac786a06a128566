import type { LowerContext } from './context.ts'
import { instantFunction } from './datetime/instant-function.ts'

const UTC = /^(?:utc|gmt|z|etc\/utc|etc\/gmt|etc\/zulu|zulu|utc[+-]0|gmt0|[+-]00:?00)$/i
export const isUtc = (zone: string): boolean => UTC.test(zone)

/** TIMESTAMPTZ → TIMESTAMP: what the clock on the wall of the session's zone shows. */
export const instantToLocal = (sql: string, ctx: Pick<LowerContext, 'timeZone'>): string =>
  isUtc(ctx.timeZone) ? `make_timestamp(epoch_us(${sql}))` : `CAST(${sql} AS TIMESTAMP)`

/**
 * TIMESTAMP → TIMESTAMPTZ in the session's zone. Of a wall time that happens twice (the hour after the end of summer time) Spark takes the
 * first, DuckDB the second: so a host function does it, which is faster as well (it looks a whole day up once).
 */
export const localToInstant = (sql: string, ctx: Pick<LowerContext, 'timeZone' | 'host'>): string =>
  isUtc(ctx.timeZone) ? `make_timestamptz(epoch_us(${sql}))` : `${ctx.host(instantFunction(ctx.timeZone))}(${sql})`
