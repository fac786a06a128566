import { type Relation, walk } from '../plan/index.ts'

/** Is there an aggregate in the plan? Then complete mode shows all of it. */
export const isAggregated = (plan: Relation): boolean => [...walk(plan)].some(r => r.kind === 'aggregate')
