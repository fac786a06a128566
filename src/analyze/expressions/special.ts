import { MillraceError } from '../../errors/index.ts'
import type { Expression, UnresolvedFunction } from '../../plan/index.ts'
import { booleanType, byteType, type DataType, field, isString, longType, structType } from '../../types/index.ts'
import { commonTypeOf } from '../coercion/common-type.ts'
import { implicitCast } from '../coercion/implicit-cast.ts'
import type { TCall, Typed } from '../resolved.ts'
import { extract } from './extract.ts'
import { castTo, textLiteral } from './literal.ts'
import { mismatch, quotedType } from './mismatch.ts'
import { resolve, type Scope } from './scope.ts'
import { shownName } from './shown.ts'
import { resolveSessionWindow, resolveWindow, resolveWindowTime } from './time-window.ts'

/** `e` has its stars expanded; `written` is what was written, for names. */
type Special = (e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction) => Typed

/** Functions whose shape, and not only whose types, analysis decides. */
export const SPECIAL: Readonly<Record<string, Special>> = {
  when: caseOf,
  if: ifOf,
  iff: ifOf,
  struct: structOf,
  named_struct: namedStruct,
  getitem: item,
  getfield: item,
  between,
  window: resolveWindow,
  session_window: resolveSessionWindow,
  window_time: resolveWindowTime,
  grouping: groupingOf,
  grouping_id: groupingId,
}

/** The condition of CASE, IF and WHERE. */
export function asCondition(e: Typed, shown: string): Typed {
  if (e.dataType.kind === 'boolean') return e
  const cast = implicitCast(e.dataType, booleanType)
  if (cast && e.dataType.kind === 'null') return castTo(e, cast)
  throw mismatch('UNEXPECTED_INPUT_TYPE', shown, `a condition must be "BOOLEAN", not ${quotedType(e.dataType)}`)
}

function caseOf(e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction): Typed {
  const args = e.arguments.map(a => resolve(a, scope))
  const branches = Array.from({ length: Math.floor(args.length / 2) }, (_, i) => ({ when: args[2 * i]!, then: args[2 * i + 1]! }))
  return caseWhen(branches, args.length % 2 === 1 ? args.at(-1) : undefined, () => shownName(written, scope))
}

function ifOf(e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction): Typed {
  if (e.arguments.length !== 3) throw new MillraceError('WRONG_NUM_ARGS', { name: 'if', expected: '3', actual: e.arguments.length })
  return caseOf(e, scope, written)
}

export function caseWhen(
  branches: readonly { readonly when: Typed; readonly then: Typed }[],
  otherwise: Typed | undefined,
  shown: () => string,
): Typed {
  const values = [...branches.map(b => b.then), ...(otherwise ? [otherwise] : [])]
  const dataType = commonTypeOf(values.map(v => v.dataType))
  if (!dataType)
    throw mismatch('DATA_DIFF_TYPES', shown(), `the branches have no common type: ${values.map(v => quotedType(v.dataType)).join(', ')}`)
  return {
    node: 'case',
    branches: branches.map(b => ({ when: asCondition(b.when, shown()), then: castTo(b.then, dataType) })),
    ...(otherwise ? { otherwise: castTo(otherwise, dataType) } : {}),
    dataType,
    nullable: !otherwise || values.some(v => v.nullable),
  }
}

/** Field names of struct(): the column's, the alias', else col1, col2, … */
function fieldName(e: Expression, i: number, scope: Scope): string {
  if (e.kind === 'alias') return e.name[0]!
  if (e.kind === 'unresolvedAttribute') return shownName(e, scope)
  if (e.kind === 'unresolvedExtractValue' && e.extraction.kind === 'literal' && typeof e.extraction.value === 'string')
    return e.extraction.value
  if (e.kind === 'unresolvedNamedLambdaVariable') return e.nameParts.at(-1)!
  return `col${i + 1}`
}

function structOf(e: UnresolvedFunction, scope: Scope): Typed {
  return makeStruct(e.arguments.map((a, i) => ({ name: fieldName(a, i, scope), value: resolve(a, scope) })))
}

function namedStruct(e: UnresolvedFunction, scope: Scope, written: UnresolvedFunction): Typed {
  if (e.arguments.length % 2 === 1)
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'named_struct', expected: '2n (n >= 0)', actual: e.arguments.length })
  const args = e.arguments.map(a => resolve(a, scope))
  return makeStruct(
    Array.from({ length: args.length / 2 }, (_, i) => {
      const name = args[2 * i]!
      if (name.node !== 'literal' || !isString(name.dataType))
        throw mismatch('CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING', shownName(written, scope), 'field names must be constant strings')
      return { name: String(name.value), value: args[2 * i + 1]! }
    }),
  )
}

export function makeStruct(fields: readonly { readonly name: string; readonly value: Typed }[]): TCall {
  const dataType: DataType = structType(fields.map(f => field(f.name, f.value.dataType, f.value.nullable)))
  return { node: 'call', fn: 'named_struct', args: fields.flatMap(f => [textLiteral(f.name), f.value]), dataType, nullable: false }
}

function item(e: UnresolvedFunction, scope: Scope): Typed {
  if (e.arguments.length !== 2)
    throw new MillraceError('WRONG_NUM_ARGS', { name: e.functionName, expected: '2', actual: e.arguments.length })
  return extract(resolve(e.arguments[0]!, scope), resolve(e.arguments[1]!, scope))
}

/** `x BETWEEN a AND b` is two comparisons. */
function between(e: UnresolvedFunction, scope: Scope): Typed {
  const [x, low, high] = e.arguments as [Expression, Expression, Expression]
  const compare = (functionName: string, right: Expression): Expression => ({
    kind: 'unresolvedFunction',
    functionName,
    arguments: [x, right],
  })
  return resolve({ kind: 'unresolvedFunction', functionName: 'and', arguments: [compare('>=', low), compare('<=', high)] }, scope)
}

/** Stands for `grouping_id()` and `grouping(x)` until the aggregate above puts its columns there. */
function groupingOf(e: UnresolvedFunction, scope: Scope): Typed {
  if (e.arguments.length !== 1) throw new MillraceError('WRONG_NUM_ARGS', { name: 'grouping', expected: '1', actual: e.arguments.length })
  return { node: 'call', fn: 'grouping', args: [resolve(e.arguments[0]!, scope)], dataType: byteType, nullable: false }
}
function groupingId(e: UnresolvedFunction, scope: Scope): Typed {
  return { node: 'call', fn: 'grouping_id', args: e.arguments.map(a => resolve(a, scope)), dataType: longType, nullable: false }
}

/** withField (value given) or dropFields on a struct; a null struct stays null. */
export function updateField(struct: Typed, path: readonly string[], value: Typed | undefined, shown: () => string): Typed {
  if (struct.dataType.kind !== 'struct')
    throw mismatch('UNEXPECTED_INPUT_TYPE', shown(), `it must be "STRUCT", not ${quotedType(struct.dataType)}`)
  const [name, ...rest] = path as [string, ...string[]]
  const same = (n: string): boolean => n.toLowerCase() === name.toLowerCase()
  const fields = struct.dataType.fields.map(f => ({ name: f.name, value: extract(struct, textLiteral(f.name)) }))
  const hit = fields.some(f => same(f.name))
  const update = (f: { name: string; value: Typed }) => {
    if (!same(f.name)) return [f]
    if (rest.length > 0) return [{ name: f.name, value: updateField(f.value, rest, value, shown) }]
    return value ? [{ name, value }] : []
  }
  const updated = [...fields.flatMap(update), ...(!hit && value && rest.length === 0 ? [{ name, value }] : [])]
  if (updated.length === 0) throw mismatch('CANNOT_DROP_ALL_FIELDS', shown(), 'a struct must keep at least one field')
  const made = makeStruct(updated)
  if (!struct.nullable) return made
  const isNull: TCall = { node: 'call', fn: 'isnull', args: [struct], dataType: booleanType, nullable: false }
  return caseWhen([{ when: isNull, then: { node: 'literal', value: null, dataType: made.dataType, nullable: true } }], made, shown)
}
