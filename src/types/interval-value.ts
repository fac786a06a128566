import { MillraceError } from '../errors/index.ts'
import { timeText } from './calendar.ts'
import type { DataType } from './data-type.ts'
import { type IntervalParts, parseInterval } from './interval.ts'

type IntervalKind = 'calendarInterval' | 'yearMonthInterval' | 'dayTimeInterval'

/**
 * A span of time in Spark's three parts, which do not convert into each other.
 *
 * @example
 * new Interval('1 day 2 hours').micros   // 7_200_000_000n
 * new Interval('1 day 2 hours').days     // 1
 */
export class Interval implements IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
  readonly #type: DataType & { kind: IntervalKind }

  /** From a text such as `5 minutes`, or from its parts. @throws INVALID_VALUE_TEXT */
  constructor(value: string | Partial<IntervalParts>, type: DataType & { kind: IntervalKind } = { kind: 'calendarInterval' }) {
    const parts = typeof value === 'string' ? parseInterval(value) : value
    if (!parts) throw new MillraceError('INVALID_VALUE_TEXT', { text: String(value), typeName: 'interval', example: '5 minutes' })
    this.months = parts.months ?? 0
    this.days = parts.days ?? 0
    this.micros = parts.micros ?? 0n
    this.#type = type
  }

  get kind(): IntervalKind {
    return this.#type.kind
  }

  /** As Spark's cast to string: `1 days 2 hours`, `INTERVAL '1 02:00:00' DAY TO SECOND`, `INTERVAL '1-2' YEAR TO MONTH`. */
  toString(): string {
    if (this.#type.kind === 'yearMonthInterval') return yearMonthText(this.months, this.#type.startField, this.#type.endField)
    if (this.#type.kind === 'dayTimeInterval')
      return dayTimeText(this.micros + BigInt(this.days) * DAY, this.#type.startField, this.#type.endField)
    return calendarText(this)
  }

  toJSON(): string {
    return this.toString()
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Interval ${this.toJSON()}`
  }
}

const DAY = 86_400_000_000n
const abs = (n: bigint): bigint => (n < 0n ? -n : n)

/** `INTERVAL '1-2' YEAR TO MONTH`, or of one unit. */
export function yearMonthText(months: number, start: number, end: number): string {
  const [sign, all] = [months < 0 ? '-' : '', Math.abs(months)]
  if (start === end) return start === 0 ? `INTERVAL '${sign}${Math.trunc(all / 12)}' YEAR` : `INTERVAL '${sign}${all}' MONTH`
  return `INTERVAL '${sign}${Math.trunc(all / 12)}-${all % 12}' YEAR TO MONTH`
}

const UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const
const SIZES = [DAY, 3_600_000_000n, 60_000_000n, 1_000_000n] as const
const two = (n: bigint): string => n.toString().padStart(2, '0')

/** `INTERVAL '1 02:00:00' DAY TO SECOND` and the shorter kinds: the first unit counts all, the following ones have two digits, seconds a fraction. */
export function dayTimeText(micros: bigint, start: number, end: number): string {
  let rest = abs(micros)
  let text = ''
  for (let unit = start; unit <= end; unit++) {
    const count = rest / SIZES[unit]!
    rest -= count * SIZES[unit]!
    text += unit === start ? (start === end || start === 0 ? count.toString() : two(count)) : `${unit === 1 ? ' ' : ':'}${two(count)}`
  }
  if (end === 3 && start === 3) text = two(BigInt(text))
  if (end === 3 && rest > 0n) text += `.${rest.toString().padStart(6, '0').replace(/0+$/, '')}`
  return `INTERVAL '${micros < 0n ? '-' : ''}${text}' ${start === end ? UNITS[start] : `${UNITS[start]} TO ${UNITS[end]}`}`
}

function calendarText({ months, days, micros }: IntervalParts): string {
  const parts: string[] = []
  const add = (n: number | bigint, unit: string) => n && parts.push(`${n} ${unit}`)
  add(Math.trunc(months / 12), 'years')
  add(months % 12, 'months')
  add(days, 'days')
  add(micros / 3_600_000_000n, 'hours')
  add((micros / 60_000_000n) % 60n, 'minutes')
  const seconds = micros % 60_000_000n
  if (seconds !== 0n) {
    const fraction = (abs(seconds) % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
    parts.push(`${seconds < 0n ? '-' : ''}${abs(seconds) / 1_000_000n}${fraction ? `.${fraction}` : ''} seconds`)
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ')
}
/** `04:05:06` of a time of day. */
export const timeOfDayText = (micros: bigint): string => timeText(Number(micros))
