import type { FunctionLowering } from '../context.ts'
import { once } from '../once.ts'

const FORMS = {
  integer: { bits: 32, type: 'INTEGER', half: '2147483648', all: '4294967296' },
  long: { bits: 64, type: 'BIGINT', half: '9223372036854775808', all: '18446744073709551616' },
} as const

/**
 * Java's shifts: the distance counts modulo 32 (bigint: 64), bits fall off at the end without a failure.
 * DuckDB's `<<` fails on overflow, so it is done on unsigned wide numbers and folded back.
 */
export const shift =
  (op: '<<' | '>>' | '>>>'): FunctionLowering =>
  (call, [a, b]) => {
    const { bits, type, half, all } = FORMS[call.dataType.kind === 'long' ? 'long' : 'integer']
    return once(`(CAST(${b} AS INTEGER) & ${bits - 1})`, n => {
      if (op === '>>') return `(${a} >> ${n})`
      const power = (by: string) => `CAST(pow(2::DOUBLE, ${by}) AS HUGEINT)`
      const unsigned = once(a!, x => `(CAST(${x} AS HUGEINT) + CASE WHEN ${x} < 0 THEN ${all} ELSE 0 END)`)
      const shifted = op === '>>>' ? `(${unsigned} // ${power(n)})` : `((${unsigned} % ${power(`${bits} - ${n}`)}) * ${power(n)})`
      return once(shifted, v => `CAST(${v} - CASE WHEN ${v} >= ${half} THEN ${all} ELSE 0 END AS ${type})`)
    })
  }
