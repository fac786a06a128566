import type { Pattern } from '../../../../types/index.ts'
import { quoteText } from '../context.ts'

type Step = Pattern['steps'][number]

const literal = (text: string): string => text.replaceAll('%', '%%')

/** Letters whose fixed width DuckDB's codes have as well. */
const READ: Readonly<Record<string, string>> = {
  'year 4': '%Y',
  'month 2': '%m',
  'day 2': '%d',
  'hour 2': '%H',
  'clockHourOfHalf 2': '%I',
  'minute 2': '%M',
  'second 2': '%S',
}

/** A wall clock (TIMESTAMP) read from `x`, and the condition under which it is surely right. */
export type FastRead = (x: string) => { readonly wall: string; readonly proof: string }

/** How DuckDB reads the usual patterns: only where its format writes a time back to the very text the pattern reads. */
export function parseFormat(pattern: Pattern): FastRead | undefined {
  const codes = pattern.steps.map(readCode)
  if (codes.includes(undefined)) return undefined
  const fields = codes.filter(c => c!.startsWith('%') && c !== '%%')
  if (new Set(fields).size !== fields.length || !['%Y', '%m', '%d'].every(c => fields.includes(c))) return undefined
  if (fields.includes('%I') !== fields.includes('%p') || (fields.includes('%I') && fields.includes('%H'))) return undefined
  const format = codes.join('')
  if (format === '%Y-%m-%d %H:%M:%S') return canonical('TIMESTAMP', 19)
  if (format === '%Y-%m-%d') return canonical('DATE', 10)
  return x => {
    const wall = `try_strptime(${x}, ${quoteText(format)})`
    return { wall, proof: `strftime(${wall}, ${quoteText(format)}) = ${x}` }
  }
}
/** DuckDB's own text of a timestamp or date, of exactly this length. */
const canonical =
  (type: 'TIMESTAMP' | 'DATE', length: number): FastRead =>
  x => {
    const wall = `TRY_CAST(${x} AS ${type})`
    return {
      wall: type === 'DATE' ? `CAST(${wall} AS TIMESTAMP)` : wall,
      proof: `strlen(${x}) = ${length} AND CAST(${wall} AS VARCHAR) = ${x}`,
    }
  }

function readCode(step: Step): string | undefined {
  if (step.is === 'literal') return /^[\x20-\x7e]*$/.test(step.text) ? literal(step.text) : undefined
  if (step.is === 'text') return step.field === 'half' ? '%p' : undefined
  if (step.is === 'fraction') return step.max === 3 ? '%g' : step.max === 6 ? '%f' : undefined
  return step.is === 'number' && !step.reduced ? READ[`${step.field} ${step.min}`] : undefined
}

const WRITE: Readonly<Record<string, string>> = {
  'year 1': '%Y',
  'year 4': '%Y',
  'year 2': '%y',
  'month 1': '%-m',
  'month 2': '%m',
  'day 1': '%-d',
  'day 2': '%d',
  'dayOfYear 1': '%-j',
  'dayOfYear 3': '%j',
  'hour 1': '%-H',
  'hour 2': '%H',
  'clockHourOfHalf 1': '%-I',
  'clockHourOfHalf 2': '%I',
  'minute 1': '%-M',
  'minute 2': '%M',
  'second 1': '%-S',
  'second 2': '%S',
}
const NAMED: Readonly<Record<string, readonly [short: string, full: string]>> = {
  month: ['%b', '%B'],
  dayOfWeek: ['%a', '%A'],
  half: ['%p', '%p'],
}

/** DuckDB's strftime format for a pattern, right for the years 1000 to 9999; undefined where it has no such code. */
export function writeFormat(pattern: Pattern): string | undefined {
  const codes = pattern.steps.map(writeCode)
  return codes.includes(undefined) ? undefined : codes.join('')
}
function writeCode(step: Step): string | undefined {
  if (step.is === 'literal') return literal(step.text)
  if (step.is === 'text') return NAMED[step.field]?.[step.names.texts.every(t => t.length <= 3) ? 0 : 1]
  if (step.is === 'fraction') return step.max === 3 ? '%g' : step.max === 6 ? '%f' : undefined
  return step.is === 'number' ? WRITE[`${step.field} ${step.min}`] : undefined
}
