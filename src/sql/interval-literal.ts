import type { Literal } from '../plan/index.ts'
import { dayTimeIntervalType, durationMicros, type IntervalParts, parseInterval, yearMonthIntervalType } from '../types/index.ts'
import type { Cursor } from './cursor.ts'
import { literal, type Parser } from './syntax.ts'
import type { Token } from './tokenizer.ts'

const UNITS = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond', 'nanosecond']
const UNIT_WORDS = UNITS.flatMap(u => [u, `${u}s`]).join(' ')
const YEAR_MONTH = ['year', 'month']
const DAY_TIME = ['day', 'hour', 'minute', 'second']
/** The field of an interval type that holds a unit. */
const FIELD: Readonly<Record<string, string>> = { week: 'day', millisecond: 'second', microsecond: 'second' }

/** Do the tokens after the word INTERVAL make an interval? Otherwise `interval` is a column. */
export function startsInterval(at: Cursor): boolean {
  const sign = at.isSymbol('-', 1) || at.isSymbol('+', 1) ? 1 : 0
  const value = at.peek(1 + sign).kind
  return (value === 'number' || value === 'string') && at.isWord(UNIT_WORDS, 2 + sign)
}

/** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL -'1' DAY`: from the word INTERVAL on. */
export function intervalLiteral({ at }: Parser): Literal {
  const start = at.next()
  const parts: { value: string; unit: string; quoted: boolean }[] = []
  while (at.isSymbol('-') || at.isSymbol('+') || at.peek().kind === 'number' || at.peek().kind === 'string') {
    if (parts.length > 0 && !continues(at)) break
    const negative = at.isSymbol('-')
    if (negative || at.isSymbol('+')) at.next()
    const token = at.next()
    if (token.kind === 'number' && /[a-z]/i.test(token.text)) at.fail(token)
    const unit = at.oneOf(UNIT_WORDS) ?? at.fail()
    const trimmed = token.text.trim()
    const value = !negative ? trimmed : trimmed.startsWith('-') ? trimmed.slice(1) : `-${trimmed.replace(/^\+/, '')}`
    parts.push({ value, unit: unit.replace(/s$/, ''), quoted: token.kind === 'string' })
    if (parts.length === 1 && at.words('to')) return unitToUnit(at, start, parts[0]!)
  }
  return multiUnits(
    at,
    start,
    parts.map(p => `${p.value} ${p.unit}`).join(' '),
    parts.map(p => p.unit),
  )
}
/** Is there another `value unit`? `INTERVAL 1 DAY - 2` is a subtraction. */
const continues = (at: Cursor): boolean => at.isWord(UNIT_WORDS, at.isSymbol('-') || at.isSymbol('+') ? 2 : 1)

/** `INTERVAL '1 day 2 hours'`: one text with its units. */
export function typedInterval(at: Cursor, start: Token, value: string): Literal {
  const units =
    value
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.filter(w => w !== 'interval') ?? []
  const known = units.map(u => u.replace(/s$/, ''))
  if (parseInterval(value) === undefined) {
    at.refuse('INVALID_TYPED_LITERAL', { typeName: 'interval', value: `'${value}'`, example: "INTERVAL '1 day 2 hours'" }, start)
  }
  return multiUnits(at, start, value, known)
}

function multiUnits(at: Cursor, start: Token, value: string, units: readonly string[]): Literal {
  const parts = parseInterval(value)
  if (!parts) {
    return at.refuse('INVALID_INTERVAL_FORMAT', { value: `'${value}'`, ...problemOf(value, units) }, start)
  }
  const fields = units.map(u => FIELD[u] ?? u)
  const months = fields.map(f => YEAR_MONTH.indexOf(f)).filter(i => i >= 0)
  const days = fields.map(f => DAY_TIME.indexOf(f)).filter(i => i >= 0)
  if (months.length > 0 && days.length > 0) at.refuse('MIXED_INTERVAL_UNITS', { value: at.textFrom(start) }, start)
  return months.length > 0
    ? yearMonth(at, start, parts, Math.min(...months), Math.max(...months))
    : dayTime(at, start, parts, Math.min(...days), Math.max(...days))
}

/** Why `value unit …` is no interval, as Spark sorts it. */
function problemOf(value: string, units: readonly string[]): { readonly problem: string; readonly kind: string } {
  if (units.includes('nanosecond')) return { problem: 'there is no such unit', kind: 'INVALID_UNIT' }
  if (/^[+-]?\d*\.\d* /.test(value)) return { problem: 'only seconds have a fraction', kind: 'INVALID_FRACTION' }
  if (/^[+-]?\d+ [a-z]+ [a-z]+$/i.test(value)) return { problem: 'the text has a unit already', kind: '_LEGACY_ERROR_TEMP_0026' }
  return { problem: 'a number is wrong', kind: /^[+-]?\d/.test(value) ? 'INVALID_VALUE' : 'UNRECOGNIZED_NUMBER' }
}

function yearMonth(at: Cursor, start: Token, { months }: IntervalParts, from: number, to: number): Literal {
  if (Math.abs(months) > 0x7fffffff) overflow(at, start, 'ARITHMETIC_EXCEPTION')
  return literal(yearMonthIntervalType(from as 0, to as 1), months)
}
function dayTime(at: Cursor, start: Token, parts: IntervalParts, from: number, to: number): Literal {
  const micros = durationMicros(parts)
  if (micros >= 1n << 63n || micros < -(1n << 63n)) overflow(at, start, 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION')
  return literal(dayTimeIntervalType(from as 0, to as 3), micros)
}
const overflow = (at: Cursor, start: Token, kind: string): never =>
  at.refuse('INVALID_INTERVAL_FORMAT', { value: at.textFrom(start), problem: 'it is too long', kind }, start)

const HMS = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?`
/** The text forms of `INTERVAL '…' <from> TO <to>`; groups: days, hours, minutes, seconds, fraction (or years, months), by position. */
const FORMS: Readonly<Record<string, { readonly pattern: RegExp; readonly fields: readonly string[] }>> = {
  'year to month': { pattern: /^(\d+)-(\d+)$/, fields: ['year', 'month'] },
  'day to hour': { pattern: /^(\d+) (\d{1,2})$/, fields: ['day', 'hour'] },
  'day to minute': { pattern: /^(\d+) (\d{1,2}):(\d{1,2})$/, fields: ['day', 'hour', 'minute'] },
  'day to second': { pattern: new RegExp(`^(\\d+) ${HMS}$`), fields: ['day', 'hour', 'minute', 'second', 'fraction'] },
  'hour to minute': { pattern: /^(\d+):(\d{1,2})$/, fields: ['hour', 'minute'] },
  'hour to second': { pattern: /^(\d+):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?$/, fields: ['hour', 'minute', 'second', 'fraction'] },
  'minute to second': { pattern: /^(\d+):(\d{1,2})(?:\.(\d{1,9}))?$/, fields: ['minute', 'second', 'fraction'] },
}
/** The largest value of a field that is not the first one. */
const LIMIT: Readonly<Record<string, number>> = { month: 11, hour: 23, minute: 59, second: 59 }
const MICROS: Readonly<Record<string, bigint>> = {
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  fraction: 1n,
}

function unitToUnit(at: Cursor, start: Token, { value, unit: from, quoted }: { value: string; unit: string; quoted: boolean }): Literal {
  const to = (at.oneOf('year month day hour minute second') ?? at.fail()).replace(/s$/, '')
  const form = FORMS[`${from} to ${to}`]
  const bad = (problem: string, kind: string): never =>
    at.refuse('INVALID_INTERVAL_FORMAT', { value: at.textFrom(start), problem, kind }, start)
  if (!form) return bad(`it cannot go from ${from} to ${to}`, 'UNSUPPORTED_FROM_TO_EXPRESSION')
  if (!quoted) return bad('the value before TO stands in quotes', '_LEGACY_ERROR_TEMP_0027')
  const [, sign = '', body = ''] = /^([+-]?)([\s\S]*)$/.exec(value)!
  const found = form.pattern.exec(body)
  if (!found)
    return bad(
      `the text does not have the form of ${from} to ${to}`,
      from === 'year' ? 'UNMATCHED_FORMAT_STRING' : 'UNMATCHED_FORMAT_STRING_WITH_NOTICE',
    )
  const fields = form.fields.map((name, i) => ({ name, digits: found[i + 1] ?? '' }))
  for (const { name, digits } of fields.slice(1))
    if (Number(digits) > (LIMIT[name] ?? Number.POSITIVE_INFINITY))
      bad(`${name} ${digits} is out of range`, from === 'year' ? 'INTERVAL_PARSING' : '_LEGACY_ERROR_TEMP_0063')
  if (from === 'year') {
    const months = Number(fields[0]!.digits) * 12 + Number(fields[1]!.digits)
    return yearMonth(at, start, { months: sign === '-' ? -months : months, days: 0, micros: 0n }, 0, 1)
  }
  const amount = (name: string, digits: string): bigint =>
    BigInt(name === 'fraction' ? digits.padEnd(6, '0').slice(0, 6) : digits) * MICROS[name]!
  const micros = fields.reduce((sum, f) => sum + amount(f.name, f.digits), 0n)
  return dayTime(at, start, { months: 0, days: 0, micros: sign === '-' ? -micros : micros }, DAY_TIME.indexOf(from), DAY_TIME.indexOf(to))
}
