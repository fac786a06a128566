import { MillraceError } from '../../errors/index.ts'
import { findFunction } from '../../functions/index.ts'
import type { Expression } from '../../plan/index.ts'
import type { Typed } from '../resolved.ts'
import { constantOf, typedLiteral } from './literal.ts'
import { resolve, type Scope } from './scope.ts'

/** Made of literals alone, and the same whenever it is worked out? */
function isConstant(e: Typed): boolean {
  if (e.node === 'literal') return true
  if (e.node === 'cast') return isConstant(e.expr)
  if (e.node !== 'call') return false
  const spec = findFunction(e.fn)
  return (
    spec !== undefined && (spec.kind === 'scalar' || spec.kind === 'operator') && spec.deterministic !== false && e.args.every(isConstant)
  )
}

/**
 * What stands where a constant is demanded: a call on literals becomes the literal it gives, which the engine works out (Spark's foldable expressions).
 * Anything else stays as it is.
 */
export function asConstant(e: Typed, written: Expression, scope: Scope): Typed {
  if (!scope.env.constant || constantOf(e) !== undefined || !isConstant(e)) return e
  const value = scope.env.constant(written)
  if (value === undefined) throw new MillraceError('SCHEMA_NOT_KNOWN', { format: 'constant' })
  return typedLiteral(value, e.dataType)
}

/** The value of an expression that has to be a constant; undefined where it is none. */
export const constantValue = (e: Expression, scope: Scope): ReturnType<typeof constantOf> =>
  constantOf(asConstant(resolve(e, scope), e, scope))
