import { MillraceError } from '../errors/index.ts'

/**
 * An exact decimal number. It is not a JavaScript number, so nothing is rounded by accident.
 *
 * @example
 * new Decimal('10.50').plus(new Decimal('0.05')).toString()   // '10.55'
 */
export class Decimal {
  readonly #unscaled: bigint
  readonly #scale: number

  /** From an exact text, a whole number, or an unscaled bigint with its scale. @throws INVALID_VALUE_TEXT */
  constructor(value: string | bigint | number, scale?: number) {
    if (typeof value === 'bigint') {
      this.#unscaled = value
      this.#scale = scale ?? 0
      return
    }
    const read = readDecimal(typeof value === 'number' ? String(value) : value)
    if (!read) throw new MillraceError('INVALID_VALUE_TEXT', { text: String(value), typeName: 'decimal', example: '10.50' })
    this.#unscaled = read.unscaled
    this.#scale = read.scale
  }

  /** The digits without the point: `1050n` for `10.50`. */
  get unscaled(): bigint {
    return this.#unscaled
  }
  /** Digits after the point. */
  get scale(): number {
    return this.#scale
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.#scale, other.#scale)
    return new Decimal(this.#at(scale) + other.#at(scale), scale)
  }

  minus(other: Decimal): Decimal {
    const scale = Math.max(this.#scale, other.#scale)
    return new Decimal(this.#at(scale) - other.#at(scale), scale)
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.#unscaled * other.#unscaled, this.#scale + other.#scale)
  }

  /** Negative, 0 or positive, for sorting. */
  compare(other: Decimal): number {
    const scale = Math.max(this.#scale, other.#scale)
    const [a, b] = [this.#at(scale), other.#at(scale)]
    return a < b ? -1 : a > b ? 1 : 0
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0
  }

  /** With another number of digits after the point, rounded half up as Spark does. */
  rescale(scale: number): Decimal {
    return new Decimal(rescaled(this.#unscaled, this.#scale, scale), scale)
  }

  /** The nearest JavaScript number; may lose digits. */
  toNumber(): number {
    return Number(this.toString())
  }

  toString(): string {
    const digits = (this.#unscaled < 0n ? -this.#unscaled : this.#unscaled).toString().padStart(this.#scale + 1, '0')
    const sign = this.#unscaled < 0n ? '-' : ''
    return this.#scale === 0 ? sign + digits : `${sign}${digits.slice(0, -this.#scale)}.${digits.slice(-this.#scale)}`
  }

  /** As Spark's to_json: the number with all its digits, not in quotes. */
  toJSON(): unknown {
    return RAW_JSON.rawJSON(this.toString())
  }

  #at(scale: number): bigint {
    return rescaled(this.#unscaled, this.#scale, scale)
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Decimal ${this.toString()}`
  }
}

/** In the language (ES2026) and in Node 24, not yet in TypeScript's library. */
const RAW_JSON = JSON as unknown as { rawJSON(text: string): unknown }

function rescaled(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from)
  const unit = 10n ** BigInt(from - to)
  const half = unit / 2n
  return unscaled < 0n ? -((-unscaled + half) / unit) : (unscaled + half) / unit
}

/** `-1.50`, `.5`, `1e3` to digits and scale. */
export function readDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } | undefined {
  const m = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text)
  if (!m || (m[2] === '' && !m[3])) return undefined
  const scale = (m[3]?.length ?? 0) - Number(m[4] ?? 0)
  const digits = BigInt(`${m[2]}${m[3] ?? ''}`) * (scale < 0 ? 10n ** BigInt(-scale) : 1n)
  return { unscaled: m[1] === '-' ? -digits : digits, scale: Math.max(scale, 0) }
}
