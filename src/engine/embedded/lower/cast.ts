import { MillraceError } from '../../../errors/index.ts'
import { type DataType, isIntegral, isString, sameType, sqlName } from '../../../types/index.ts'
import type { CastJob } from './cast/job.ts'
import { castNested } from './cast/nested.ts'
import { toBoolean, toDecimal, toFractional, toIntegral } from './cast/number.ts'
import { toDate, toInterval, toTime, toTimestamp, toTimestampNtz } from './cast/temporal.ts'
import { toText } from './cast/text.ts'
import type { LowerContext } from './context.ts'

import { duckType } from './types.ts'

/** SQL that casts `sql` from one Spark type to another as Spark does under ANSI; `try` gives null where `ansi` fails. */
export function lowerCast(sql: string, from: DataType, to: DataType, mode: 'ansi' | 'try', ctx: LowerContext): string {
  if (sameType(from, to)) return sql
  if (from.kind === 'null') return `CAST(NULL AS ${duckType(to)})`
  const job: CastJob = { v: sql, from, to, mode, ctx, inner: (v, f, t) => lowerCast(v, f, t, mode, ctx) }
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
