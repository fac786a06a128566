import type {
  Expression,
  ExpressionExtension,
  FrameBoundary,
  SortOrder,
  UnresolvedNamedLambdaVariable,
  WindowExpression,
} from './expression.ts'
import {
  type Codec,
  type FieldsOf,
  flag,
  int64Number,
  type Json,
  lazily,
  list,
  mark,
  message,
  objectAt,
  oneOf,
  optional,
  refuse,
  text,
  unlessDefault,
} from './json-codec.ts'
import { literal } from './json-literal.ts'
import { dataType } from './json-type.ts'

export const EXTENSION = 'type.millrace.dev/'

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>
type Extension<N extends ExpressionExtension['name']> = Extract<ExpressionExtension, { name: N }>

/** Any expression: `{ "<kind>": { … } }`. */
export const expression: Codec<Expression> = lazily(() => ({
  encode: node => ({ [node.kind]: (EXPRESSIONS[node.kind] as Codec<Expression>).encode(node) ?? {} }),
  decode: (json, at) => {
    const arms = Object.entries(objectAt(json, at)).filter(([name]) => name !== 'common')
    const [[kind, rest] = refuse(at, 'the expression is empty')] = arms
    if (!Object.hasOwn(EXPRESSIONS, kind)) return refuse(at, `expression "${kind}" is not supported`)
    return (EXPRESSIONS[kind as Expression['kind']] as Codec<Expression>).decode(rest, `${at}.${kind}`)
  },
}))

const node = <K extends Expression['kind']>(kind: K, fields: () => FieldsOf<Of<K>>): Codec<Of<K>> => message<Of<K>>(fields, { kind })
const extension = <N extends ExpressionExtension['name']>(name: N, fields: () => FieldsOf<Extension<N>, 'name'>): Codec<Extension<N>> =>
  message<Extension<N>, 'name'>(fields, { kind: 'extension', name })

export const sortOrder: Codec<SortOrder> = node('sortOrder', () => ({
  child: expression,
  direction: oneOf('SORT_DIRECTION_ASCENDING', 'SORT_DIRECTION_DESCENDING'),
  nullOrdering: oneOf('SORT_NULLS_FIRST', 'SORT_NULLS_LAST'),
}))
const lambdaVariable: Codec<UnresolvedNamedLambdaVariable> = node('unresolvedNamedLambdaVariable', () => ({ nameParts: list(text) }))
export const alias: Codec<Of<'alias'>> = node('alias', () => ({ expr: expression, name: list(text), metadata: optional(text) }))

const boundary = message<FrameBoundary>(() => ({ currentRow: mark, unbounded: mark, value: optional(expression) }))
const frame = message<NonNullable<WindowExpression['frameSpec']>>(() => ({
  frameType: oneOf('FRAME_TYPE_ROW', 'FRAME_TYPE_RANGE'),
  lower: boundary,
  upper: boundary,
}))

/** One row a message of Spark Connect's `Expression`. */
const EXPRESSIONS: { readonly [K in Expression['kind']]: Codec<Of<K>> } = {
  literal,
  unresolvedAttribute: node('unresolvedAttribute', () => ({
    unparsedIdentifier: text,
    planId: optional(int64Number),
    isMetadataColumn: optional(flag),
  })),
  unresolvedFunction: node('unresolvedFunction', () => ({
    functionName: text,
    arguments: list(expression),
    isDistinct: unlessDefault(flag),
    isUserDefinedFunction: unlessDefault(flag),
    isInternal: optional(flag),
  })),
  expressionString: node('expressionString', () => ({ expression: text })),
  unresolvedStar: node('unresolvedStar', () => ({ unparsedTarget: optional(text), planId: optional(int64Number) })),
  alias,
  cast: node('cast', () => ({
    expr: expression,
    type: optional(dataType),
    typeStr: optional(text),
    evalMode: optional(oneOf('EVAL_MODE_LEGACY', 'EVAL_MODE_ANSI', 'EVAL_MODE_TRY')),
  })),
  unresolvedRegex: node('unresolvedRegex', () => ({ colName: text, planId: optional(int64Number) })),
  sortOrder,
  lambdaFunction: node('lambdaFunction', () => ({ function: expression, arguments: list(lambdaVariable) })),
  window: node('window', () => ({
    windowFunction: expression,
    partitionSpec: list(expression),
    orderSpec: list(sortOrder),
    frameSpec: optional(frame),
  })),
  unresolvedExtractValue: node('unresolvedExtractValue', () => ({ child: expression, extraction: expression })),
  updateFields: node('updateFields', () => ({ structExpression: expression, fieldName: text, valueExpression: optional(expression) })),
  unresolvedNamedLambdaVariable: lambdaVariable,
  callFunction: node('callFunction', () => ({ functionName: text, arguments: list(expression) })),
  namedArgumentExpression: node('namedArgumentExpression', () => ({ key: text, value: expression })),
  extension: {
    encode: e => ({ '@type': `${EXTENSION}${e.name}`, ...((EXTENSIONS[e.name] as Codec<ExpressionExtension>).encode(e) as object) }),
    decode: (json, at) => {
      const name = extensionName(json, at)
      if (!Object.hasOwn(EXTENSIONS, name)) return refuse(at, `expression extension "${name}" is not known`)
      return (EXTENSIONS[name as ExpressionExtension['name']] as Codec<ExpressionExtension>).decode(json, at)
    },
  },
}

/** What stands behind `type.millrace.dev/` in `@type`. */
export function extensionName(json: Json | undefined, at: string): string {
  const type = text.decode(objectAt(json, at)['@type'], `${at}.@type`)
  return type.startsWith(EXTENSION) ? type.slice(EXTENSION.length) : refuse(at, `extension "${type}" is not one of Millrace`)
}

const EXTENSIONS: { readonly [N in ExpressionExtension['name']]: Codec<Extension<N>> } = {
  UserFunction: extension('UserFunction', () => ({
    id: text,
    functionName: text,
    arguments: list(expression),
    returns: dataType,
    sourceHash: text,
  })),
  Subquery: extension('Subquery', () => ({
    subqueryType: oneOf('EXISTS', 'IN', 'SCALAR'),
    values: list(expression),
    text,
    relations: list(text),
  })),
  FilteredAggregate: extension('FilteredAggregate', () => ({
    aggregate: expression,
    where: optional(expression),
    ignoreNulls: unlessDefault(flag),
  })),
  NamedWindow: extension('NamedWindow', () => ({ windowFunction: expression, windowName: text })),
  Parameter: extension('Parameter', () => ({ parameter: text })),
}
