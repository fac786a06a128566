import { MillraceError } from '../../errors/index.ts'
import type {
  Cast,
  Expression,
  ExpressionExtension,
  Relation,
  SubqueryExpression,
  UnresolvedAttribute,
  UnresolvedExtractValue,
} from '../../plan/index.ts'
import { walk } from '../../plan/index.ts'
import { type DataType, parseDataType, quoteIfNeeded } from '../../types/index.ts'
import { canCast } from '../coercion/can-cast.ts'
import type { AnalyzeEnv } from '../environment.ts'
import { columnsOf, type Frame, mergePlanIds } from '../frame.ts'
import { reference } from '../ids.ts'
import type { Typed } from '../resolved.ts'
import { resolveCall } from './call.ts'
import { extract, getField } from './extract.ts'
import { castTo, resolveLiteral } from './literal.ts'
import { mismatch, quotedType } from './mismatch.ts'
import { parseAttributeName, sameName } from './names.ts'
import { resolveOver } from './over.ts'
import { findColumn, LATERAL, lookUp, parse, resolve, type Scope } from './scope.ts'
import { shownName } from './shown.ts'
import { asCondition, updateField } from './special.ts'

type Resolvers = { readonly [K in Expression['kind']]: (e: Extract<Expression, { kind: K }>, scope: Scope) => Typed }

const RESOLVERS: Resolvers = {
  literal: resolveLiteral,
  unresolvedAttribute: resolveAttribute,
  unresolvedFunction: (e, scope) => resolveCall(e, scope),
  callFunction: (e, scope) => resolveCall({ kind: 'unresolvedFunction', functionName: e.functionName, arguments: e.arguments }, scope),
  expressionString: (e, scope) => resolve(parse(e.expression, scope), scope),
  alias: (e, scope) => resolve(e.expr, scope),
  cast: resolveCast,
  unresolvedStar: (_, scope) => notHere('INVALID_STAR', scope),
  unresolvedRegex: (_, scope) => notHere('INVALID_STAR', scope),
  sortOrder: (_, scope) => {
    throw new MillraceError('PARSE_NOT_HERE', { what: 'asc() or desc()', where: scope.where })
  },
  lambdaFunction: (_, scope) => {
    throw new MillraceError('PARSE_NOT_HERE', { what: 'a lambda', where: scope.where })
  },
  window: resolveOver,
  unresolvedExtractValue: resolveExtract,
  updateFields: (e, scope) =>
    updateField(
      resolve(e.structExpression, scope),
      parseAttributeName(e.fieldName),
      e.valueExpression && resolve(e.valueExpression, scope),
      () => shownName(e, scope),
    ),
  unresolvedNamedLambdaVariable: (e, scope) => variable(e.nameParts, scope) ?? fail('UNRESOLVED_COLUMN', e.nameParts, scope),
  namedArgumentExpression: (_, scope) => {
    throw new MillraceError('NOT_SUPPORTED', { what: `a named argument in ${scope.where}`, instead: 'Give the arguments by position.' })
  },
  extension: resolveExtension,
}

const resolver = (e: Expression, scope: Scope): Typed => (RESOLVERS[e.kind] as (e: Expression, scope: Scope) => Typed)(e, scope)

/** Where an expression over these inputs stands. */
export const scopeOf = (env: AnalyzeEnv, where: string, ...frames: readonly Frame[]): Scope => ({
  env,
  columns: frames.length === 1 ? columnsOf(frames[0]!) : frames.flatMap(columnsOf),
  planIds: frames.length === 1 ? frames[0]!.planIds : mergePlanIds(frames.map(f => f.planIds)),
  extra: [],
  lateral: [],
  variables: [],
  shown: new WeakMap(),
  fields: new WeakSet(),
  resolver,
  where,
})

/** A condition of filter or join. */
export const resolveCondition = (e: Expression, scope: Scope): Typed => asCondition(resolve(e, scope), scope.where)

function notHere(condition: 'INVALID_STAR', scope: Scope): never {
  throw new MillraceError(condition, { where: scope.where })
}
function fail(condition: 'UNRESOLVED_COLUMN', parts: readonly string[], scope: Scope): never {
  throw new MillraceError(condition, {
    name: parts.join('.'),
    known: [...scope.variables.map(v => v.name), ...scope.columns.map(c => c.name)],
  })
}

function variable(parts: readonly string[], scope: Scope): Typed | undefined {
  const found = scope.variables.findLast(v => sameName(v.name, parts[0]!))
  return found && parts.slice(1).reduce<Typed>(getField, found)
}

function resolveAttribute(e: UnresolvedAttribute, scope: Scope): Typed {
  const parts = parseAttributeName(e.unparsedIdentifier)
  const bound = e.planId === undefined ? variable(parts, scope) : undefined
  if (bound) return bound
  const word = bareWord(e, parts, scope)
  if (word) return word
  const alias = e.planId === undefined ? lateralAlias(e, parts, scope) : undefined
  if (alias) return alias
  const found = findColumn(parts, scope, e.planId)
  return found.fields.reduce<Typed>(getField, reference(found.attribute))
}

/** The alias of a column before it in the list: Spark shows such a name by what it resolves to. */
function lateralAlias(e: UnresolvedAttribute, parts: readonly string[], scope: Scope): Typed | undefined {
  if (scope.lateral.length === 0 || lookUp(parts, scope.columns)) return undefined
  const found = scope.lateral.filter(l => sameName(l.attribute.name, parts[0]!))
  const [only] = found
  if (!only) return undefined
  if (found.length > 1) throw new MillraceError('AMBIGUOUS_LATERAL_COLUMN_ALIAS', { name: parts[0]!, count: found.length })
  const shown: Expression = { kind: 'unresolvedAttribute', unparsedIdentifier: quoteIfNeeded(parts.at(-1)!) }
  if (!only.generated) scope.shown.set(e, { kind: 'unresolvedFunction', functionName: LATERAL, arguments: [shown] })
  return parts.slice(1).reduce<Typed>(getField, reference(only.attribute))
}

/** Functions that may be written without brackets, where no column has the name. */
const BARE = new Set(
  'current_date current_timestamp current_user user session_user current_time current_catalog current_database current_schema localtimestamp'.split(
    ' ',
  ),
)

function bareWord(e: UnresolvedAttribute, parts: readonly string[], scope: Scope): Typed | undefined {
  const name = parts[0]!.toLowerCase()
  if (parts.length > 1 || !BARE.has(name) || lookUp(parts, scope.columns)) return undefined
  const call: Expression = { kind: 'unresolvedFunction', functionName: name, arguments: [] }
  scope.shown.set(e, call)
  return resolve(call, scope)
}

function resolveExtract(e: UnresolvedExtractValue, scope: Scope): Typed {
  const made = extract(resolve(e.child, scope), resolve(e.extraction, scope))
  if (made.node === 'getField') scope.fields.add(e)
  return made
}

const castTarget = (e: Cast): DataType => e.type ?? parseDataType(e.typeStr!)

function resolveCast(e: Cast, scope: Scope): Typed {
  const inner = resolve(e.expr, scope)
  const to = castTarget(e)
  if (!canCast(inner.dataType, to))
    throw mismatch('CAST_WITHOUT_SUGGESTION', shownName(e, scope), `${quotedType(inner.dataType)} cannot be cast to ${quotedType(to)}`)
  return castTo(inner, to, e.evalMode === 'EVAL_MODE_TRY' ? 'try' : 'ansi')
}

function resolveExtension(e: ExpressionExtension, scope: Scope): Typed {
  if (e.name === 'UserFunction') {
    const args = e.arguments.map(a => resolve(a, scope))
    return { node: 'userFunction', id: e.id, name: e.functionName, args, dataType: e.returns, nullable: true }
  }
  if (e.name === 'Subquery') return refuseSubquery(e, scope)
  if (e.name !== 'FilteredAggregate')
    throw new MillraceError('NOT_SUPPORTED', {
      what: e.name === 'Parameter' ? `a parameter (${e.parameter})` : `a named window (${e.windowName})`,
    })
  const inner = e.aggregate
  const filter = e.where && resolveCondition(e.where, scope)
  const parts = { ...(filter ? { filter } : {}), ...(e.ignoreNulls ? { ignoreNulls: true } : {}) }
  if (inner.kind !== 'unresolvedFunction') throw new MillraceError('PARSE_NOT_HERE', { what: 'FILTER', where: scope.where })
  return resolveCall(inner, scope, parts)
}

/** A stream in a subquery is Spark's refusal; subqueries over tables are not offered yet. */
function refuseSubquery(e: SubqueryExpression, scope: Scope): never {
  const reads = (name: string): boolean => {
    const found = scope.env.table(name)
    return found !== undefined && 'kind' in found && readsStream(found)
  }
  if (e.relations.some(reads)) throw new MillraceError('INVALID_SUBQUERY_EXPRESSION', {})
  throw new MillraceError('NOT_SUPPORTED', {
    what: `a subquery (${e.subqueryType})`,
    instead: 'Join the other frame: a semi join for EXISTS and IN, an anti join for NOT EXISTS.',
  })
}

function readsStream(r: Relation): boolean {
  for (const node of walk(r)) if (node.kind === 'read' && node.isStreaming) return true
  return false
}
