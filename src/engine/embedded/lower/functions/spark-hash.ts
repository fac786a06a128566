import type { LiteralValue } from '../../../../plan/index.ts'
import type { DataType } from '../../../../types/index.ts'

/** The three primitives of one of Spark's hash functions. */
export interface Hasher<H> {
  int(value: number, seed: H): H
  long(value: bigint, seed: H): H
  bytes(value: Uint8Array, seed: H): H
}

const scratch = new DataView(new ArrayBuffer(8))
const floatBits = (x: number): number => {
  scratch.setFloat32(0, x === 0 ? 0 : x)
  return scratch.getInt32(0)
}
const doubleBits = (x: number): bigint => {
  scratch.setFloat64(0, x === 0 ? 0 : x)
  return scratch.getBigInt64(0)
}
const utf8 = new TextEncoder()

/** `BigInteger.toByteArray`: the fewest bytes, big end first, in two's complement. */
function bigBytes(n: bigint): Uint8Array {
  let length = 1
  while (BigInt.asIntN(8 * length, n) !== n) length++
  return Uint8Array.from({ length }, (_, i) => Number(BigInt.asUintN(8, n >> BigInt(8 * (length - 1 - i)))))
}

/** Spark's `HashExpression.computeHash`: a null leaves the hash as it is, nested values are folded in order. */
export function hashValue<H>(h: Hasher<H>, value: LiteralValue, type: DataType, seed: H): H {
  if (value === null) return seed
  switch (type.kind) {
    case 'boolean':
      return h.int(value ? 1 : 0, seed)
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'yearMonthInterval':
      return h.int(value as number, seed)
    case 'long':
    case 'timestamp':
    case 'timestampNtz':
    case 'dayTimeInterval':
    case 'time':
      return h.long(BigInt(value as bigint), seed)
    case 'float':
      return h.int(floatBits(value as number), seed)
    case 'double':
      return h.long(doubleBits(value as number), seed)
    case 'decimal': {
      const unscaled = BigInt((value as string).replace('.', ''))
      return type.precision <= 18 ? h.long(unscaled, seed) : h.bytes(bigBytes(unscaled), seed)
    }
    case 'binary':
      return h.bytes(value as Uint8Array, seed)
    case 'calendarInterval': {
      const i = value as { months: number; days: number; micros: bigint }
      return h.int(i.months, h.int(i.days, h.long(i.micros, seed)))
    }
    case 'array':
      return (value as LiteralValue[]).reduce<H>((acc, v) => hashValue(h, v, type.elementType, acc), seed)
    case 'struct':
      return type.fields.reduce<H>((acc, f, i) => hashValue(h, (value as LiteralValue[])[i]!, f.dataType, acc), seed)
    default:
      return h.bytes(utf8.encode(String(value)), seed)
  }
}
