import type { Literal } from '../plan/index.ts'
import { type DataType, decimalType, doubleType, floatType, integerType, longType } from '../types/index.ts'
import type { Cursor } from './cursor.ts'
import { literal } from './syntax.ts'
import type { Token } from './tokenizer.ts'

const WHOLE: Readonly<Record<string, { type: DataType; name: string; bits: bigint }>> = {
  y: { type: { kind: 'byte' }, name: 'tinyint', bits: 7n },
  s: { type: { kind: 'short' }, name: 'smallint', bits: 15n },
  l: { type: longType, name: 'bigint', bits: 63n },
}
const fits = (n: bigint, bits: bigint): boolean => n >= -(1n << bits) && n < 1n << bits

/** A number and the minus right before it, if any: `-128Y` is a tinyint, though 128 is not. */
export function numberLiteral(at: Cursor, token: Token, negative: boolean): Literal {
  const [, digits = '', suffix = ''] = /^(.*?\d\.?)(bd|[lsyfd])?$/i.exec(token.text)!
  const signed = negative ? `-${digits}` : digits
  const letter = suffix.toLowerCase()
  const whole = WHOLE[letter]
  if (whole) return wholeNumber(at, token, BigInt(signed), whole)
  if (letter === 'bd') return decimalNumber(at, token, signed)
  if (letter === 'd' || letter === 'f' || /e/i.test(digits)) return floating(at, token, signed, letter === 'f')
  if (digits.includes('.')) return decimalNumber(at, token, signed)
  const n = BigInt(signed)
  if (fits(n, 31n)) return literal(integerType, Number(n))
  return fits(n, 63n) ? literal(longType, n) : decimalNumber(at, token, signed)
}

function wholeNumber(at: Cursor, token: Token, n: bigint, { type, name, bits }: (typeof WHOLE)[string]): Literal {
  if (!fits(n, bits)) {
    const [min, max] = [String(-(1n << bits)), String((1n << bits) - 1n)]
    at.refuse('INVALID_NUMERIC_LITERAL_RANGE', { literal: token.text, typeName: name, min, max }, token)
  }
  return literal(type, bits === 63n ? n : Number(n))
}

function floating(at: Cursor, token: Token, signed: string, single: boolean): Literal {
  const n = single ? Math.fround(Number(signed)) : Number(signed)
  if (!Number.isFinite(n)) {
    const max = single ? '3.4028234663852886E+38' : '1.7976931348623157E+308'
    at.refuse('INVALID_NUMERIC_LITERAL_RANGE', { literal: token.text, typeName: single ? 'float' : 'double', min: `-${max}`, max }, token)
  }
  return literal(single ? floatType : doubleType, n)
}

/** Exact: `1.23E10BD` is decimal(11,0), `1.50` decimal(3,2). */
function decimalNumber(at: Cursor, token: Token, signed: string): Literal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(signed)!
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
  const scale = fraction.length - Number(exponent)
  const unscaled = scale < 0 && Math.abs(scale) < 100 ? digits + (digits === '0' ? '' : '0'.repeat(-scale)) : digits
  const places = Math.max(scale, 0)
  const precision = Math.max(unscaled.length, places, 1)
  if (precision > 38 || scale < -99) at.refuse('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', { precision }, token)
  const padded = unscaled.padStart(places + 1, '0')
  const point = padded.length - places
  const value = places === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}`
  return literal(decimalType(precision, places), `${sign && /[1-9]/.test(unscaled) ? '-' : ''}${value}`)
}
