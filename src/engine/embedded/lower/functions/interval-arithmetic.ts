import { MillraceError } from '../../../../errors/index.ts'
import { type DataType, isIntegral, typeName } from '../../../../types/index.ts'
import type { LowerContext } from '../context.ts'
import { instantToLocal, isUtc, localToInstant } from '../local-time.ts'
import { once } from '../once.ts'

const DAY = 86_400_000_000

/**
 * A date or timestamp moved by a number of days or an interval. Months and days are counted on the calendar of the session's zone,
 * hours and less on the clock (Spark's `timestampAddInterval`).
 */
export function addInterval(
  t: string,
  type: DataType,
  by: string,
  byType: DataType,
  result: DataType,
  op: '+' | '-',
  ctx: LowerContext,
): string {
  if (isIntegral(byType)) return `(${t} ${op} CAST(${by} AS INTEGER))`
  if (type.kind === 'date') {
    if (byType.kind === 'yearMonthInterval') return `CAST(${t} ${op} to_months(${by}) AS DATE)`
    if (byType.kind === 'calendarInterval') return `CAST(${t} ${op} ${by} AS DATE)`
    if (result.kind === 'date') return `(${t} ${op} CAST(${by} // ${DAY} AS INTEGER))`
    const local = `CAST(${t} AS TIMESTAMP)`
    return addInterval(localToInstant(local, ctx), { kind: 'timestamp' }, by, byType, result, op, ctx)
  }
  if (byType.kind === 'yearMonthInterval') return `(${t} ${op} to_months(${by}))`
  if (byType.kind === 'calendarInterval') return `(${t} ${op} ${by})`
  if (type.kind === 'timestamp' && !isUtc(ctx.timeZone)) {
    return once(by, x => `((${t} ${op} to_days(CAST(${x} // ${DAY} AS INTEGER))) ${op} to_microseconds(${x} % ${DAY}))`)
  }
  return `(${t} ${op} to_microseconds(${by}))`
}

/** Dates differ by days; timestamps by what their wall clocks differ. */
export function subtractTimes(a: string, left: DataType, b: string, right: DataType, ctx: LowerContext): string {
  if (left.kind === 'date' && right.kind === 'date') return `((${a} - ${b}) * ${DAY})`
  const wall = (v: string, t: DataType) => `epoch_us(${t.kind === 'timestamp' ? instantToLocal(v, ctx) : v})`
  return `(${wall(a, left)} - ${wall(b, right)})`
}

const heldAs = (t: DataType): string => (t.kind === 'yearMonthInterval' ? 'INTEGER' : 'BIGINT')

export function scaleInterval(interval: string, type: DataType, by: string, byType: DataType): string {
  if (type.kind === 'calendarInterval') throw refused(type, '*')
  if (isIntegral(byType)) return `CAST(${interval} * CAST(${by} AS BIGINT) AS ${heldAs(type)})`
  if (byType.kind === 'decimal')
    return `CAST(round(CAST(${interval} AS DECIMAL(19, 0)) * CAST(${by} AS DECIMAL(19, 6)), 0) AS ${heldAs(type)})`
  return `CAST(${halfUp(`(${interval} * CAST(${by} AS DOUBLE))`)} AS ${heldAs(type)})`
}

/** Rounded half away from zero, as all of Spark's interval divisions. */
export function divideInterval(interval: string, type: DataType, by: string, byType: DataType): string {
  if (type.kind === 'calendarInterval') throw refused(type, '/')
  if (!isIntegral(byType)) return `CAST(${halfUp(`(${interval} / CAST(${by} AS DOUBLE))`)} AS ${heldAs(type)})`
  const [n, d] = [`CAST(${interval} AS HUGEINT)`, `CAST(${by} AS HUGEINT)`]
  return `CAST(sign(${n}) * sign(${d}) * ((2 * abs(${n}) + abs(${d})) // (2 * abs(${d}))) AS ${heldAs(type)})`
}
const halfUp = (v: string): string => `round(${v})`
const refused = (type: DataType, op: string) =>
  new MillraceError('NOT_SUPPORTED', {
    what: `"${op}" of ${typeName(type)} and a number on the embedded engine`,
    instead: 'Use a year-month or day-time interval.',
  })
