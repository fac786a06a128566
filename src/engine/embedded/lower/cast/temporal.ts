import type { LiteralValue } from '../../../../plan/index.ts'
import {
  type DataType,
  type DayTimeIntervalType,
  dateType,
  isIntegral,
  isString,
  microsOfText,
  monthsOfText,
  parseInterval,
  stringType,
  timestampNtzType,
  timestampType,
  type YearMonthIntervalType,
} from '../../../../types/index.ts'
import { fail, type HostFunction } from '../context.ts'
import { instantToLocal, localToInstant } from '../local-time.ts'
import { once } from '../once.ts'
import { duckType } from '../types.ts'
import { type CastJob, invalid, orElse, overflow } from './job.ts'
import { unitOf } from './number.ts'
import { daysOfText, instantOfText, wallOfText } from './time-text.ts'

const CLEAN_DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const CLEAN_TIMESTAMP = `${CLEAN_DATE}[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?`

/** A text of the usual form is left to DuckDB, every other one to a host function that knows all of Spark's forms. */
function fromText(job: CastJob, pattern: string, clean: (v: string) => string, other: (v: string) => string): string {
  return once(job.v, v => {
    const fast = `CASE WHEN regexp_full_match(${v}, '${pattern}') THEN ${clean(v)} END`
    return `COALESCE(${fast}, CASE WHEN ${v} IS NOT NULL THEN COALESCE(${other(v)}, ${invalid(job, v)}) END)`
  })
}
const reader = (name: string, returns: DataType, read: (text: string) => LiteralValue | undefined): HostFunction => ({
  name,
  args: [stringType],
  returns,
  call: text => read(text as string) ?? null,
})

export function toDate(job: CastJob): string | undefined {
  const { v, from, ctx } = job
  if (isString(from))
    return fromText(
      job,
      CLEAN_DATE,
      t => `TRY_CAST(${t} AS DATE)`,
      t => `${ctx.host(reader('mr_date_of_text', dateType, daysOfText))}(${t})`,
    )
  if (from.kind === 'timestamp') return `CAST(${instantToLocal(v, ctx)} AS DATE)`
  return from.kind === 'timestampNtz' ? `CAST(${v} AS DATE)` : undefined
}

export function toTimestamp(job: CastJob): string | undefined {
  const { v, from, ctx } = job
  if (isString(from)) {
    const host: HostFunction = {
      name: `mr_timestamp_of_text_${ctx.timeZone.replace(/\W/g, c => c.charCodeAt(0).toString(16))}`,
      args: [stringType, timestampType],
      returns: timestampType,
      call: (text, now) => instantOfText(text as string, ctx.timeZone, now as bigint) ?? null,
    }
    return fromText(
      job,
      CLEAN_TIMESTAMP,
      t => localToInstant(`TRY_CAST(${t} AS TIMESTAMP)`, ctx),
      t => `${ctx.host(host)}(${t}, ${ctx.now})`,
    )
  }
  if (from.kind === 'date') return localToInstant(`CAST(${v} AS TIMESTAMP)`, ctx)
  if (from.kind === 'timestampNtz') return localToInstant(v, ctx)
  if (isIntegral(from))
    return from.kind === 'long' ? fromSeconds(job, `CAST(${v} AS HUGEINT) * 1000000`) : `make_timestamptz(CAST(${v} AS BIGINT) * 1000000)`
  if (from.kind === 'decimal') return fromSeconds(job, `trunc(CAST(${v} AS DECIMAL(38, ${Math.max(6, from.scale)})) * 1000000)`)
  if (from.kind === 'boolean') return `make_timestamptz(CAST(${v} AS BIGINT))`
  if (from.kind !== 'float' && from.kind !== 'double') return undefined
  return once(`CAST(${v} AS DOUBLE)`, x => {
    const exact = `make_timestamptz(TRY_CAST(trunc(${x} * 1000000) AS BIGINT))`
    return orElse(`CASE WHEN isfinite(${x}) THEN ${exact} END`, x, overflow(job, x))
  })
}
function fromSeconds(job: CastJob, micros: string): string {
  return once(micros, us => orElse(`make_timestamptz(TRY_CAST(${us} AS BIGINT))`, us, overflow(job, us)))
}

export function toTimestampNtz(job: CastJob): string | undefined {
  const { v, from, ctx } = job
  if (isString(from)) {
    const host = reader('mr_timestamp_ntz_of_text', timestampNtzType, wallOfText)
    return fromText(
      job,
      CLEAN_TIMESTAMP,
      t => `TRY_CAST(${t} AS TIMESTAMP)`,
      t => `${ctx.host(host)}(${t})`,
    )
  }
  if (from.kind === 'date') return `CAST(${v} AS TIMESTAMP)`
  return from.kind === 'timestamp' ? instantToLocal(v, ctx) : undefined
}

export function toTime(job: CastJob): string | undefined {
  const { v, from } = job
  if (isString(from)) return once(v, t => orElse(`TRY_CAST(${t} AS TIME)`, t, invalid(job, t)))
  if (from.kind === 'timestampNtz') return `CAST(${v} AS TIME)`
  return from.kind === 'timestamp' ? `CAST(${instantToLocal(v, job.ctx)} AS TIME)` : from.kind === 'time' ? v : undefined
}

type OneNumber = YearMonthIntervalType | DayTimeIntervalType

export function toInterval(job: CastJob): string | undefined {
  const { v, from, to, ctx } = job
  if (isString(from)) return once(v, t => orElse(`${ctx.host(intervalReader(to))}(${t})`, t, invalidInterval(job, t)))
  if (to.kind === 'calendarInterval') return undefined
  const type = to as OneNumber
  const unit = unitOf(type)
  if (from.kind === to.kind)
    return unit === 1 || (unit === 1_000_000 && type.endField === 3)
      ? v
      : once(v, x => `CAST(${x} // ${unit} * ${unit} AS ${duckType(to)})`)
  const scaled = isIntegral(from)
    ? `CAST(${v} AS HUGEINT) * ${unit}`
    : from.kind === 'decimal'
      ? `round(CAST(${v} AS DECIMAL(38, ${from.scale})) * ${unit}, 0)`
      : undefined
  return scaled && once(scaled, n => orElse(`TRY_CAST(${n} AS ${duckType(to)})`, n, overflow(job, n)))
}

function intervalReader(to: DataType): HostFunction {
  if (to.kind === 'yearMonthInterval') return reader(`mr_months_of_text_${to.startField}${to.endField}`, to, t => monthsOfText(t, to))
  if (to.kind === 'dayTimeInterval') return reader(`mr_micros_of_text_${to.startField}${to.endField}`, to, t => microsOfText(t, to))
  return reader('mr_interval_of_text', to, t => parseInterval(t))
}
const invalidInterval = (job: CastJob, v: string): string =>
  job.to.kind === 'calendarInterval' && job.mode === 'ansi' ? fail('CANNOT_PARSE_INTERVAL', { text: v }) : invalid(job, v)
