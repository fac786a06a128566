import { MillraceError } from '../errors/index.ts'
import { dateText, daysOf, isRealDate, ymdOf } from './calendar.ts'

/** A calendar day without a time (`date`). */
export class LocalDate {
  readonly #days: number

  /** From days since 1970-01-01, or a text such as `2024-01-06`. @throws INVALID_VALUE_TEXT */
  constructor(value: number | string) {
    this.#days = typeof value === 'number' ? value : daysOfText(value)
  }

  /** `month` counts from 1. */
  static of(year: number, month: number, day: number): LocalDate {
    return new LocalDate(daysOf(year, month, day))
  }

  /** Days since 1970-01-01. */
  get days(): number {
    return this.#days
  }
  get year(): number {
    return ymdOf(this.#days).year
  }
  /** 1 to 12. */
  get month(): number {
    return ymdOf(this.#days).month
  }
  get day(): number {
    return ymdOf(this.#days).day
  }

  /** Midnight UTC of the day. */
  toDate(): Date {
    return new Date(this.#days * 86_400_000)
  }

  toJSON(): string {
    return dateText(this.#days)
  }

  toString(): string {
    return dateText(this.#days)
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `LocalDate ${this.toJSON()}`
  }
}

function daysOfText(text: string): number {
  const m = /^\s*([+-]?\d{4,6})-(\d\d?)-(\d\d?)\s*$/.exec(text)
  const [year, month, day] = [Number(m?.[1]), Number(m?.[2]), Number(m?.[3])]
  if (!m || !isRealDate(year, month, day)) throw new MillraceError('INVALID_VALUE_TEXT', { text, typeName: 'date', example: '2024-01-06' })
  return daysOf(year, month, day)
}
