const ZERO = 48
const PLUS = 43
const MINUS = 45

/** What `readInteger` answers for bytes that are no integer of a safe size. */
export const NOT_INTEGER: number = Number.NaN

/** `[+-]digits` as a number, or NaN; no blanks, no fraction, at most 15 digits (see `readLong` for more). */
export function readInteger(b: Uint8Array, start: number, end: number): number {
  let i = start
  const first = b[i]
  if (first === MINUS || first === PLUS) i++
  if (i >= end || end - i > 15) return NOT_INTEGER
  let n = 0
  for (; i < end; i++) {
    const d = b[i]! - ZERO
    if (d < 0 || d > 9) return NOT_INTEGER
    n = n * 10 + d
  }
  return first === MINUS ? -n : n
}

const MIN_LONG: bigint = -(2n ** 63n)
const MAX_LONG: bigint = 2n ** 63n - 1n

/** The bytes as text; they are digits and signs. */
export const ascii = (b: Uint8Array, start: number, end: number): string => {
  let s = ''
  for (let i = start; i < end; i++) s += String.fromCharCode(b[i]!)
  return s
}

/** `[+-]digits` within 64 bits, or undefined. */
export function readLong(b: Uint8Array, start: number, end: number): bigint | undefined {
  const small = readInteger(b, start, end)
  if (!Number.isNaN(small)) return BigInt(small)
  const first = b[start]
  const digits = first === MINUS || first === PLUS ? start + 1 : start
  if (digits >= end) return undefined
  for (let i = digits; i < end; i++) if (b[i]! < ZERO || b[i]! > 57) return undefined
  const n = BigInt(ascii(b, digits, end)) * (first === MINUS ? -1n : 1n)
  return n < MIN_LONG || n > MAX_LONG ? undefined : n
}

const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i)

/**
 * A decimal number such as `-12.5e3`; undefined when it is none. Up to 15 digits are read exactly without a string:
 * both the digits and the power of ten are exact doubles then, and one division rounds once.
 */
export function readDouble(b: Uint8Array, start: number, end: number): number | undefined {
  let i = start
  const negative = b[i] === MINUS
  if (negative || b[i] === PLUS) i++
  let digits = 0
  let mantissa = 0
  let scale = 0
  let point = false
  for (; i < end; i++) {
    const d = b[i]! - ZERO
    if (d >= 0 && d <= 9) {
      mantissa = mantissa * 10 + d
      digits++
      if (point) scale++
    } else if (b[i] === 46 && !point) point = true
    else return slowDouble(ascii(b, start, end))
  }
  if (digits === 0) return undefined
  if (digits > 15) return Number(ascii(b, start, end))
  const n = mantissa / POWERS[scale]!
  return negative ? -n : n
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const slowDouble = (text: string): number | undefined => (DECIMAL.test(text) ? Number(text) : undefined)

/** Java's `Double.parseDouble` for what `readDouble` does not take: blanks around, `1f`, `NaN`, `Infinity`, hexadecimal. */
export function javaDouble(text: string): number | undefined {
  const t = text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '')
  const named = /^([+-]?)(NaN|Infinity)$/.exec(t)
  if (named) return named[2] === 'NaN' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/.exec(t)
  if (hex && hex[2]! + hex[3]! !== '') {
    const n = Number.parseInt(hex[2]! + hex[3]!, 16) * 2 ** (Number(hex[4]) - 4 * hex[3]!.length)
    return hex[1] === '-' ? -n : n
  }
  return slowDouble(t.replace(/[fFdD]$/, ''))
}

/** The unscaled value of a decimal text at this scale, rounded half up; undefined when it is none or has too many digits. */
export function readDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const m = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!m || (m[2] === '' && (m[3] ?? '') === '')) return undefined
  const digits = m[2]! + (m[3] ?? '')
  const shift = scale + Number(m[4] ?? 0) - (m[3] ?? '').length
  if (shift > 400) return /^0*$/.test(digits) ? 0n : undefined
  const unscaled = shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : roundedHalfUp(digits, -shift)
  if (unscaled >= 10n ** BigInt(precision)) return undefined
  return m[1] === '-' ? -unscaled : unscaled
}

function roundedHalfUp(digits: string, cut: number): bigint {
  if (cut > digits.length) return 0n
  const kept = digits.slice(0, digits.length - cut)
  return BigInt(kept || '0') + (digits[digits.length - cut]! >= '5' ? 1n : 0n)
}
