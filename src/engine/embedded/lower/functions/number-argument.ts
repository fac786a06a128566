import type { TCall, Typed } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'

/** A constant number, also behind casts and signs; null for a null, undefined for anything that depends on the row. */
function numberOf(e: Typed | undefined): number | bigint | null | undefined {
  if (e?.node === 'cast') return numberOf(e.expr)
  if (e?.node === 'literal') return e.value === null || typeof e.value === 'number' || typeof e.value === 'bigint' ? e.value : undefined
  if (e?.node !== 'call' || (e.fn !== 'negative' && e.fn !== 'positive')) return undefined
  const value = numberOf(e.args[0])
  return value === null || value === undefined || e.fn === 'positive' ? value : -value
}

/** The number at argument `i`, which must be constant; null where it is null or left out. */
export function literalNumber(call: TCall, i: number): number | bigint | null {
  if (call.args[i] === undefined) return null
  const value = numberOf(call.args[i])
  if (value === undefined) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() with argument ${i + 1} that is no constant` })
  return value
}
