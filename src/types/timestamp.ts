import { MillraceError } from '../errors/index.ts'
import { dateTimeText, readDateTime, zoneMicros } from './calendar.ts'

/** Micros to the millisecond at or before it. */
export const millisOf = (micros: bigint): number => Number(micros >= 0n ? micros / 1000n : (micros - 999n) / 1000n)

/**
 * An instant with the microseconds that Spark keeps and `Date` lacks. It is a `Date`, so everything that takes a date takes it.
 *
 * @example
 * new Timestamp('2024-01-06T04:00:00.123456Z').micros   // 1704513600123456n
 * row.TS.getTime()                                      // milliseconds, rounded down
 */
export class Timestamp extends Date {
  readonly #micros: bigint

  /** From micros since the epoch (bigint), milliseconds (number), a date, or an ISO text; a text without a zone is UTC. @throws INVALID_VALUE_TEXT */
  constructor(value: bigint | number | string | Date) {
    const micros = typeof value === 'bigint' ? value : microsOf(value)
    super(millisOf(micros))
    this.#micros = micros
  }

  static fromMicros(micros: bigint): Timestamp {
    return new Timestamp(micros)
  }

  /** Microseconds since 1970-01-01T00:00:00Z, exactly. */
  get micros(): bigint {
    return this.#micros
  }

  /** As Spark's to_json in UTC: `2024-01-06T04:00:00.000Z`, with microseconds where there are any. */
  override toJSON(): string {
    return `${dateTimeText(this.#micros, 'T', 3)}Z`
  }

  override toISOString(): string {
    return this.toJSON()
  }

  /** As Spark's cast to string with the session time zone UTC: `2024-01-06 04:00:00`. */
  override toString(): string {
    return dateTimeText(this.#micros)
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Timestamp ${this.toJSON()}`
  }
}

function microsOf(value: number | string | Date): bigint {
  if (value instanceof Timestamp) return value.micros
  if (typeof value === 'string') {
    const read = readDateTime(value)
    if (!read) throw new MillraceError('INVALID_VALUE_TEXT', { text: value, typeName: 'timestamp', example: '2024-01-06T04:00:00.123456Z' })
    return read.micros - zoneMicros(read.zone ?? 'Z')
  }
  const ms = typeof value === 'number' ? value : value.getTime()
  if (Number.isNaN(ms))
    throw new MillraceError('INVALID_VALUE_TEXT', { text: 'NaN', typeName: 'timestamp', example: '2024-01-06T04:00:00.123456Z' })
  return BigInt(Math.floor(ms)) * 1000n + BigInt(Math.round((ms - Math.floor(ms)) * 1000))
}
