import {
  binaryType,
  booleanType,
  type DataType,
  Decimal,
  dateType,
  decimalType,
  doubleType,
  field,
  LocalDate,
  LocalTimestamp,
  type StructType,
  stringType,
  structType,
  Timestamp,
  timestampNtzType,
  timestampType,
  timeText,
} from '../../../types/index.ts'
import type { ResultColumn } from '../sql/connection.ts'
import { quoted } from '../sql/names.ts'

/** A type of a result by the driver's name for it, and how its values are read. */
interface Reading {
  readonly type: (column: ResultColumn) => DataType
  readonly value: (value: unknown) => unknown
}

/** What the driver makes of dates and times: seconds and nanoseconds beside a Date. */
interface DriverTime {
  getEpochSeconds(): number
  getNanoSeconds(): number
}
const microsOf = (value: unknown): bigint => {
  const time = value as DriverTime
  return BigInt(time.getEpochSeconds()) * 1_000_000n + BigInt(Math.trunc(time.getNanoSeconds() / 1000))
}

const text: Reading = { type: () => stringType, value: v => String(v) }
const instant: Reading = { type: () => timestampType, value: v => new Timestamp(microsOf(v)) }
/** As Snowflake's connector for Spark reads them, but for times without a zone: they stay without one. */
const READINGS: Readonly<Record<string, Reading>> = {
  fixed: {
    type: c => decimalType(c.precision || 38, c.scale ?? 0),
    value: v => new Decimal(String(v)),
  },
  real: { type: () => doubleType, value: v => Number(String(v).replace(/^([+-]?)inf$/i, '$1Infinity')) },
  boolean: { type: () => booleanType, value: v => v === true || v === 'true' || v === 'TRUE' || v === '1' },
  date: { type: () => dateType, value: v => new LocalDate(Number(microsOf(v) / 86_400_000_000n)) },
  timestamp_ntz: { type: () => timestampNtzType, value: v => new LocalTimestamp(microsOf(v)) },
  timestamp_ltz: instant,
  timestamp_tz: instant,
  time: { type: () => stringType, value: v => (/^\d+$/.test(String(v)) ? timeText(Number(v)) : String(v)) },
  binary: {
    type: () => binaryType,
    value: v => (v instanceof Uint8Array ? Uint8Array.from(v) : Uint8Array.from(Buffer.from(String(v), 'hex'))),
  },
}
const readingOf = (column: ResultColumn): Reading => READINGS[column.type.toLowerCase()] ?? text

/** NUMBER as decimal, semi-structured values and TIME as text, the rest by its own name. */
export const schemaOf = (columns: readonly ResultColumn[]): StructType => structType(columns.map(c => field(c.name, readingOf(c).type(c))))

/**
 * The query by which every digit of a time is read, as microseconds of the day: the driver shows seconds. Undefined where there is none among the columns
 * (or two columns have one name and cannot be asked for).
 */
export function exactTimes(query: string, columns: readonly ResultColumn[]): string | undefined {
  if (!columns.some(isTime) || new Set(columns.map(c => c.name)).size < columns.length) return undefined
  const asked = columns.map(c => {
    const name = quoted(c.name)
    return isTime(c) ? `TIMEDIFF(MICROSECOND, CAST('00:00:00' AS TIME), ${name}) AS ${name}` : name
  })
  return `SELECT ${asked.join(', ')} FROM (${query}) AS Q`
}
const isTime = (column: ResultColumn): boolean => column.type.toLowerCase() === 'time'

/** Of values that the driver was asked to give as text it gives null as text, too; nothing else of theirs looks like it. */
const GIVEN_AS_TEXT = new Set(['fixed', 'real', 'binary', 'variant', 'object', 'array', 'time'])
const NULL_TEXT = 'NULL'

/** Reads rows of these columns. */
export function rowReader(columns: readonly ResultColumn[]): (row: readonly unknown[]) => readonly unknown[] {
  const made = columns.map(c => ({ read: readingOf(c).value, asText: GIVEN_AS_TEXT.has(c.type.toLowerCase()) }))
  return row =>
    row.map((value, i) => {
      const { read, asText } = made[i]!
      return value === null || value === undefined || (asText && value === NULL_TEXT) ? null : read(value)
    })
}
