import type { Alias, Cast, Expression, SortOrder, UnresolvedAttribute } from '../plan/index.ts'
import type { DataType } from '../types/index.ts'

/** Small makers of plan expressions. All nodes are frozen. */
export const attribute = (name: string): UnresolvedAttribute => Object.freeze({ kind: 'unresolvedAttribute', unparsedIdentifier: name })
/** A name as text may also be `*` or `t.*`. */
export const named = (name: string): Expression =>
  name === '*'
    ? Object.freeze({ kind: 'unresolvedStar' })
    : name.endsWith('.*')
      ? Object.freeze({ kind: 'unresolvedStar', unparsedTarget: name })
      : attribute(name)

export const call = (functionName: string, ...args: readonly Expression[]): Expression =>
  Object.freeze({ kind: 'unresolvedFunction', functionName, arguments: Object.freeze(args) })
export const distinctCall = (functionName: string, ...args: readonly Expression[]): Expression =>
  Object.freeze({ kind: 'unresolvedFunction', functionName, arguments: Object.freeze(args), isDistinct: true })
export const alias = (expr: Expression, ...name: readonly string[]): Alias =>
  Object.freeze({ kind: 'alias', expr, name: Object.freeze(name) })
export const cast = (expr: Expression, type: string | DataType, evalMode?: Cast['evalMode']): Cast =>
  Object.freeze({ kind: 'cast', expr, ...(typeof type === 'string' ? { typeStr: type } : { type }), ...(evalMode && { evalMode }) })
export const extract = (child: Expression, extraction: Expression): Expression =>
  Object.freeze({ kind: 'unresolvedExtractValue', child, extraction })

export const sortOrder = (
  child: Expression,
  direction: 'asc' | 'desc',
  nulls: 'first' | 'last' = direction === 'asc' ? 'first' : 'last',
): SortOrder =>
  Object.freeze({
    kind: 'sortOrder',
    child,
    direction: direction === 'asc' ? 'SORT_DIRECTION_ASCENDING' : 'SORT_DIRECTION_DESCENDING',
    nullOrdering: nulls === 'first' ? 'SORT_NULLS_FIRST' : 'SORT_NULLS_LAST',
  })
