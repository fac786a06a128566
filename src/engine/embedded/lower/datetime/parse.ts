import type { LiteralValue } from '../../../../plan/index.ts'
import {
  compilePattern,
  type DataType,
  dateType,
  type Pattern,
  parseDate,
  parseTime,
  parseTimestamp,
  parseTimestampNtz,
  stringType,
  timestampNtzType,
  timestampType,
  timeType,
} from '../../../../types/index.ts'
import { fail, type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { localToInstant } from '../local-time.ts'
import { once } from '../once.ts'
import { parseFormat } from './duck-format.ts'
import { nameSuffix } from './name-suffix.ts'

export type Moment = 'timestamp' | 'timestampNtz' | 'date' | 'time'

interface Kind {
  readonly returns: DataType
  readonly read: (pattern: Pattern, text: string, zone: string) => LiteralValue | undefined
  /** From the wall clock DuckDB read. */
  readonly ofWall: (wall: string, ctx: LowerContext) => string
}
const KINDS: Readonly<Record<Moment, Kind>> = {
  timestamp: { returns: timestampType, read: parseTimestamp, ofWall: localToInstant },
  timestampNtz: { returns: timestampNtzType, read: parseTimestampNtz, ofWall: wall => wall },
  date: { returns: dateType, read: parseDate, ofWall: wall => `CAST(${wall} AS DATE)` },
  time: { returns: timeType(), read: parseTime, ofWall: wall => `CAST(${wall} AS TIME)` },
}

/** What to do with a text that does not follow the pattern: name the function to use instead, or give null. */
export interface Parsing {
  readonly to: Moment
  readonly instead?: string
}

/**
 * SQL that reads a text by a Java pattern. A text that DuckDB reads and writes back to the same characters is read rightly;
 * every other one goes to the exact host function, which also decides what is wrong.
 */
export function parseBy(text: string, pattern: string | undefined, patternSql: string, how: Parsing, ctx: LowerContext): string {
  if (pattern === undefined) return exactly(text, patternSql, undefined, how, ctx)
  const compiled = compilePattern(pattern, 'parse')
  const fast = how.to === 'time' ? undefined : parseFormat(compiled)
  if (!fast) return exactly(text, quoteText(pattern), pattern, how, ctx)
  return once(text, x => {
    const { wall, proof } = fast(x)
    return `CASE WHEN ${proof} THEN ${KINDS[how.to].ofWall(wall, ctx)} ELSE ${exactly(x, quoteText(pattern), pattern, how, ctx)} END`
  })
}

/** The host function, and the failure where it finds no time. */
function exactly(text: string, patternSql: string, pattern: string | undefined, how: Parsing, ctx: LowerContext): string {
  const host = ctx.host(reader(how.to, pattern, ctx.timeZone))
  const call = (x: string) => `${host}(${x}${pattern === undefined ? `, ${patternSql}` : ''})`
  if (how.instead === undefined) return call(text)
  return once(text, x => {
    const condition = how.to === 'time' ? 'CANNOT_PARSE_TIME' : 'CANNOT_PARSE_TIMESTAMP'
    const failure = fail(condition, { value: x, pattern: patternSql, func: quoteText(how.instead!) })
    return `COALESCE(${call(x)}, CASE WHEN ${x} IS NOT NULL AND ${patternSql} IS NOT NULL THEN ${failure} END)`
  })
}

function reader(to: Moment, pattern: string | undefined, zone: string): HostFunction {
  const { read, returns } = KINDS[to]
  const name = `mr_read_${to.toLowerCase()}_${nameSuffix(zone, pattern ?? '\u0002any')}`
  if (pattern === undefined) {
    return {
      name,
      args: [stringType, stringType],
      returns,
      call: (text, p) => read(compilePattern(p as string, 'parse'), text as string, zone) ?? null,
    }
  }
  const compiled = compilePattern(pattern, 'parse')
  return { name, args: [stringType], returns, call: text => read(compiled, text as string, zone) ?? null }
}
