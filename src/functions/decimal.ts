import { type DecimalType, decimalType } from '../types/index.ts'

const MAX = 38
const MIN_SCALE = 6

/** Too many digits: the whole part is kept, the scale gives way down to six digits (Spark's `DecimalType.adjustPrecisionScale`). */
function adjustDecimal(precision: number, scale: number): DecimalType {
  if (precision <= MAX) return decimalType(precision, scale)
  const whole = precision - scale
  return decimalType(MAX, Math.max(MAX - whole, Math.min(scale, MIN_SCALE)))
}
/** Precision and scale cut off at 38 (Spark's `DecimalType.bounded`). */
export const boundedDecimal = (precision: number, scale: number): DecimalType => decimalType(Math.min(precision, MAX), Math.min(scale, MAX))

export function decimalAdd(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  return adjustDecimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale)
}
export const decimalMultiply = (a: DecimalType, b: DecimalType): DecimalType =>
  adjustDecimal(a.precision + b.precision + 1, a.scale + b.scale)
export function decimalDivide(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(MIN_SCALE, a.scale + b.precision + 1)
  return adjustDecimal(a.precision - a.scale + b.scale + scale, scale)
}
export function decimalRemainder(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  return adjustDecimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale)
}
