import {
  compilePattern,
  formatTimestamp,
  formatTimestampNtz,
  type Pattern,
  stringType,
  timestampNtzType,
  timestampType,
} from '../../../../types/index.ts'
import { type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { instantToLocal } from '../local-time.ts'
import { once } from '../once.ts'
import { writeFormat } from './duck-format.ts'
import { nameSuffix } from './name-suffix.ts'

/** SQL that writes an instant (or a wall clock, `ntz`) by a Java pattern in the session zone. */
export function formatBy(t: string, ntz: boolean, pattern: string | undefined, patternSql: string, ctx: LowerContext): string {
  const host = ctx.host(writer(ntz, pattern, ctx.timeZone))
  if (pattern === undefined) return `${host}(${t}, ${patternSql})`
  const format = writeFormat(compilePattern(pattern, 'format'))
  if (format === undefined) return `${host}(${t})`
  return once(t, x =>
    once(ntz ? x : instantToLocal(x, ctx), wall => {
      const usual = `${wall} >= TIMESTAMP '1000-01-01' AND ${wall} < TIMESTAMP '10000-01-01'`
      return `CASE WHEN ${usual} THEN strftime(${wall}, ${quoteText(format)}) ELSE ${host}(${x}) END`
    }),
  )
}

function writer(ntz: boolean, pattern: string | undefined, zone: string): HostFunction {
  const type = ntz ? timestampNtzType : timestampType
  const write = (p: Pattern, micros: bigint) => (ntz ? formatTimestampNtz(p, micros) : formatTimestamp(p, micros, zone))
  const name = `mr_write_${ntz ? 'ntz' : 'timestamp'}_${nameSuffix(zone, pattern ?? '\u0002any')}`
  if (pattern === undefined) {
    return {
      name,
      args: [type, stringType],
      returns: stringType,
      call: (t, p) => write(compilePattern(p as string, 'format'), t as bigint),
    }
  }
  const compiled = compilePattern(pattern, 'format')
  return { name, args: [type], returns: stringType, call: t => write(compiled, t as bigint) }
}
