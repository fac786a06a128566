import {
  compilePattern,
  type DataType,
  type DayTimeIntervalType,
  type DecimalType,
  microsOfText,
  monthsOfText,
  parseDate,
  parseInterval,
  parseTimestamp,
  parseTimestampNtz,
  type YearMonthIntervalType,
} from '../types/index.ts'
import { BooleanBuilder, type Builder, BytesBuilder, FixedBuilder, LongBuilder } from './builders.ts'
import { ascii, javaDouble, readDecimal, readDouble, readInteger, readLong } from './numbers.ts'
import { DefaultTimes, lenientDate, strictDate } from './times.ts'

/** How texts become values: the options of a format that matter for one value. */
export interface ValueOptions {
  readonly timeZone: string
  readonly dateFormat: string | undefined
  readonly timestampFormat: string | undefined
  readonly timestampNtzFormat: string | undefined
  /** Without a format: `yyyy-MM-dd` exactly (csv), or whatever Spark's cast takes (json). */
  readonly strictDates: boolean
  /** A text that does not fit the pattern is tried as the default form, too. */
  readonly fallback?: boolean | undefined
  /** Days since the epoch, for texts that are a time of day alone. */
  readonly today: () => number
}

/** Reads `bytes[start, end)` as the column's next value. False: it is none, and nothing was appended. */
export type ReadValue = (bytes: Uint8Array, start: number, end: number) => boolean

/** A column's builder together with the reader of its texts. */
export interface Cell {
  readonly builder: Builder
  readonly read: ReadValue
}

export const textOf = (b: Uint8Array, start: number, end: number): string =>
  end - start < 24 && isAscii(b, start, end)
    ? ascii(b, start, end)
    : Buffer.from(b.buffer, b.byteOffset + start, end - start).toString('utf8')

function isAscii(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i]! > 127) return false
  return true
}

type SmallInts = Int8Array | Int16Array | Int32Array

function smallInteger<T extends SmallInts>(make: new (n: number) => T, min: number, max: number): Cell {
  const builder = new FixedBuilder<T>(make)
  const read: ReadValue = (b, start, end) => {
    let n = readInteger(b, start, end)
    if (Number.isNaN(n)) {
      const long = readLong(b, start, end)
      if (long === undefined) return false
      n = Number(long)
    }
    if (n < min || n > max) return false
    const i = builder.next()
    builder.values[i] = n
    return true
  }
  return { builder, read }
}

function long(): Cell {
  const builder = new LongBuilder()
  const read: ReadValue = (b, start, end) => {
    const small = readInteger(b, start, end)
    if (!Number.isNaN(small)) {
      builder.append(small)
      return true
    }
    const n = readLong(b, start, end)
    if (n === undefined) return false
    const i = builder.next()
    builder.values[i] = n
    return true
  }
  return { builder, read }
}

function real<T extends Float32Array | Float64Array>(make: new (n: number) => T): Cell {
  const builder = new FixedBuilder<T>(make)
  const read: ReadValue = (b, start, end) => {
    const n = readDouble(b, start, end) ?? javaDouble(textOf(b, start, end))
    if (n === undefined) return false
    const i = builder.next()
    builder.values[i] = n
    return true
  }
  return { builder, read }
}

function boolean(): Cell {
  const builder = new BooleanBuilder()
  const read: ReadValue = (b, start, end) => {
    const text = end - start > 5 ? '' : ascii(b, start, end).toLowerCase()
    if (text !== 'true' && text !== 'false') return false
    builder.append(text === 'true')
    return true
  }
  return { builder, read }
}

/** A decimal into two words, low word first. */
export function putDecimal(builder: FixedBuilder<BigInt64Array>, unscaled: bigint): void {
  const i = builder.next()
  builder.values[2 * i] = BigInt.asIntN(64, unscaled)
  builder.values[2 * i + 1] = unscaled >> 64n
}

function decimal(type: DecimalType): Cell {
  const builder = new FixedBuilder(BigInt64Array, 2)
  const read: ReadValue = (b, start, end) => {
    // Spark's reader of decimals leaves out the commas of thousands.
    const n = readDecimal(textOf(b, start, end).replaceAll(',', ''), type.precision, type.scale)
    if (n === undefined) return false
    putDecimal(builder, n)
    return true
  }
  return { builder, read }
}

function micros(parse: (text: string) => bigint | undefined, fast?: (b: Uint8Array, start: number, end: number) => number): Cell {
  const builder = new LongBuilder()
  const read: ReadValue = (b, start, end) => {
    const plain = fast ? fast(b, start, end) : Number.NaN
    if (!Number.isNaN(plain)) {
      builder.append(plain)
      return true
    }
    const n = parse(textOf(b, start, end))
    if (n === undefined) return false
    const i = builder.next()
    builder.values[i] = n
    return true
  }
  return { builder, read }
}

function timestamp(options: ValueOptions): Cell {
  const { timestampFormat, timeZone } = options
  const times = new DefaultTimes(timeZone, options.today)
  if (timestampFormat === undefined) {
    return micros(
      text => times.timestamp(text),
      (b, start, end) => {
        const at = times.fast(b, start, end)
        return times.fastEnd === end ? at : Number.NaN
      },
    )
  }
  const pattern = compilePattern(timestampFormat, 'parse')
  const byPattern = (text: string) => parseTimestamp(pattern, text, timeZone)
  return micros(options.fallback ? text => byPattern(text) ?? times.timestamp(withoutGmt(text)) : byPattern)
}

/** `2026-01-01T00:00GMT+01:00`: old writers put a word before the offset, which Spark leaves out when it falls back. */
const withoutGmt = (text: string): string => text.replace('GMT', '')

function timestampNtz(options: ValueOptions): Cell {
  if (options.timestampNtzFormat === undefined) {
    const times = new DefaultTimes('UTC', options.today)
    return micros(text => times.timestampNtz(text))
  }
  const pattern = compilePattern(options.timestampNtzFormat, 'parse')
  return micros(text => parseTimestampNtz(pattern, text))
}

/** Days of a date text by the options. */
export function dateParser(options: ValueOptions): (text: string) => number | undefined {
  const first = wantedDate(options)
  return options.fallback ? text => first(text) ?? lenientDate(withoutGmt(text)) : first
}

function wantedDate(options: ValueOptions): (text: string) => number | undefined {
  if (options.dateFormat === undefined) return options.strictDates ? strictDate : lenientDate
  const pattern = compilePattern(options.dateFormat, 'parse')
  return text => parseDate(pattern, text, 'UTC')
}

function date(options: ValueOptions): Cell {
  const builder = new FixedBuilder(Int32Array)
  const parse = dateParser(options)
  const read: ReadValue = (b, start, end) => {
    const days = parse(textOf(b, start, end))
    if (days === undefined) return false
    const i = builder.next()
    builder.values[i] = days
    return true
  }
  return { builder, read }
}

function yearMonths(type: YearMonthIntervalType): Cell {
  const builder = new FixedBuilder(Int32Array)
  const read: ReadValue = (b, start, end) => {
    const months = monthsOfText(textOf(b, start, end), type)
    if (months === undefined) return false
    const i = builder.next()
    builder.values[i] = months
    return true
  }
  return { builder, read }
}

function calendarInterval(): Cell {
  const builder = new FixedBuilder(BigInt64Array, 2)
  const read: ReadValue = (b, start, end) => {
    const parts = parseInterval(textOf(b, start, end))
    if (!parts) return false
    const i = builder.next()
    builder.values[2 * i] = (BigInt(parts.days) << 32n) | BigInt.asUintN(32, BigInt(parts.months))
    builder.values[2 * i + 1] = parts.micros
    return true
  }
  return { builder, read }
}

function bytes(text: boolean): Cell {
  const builder = new BytesBuilder(text)
  const read: ReadValue = (b, start, end) => {
    builder.append(b, start, end)
    return true
  }
  return { builder, read }
}

const CELLS: Partial<Record<DataType['kind'], (type: DataType, options: ValueOptions) => Cell>> = {
  boolean,
  byte: () => smallInteger(Int8Array, -128, 127),
  short: () => smallInteger(Int16Array, -32_768, 32_767),
  integer: () => smallInteger(Int32Array, -2_147_483_648, 2_147_483_647),
  long,
  float: () => real(Float32Array),
  double: () => real(Float64Array),
  decimal: type => decimal(type as DecimalType),
  date: (_, options) => date(options),
  timestamp: (_, options) => timestamp(options),
  timestampNtz: (_, options) => timestampNtz(options),
  calendarInterval,
  yearMonthInterval: type => yearMonths(type as YearMonthIntervalType),
  dayTimeInterval: type => micros(text => microsOfText(text, type as DayTimeIntervalType)),
  string: () => bytes(true),
  char: () => bytes(true),
  varChar: () => bytes(true),
  binary: () => bytes(false),
}

/** The builder and reader for a flat type; undefined for types no text format holds. */
export const cellOf = (type: DataType, options: ValueOptions): Cell | undefined => CELLS[type.kind]?.(type, options)
