import { MillraceError } from '../../../../errors/index.ts'
import { type DataType, typeName } from '../../../../types/index.ts'
import type { LowerContext } from '../context.ts'
import { instantToLocal } from '../local-time.ts'
import { DAY, FIELDS } from './units.ts'

const integer = (sql: string): string => `CAST(${sql} AS INTEGER)`
/** Micros within the minute as decimal(8,6) seconds. */
const seconds = (micros: string): string => `CAST(CAST(${micros} AS DECIMAL(18, 6)) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(8, 6))`

/** Fields of a date or of a wall clock. */
export const WALL_FIELDS: Readonly<Record<string, (wall: string) => string>> = {
  YEAR: t => integer(`year(${t})`),
  YEAROFWEEK: t => integer(`isoyear(${t})`),
  QUARTER: t => integer(`quarter(${t})`),
  MONTH: t => integer(`month(${t})`),
  WEEK: t => integer(`week(${t})`),
  DAY: t => integer(`day(${t})`),
  DAYOFWEEK: t => integer(`dayofweek(${t}) + 1`),
  DAYOFWEEK_ISO: t => integer(`isodow(${t})`),
  DOY: t => integer(`dayofyear(${t})`),
  HOUR: t => integer(`hour(${t})`),
  MINUTE: t => integer(`minute(${t})`),
  SECOND: t => seconds(`microsecond(${t})`),
}

const MONTHS: Readonly<Record<string, (m: string) => string>> = {
  YEAR: m => integer(`${m} // 12`),
  MONTH: m => `CAST(${m} % 12 AS TINYINT)`,
}
const MICROS: Readonly<Record<string, (us: string) => string>> = {
  DAY: us => integer(`${us} // ${DAY}`),
  HOUR: us => `CAST(${us} % ${DAY} // 3600000000 AS TINYINT)`,
  MINUTE: us => `CAST(${us} % 3600000000 // 60000000 AS TINYINT)`,
  SECOND: us => seconds(`${us} % 60000000`),
}
/** Of a calendar interval, days count whole days of the micros too. */
const clockOf = (i: string): string =>
  `epoch_us(${i} - to_months(datepart('year', ${i}) * 12 + datepart('month', ${i})) - to_days(datepart('day', ${i})))`
const CALENDAR: Readonly<Record<string, (i: string) => string>> = {
  YEAR: i => integer(`datepart('year', ${i})`),
  MONTH: i => `CAST(datepart('month', ${i}) AS TINYINT)`,
  DAY: i => integer(`datepart('day', ${i}) + ${clockOf(i)} // ${DAY}`),
  HOUR: i => MICROS.HOUR!(clockOf(i)),
  MINUTE: i => MICROS.MINUTE!(clockOf(i)),
  SECOND: i => MICROS.SECOND!(clockOf(i)),
}

/** SQL of one field of a time or interval; `name` as a person writes it. */
export function extractField(name: string, t: string, type: DataType, ctx: LowerContext): string {
  const field = FIELDS.get(name.toUpperCase()) ?? ''
  const table =
    type.kind === 'yearMonthInterval'
      ? MONTHS
      : type.kind === 'dayTimeInterval'
        ? MICROS
        : type.kind === 'calendarInterval'
          ? CALENDAR
          : WALL_FIELDS
  const write = table[field]
  if (!write) throw new MillraceError('INVALID_EXTRACT_FIELD', { field: name, type: typeName(type) })
  return write(type.kind === 'timestamp' ? instantToLocal(t, ctx) : t)
}
