import { type DataType, type DecimalType, decimalType } from '../../types/index.ts'

const MAX = 38
const INTEGRAL_DIGITS: Readonly<Record<string, number>> = { byte: 3, short: 5, integer: 10, long: 20 }

/** The decimal that holds every value of a whole-number type. */
export function decimalFor(t: DataType): DecimalType | undefined {
  if (t.kind === 'decimal') return t
  const digits = INTEGRAL_DIGITS[t.kind]
  return digits === undefined ? undefined : decimalType(digits, 0)
}

/** The decimal that holds both; whole digits win over digits after the point. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  if (whole + scale <= MAX) return decimalType(whole + scale, scale)
  return decimalType(MAX, Math.max(0, Math.min(scale, MAX - whole)))
}

/** Does every value of `a` fit into `b` unchanged? */
export const fitsDecimal = (a: DecimalType, b: DecimalType): boolean => b.scale >= a.scale && b.precision - b.scale >= a.precision - a.scale
