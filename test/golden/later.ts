import { type Expression, expressionsOf, inputsOf, planFromJson, type Relation, walk, walkExpression } from '../../src/plan/index.ts'

/** An operator a later issue brings: how a plan shows it, and the refusal that names it until then. */
interface Later {
  readonly operator: string
  readonly inPlan: (plan: Relation) => boolean
  readonly refusal: RegExp
}

const streams = (plan: Relation): boolean => [...walk(plan)].some(node => node.kind === 'read' && node.isStreaming === true)
const some = (plan: Relation, holds: (node: Relation) => boolean): boolean => [...walk(plan)].some(holds)
const namesOf = (e: Expression): readonly string[] => {
  if (e.kind === 'unresolvedFunction' || e.kind === 'callFunction') return [e.functionName]
  return e.kind === 'expressionString' ? (e.expression.match(/\w+(?=\()/g) ?? []) : []
}
const calls =
  (name: string) =>
  (plan: Relation): boolean =>
    some(plan, node =>
      expressionsOf(node).some(e => [...walkExpression(e)].some(part => namesOf(part).some(n => n.toLowerCase() === name))),
    )

/** Operators that are not offered yet. A row leaves when its operator comes: a case that uses it and passes fails the test until then. */
const LATER: readonly Later[] = [
  { operator: 'session windows', inPlan: calls('session_window'), refusal: /^\[OPERATOR_NOT_SUPPORTED\] session_window\(\)/ },
  {
    operator: 'joins of two streams',
    inPlan: plan => some(plan, node => node.kind === 'join' && inputsOf(node).every(streams)),
    refusal: /^\[OPERATOR_NOT_SUPPORTED\] a join of two streams/,
  },
  {
    operator: 'dropDuplicatesWithinWatermark',
    inPlan: plan => some(plan, node => node.kind === 'deduplicate' && node.withinWatermark === true),
    refusal: /^\[OPERATOR_NOT_SUPPORTED\] dropDuplicatesWithinWatermark\(\)/,
  },
]

/** The operators of a recorded plan that a later issue brings. */
export function laterOperators(plan: unknown): readonly Later[] {
  if (plan === null || plan === undefined) return []
  const relation = planFromJson(plan)
  return LATER.filter(later => later.inPlan(relation))
}
