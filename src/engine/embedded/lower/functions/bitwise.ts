import type { FunctionLowering } from '../context.ts'
import { fail } from '../context.ts'
import { onceEach } from '../once.ts'
import { shift } from './shift.ts'

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 }

/** Spark counts the bits of a 64-bit number, whatever the type: a negative int has the ones of its sign as well. */
const bitCount: FunctionLowering = (call, [a]) =>
  call.args[0]!.dataType.kind === 'boolean' ? `CAST(${a} AS INTEGER)` : `CAST(bit_count(CAST(${a} AS BIGINT)) AS INTEGER)`

const bitGet: FunctionLowering = (call, args) => {
  const bits = BITS[call.args[0]!.dataType.kind]!
  return onceEach(args, (x, at) => {
    const outside = fail('INVALID_BIT_POSITION', { position: at!, bits: String(bits) })
    return `CASE WHEN ${at} < 0 OR ${at} >= ${bits} THEN CASE WHEN ${x} IS NOT NULL THEN ${outside} END ELSE CAST((CAST(${x} AS BIGINT) >> ${at}) & 1 AS TINYINT) END`
  })
}

export const bitwise: Readonly<Record<string, FunctionLowering>> = {
  bit_count: bitCount,
  bit_get: bitGet,
  shiftleft: shift('<<'),
  shiftright: shift('>>'),
  shiftrightunsigned: shift('>>>'),
}
