import { MillraceError } from '../errors/index.ts'
import { dateTimeText, readDateTime } from './calendar.ts'

/** A wall clock without a time zone (`timestamp_ntz`), to the microsecond. */
export class LocalTimestamp {
  readonly #micros: bigint

  /** From micros on the wall clock since 1970-01-01T00:00:00, or a text such as `2024-01-06 04:00:00.5`. @throws INVALID_VALUE_TEXT */
  constructor(value: bigint | string) {
    this.#micros = typeof value === 'bigint' ? value : microsOf(value)
  }

  get micros(): bigint {
    return this.#micros
  }

  toJSON(): string {
    return dateTimeText(this.#micros, 'T', 3)
  }

  toString(): string {
    return dateTimeText(this.#micros)
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `LocalTimestamp ${this.toJSON()}`
  }
}

function microsOf(text: string): bigint {
  const read = readDateTime(text)
  if (!read || read.zone) throw new MillraceError('INVALID_VALUE_TEXT', { text, typeName: 'timestamp_ntz', example: '2024-01-06 04:00:00' })
  return read.micros
}
