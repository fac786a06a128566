import { MillraceError } from '../../errors/index.ts'
import { findFunction } from '../../functions/index.ts'
import type { FrameBoundary, SortOrder, WindowExpression } from '../../plan/index.ts'
import type { Bound, Order, TCall, TOver, Typed } from '../resolved.ts'
import { constantOf, typedLiteral } from './literal.ts'
import { resolve, type Scope } from './scope.ts'
import { shownName } from './shown.ts'

export const resolveOrder = (o: SortOrder, scope: Scope): Order => ({
  expr: resolve(o.child, scope),
  ascending: o.direction !== 'SORT_DIRECTION_DESCENDING',
  nullsFirst: o.nullOrdering !== 'SORT_NULLS_LAST',
})

/** `f(…) OVER (PARTITION BY … ORDER BY … frame)`. */
export function resolveOver(e: WindowExpression, scope: Scope): TOver {
  const fn = resolve(e.windowFunction, scope)
  const kind = fn.node === 'call' ? findFunction(fn.fn)?.kind : undefined
  if (fn.node !== 'call' || (kind !== 'aggregate' && kind !== 'window'))
    throw new MillraceError('WINDOW_FUNCTION_NOT_HERE', {
      expression: shownName(e.windowFunction, scope),
      where: 'over(): it is neither an aggregate nor a window function',
    })
  const frame = frameOf(e, scope)
  return {
    node: 'over',
    fn,
    partitionBy: e.partitionSpec.map(p => resolve(p, scope)),
    orderBy: e.orderSpec.map(o => resolveOrder(o, scope)),
    ...(frame ? { frame } : {}),
    dataType: fn.dataType,
    nullable: fn.nullable || NULL_AT_EDGES.has(fn.fn),
  }
}
const NULL_AT_EDGES = new Set(['lag', 'lead', 'nth_value', 'first_value', 'last_value'])

function frameOf(e: WindowExpression, scope: Scope): TOver['frame'] {
  if (!e.frameSpec) return undefined
  return {
    type: e.frameSpec.frameType === 'FRAME_TYPE_ROW' ? 'rows' : 'range',
    lower: bound(e.frameSpec.lower, true, scope),
    upper: bound(e.frameSpec.upper, false, scope),
  }
}

/** A negative offset is before the row; a bound without offset lies at the edge of the partition or at the row. */
function bound(b: FrameBoundary, lower: boolean, scope: Scope): Bound {
  if (b.currentRow) return { at: 'current' }
  if (!b.value || b.unbounded) return { at: 'unbounded' }
  const e = resolve(b.value, scope)
  const value = constantOf(e)
  if (value === undefined)
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: 'over', argument: lower ? 'lower bound' : 'upper bound' })
  if (typeof value !== 'number' && typeof value !== 'bigint') return { at: 'offset', value: e, preceding: lower }
  if (value === 0 || value === 0n) return { at: 'current' }
  const preceding = value < 0
  return { at: 'offset', value: preceding ? negated(e, value) : e, preceding }
}

const negated = (e: Typed, value: number | bigint): Typed => typedLiteral(-value, e.dataType)

/** Window functions are legal inside over() only. */
export const isWindowFunction = (e: Typed): e is TCall => e.node === 'call' && findFunction(e.fn)?.kind === 'window'
export const isAggregate = (e: Typed): e is TCall => e.node === 'call' && findFunction(e.fn)?.kind === 'aggregate'
export const isGenerator = (e: Typed): e is TCall => e.node === 'call' && findFunction(e.fn)?.kind === 'generator'
