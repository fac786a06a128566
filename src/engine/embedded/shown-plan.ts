import { showOptions } from '../../connectors/options.ts'
import { planToJson, type Relation, rewriteRelation } from '../../plan/index.ts'

/** A plan's JSON form as it may be written down: values of secret options are masked. */
export const shownPlan = (plan: Relation): unknown => planToJson(rewriteRelation(plan, masked))

function masked(node: Relation): Relation {
  if (node.kind !== 'read') return node
  const { dataSource, namedTable } = node
  if (dataSource?.options) return { ...node, dataSource: { ...dataSource, options: showOptions({}, dataSource.options) } }
  return namedTable?.options ? { ...node, namedTable: { ...namedTable, options: showOptions({}, namedTable.options) } } : node
}
