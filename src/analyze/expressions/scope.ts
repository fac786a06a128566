import { MillraceError } from '../../errors/index.ts'
import type { Expression } from '../../plan/index.ts'
import { parseExpression } from '../../sql/index.ts'
import type { AnalyzeEnv } from '../environment.ts'
import type { PlanIds } from '../frame.ts'
import type { Attribute, TLambdaVariable, Typed } from '../resolved.ts'
import { sameName } from './names.ts'

/** Where an expression stands: the columns it may name. */
export interface Scope {
  readonly env: AnalyzeEnv
  readonly columns: readonly Attribute[]
  readonly planIds: PlanIds
  /** Columns the input left out, which may still be named where `columns` has none of the name. */
  readonly extra: readonly Attribute[]
  /** Columns of the same list by their aliases: they may be named behind them, where no column of the input has the name. */
  readonly lateral: readonly LateralAlias[]
  /** Innermost last. */
  readonly variables: readonly TLambdaVariable[]
  /** How a call is shown in an automatic column name where that differs from how it was written. */
  readonly shown: WeakMap<Expression, Expression>
  /** Extractions that turned out to be fields of a struct: they show as `a.b`, not as `a[b]`. */
  readonly fields: WeakSet<Expression>
  /** Resolves an expression of any kind (`resolve.ts`). It stands here so that the kinds need not know each other. */
  readonly resolver: (e: Expression, scope: Scope) => Typed
  /** For messages: `select`, `filter`, … */
  readonly where: string
}

/** The function by which Spark shows a name that is the alias of another column of the list. */
export const LATERAL = 'lateralAliasReference'

export interface LateralAlias {
  readonly attribute: Attribute
  /** A generator's column is shown as any column is. */
  readonly generated: boolean
}

/** Names resolved, types found, implicit casts made explicit. */
export const resolve = (e: Expression, scope: Scope): Typed => scope.resolver(e, scope)

export interface Found {
  readonly attribute: Attribute
  /** Struct fields below it. */
  readonly fields: readonly string[]
}

/** Finds a column by the parts of its name: `t.a.field` may be qualified, nested or both. */
export function findColumn(parts: readonly string[], scope: Scope, planId?: number): Found {
  if (planId !== undefined && scope.planIds.has(planId)) return findByPlanId(parts, scope, planId)
  const found = lookUp(parts, scope.columns) ?? lookUp(parts, scope.extra)
  if (!found) throw new MillraceError('UNRESOLVED_COLUMN', { name: parts.join('.'), known: scope.columns.map(c => c.name) })
  return one(found, parts)
}

interface Candidates {
  readonly attributes: readonly Attribute[]
  readonly fields: readonly string[]
}

export function lookUp(parts: readonly string[], columns: readonly Attribute[]): Candidates | undefined {
  for (let q = Math.min(parts.length - 1, 3); q >= 1; q--) {
    const attributes = columns.filter(c => sameName(c.name, parts[q]!) && endsWith(c.qualifier, parts.slice(0, q)))
    if (attributes.length > 0) return { attributes, fields: parts.slice(q + 1) }
  }
  const attributes = columns.filter(c => sameName(c.name, parts[0]!))
  return attributes.length > 0 ? { attributes, fields: parts.slice(1) } : undefined
}

const endsWith = (qualifier: readonly string[], tail: readonly string[]): boolean =>
  qualifier.length >= tail.length && tail.every((t, i) => sameName(t, qualifier[qualifier.length - tail.length + i]!))

const shownCandidate = (a: Attribute): string => [...a.qualifier, a.name].map(p => `\`${p}\``).join('.')

function one(found: Candidates, parts: readonly string[]): Found {
  const ids = new Set(found.attributes.map(a => a.id))
  if (ids.size > 1)
    throw new MillraceError('AMBIGUOUS_REFERENCE', { name: parts.join('.'), candidates: found.attributes.map(shownCandidate) })
  return { attribute: found.attributes[0]!, fields: found.fields }
}

/** A column taken from a frame: it must still be among the columns here. */
function findByPlanId(parts: readonly string[], scope: Scope, planId: number): Found {
  const here = new Map([...scope.extra, ...scope.columns].map(c => [c.id, c]))
  const lists = scope.planIds.get(planId)!
  const hits = lists.map(list => lookUp(parts, list)).filter(c => c !== undefined)
  if (hits.length === 0) throw new MillraceError('UNRESOLVED_COLUMN', { name: parts.join('.'), known: lists[0]!.map(c => c.name) })
  const present = hits.map(h => one(h, parts)).filter(f => here.has(f.attribute.id))
  const ids = new Set(present.map(f => f.attribute.id))
  if (ids.size > 1) throw new MillraceError('AMBIGUOUS_COLUMN_REFERENCE', { name: parts.join('.') })
  const first = present[0]
  if (!first) throw new MillraceError('CANNOT_RESOLVE_DATAFRAME_COLUMN', { name: parts.join('.') })
  return { attribute: here.get(first.attribute.id)!, fields: first.fields }
}

/** SQL text as an expression; its literals are read in the session's zone. */
export const parse = (text: string, scope: Pick<Scope, 'env'>): Expression =>
  parseExpression(text, {
    timeZone: scope.env.timeZone,
    escapedStringLiterals: scope.env.conf('spark.sql.parser.escapedStringLiterals') === 'true',
  })
