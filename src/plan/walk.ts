import type { Expression } from './expression.ts'
import type { Relation } from './relation.ts'

/** Where a node holds others: paths of field names; a field on the way may be a list or absent. */
interface Parts {
  readonly relations: readonly string[]
  readonly expressions: readonly string[]
}
const leaf: Parts = { relations: [], expressions: [] }
const over = (...expressions: string[]): Parts => ({ relations: ['input'], expressions })

const RELATION_PARTS: { readonly [K in Relation['kind']]: Parts } = {
  read: leaf,
  project: over('expressions'),
  filter: over('condition'),
  join: { relations: ['left', 'right'], expressions: ['joinCondition'] },
  setOp: { relations: ['leftInput', 'rightInput'], expressions: [] },
  sort: over('order'),
  limit: over(),
  offset: over(),
  tail: over(),
  aggregate: over('groupingExpressions', 'aggregateExpressions', 'pivot.col', 'pivot.values', 'groupingSets.groupingSet'),
  localRelation: leaf,
  sample: over(),
  deduplicate: over(),
  range: leaf,
  subqueryAlias: over(),
  repartition: over(),
  toDf: over(),
  withColumnsRenamed: over(),
  drop: over('columns'),
  withColumns: over('aliases'),
  hint: over('parameters'),
  unpivot: over('ids', 'values.values'),
  toSchema: over(),
  collectMetrics: over('metrics'),
  withWatermark: over(),
  fillNa: over('values'),
  dropNa: over(),
  replace: over('replacements.oldValue', 'replacements.newValue'),
  describe: over(),
  summary: over(),
  extension: over(),
}

const EXPRESSION_PARTS: { readonly [K in Expression['kind']]: readonly string[] } = {
  literal: [],
  unresolvedAttribute: [],
  unresolvedFunction: ['arguments'],
  expressionString: [],
  unresolvedStar: [],
  alias: ['expr'],
  cast: ['expr'],
  unresolvedRegex: [],
  sortOrder: ['child'],
  lambdaFunction: ['function', 'arguments'],
  window: ['windowFunction', 'partitionSpec', 'orderSpec', 'frameSpec.lower.value', 'frameSpec.upper.value'],
  unresolvedExtractValue: ['child', 'extraction'],
  updateFields: ['structExpression', 'valueExpression'],
  unresolvedNamedLambdaVariable: [],
  callFunction: ['arguments'],
  namedArgumentExpression: ['value'],
  extension: ['arguments', 'values', 'aggregate', 'where', 'windowFunction'],
}

type Node = { readonly [field: string]: unknown }

/** The nodes at `path`, in order. */
function at(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.flatMap(v => at(v, path))
  return path.length === 0 ? [value] : at((value as Node)[path[0]!], path.slice(1))
}
/** The same tree with `change` applied at `path`; the very same object when nothing changed. */
function changed(value: unknown, path: readonly string[], change: (node: never) => unknown): unknown {
  if (value === undefined || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(v => changed(v, path, change))
    return items.every((v, i) => v === value[i]) ? value : Object.freeze(items)
  }
  const [field, ...rest] = path
  if (field === undefined) return change(value as never)
  const before = (value as Node)[field]
  const after = changed(before, rest, change)
  return after === before ? value : Object.freeze({ ...value, [field]: after })
}

const split = (path: string): string[] => path.split('.')
const collect = <T>(node: unknown, paths: readonly string[]): readonly T[] => paths.flatMap(p => at(node, split(p)) as T[])
const change = <T>(node: T, paths: readonly string[], f: (node: never) => unknown): T =>
  paths.reduce((n, p) => changed(n, split(p), f) as T, node)

/** The relations a relation reads, left to right. */
export const inputsOf = (plan: Relation): readonly Relation[] => collect(plan, RELATION_PARTS[plan.kind].relations)
/** The expressions that stand in a relation itself, not in its inputs. */
export const expressionsOf = (plan: Relation): readonly Expression[] => collect(plan, RELATION_PARTS[plan.kind].expressions)
/** The expressions directly under an expression. */
export const operandsOf = (expression: Expression): readonly Expression[] => collect(expression, EXPRESSION_PARTS[expression.kind])

/** Pre-order: a node before what is under it, the left input before the right. That is the order of sources in `offsets/N`. */
export function* walk(plan: Relation): Generator<Relation> {
  yield plan
  for (const input of inputsOf(plan)) yield* walk(input)
}
export function* walkExpression(expression: Expression): Generator<Expression> {
  yield expression
  for (const operand of operandsOf(expression)) yield* walkExpression(operand)
}

/** A new plan, bottom up: `relation` and `expression` see each node with its children already rewritten. Unchanged nodes stay the same objects. */
export function rewrite(
  plan: Relation,
  by: { readonly relation?: (r: Relation) => Relation; readonly expression?: (e: Expression) => Expression },
): Relation {
  const parts = RELATION_PARTS[plan.kind]
  const below = change(plan, parts.relations, (r: Relation) => rewrite(r, by))
  const { expression } = by
  const here = expression ? change(below, parts.expressions, (e: Expression) => rewriteExpression(e, expression)) : below
  return by.relation ? by.relation(here) : here
}
/** `rewrite` of relations alone. */
export const rewriteRelation = (plan: Relation, by: (r: Relation) => Relation): Relation => rewrite(plan, { relation: by })
export function rewriteExpression(expression: Expression, by: (e: Expression) => Expression): Expression {
  return by(change(expression, EXPRESSION_PARTS[expression.kind], (e: Expression) => rewriteExpression(e, by)))
}
