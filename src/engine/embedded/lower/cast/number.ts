import {
  type DataType,
  type DayTimeIntervalType,
  type DecimalType,
  isIntegral,
  isString,
  type YearMonthIntervalType,
} from '../../../../types/index.ts'
import { fail } from '../context.ts'
import { once } from '../once.ts'
import { duckType } from '../types.ts'
import { type CastJob, invalid, orElse, overflow } from './job.ts'

/** What Java's `UTF8String.trimAll` cuts at both ends: blanks and control characters. */
const BLANK = '[\\x00-\\x20\\x7f]'
export const trimmed = (v: string): string => `regexp_replace(${v}, '^${BLANK}+|${BLANK}+$', '', 'g')`

/** `attempt(v)` where the text matches as it is, else on the trimmed text: clean values pay one match and one cast; `plain` may know some of them sooner. */
function fromText(
  job: CastJob,
  pattern: string,
  attempt: (v: string) => string,
  otherwise: (trimmed: string, written: string) => string,
  plain?: (v: string) => string,
): string {
  const tried = (v: string) => `CASE WHEN regexp_full_match(${v}, '${pattern}') THEN ${attempt(v)} END`
  const slow = (v: string) => once(trimmed(v), t => `COALESCE(${tried(t)}, ${otherwise(t, v)})`)
  return once(job.v, v => `COALESCE(${(plain ?? tried)(v)}, CASE WHEN ${v} IS NOT NULL THEN ${slow(v)} END)`)
}

export function toIntegral(job: CastJob): string | undefined {
  const { v, from, to } = job
  const type = duckType(to)
  const checked = (sql: string): string => once(v, x => orElse(`TRY_CAST(${sql.replaceAll('?', x)} AS ${type})`, x, overflow(job, x)))
  if (isString(from))
    return fromText(
      job,
      '[+-]?[0-9]+',
      t => `TRY_CAST(${t} AS ${type})`,
      (_, written) => invalid(job, written),
      // What is written as the number would be is that number.
      v => `CASE WHEN CAST(TRY_CAST(${v} AS ${type}) AS VARCHAR) = ${v} THEN TRY_CAST(${v} AS ${type}) END`,
    )
  switch (from.kind) {
    case 'boolean':
      return `CAST(${v} AS ${type})`
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return SIZE[from.kind]! <= SIZE[to.kind]! ? `CAST(${v} AS ${type})` : checked('?')
    case 'float':
    case 'double': {
      // The double nearest to 2^63 is taken for the greatest bigint, as Java's narrowing does.
      if (to.kind !== 'long') return checked('trunc(?)')
      return once(v, x => {
        const edge = `CASE WHEN ${x} = 9223372036854775808::DOUBLE THEN 9223372036854775807 ELSE ${overflow(job, x)} END`
        return `COALESCE(TRY_CAST(trunc(${x}) AS BIGINT), CASE WHEN ${x} IS NOT NULL THEN ${edge} END)`
      })
    }
    case 'decimal':
      return checked('trunc(?)')
    case 'timestamp':
    case 'timestampNtz':
      return to.kind === 'long' ? epochSeconds(v) : once(epochSeconds(v), s => orElse(`TRY_CAST(${s} AS ${type})`, s, overflow(job, s)))
    case 'yearMonthInterval':
    case 'dayTimeInterval':
      return once(`(${v} // ${unitOf(from)})`, n => orElse(`TRY_CAST(${n} AS ${type})`, n, overflow(job, n)))
    default:
      return undefined
  }
}
const SIZE: Readonly<Record<string, number>> = { byte: 1, short: 2, integer: 4, long: 8 }
const UNITS = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000]
/** An interval as a number counts its last unit. */
export const unitOf = (t: YearMonthIntervalType | DayTimeIntervalType): number =>
  t.kind === 'yearMonthInterval' ? (t.endField === 0 ? 12 : 1) : UNITS[t.endField]!

/** Whole seconds, rounded down also before 1970. */
function epochSeconds(v: string): string {
  return once(`epoch_us(${v})`, us => `(${us} // 1000000 - CASE WHEN ${us} % 1000000 < 0 THEN 1 ELSE 0 END)`)
}

const DECIMAL_TEXT = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?'

export function toFractional(job: CastJob): string | undefined {
  const { v, from, to } = job
  const type = duckType(to)
  if (isString(from))
    return fromText(
      job,
      DECIMAL_TEXT,
      t => textToFloat(t, type),
      (t, written) => specialFloat(job, t, written, type),
    )
  if (isIntegral(from) || from.kind === 'boolean' || from.kind === 'float') return `CAST(${v} AS ${type})`
  switch (from.kind) {
    case 'double':
      // Beyond the range of a float DuckDB fails, Java gives infinity.
      return once(
        v,
        x =>
          `COALESCE(TRY_CAST(${x} AS FLOAT), CASE WHEN ${x} > 0 THEN CAST('Infinity' AS FLOAT) WHEN ${x} < 0 THEN CAST('-Infinity' AS FLOAT) END)`,
      )
    case 'decimal':
      // Up to 15 digits the quotient of two exact doubles is the nearest one; beyond, the text is read.
      return from.precision <= 15 && to.kind === 'double' ? `CAST(${v} AS DOUBLE)` : `CAST(CAST(${v} AS VARCHAR) AS ${type})`
    case 'timestamp':
    case 'timestampNtz':
      return `CAST(epoch_us(${v}) / 1000000.0::DOUBLE AS ${type})`
    default:
      return undefined
  }
}
const textToFloat = (t: string, type: string): string =>
  type === 'DOUBLE'
    ? `TRY_CAST(${t} AS DOUBLE)`
    : `COALESCE(TRY_CAST(${t} AS FLOAT), CAST(CASE WHEN starts_with(${t}, '-') THEN '-Infinity' ELSE 'Infinity' END AS FLOAT))`

/** `1.5d` and `2F` as Java reads them; infinities and NaN in any case. */
function specialFloat(job: CastJob, t: string, written: string, type: string): string {
  const suffixed = `CASE WHEN regexp_full_match(${t}, '${DECIMAL_TEXT}[dDfF]') THEN TRY_CAST(left(${t}, -1) AS ${type}) END`
  const word = `CASE WHEN lower(${t}) IN ('inf', '+inf', 'infinity', '+infinity') THEN CAST('Infinity' AS ${type}) WHEN lower(${t}) IN ('-inf', '-infinity') THEN CAST('-Infinity' AS ${type}) WHEN lower(${t}) = 'nan' THEN CAST('NaN' AS ${type}) ELSE ${invalid(job, written)} END`
  return `COALESCE(${suffixed}, ${word})`
}

export function toDecimal(job: CastJob): string | undefined {
  const { v, from } = job
  const to = job.to as DecimalType
  const type = duckType(to)
  if (isString(from)) {
    const range = (t: string, written: string) =>
      `CASE WHEN regexp_full_match(${t}, '${DECIMAL_TEXT}') THEN ${outOfRange(job, written)} ELSE ${invalid(job, written)} END`
    return fromText(job, DECIMAL_TEXT, t => textToDecimal(t, to), range)
  }
  if (from.kind === 'boolean') return once(`CAST(${v} AS INTEGER)`, x => orElse(`TRY_CAST(${x} AS ${type})`, x, outOfRange(job, x)))
  if (isIntegral(from) || from.kind === 'decimal') {
    return cannotOverflow(from, to) ? `CAST(${v} AS ${type})` : once(v, x => orElse(`TRY_CAST(${x} AS ${type})`, x, outOfRange(job, x)))
  }
  // A double becomes a decimal through its text, so that 1.005 rounds as written.
  if (from.kind === 'float' || from.kind === 'double') {
    return once(v, x => `CASE WHEN isfinite(${x}) THEN ${orElse(`TRY_CAST(CAST(${x} AS VARCHAR) AS ${type})`, x, outOfRange(job, x))} END`)
  }
  if (from.kind === 'timestamp' || from.kind === 'timestampNtz') {
    return once(`(CAST(epoch_us(${v}) AS DECIMAL(24, 6)) * 0.000001)`, x => orElse(`TRY_CAST(${x} AS ${type})`, x, outOfRange(job, x)))
  }
  if (from.kind === 'yearMonthInterval' || from.kind === 'dayTimeInterval') {
    const n = `(CAST(CAST(${v} AS DECIMAL(20, 0)) * 0.000001 AS DECIMAL(38, 6)) / ${unitOf(from)} * 1000000)`
    return once(n, x => orElse(`TRY_CAST(${x} AS ${type})`, x, outOfRange(job, x)))
  }
  return undefined
}
/** DuckDB reads texts of wide decimals a hundred times slower than those of up to 18 digits, which most are. */
function textToDecimal(t: string, to: DecimalType): string {
  const wide = `TRY_CAST(${t} AS ${duckType(to)})`
  if (to.precision <= 18 || to.scale >= 18) return wide
  return `COALESCE(CAST(TRY_CAST(${t} AS DECIMAL(18, ${to.scale})) AS ${duckType(to)}), ${wide})`
}
const DIGITS: Readonly<Record<string, number>> = { byte: 3, short: 5, integer: 10, long: 20 }
function cannotOverflow(from: DataType, to: DecimalType): boolean {
  const whole = from.kind === 'decimal' ? from.precision - from.scale + (to.scale < from.scale ? 1 : 0) : DIGITS[from.kind]!
  return to.precision - to.scale >= whole
}
/** Too many digits for the decimal type. */
export function outOfRange(job: Pick<CastJob, 'mode' | 'to'>, v: string): string {
  if (job.mode === 'try') return 'NULL'
  const to = job.to as DecimalType
  return fail('NUMERIC_VALUE_OUT_OF_RANGE', { value: v, precision: String(to.precision), scale: String(to.scale) })
}

export function toBoolean(job: CastJob): string | undefined {
  const { v, from } = job
  if (isIntegral(from) || from.kind === 'float' || from.kind === 'double' || from.kind === 'decimal') return `(${v} <> 0)`
  if (from.kind === 'timestamp') return `(epoch_us(${v}) <> 0)`
  if (!isString(from)) return undefined
  return once(v, written =>
    once(`lower(${trimmed(written)})`, t => {
      const known = `CASE WHEN ${t} IN ('true', 't', 'yes', 'y', '1') THEN TRUE WHEN ${t} IN ('false', 'f', 'no', 'n', '0') THEN FALSE`
      return `${known} WHEN ${t} IS NOT NULL THEN ${invalid(job, written)} END`
    }),
  )
}
