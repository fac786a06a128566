import type { Expression } from '../../plan/index.ts'
import { printExpression } from '../../sql/index.ts'
import { parseDataType, quoteIfNeeded, stringType } from '../../types/index.ts'
import { parseAttributeName } from './names.ts'
import { findColumn, type Scope } from './scope.ts'

/** Spark's automatic column name of an expression: columns without qualifier, defaults filled in, implicit casts not shown. */
export const shownName = (e: Expression, scope: Scope): string => {
  if (e.kind === 'unresolvedAttribute' && !scope.shown.has(e)) return attributePath(e.unparsedIdentifier, scope, e.planId).at(-1)!
  if (e.kind === 'expressionString') return e.expression
  if (e.kind === 'cast') {
    const column = castColumn(e, scope)
    if (column !== undefined) return column
  }
  return print(asShown(e, scope), scope)
}

/** A cast of a bare column keeps the column's name (Spark's `ResolveAliases`); of a struct's field it does not. */
function castColumn(e: Expression, scope: Scope): string | undefined {
  if (e.kind === 'cast') return castColumn(e.expr, scope)
  if (e.kind !== 'unresolvedAttribute' || scope.shown.has(e)) return undefined
  const path = attributePath(e.unparsedIdentifier, scope, e.planId)
  return path.length === 1 ? path[0] : undefined
}

const print = (e: Expression, scope: Scope): string =>
  printExpression(e, { timeZone: scope.env.timeZone, isField: x => scope.fields.has(x) })

/** The column's own name and the fields below it. */
function attributePath(text: string, scope: Scope, planId?: number): readonly string[] {
  const parts = parseAttributeName(text)
  if (scope.variables.some(v => v.name.toLowerCase() === parts[0]!.toLowerCase())) return parts
  try {
    const found = findColumn(parts, scope, planId)
    return [found.attribute.name, ...found.fields]
  } catch {
    return parts
  }
}

/** Casts to arrays, maps and structs are written anew by Spark's analysis, and what it writes itself it does not show. */
const isNested = (e: Expression & { kind: 'cast' }): boolean =>
  ['array', 'map', 'struct'].includes((e.type ?? parseDataType(e.typeStr ?? 'string')).kind)

/** Functions that Spark shows as what they stand for. */
const ARGUMENTS_SHOWN: Readonly<Record<string, (args: readonly Expression[], scope: Scope) => readonly Expression[]>> = {
  assert_true: ([condition, message], scope) => [
    condition!,
    message ?? { kind: 'literal', dataType: stringType, value: `'${print(condition!, scope)}' is not true!` },
  ],
  log: args => (args.length === 1 ? [{ kind: 'unresolvedFunction', functionName: 'e', arguments: [] }, ...args] : args),
  try_to_time: args => [{ kind: 'unresolvedFunction', functionName: 'to_time', arguments: args }],
}

function asShown(e: Expression, scope: Scope): Expression {
  const inner = (x: Expression): Expression => asShown(x, scope)
  switch (e.kind) {
    case 'unresolvedAttribute':
      return (
        scope.shown.get(e) ?? {
          kind: 'unresolvedAttribute',
          unparsedIdentifier: attributePath(e.unparsedIdentifier, scope, e.planId).map(quoteIfNeeded).join('.'),
        }
      )
    case 'unresolvedFunction': {
      const shown = scope.shown.get(e) ?? e
      if (shown.kind !== 'unresolvedFunction') return shown
      const args = shown.arguments.map(inner)
      return { ...shown, arguments: ARGUMENTS_SHOWN[shown.functionName.toLowerCase()]?.(args, scope) ?? args }
    }
    case 'sortOrder':
      return { ...e, child: inner(e.child) }
    case 'callFunction':
      return { ...e, arguments: e.arguments.map(inner) }
    case 'cast':
      return isNested(e) ? inner(e.expr) : { ...e, expr: inner(e.expr) }
    case 'alias':
      return { ...e, expr: inner(e.expr) }
    case 'unresolvedExtractValue': {
      const shown = { ...e, child: inner(e.child), extraction: inner(e.extraction) }
      if (scope.fields.has(e)) scope.fields.add(shown)
      return shown
    }
    case 'lambdaFunction':
      return { ...e, function: inner(e.function) }
    case 'window':
      return {
        ...e,
        windowFunction: inner(e.windowFunction),
        partitionSpec: e.partitionSpec.map(inner),
        orderSpec: e.orderSpec.map(o => ({ ...o, child: inner(o.child) })),
      }
    case 'updateFields':
      return {
        ...e,
        structExpression: inner(e.structExpression),
        ...(e.valueExpression ? { valueExpression: inner(e.valueExpression) } : {}),
      }
    case 'extension':
      return e.name === 'FilteredAggregate' ? { ...e, aggregate: inner(e.aggregate), ...(e.where ? { where: inner(e.where) } : {}) } : e
    default:
      return e
  }
}
