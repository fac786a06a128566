import type { TCall, Typed } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import type { LiteralValue } from '../../../../plan/index.ts'

/** The value of an expression that is a literal, also one wrapped in casts, or an array of such; undefined for anything else. */
export function literalOf(expr: Typed | undefined): LiteralValue | undefined {
  if (expr?.node === 'cast') return literalOf(expr.expr)
  if (expr?.node === 'call' && expr.fn === 'array') {
    const elements = expr.args.map(literalOf)
    return elements.includes(undefined) ? undefined : (elements as LiteralValue[])
  }
  return expr?.node === 'literal' ? expr.value : undefined
}

/** The value of argument `i`, which must be a literal where the lowering has to know it beforehand. */
export function literalArgument(call: TCall, i: number, name: string): LiteralValue {
  const value = literalOf(call.args[i])
  if (value === undefined) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() with a ${name} that is no literal` })
  return value
}

/** The text of argument `i`, if it is a literal text. */
export function textOf(call: TCall, i: number): string | undefined {
  const value = literalOf(call.args[i])
  return typeof value === 'string' ? value : undefined
}
