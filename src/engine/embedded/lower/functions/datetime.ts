import type { TCall, Typed } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { type DataType, dateType, isString, timestampNtzType, timestampType, timeType } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type LowerContext, quoteText } from '../context.ts'
import { addUnits, byUnit, monthsBetween, truncateDate, truncateInstant, unitsBetween } from '../datetime/arithmetic.ts'
import { extractField, WALL_FIELDS } from '../datetime/fields.ts'
import { formatBy } from '../datetime/format.ts'
import { checked, TIME_OF_PARTS, timeOfMicros, WALL_OF_PARTS } from '../datetime/make.ts'
import { type Moment, parseBy } from '../datetime/parse.ts'
import { CLOCK, DATE_UNITS, DAY, floorDiv, floorMod, TRUNCATE } from '../datetime/units.ts'
import { CONVERT, FROM_UTC, INSTANT_IN, TO_UTC } from '../datetime/zones.ts'
import { instantToLocal, localToInstant } from '../local-time.ts'
import { once } from '../once.ts'
import { duckType } from '../types.ts'
import { literalArgument, textOf } from './literal-argument.ts'

const typeOf = (call: TCall, i: number): DataType => call.args[i]!.dataType
const castTo = (expr: Typed, dataType: DataType, ctx: LowerContext, mode: 'ansi' | 'try' = 'ansi'): string =>
  ctx.lower({ node: 'cast', expr, dataType, nullable: true, mode })
/** The wall clock of argument `i`, be it an instant or a wall clock already. */
const wallOf = (call: TCall, i: number, sql: string, ctx: LowerContext): string =>
  typeOf(call, i).kind === 'timestamp' ? instantToLocal(sql, ctx) : sql

const field =
  (name: string): FunctionLowering =>
  (call, [t], ctx) =>
    WALL_FIELDS[name]!(wallOf(call, 0, t!, ctx))
const instantOfMicros = (micros: string): string => `make_timestamptz(CAST(${micros} AS BIGINT))`

/** to_date, to_timestamp and their kin: text by a pattern, everything else by a cast. */
const parsing =
  (to: Moment, type: DataType, attempt: boolean): FunctionLowering =>
  (call, args, ctx) => {
    const [value, pattern] = args
    if (pattern === undefined || !isString(typeOf(call, 0))) return castTo(call.args[0]!, type, ctx, attempt ? 'try' : 'ansi')
    const how = attempt ? { to } : { to, instead: to === 'date' ? 'try_to_date' : to === 'time' ? 'try_to_time' : 'try_to_timestamp' }
    return parseBy(value!, textOf(call, 1), pattern, how, ctx)
  }

const SECOND = 1_000_000n
const unixTimestamp: FunctionLowering = (call, args, ctx) => {
  if (args.length === 0) return floorDiv(`epoch_us(${ctx.now})`, SECOND)
  const instant = isString(typeOf(call, 0))
    ? parseBy(
        args[0]!,
        textOf(call, 1) ?? (args[1] === undefined ? 'yyyy-MM-dd HH:mm:ss' : undefined),
        args[1] ?? 'NULL',
        { to: 'timestamp', instead: 'try_to_timestamp' },
        ctx,
      )
    : castTo(call.args[0]!, timestampType, ctx)
  return once(`epoch_us(${instant})`, us => floorDiv(us, SECOND))
}

/** The wall clock of six parts, or of a date and a time. */
function wallOfParts(call: TCall, args: readonly string[], ctx: LowerContext): string {
  const attempt = call.fn.startsWith('try_')
  if (typeOf(call, 0).kind === 'date') return args[1] === undefined ? `CAST(${args[0]} AS TIMESTAMP)` : `(${args[0]} + ${args[1]})`
  const parts = args.slice(0, 6)
  return checked(`${ctx.host(WALL_OF_PARTS)}(${parts.join(', ')})`, parts, attempt, call.fn.replace(/^(?:try_)?/, 'try_'))
}
const makeInstant: FunctionLowering = (call, args, ctx) => {
  const zone = args[typeOf(call, 0).kind === 'date' ? 2 : 6]
  const wall = wallOfParts(call, args, ctx)
  return zone === undefined ? localToInstant(wall, ctx) : `${ctx.host(INSTANT_IN)}(${wall}, ${zone})`
}
const makeInterval: FunctionLowering = (call, [y, m, w, d, h, mi, s], _ctx) => {
  const sql = `(to_months(CAST(${y} * 12 + ${m} AS INTEGER)) + to_days(CAST(${w} * 7 + ${d} AS INTEGER)) + to_microseconds(CAST(${h} AS BIGINT) * 3600000000 + CAST(${mi} AS BIGINT) * 60000000 + CAST(${s} * 1000000 AS BIGINT)))`
  return call.fn.startsWith('try_') ? `TRY(${sql})` : sql
}

const DAY_NAMES = ['THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY']
/** Days from a Thursday (1970-01-01 was one) to the named day. */
const nextDay: FunctionLowering = (_, [d, name]) =>
  once(d!, date => {
    const named = `upper(trim(${name}))`
    const forms = (n: string) => [n, n.slice(0, 3), n.slice(0, 2)].map(quoteText).join(', ')
    const branches = DAY_NAMES.map((n, i) => `WHEN ${named} IN (${forms(n)}) THEN ${i}`).join(' ')
    const failure = fail('ILLEGAL_DAY_OF_WEEK', { string: name! })
    const target = `CASE ${branches} WHEN ${name} IS NOT NULL AND ${date} IS NOT NULL THEN ${failure} END`
    return once(
      `CAST(${target} AS INTEGER)`,
      t => `(${date} + 1 + CAST(${floorMod(`(${t} - 1 - (${date} - DATE '1970-01-01'))`, 7)} AS INTEGER))`,
    )
  })

const dateTrunc: FunctionLowering = (call, [unit, t], ctx) => {
  const known = textOf(call, 0)
  return known !== undefined ? truncateInstant(known, t!, ctx) : byUnit(unit!, TRUNCATE.keys(), n => truncateInstant(n, t!, ctx))
}
const trunc: FunctionLowering = (call, [d, unit]) => {
  const known = textOf(call, 1)
  const names = [...TRUNCATE].filter(([, u]) => DATE_UNITS.includes(u)).map(([n]) => n)
  return known !== undefined ? truncateDate(known, d!) : byUnit(unit!, names, n => truncateDate(n, d!))
}

/** Micros of a whole number of units as an instant; text in the name of the unit. */
const instantOf =
  (micros: bigint): FunctionLowering =>
  (_, [n]) =>
    instantOfMicros(`CAST(${n} AS HUGEINT) * ${micros}`)
const sinceEpoch =
  (micros: bigint): FunctionLowering =>
  (_, [t]) =>
    once(`epoch_us(${t})`, us => (micros === 1n ? us : floorDiv(us, micros)))

function timeUnit(call: TCall, i: number): bigint {
  const name = String(literalArgument(call, i, 'unit')).toUpperCase()
  const step = CLOCK[name]
  if (step === undefined)
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'unit',
      func: call.fn,
      value: name,
      expected: Object.keys(CLOCK).join(', '),
    })
  return step
}
const microsOfTime = (t: string): string => `epoch_us(${t})`

export const datetime: Readonly<Record<string, FunctionLowering>> = {
  current_date: (_, __, ctx) => `CAST(${instantToLocal(ctx.now, ctx)} AS DATE)`,
  current_timestamp: (_, __, ctx) => ctx.now,
  localtimestamp: (_, __, ctx) => instantToLocal(ctx.now, ctx),
  current_timezone: (_, __, ctx) => quoteText(ctx.timeZone),
  current_time: (call, _, ctx) => {
    const digits = call.dataType.kind === 'time' ? call.dataType.precision : 6
    return once(`epoch_us(CAST(${instantToLocal(ctx.now, ctx)} AS TIME))`, us => timeOfMicros(`${us} - ${us} % ${10 ** (6 - digits)}`))
  },
  add_months: (_, [d, n]) => `CAST(${d} + to_months(${n}) AS DATE)`,
  date_add: (_, [d, n]) => `(${d} + ${n})`,
  date_sub: (_, [d, n]) => `(${d} - ${n})`,
  datediff: (_, [a, b]) => `CAST(${a} - ${b} AS INTEGER)`,
  months_between: (call, [a, b, rounded], ctx) => monthsBetween(wallOf(call, 0, a!, ctx), wallOf(call, 1, b!, ctx), rounded ?? 'TRUE'),
  last_day: (_, [d]) => `last_day(${d})`,
  next_day: nextDay,
  timestampadd: (call, [, n, t], ctx) =>
    addUnits(String(literalArgument(call, 0, 'unit')), n!, t!, typeOf(call, 2).kind === 'timestampNtz', ctx),
  timestampdiff: (call, [, a, b], ctx) =>
    unitsBetween(String(literalArgument(call, 0, 'unit')), wallOf(call, 1, a!, ctx), wallOf(call, 2, b!, ctx)),
  year: field('YEAR'),
  quarter: field('QUARTER'),
  month: field('MONTH'),
  day: field('DAY'),
  dayofweek: field('DAYOFWEEK'),
  dayofyear: field('DOY'),
  weekday: (_, [d]) => `CAST(isodow(${d}) - 1 AS INTEGER)`,
  weekofyear: field('WEEK'),
  hour: field('HOUR'),
  minute: field('MINUTE'),
  second: (call, [t], ctx) => `CAST(second(${wallOf(call, 0, t!, ctx)}) AS INTEGER)`,
  dayname: (_, [d]) => `strftime(${d}, '%a')`,
  monthname: (_, [d]) => `strftime(${d}, '%b')`,
  date_part: (call, [, t], ctx) => extractField(String(literalArgument(call, 0, 'field')), t!, typeOf(call, 1), ctx),
  date_trunc: dateTrunc,
  trunc,
  date_format: (call, [t, pattern], ctx) => formatBy(t!, typeOf(call, 0).kind === 'timestampNtz', textOf(call, 1), pattern!, ctx),
  to_date: parsing('date', dateType, false),
  try_to_date: parsing('date', dateType, true),
  to_timestamp: parsing('timestamp', timestampType, false),
  try_to_timestamp: parsing('timestamp', timestampType, true),
  to_timestamp_ltz: parsing('timestamp', timestampType, false),
  to_timestamp_ntz: parsing('timestampNtz', timestampNtzType, false),
  unix_timestamp: unixTimestamp,
  to_unix_timestamp: unixTimestamp,
  from_unixtime: (call, [n, pattern], ctx) =>
    formatBy(
      instantOfMicros(`CAST(${n} AS HUGEINT) * ${SECOND}`),
      false,
      pattern === undefined ? 'yyyy-MM-dd HH:mm:ss' : textOf(call, 1),
      pattern ?? 'NULL',
      ctx,
    ),
  from_utc_timestamp: (_, [t, zone], ctx) => `${ctx.host(FROM_UTC)}(${t}, ${zone})`,
  to_utc_timestamp: (_, [t, zone], ctx) => `${ctx.host(TO_UTC)}(${t}, ${zone})`,
  convert_timezone: (_, args, ctx) => {
    const [from, to, t] = args.length === 3 ? args : [quoteText(ctx.timeZone), ...args]
    return `${ctx.host(CONVERT)}(${t}, ${from}, ${to})`
  },
  date_from_unix_date: (_, [n]) => `(DATE '1970-01-01' + ${n})`,
  unix_date: (_, [d]) => `CAST(${d} - DATE '1970-01-01' AS INTEGER)`,
  unix_seconds: sinceEpoch(SECOND),
  unix_millis: sinceEpoch(1000n),
  unix_micros: sinceEpoch(1n),
  timestamp_seconds: (call, _, ctx) => castTo(call.args[0]!, timestampType, ctx),
  timestamp_millis: instantOf(1000n),
  timestamp_micros: instantOf(1n),
  make_date: (_, args) => checked(`TRY(make_date(${args.join(', ')}))`, args, false, 'a valid date'),
  make_timestamp: makeInstant,
  make_timestamp_ltz: makeInstant,
  make_timestamp_ntz: wallOfParts,
  try_make_timestamp: makeInstant,
  try_make_timestamp_ltz: makeInstant,
  try_make_timestamp_ntz: wallOfParts,
  make_interval: makeInterval,
  try_make_interval: makeInterval,
  make_dt_interval: (_, [d, h, m, s]) =>
    `(CAST(${d} AS BIGINT) * ${DAY} + CAST(${h} AS BIGINT) * 3600000000 + CAST(${m} AS BIGINT) * 60000000 + CAST(${s} * 1000000 AS BIGINT))`,
  make_ym_interval: (_, [y, m]) => `CAST(${y} * 12 + ${m} AS INTEGER)`,
  time_bucket: (call, [width, t, origin]) => {
    const make = typeOf(call, 1).kind === 'timestamp' ? 'make_timestamptz' : 'make_timestamp'
    const us = `(epoch_us(${t}) - epoch_us(${origin}))`
    return `${make}(epoch_us(${t}) - ((${us} % ${width}) + ${width}) % ${width})`
  },
  make_time: (_, args, ctx) =>
    checked(`${ctx.host(TIME_OF_PARTS)}(${args.join(', ')})`, args, false, 'hours to 23, minutes and seconds to 59'),
  to_time: parsing('time', timeType(), false),
  try_to_time: parsing('time', timeType(), true),
  time_diff: (call, [, a, b]) => `((${microsOfTime(b!)} - ${microsOfTime(a!)}) // ${timeUnit(call, 0)})`,
  time_trunc: (call, [, t]) => once(microsOfTime(t!), us => timeOfMicros(`${us} - ${us} % ${timeUnit(call, 0)}`)),
  time_from_seconds: (call, [n]) =>
    timeOfMicros(
      typeOf(call, 0).kind === 'double' || typeOf(call, 0).kind === 'float'
        ? `CAST(trunc(${n} * 1000000) AS BIGINT)`
        : `CAST(${n} * 1000000 AS BIGINT)`,
    ),
  time_from_millis: (_, [n]) => timeOfMicros(`CAST(${n} AS BIGINT) * 1000`),
  time_from_micros: (_, [n]) => timeOfMicros(`CAST(${n} AS BIGINT)`),
  time_to_seconds: (call, [t]) =>
    `CAST(CAST(${microsOfTime(t!)} AS DECIMAL(18, 6)) * CAST(0.000001 AS DECIMAL(7, 6)) AS ${duckType(call.dataType)})`,
  time_to_millis: (_, [t]) => `(${microsOfTime(t!)} // 1000)`,
  time_to_micros: (_, [t]) => microsOfTime(t!),
  window_time: (call, [w]) => {
    const end = `epoch_us(struct_extract_at(${w}, 2))`
    return call.dataType.kind === 'timestampNtz' ? `make_timestamp(${end} - 1)` : `make_timestamptz(${end} - 1)`
  },
}
