import { MillraceError } from '../../../errors/index.ts'
import { type DataType, isIntegral, isString, sameType, sqlName } from '../../../types/index.ts'
import { castNested } from './cast/nested.ts'
import { toBoolean, toDecimal, toFractional, toIntegral } from './cast/number.ts'
import { toDate, toInterval, toTime, toTimestamp, toTimestampNtz } from './cast/temporal.ts'
import { toText } from './cast/text.ts'
import { fail, type LowerContext, quoteText } from './context.ts'

import { duckType } from './types.ts'

/** One cast to be written: `v` is SQL of type `from` that may be used several times. */
export interface CastJob {
  readonly v: string
  readonly from: DataType
  readonly to: DataType
  readonly mode: 'ansi' | 'try'
  readonly ctx: LowerContext
}

/** SQL that casts `sql` from one Spark type to another as Spark does under ANSI; `try` gives null where `ansi` fails. */
export function lowerCast(sql: string, from: DataType, to: DataType, mode: 'ansi' | 'try', ctx: LowerContext): string {
  if (sameType(from, to)) return sql
  if (from.kind === 'null') return `CAST(NULL AS ${duckType(to)})`
  const job: CastJob = { v: sql, from, to, mode, ctx }
  const written = write(job)
  if (written === undefined) {
    throw new MillraceError('NOT_SUPPORTED', { what: `a cast from ${sqlName(from)} to ${sqlName(to)} on the embedded engine` })
  }
  return written
}

function write(job: CastJob): string | undefined {
  const { from, to } = job
  if (isString(to)) return toText(job)
  if (isIntegral(to)) return toIntegral(job)
  switch (to.kind) {
    case 'float':
    case 'double':
      return toFractional(job)
    case 'decimal':
      return toDecimal(job)
    case 'boolean':
      return toBoolean(job)
    case 'date':
      return toDate(job)
    case 'timestamp':
      return toTimestamp(job)
    case 'timestampNtz':
      return toTimestampNtz(job)
    case 'time':
      return toTime(job)
    case 'yearMonthInterval':
    case 'dayTimeInterval':
    case 'calendarInterval':
      return toInterval(job)
    case 'binary':
      return isString(from) ? `encode(${job.v})` : undefined
    case 'array':
    case 'map':
    case 'struct':
      return castNested(job)
    default:
      return undefined
  }
}

/** What stands in for a value that cannot be had: a failure, or null under `try`. */
export function invalid(job: CastJob, v = job.v): string {
  if (job.mode === 'try') return 'NULL'
  return fail('CAST_INVALID_INPUT', { value: v, sourceType: quoteText(sqlName(job.from)), targetType: quoteText(sqlName(job.to)) })
}
export function overflow(job: CastJob, v = job.v): string {
  if (job.mode === 'try') return 'NULL'
  return fail('CAST_OVERFLOW', { value: v, sourceType: quoteText(sqlName(job.from)), targetType: quoteText(sqlName(job.to)) })
}
/** `attempt`, a null of which is only right where `v` is null; else `otherwise`. */
export const orElse = (attempt: string, v: string, otherwise: string): string =>
  otherwise === 'NULL' ? attempt : `COALESCE(${attempt}, CASE WHEN ${v} IS NOT NULL THEN ${otherwise} END)`
