import { dateText, dateTimeText } from './calendar.ts'
import type { DataType } from './data-type.ts'
import { timeOfDayText } from './interval-value.ts'
import type { LocalDate } from './local-date.ts'
import { toWallMicros } from './time-zone.ts'
import type { Timestamp } from './timestamp.ts'

/** A number as Java prints a double: `1.0`, `1.0E10`, `NaN`, `Infinity`. */
export const doubleText = (n: number): string => javaText(n, String(Math.abs(n)))

/** A number as Java prints a float: the fewest digits that give the same 32-bit value. */
export function floatText(n: number): string {
  const f = Math.abs(Math.fround(n))
  let digits = 1
  while (digits < 9 && Math.fround(Number(f.toPrecision(digits))) !== f) digits++
  return javaText(n, String(Number(f.toPrecision(digits))))
}

/** From JavaScript's shortest digits to Java's notation: plain from 0.001 up to 10 million, else with an exponent. */
function javaText(n: number, shortest: string): string {
  if (Number.isNaN(n)) return 'NaN'
  const sign = n < 0 || Object.is(n, -0) ? '-' : ''
  if (!Number.isFinite(n)) return `${sign}Infinity`
  if (n === 0) return `${sign}0.0`
  const [mantissa = '', exponent = '0'] = shortest.split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const all = whole + fraction
  const leading = all.length - all.replace(/^0+/, '').length
  const digits = all.slice(leading).replace(/0+$/, '') || '0'
  const power = Number(exponent) + whole.length - leading - 1
  if (power >= -3 && power < 7) {
    const padded = power < 0 ? '0'.repeat(-power) + digits : digits.padEnd(power + 1, '0')
    const point = Math.max(power, 0) + 1
    return `${sign}${padded.slice(0, point)}.${padded.slice(point) || '0'}`
  }
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${power}`
}

const hex = (bytes: Uint8Array): string => `[${[...bytes].map(b => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`

/** A JS value of a row as `show` and the console sink print it: Spark's cast to string, with `NULL` for null (the cast itself says `null`). */
export function valueText(value: unknown, type: DataType, timeZone: string, ofNull: 'NULL' | 'null' = 'NULL'): string {
  if (value === null || value === undefined) return ofNull
  const text = (v: unknown, t: DataType): string => valueText(v, t, timeZone, ofNull)
  switch (type.kind) {
    case 'double':
      return doubleText(value as number)
    case 'float':
      return floatText(value as number)
    case 'date':
      return dateText((value as LocalDate).days)
    case 'timestamp':
      return dateTimeText(toWallMicros((value as Timestamp).micros, timeZone))
    case 'time':
      return timeOfDayText(value as bigint)
    case 'binary':
      return hex(value as Uint8Array)
    case 'variant':
      return JSON.stringify(value)
    case 'array':
      return `[${(value as unknown[]).map(v => text(v, type.elementType)).join(', ')}]`
    case 'map':
      return `{${[...(value as Map<unknown, unknown>)].map(([k, v]) => `${text(k, type.keyType)} -> ${text(v, type.valueType)}`).join(', ')}}`
    case 'struct':
      return `{${type.fields.map(f => text((value as Record<string, unknown>)[f.name], f.dataType)).join(', ')}}`
    default:
      return String(value)
  }
}
