import {
  type ColumnData,
  compilePattern,
  type DataType,
  type DayTimeIntervalType,
  type DecimalType,
  dateText,
  dateTimeText,
  dayTimeText,
  doubleText,
  floatText,
  formatDate,
  formatTimestamp,
  formatTimestampNtz,
  readInt128,
  timeText,
  valueAt,
  valueText,
  type YearMonthIntervalType,
  yearMonthText,
  zoneOffset,
} from '../types/index.ts'
import type { FormatOptions } from './record-mode.ts'

/** The text of a value that is not null. */
export type WriteValue = (column: ColumnData, i: number) => string

const utf8 = new TextDecoder()
const bytesAt = (c: ColumnData, i: number): Uint8Array => (c.values as Uint8Array).subarray(c.offsets![i]!, c.offsets![i + 1]!)
export const stringAt: WriteValue = (c, i) => utf8.decode(bytesAt(c, i))
const plain: WriteValue = (c, i) => String((c.values as Int32Array)[i])
const micros = (c: ColumnData, i: number): bigint => (c.values as BigInt64Array)[i]!
const floorMillis = (n: bigint): bigint => n - (((n % 1000n) + 1000n) % 1000n)

/** `Z`, `+02:00`: Java's `XXX`. */
export function zoneText(seconds: number): string {
  if (seconds === 0) return 'Z'
  const a = Math.abs(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(a / 3600))}:${two(Math.floor(a / 60) % 60)}`
}

/** Spark's form of a timestamp in files: `2026-01-31T10:00:00.000+01:00`, cut to milliseconds; or a pattern of one's own. */
function timestamps(options: FormatOptions): WriteValue {
  const zone = options.timezone ?? 'UTC'
  if (options.timestampformat !== undefined) {
    const pattern = compilePattern(options.timestampformat, 'format')
    return (c, i) => formatTimestamp(pattern, micros(c, i), zone)
  }
  const offset = zoneOffset(zone)
  return (c, i) => {
    const at = floorMillis(micros(c, i))
    const seconds = offset(Number(at / 1000n))
    return dateTimeText(at + BigInt(seconds) * 1_000_000n, 'T', 3) + zoneText(seconds)
  }
}

function localTimestamps(options: FormatOptions): WriteValue {
  if (options.timestampntzformat === undefined) return (c, i) => dateTimeText(floorMillis(micros(c, i)), 'T', 3)
  const pattern = compilePattern(options.timestampntzformat, 'format')
  return (c, i) => formatTimestampNtz(pattern, micros(c, i))
}

function dates(options: FormatOptions): WriteValue {
  if (options.dateformat === undefined) return (c, i) => dateText((c.values as Int32Array)[i]!)
  const pattern = compilePattern(options.dateformat, 'format')
  return (c, i) => formatDate(pattern, (c.values as Int32Array)[i]!)
}

/** A decimal as Java's BigDecimal prints it: plain, or with an exponent below 1e-6. */
function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled)
  if (scale === 0) return sign + digits
  const exponent = digits.length - 1 - scale
  if (exponent < -6) return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${exponent}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

const WRITERS: Partial<Record<DataType['kind'], (type: DataType, options: FormatOptions) => WriteValue>> = {
  boolean: () => (c, i) => ((c.values as Uint8Array)[i >> 3]! & (1 << (i & 7)) ? 'true' : 'false'),
  byte: () => plain,
  short: () => plain,
  integer: () => plain,
  long: () => plain,
  float: () => (c, i) => floatText((c.values as Float32Array)[i]!),
  double: () => (c, i) => doubleText((c.values as Float64Array)[i]!),
  decimal: type => (c, i) => decimalText(readInt128(c.values as BigInt64Array, 2 * i), (type as DecimalType).scale),
  string: () => stringAt,
  char: () => stringAt,
  varChar: () => stringAt,
  variant: () => stringAt,
  binary: () => (c, i) => Buffer.from(bytesAt(c, i)).toString('base64'),
  date: (_, o) => dates(o),
  timestamp: (_, o) => timestamps(o),
  timestampNtz: (_, o) => localTimestamps(o),
  time: () => (c, i) => timeText(Number(micros(c, i))),
  calendarInterval: (type, o) => (c, i) => valueText(valueAt(c, type, i), type, o.timezone ?? 'UTC'),
  yearMonthInterval: type => {
    const { startField, endField } = type as YearMonthIntervalType
    return (c, i) => yearMonthText((c.values as Int32Array)[i]!, startField, endField)
  },
  dayTimeInterval: type => {
    const { startField, endField } = type as DayTimeIntervalType
    return (c, i) => dayTimeText(micros(c, i), startField, endField)
  },
}

/** How values of a flat type are written in csv and JSON; undefined for nested types. */
export const textWriter = (type: DataType, options: FormatOptions): WriteValue | undefined => WRITERS[type.kind]?.(type, options)
