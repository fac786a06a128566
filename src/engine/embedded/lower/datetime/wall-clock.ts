import { type ColumnData, fromWallMicros, timestampNtzType, timestampType, zoneOffset } from '../../../../types/index.ts'
import type { HostFunction, LowerContext } from '../context.ts'
import { nameSuffix } from './name-suffix.ts'

/** Seconds ahead of UTC of a zone that never changes; undefined for one with rules. */
export function fixedOffsetOf(zone: string): number | undefined {
  return /^(z|utc|gmt|ut|etc\/utc|etc\/gmt)$|^(?:UTC|GMT|UT)?[+-]\d/i.test(zone) ? zoneOffset(zone)(0) : undefined
}

/** SQL of the wall clock (TIMESTAMP) that an instant (TIMESTAMPTZ) shows in the session zone. */
export function wallOf(instant: string, ctx: LowerContext): string {
  const offset = fixedOffsetOf(ctx.timeZone)
  if (offset === undefined) return `CAST(${instant} AS TIMESTAMP)`
  return `make_timestamp(epoch_us(${instant})${offset === 0 ? '' : ` + ${offset}000000`})`
}

/**
 * SQL of the instant (TIMESTAMPTZ) of a wall clock (TIMESTAMP) in the session zone. In an overlap Spark takes the earlier instant, DuckDB the later:
 * so near the hours in which clocks are changed, and long ago, the exact host function answers.
 */
export function instantOf(wall: string, ctx: LowerContext): string {
  const offset = fixedOffsetOf(ctx.timeZone)
  if (offset !== undefined) return `make_timestamptz(epoch_us(${wall})${offset === 0 ? '' : ` - ${offset}000000`})`
  const exact = `${ctx.host(instantFunction(ctx.timeZone))}(${wall})`
  return `CASE WHEN epoch_us(${wall}) < 0 OR epoch_us(${wall}) % 86400000000 NOT BETWEEN 14400000000 AND 79200000000 THEN ${exact} ELSE CAST(${wall} AS TIMESTAMPTZ) END`
}

/** The instant of a wall clock, exactly by the rules of java.time. */
export function instantFunction(zone: string): HostFunction {
  return {
    name: `mr_instant_${nameSuffix(zone)}`,
    args: [timestampNtzType],
    returns: timestampType,
    call: wall => fromWallMicros(wall as bigint, zone),
    columns: ([wall], length) => instants(wall!, length, zone),
  }
}

function instants(wall: ColumnData, length: number, zone: string): ColumnData {
  const from = wall.values as BigInt64Array
  const values = new BigInt64Array(length)
  let hour = Number.NaN
  let shift = 0n
  let usable = false
  for (let i = 0; i < length; i++) {
    const micros = from[i]!
    const at = Number(micros / 900_000_000n)
    if (at !== hour || !usable) {
      hour = at
      const start = (micros / 900_000_000n) * 900_000_000n
      shift = fromWallMicros(micros, zone) - micros
      // One shift holds for the whole quarter of an hour when both its ends agree.
      usable =
        micros >= 0n &&
        fromWallMicros(start, zone) - start === shift &&
        fromWallMicros(start + 899_999_999n, zone) - start - 899_999_999n === shift
    }
    values[i] = micros + shift
  }
  return wall.validity ? { length, validity: wall.validity, values } : { length, values }
}
