import { CellError } from './cell-error.ts'

const NEGATIVE = 0x4000
const SPECIAL: Readonly<Record<number, string>> = { 49152: 'NaN', 53248: 'Infinity', 61440: '-Infinity' }
const BASE = 10_000n
/** So many digits of base 10000 fit a JavaScript number exactly. */
const FAST_DIGITS = 3

/** A numeric as the server sends it, as whole units of `10^-scale`, rounded half away from zero. @throws CellError for NaN and infinities */
export function readNumeric(bytes: Buffer, start: number, scale: number): bigint {
  const digits = bytes.readUInt16BE(start)
  const weight = bytes.readInt16BE(start + 2)
  const sign = bytes.readUInt16BE(start + 4)
  const special = SPECIAL[sign]
  if (special !== undefined) throw new CellError(`${special} is no decimal`)
  const value = wholeNumber(bytes, start + 8, digits)
  // The last digit stands for 10000^(weight - digits + 1).
  const power = 4 * (weight - digits + 1) + scale
  const units = power >= 0 ? value * 10n ** BigInt(power) : roundedHalfUp(value, 10n ** BigInt(-power))
  return sign === NEGATIVE ? -units : units
}

function wholeNumber(bytes: Buffer, at: number, digits: number): bigint {
  if (digits <= FAST_DIGITS) {
    let value = 0
    for (let i = 0; i < digits; i++) value = value * 10_000 + bytes.readUInt16BE(at + 2 * i)
    return BigInt(value)
  }
  let value = 0n
  for (let i = 0; i < digits; i++) value = value * BASE + BigInt(bytes.readUInt16BE(at + 2 * i))
  return value
}

const roundedHalfUp = (value: bigint, unit: bigint): bigint => (value + unit / 2n) / unit
