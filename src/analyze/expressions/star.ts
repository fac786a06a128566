import { MillraceError } from '../../errors/index.ts'
import type { Expression, UnresolvedFunction, UnresolvedRegex, UnresolvedStar } from '../../plan/index.ts'
import { quoteIfNeeded } from '../../types/index.ts'
import { reference } from '../ids.ts'
import { named, pass } from '../nodes.ts'
import type { Attribute, Named } from '../resolved.ts'
import { getField } from './extract.ts'
import { parseAttributeName, sameName } from './names.ts'
import { findColumn, type Scope } from './scope.ts'

/** The columns `*`, `t.*` or `struct.*` stands for. */
export function expandStar(e: UnresolvedStar, scope: Scope): readonly Named[] {
  if (e.unparsedTarget === undefined) {
    const own = e.planId === undefined ? undefined : scope.planIds.get(e.planId)?.[0]
    const here = new Set(scope.columns.map(c => c.id))
    return (own ? own.filter(c => here.has(c.id)) : scope.columns).map(pass)
  }
  const target = parseAttributeName(e.unparsedTarget.replace(/\.\*$/, ''))
  const qualified = scope.columns.filter(
    c => target.length <= c.qualifier.length && target.every((t, i) => sameName(t, c.qualifier[c.qualifier.length - target.length + i]!)),
  )
  return qualified.length > 0 ? qualified.map(pass) : expandStruct(target, scope)
}

function expandStruct(target: readonly string[], scope: Scope): readonly Named[] {
  let found: ReturnType<typeof findColumn>
  try {
    found = findColumn(target, scope)
  } catch {
    throw new MillraceError('CANNOT_RESOLVE_STAR_EXPAND', { target: target.join('.'), known: scope.columns.map(c => c.name) })
  }
  const struct = found.fields.reduce((child, f) => getField(child, f), reference(found.attribute) as ReturnType<typeof getField>)
  if (struct.dataType.kind !== 'struct')
    throw new MillraceError('CANNOT_RESOLVE_STAR_EXPAND', { target: target.join('.'), known: scope.columns.map(c => c.name) })
  return struct.dataType.fields.map((f, i) =>
    named(f.name, {
      node: 'getField',
      child: struct,
      ordinal: i,
      field: f.name,
      dataType: f.dataType,
      nullable: f.nullable || struct.nullable,
    }),
  )
}

/** `colRegex`: every column whose whole name matches. Without backticks it is a name. */
export function expandRegex(e: UnresolvedRegex, scope: Scope): readonly Named[] {
  const m = /^(?:(.*)\.)?`([^`]*)`$/.exec(e.colName)
  if (!m) return [pass(findColumn(parseAttributeName(e.colName), scope, e.planId).attribute)]
  const pattern = new RegExp(`^(?:${m[2]})$`, 'i')
  const inTable = (c: Attribute): boolean => m[1] === undefined || c.qualifier.some(q => sameName(q, m[1]!))
  return scope.columns.filter(c => pattern.test(c.name) && inTable(c)).map(pass)
}

/** `count(*)` counts rows; in other calls a star becomes the columns it stands for. */
export function expandArguments(e: UnresolvedFunction, scope: Scope): readonly Expression[] {
  if (!e.arguments.some(a => a.kind === 'unresolvedStar' || a.kind === 'unresolvedRegex')) return e.arguments
  if (e.functionName.toLowerCase() === 'count' && e.arguments.length === 1 && !e.isDistinct && plainStar(e.arguments[0]!))
    return [{ kind: 'literal', dataType: { kind: 'integer' }, value: 1 }]
  return e.arguments.flatMap(a => {
    if (a.kind === 'unresolvedStar') return expandStar(a, scope).map(asExpression)
    return a.kind === 'unresolvedRegex' ? expandRegex(a, scope).map(asExpression) : [a]
  })
}
const plainStar = (e: Expression): boolean => e.kind === 'unresolvedStar' && e.unparsedTarget === undefined

/** Back to a name, for a column that stands in an argument. */
function asExpression(n: Named): Expression {
  const path: string[] = []
  let at = n.expr
  while (at.node === 'getField') {
    path.unshift(at.field)
    at = at.child
  }
  const a = at.node === 'attribute' ? at.name : n.attribute.name
  return { kind: 'unresolvedAttribute', unparsedIdentifier: [a, ...path].map(quoteIfNeeded).join('.') }
}
