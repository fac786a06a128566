import { findFunction, type Signature } from '../functions/index.ts'
import type { Expression, FrameBoundary, SortOrder, UnresolvedExtractValue, UnresolvedFunction, WindowExpression } from '../plan/index.ts'
import { parseDataType, sqlName } from '../types/index.ts'
import { callText } from './call-text.ts'
import { literalText } from './literal-text.ts'
import { parseExpression } from './parser.ts'
import { nameParts } from './syntax.ts'

export interface PrintOptions {
  /** The session time zone: timestamps are shown in it. Default UTC. */
  readonly timeZone?: string
  /** Is `child[extraction]` the field of a struct? Then it shows as `child.field`. Analysis knows; the default asks the extraction's look. */
  readonly isField?: (e: UnresolvedExtractValue) => boolean
}
type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>
interface Context {
  readonly timeZone: string
  readonly isField: (e: UnresolvedExtractValue) => boolean
  readonly print: (e: Expression) => string
}

/**
 * An expression as Spark's automatic column names show it: `(a + 1)`, `count(1)`, `CAST(a AS INT)`, `substring(a, 1, 2147483647)`.
 * Strings stand without quotes and columns without backticks, so the text is for people; `parseExpression` does not read every one back.
 */
export function printExpression(expression: Expression, { timeZone = 'UTC', isField = looksLikeField }: PrintOptions = {}): string {
  const context: Context = { timeZone, isField, print: e => (PRINTERS[e.kind] as (e: Expression, c: Context) => string)(e, context) }
  return context.print(expression)
}

const PRINTERS: { readonly [K in Expression['kind']]: (e: Of<K>, c: Context) => string } = {
  literal: (e, { timeZone }) => literalText(e.value, e.dataType, timeZone),
  unresolvedAttribute: e => nameParts(e.unparsedIdentifier).join('.'),
  unresolvedFunction: (e, c) => functionText(e, c),
  expressionString: e => e.expression,
  unresolvedStar: e => e.unparsedTarget ?? '*',
  alias: (e, { print }) => `${print(e.expr)} AS ${e.name.length === 1 ? e.name[0] : `(${e.name.join(', ')})`}`,
  cast: (e, { print }) => `${e.evalMode === 'EVAL_MODE_TRY' ? 'TRY_' : ''}CAST(${print(e.expr)} AS ${castName(e)})`,
  unresolvedRegex: e => e.colName,
  sortOrder: (e, { print }) => sortText(e, print),
  lambdaFunction: (e, { print }) => `lambdafunction(${[e.function, ...e.arguments].map(print).join(', ')})`,
  window: (e, { print }) => windowText(e, print),
  unresolvedExtractValue: (e, { print, isField }) =>
    isField(e) ? `${print(e.child)}.${print(e.extraction)}` : `${print(e.child)}[${print(e.extraction)}]`,
  updateFields: (e, { print }) =>
    `update_fields(${print(e.structExpression)}, ${e.valueExpression ? `WithField(${print(e.valueExpression)})` : 'dropfield()'})`,
  unresolvedNamedLambdaVariable: e => ['namedlambdavariable()', ...e.nameParts.slice(1)].join('.'),
  callFunction: (e, { print }) => callText(e.functionName, e.arguments.map(print)),
  namedArgumentExpression: (e, { print }) => `${e.key} => ${print(e.value)}`,
  extension: (e, { print }) => extensionText(e, print),
}

/** A text after `.` in SQL cannot be told from one in `[…]`: what stands on a struct or a lambda's variable is taken for a field. */
function looksLikeField({ child, extraction }: UnresolvedExtractValue): boolean {
  if (extraction.kind !== 'literal' || typeof extraction.value !== 'string') return false
  if (child.kind === 'unresolvedFunction') return /^(named_)?struct$/i.test(child.functionName)
  return child.kind === 'unresolvedNamedLambdaVariable' || child.kind === 'unresolvedExtractValue'
}

/** Texts of fixed length are strings to a cast. */
function castName(e: Of<'cast'>): string {
  const type = e.type ?? parseDataType(e.typeStr ?? 'string')
  return type.kind === 'char' || type.kind === 'varChar' ? 'STRING' : sqlName(type)
}

type Print = (e: Expression) => string

/** `count(*)` counts the constant 1; left-out arguments show as Spark fills them in; some functions show under another name. */
function functionText(e: UnresolvedFunction, c: Context): string {
  const { print } = c
  const order = e.arguments.filter(a => a.kind === 'sortOrder')
  const given = e.arguments.filter(a => a.kind !== 'sortOrder')
  const written = e.functionName.toLowerCase()
  const args = written === 'count' ? given.map(a => (a.kind === 'unresolvedStar' && !a.unparsedTarget ? '1' : print(a))) : given.map(print)
  const { name, shown } = asShown(written, e.functionName, args, c)
  if (order.length === 0) return callText(name, shown, e.isDistinct)
  const called = callText(name === 'string_agg' ? 'listagg' : name, shown, e.isDistinct)
  return `${called} WITHIN GROUP (ORDER BY ${order.map(o => withinGroupText(o, written, print)).join(', ')})`
}

function asShown(
  written: string,
  functionName: string,
  args: readonly string[],
  c: Context,
): { readonly name: string; readonly shown: readonly string[] } {
  const spec = findFunction(written)
  if (!spec) return { name: functionName, shown: args }
  const fitting = spec.signatures.filter(s => takes(s, args.length))
  const shows = new Map(fitting.map(s => [JSON.stringify([s.shown, s.defaults]), s]))
  const [signature] = shows.size === 1 ? [...shows.values()] : []
  const known = spec.signatures.some(s => s.shown?.name === functionName)
  const name = spec.shownAs?.[written] ?? (known ? functionName : written === spec.name ? (signature?.shown?.name ?? written) : written)
  if (!signature) return { name, shown: args }
  const filled = [...args, ...defaultsAfter(signature, args.length, c)]
  return { name, shown: filled.slice(0, signature.shown?.args) }
}
const takes = (s: Signature, count: number): boolean =>
  s.variadic ? count >= s.args.length - 1 : count <= s.args.length && count >= s.args.length - (s.optional ?? 0)

/** Texts of the defaults that analysis fills in. */
function defaultsAfter(s: Signature, given: number, { print, timeZone }: Context): readonly string[] {
  const missing = s.variadic ? 0 : s.args.length - given
  const texts = s.defaults ?? []
  return missing <= 0 ? [] : texts.slice(Math.max(0, texts.length - missing)).map(t => print(parseExpression(t, { timeZone })))
}

const sortText = (e: SortOrder, print: Print): string =>
  `${print(e.child)} ${e.direction === 'SORT_DIRECTION_ASCENDING' ? 'ASC' : 'DESC'} NULLS ${e.nullOrdering === 'SORT_NULLS_FIRST' ? 'FIRST' : 'LAST'}`
/** Percentiles and modes know no nulls and do not name them; modes show the other direction, as Spark does. */
function withinGroupText(e: SortOrder, name: string, print: Print): string {
  if (!name.startsWith('percentile') && name !== 'mode') return sortText(e, print)
  const ascending = e.direction === 'SORT_DIRECTION_ASCENDING'
  return `${print(e.child)}${ascending === (name === 'mode') ? ' DESC' : ''}`
}

const ROWS_SO_FAR = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
/** Functions whose frame is their own; lag and lead look at one row. */
const FRAMES: Readonly<Record<string, (offset: number) => string>> = {
  row_number: () => ROWS_SO_FAR,
  rank: () => ROWS_SO_FAR,
  dense_rank: () => ROWS_SO_FAR,
  percent_rank: () => ROWS_SO_FAR,
  ntile: () => ROWS_SO_FAR,
  lead: n => `ROWS BETWEEN ${n} FOLLOWING AND ${n} FOLLOWING`,
  lag: n => `ROWS BETWEEN ${-n} FOLLOWING AND ${-n} FOLLOWING`,
}

function windowText(e: WindowExpression, print: Print): string {
  const parts = [
    ...(e.partitionSpec.length > 0 ? [`PARTITION BY ${e.partitionSpec.map(print).join(', ')}`] : []),
    ...(e.orderSpec.length > 0 ? [`ORDER BY ${e.orderSpec.map(print).join(', ')}`] : []),
    frameText(e, print),
  ]
  return `${print(e.windowFunction)} OVER (${parts.join(' ')})`
}

function frameText({ windowFunction: fn, frameSpec, orderSpec }: WindowExpression, print: Print): string {
  const own = fn.kind === 'unresolvedFunction' ? FRAMES[fn.functionName.toLowerCase()] : undefined
  if (own) return own(fn.kind === 'unresolvedFunction' && fn.arguments[1] ? Number(print(fn.arguments[1])) : 1)
  if (frameSpec) {
    const type = frameSpec.frameType === 'FRAME_TYPE_ROW' ? 'ROWS' : 'RANGE'
    return `${type} BETWEEN ${boundText(frameSpec.lower, 'PRECEDING', print)} AND ${boundText(frameSpec.upper, 'FOLLOWING', print)}`
  }
  return orderSpec.length > 0
    ? 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
    : 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'
}

function boundText({ currentRow, value }: FrameBoundary, unbounded: string, print: Print): string {
  if (currentRow) return 'CURRENT ROW'
  if (!value) return `UNBOUNDED ${unbounded}`
  if (value.kind === 'unresolvedFunction' && value.functionName === 'negative') return `${print(value.arguments[0]!)} PRECEDING`
  const text = print(value)
  const before = /^(INTERVAL ')?-/.test(text)
  return before ? `${text.replace('-', '')} PRECEDING` : `${text} FOLLOWING`
}

function extensionText(e: Of<'extension'>, print: Print): string {
  switch (e.name) {
    case 'UserFunction':
      return `${e.functionName}(${e.arguments.map(print).join(', ')})`
    case 'Subquery':
      return { EXISTS: 'exists()', SCALAR: 'scalarsubquery()', IN: `(${e.values.map(print).join(', ')} IN (listquery()))` }[e.subqueryType]
    case 'FilteredAggregate':
      return `${print(e.aggregate)}${e.where ? ` FILTER (WHERE ${print(e.where)})` : ''}`
    case 'NamedWindow':
      return `${print(e.windowFunction)} OVER ${e.windowName}`
    case 'Parameter':
      return e.parameter.startsWith('?') ? '?' : `:${e.parameter}`
  }
}
