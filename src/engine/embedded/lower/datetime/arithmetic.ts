import { MillraceError } from '../../../../errors/index.ts'
import type { LowerContext } from '../context.ts'
import { instantToLocal, localToInstant } from '../local-time.ts'
import { once, onceEach } from '../once.ts'
import { CLOCK, DATE_UNITS, DAY, floorDiv, floorMod, TRUNCATE } from './units.ts'

/** The start of the unit that an instant falls in; NULL for an unknown unit. */
export function truncateInstant(unit: string, t: string, ctx: LowerContext): string {
  const name = TRUNCATE.get(unit.toUpperCase())
  if (name === undefined) return 'CAST(NULL AS TIMESTAMPTZ)'
  const step = CLOCK[name]
  if (step === undefined) return once(t, x => localToInstant(`date_trunc('${name}', ${instantToLocal(x, ctx)})`, ctx))
  // Within an hour the clock only runs: the rest of the wall clock is taken off the instant, so an hour that happens twice stays itself.
  return once(t, x => {
    const us = `epoch_us(${x})`
    return `make_timestamptz(${us} - ${floorMod(step < CLOCK.MINUTE! ? us : `epoch_us(${instantToLocal(x, ctx)})`, step)})`
  })
}
export function truncateDate(unit: string, d: string): string {
  const name = TRUNCATE.get(unit.toUpperCase())
  return name !== undefined && DATE_UNITS.includes(name) ? `CAST(date_trunc('${name}', ${d}) AS DATE)` : 'CAST(NULL AS DATE)'
}
/** A unit known only by row: one branch a unit. */
export const byUnit = (unit: string, names: Iterable<string>, write: (name: string) => string): string =>
  `CASE upper(${unit}) ${[...names].map(n => `WHEN '${n}' THEN ${write(n)}`).join(' ')} END`

const MONTHS: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 }
const SPANS: Readonly<Record<string, bigint>> = { ...CLOCK, DAY, DAYOFYEAR: DAY, WEEK: 7n * DAY }
const unknownUnit = (unit: string, func: string): MillraceError =>
  new MillraceError('INVALID_PARAMETER_VALUE', {
    parameter: 'unit',
    func,
    value: unit,
    kind: 'DATETIME_UNIT',
    expected: `one of ${Object.keys({ ...SPANS, ...MONTHS }).join(', ')}`,
  })

/** A time some units later: clock units on the time line, days and more on the calendar. */
export function addUnits(unit: string, n: string, t: string, ntz: boolean, ctx: LowerContext): string {
  const name = unit.toUpperCase()
  const micros = CLOCK[name]
  if (micros !== undefined) return `${ntz ? 'make_timestamp' : 'make_timestamptz'}(epoch_us(${t}) + CAST(${n} AS BIGINT) * ${micros})`
  const months = MONTHS[name]
  const days = name === 'WEEK' ? 7 : name === 'DAY' || name === 'DAYOFYEAR' ? 1 : undefined
  if (months === undefined && days === undefined) throw unknownUnit(unit, 'timestampadd')
  const by = months !== undefined ? `to_months(CAST(${n} * ${months} AS INTEGER))` : `to_days(CAST(${n} * ${days} AS INTEGER))`
  return ntz ? `(${t} + ${by})` : localToInstant(`(${instantToLocal(t, ctx)} + ${by})`, ctx)
}

/** Whole units from one wall clock to another, towards zero. */
export function unitsBetween(unit: string, from: string, to: string): string {
  const name = unit.toUpperCase()
  const span = SPANS[name]
  const months = MONTHS[name]
  if (span === undefined && months === undefined) throw unknownUnit(unit, 'timestampdiff')
  if (span !== undefined) return `((epoch_us(${to}) - epoch_us(${from})) // ${span})`
  return onceEach([from, to], (a, b) => {
    const whole = `((year(${b}) - year(${a})) * 12 + month(${b}) - month(${a}))`
    const rest = (x: string) => `(${x} - date_trunc('month', ${x}))`
    const full = `(${whole} + CASE WHEN ${whole} > 0 AND ${rest(b)} < ${rest(a)} THEN -1 WHEN ${whole} < 0 AND ${rest(b)} > ${rest(a)} THEN 1 ELSE 0 END)`
    return `(${full} // ${months})`
  })
}

/** Months from the second wall clock to the first, with a fraction of 31 days. */
export function monthsBetween(a: string, b: string, rounded: string): string {
  return onceEach([a, b], (x, y) => {
    const months = `CAST((year(${x}) - year(${y})) * 12 + month(${x}) - month(${y}) AS DOUBLE)`
    const atEnd = (t: string) => `last_day(${t}) = CAST(${t} AS DATE)`
    const ofDay = (t: string) => floorDiv(floorMod(`epoch_us(${t})`, DAY), 1_000_000n)
    const seconds = `((day(${x}) - day(${y})) * 86400 + ${ofDay(x)} - ${ofDay(y)})`
    const exact = `(${months} + CAST(${seconds} AS DOUBLE) / 2678400.0::DOUBLE)`
    return `CASE WHEN day(${x}) = day(${y}) OR (${atEnd(x)} AND ${atEnd(y)}) THEN ${months} WHEN ${rounded} THEN floor(${exact} * 1e8 + 0.5) / 1e8 ELSE ${exact} END`
  })
}
