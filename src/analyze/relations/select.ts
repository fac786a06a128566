import type { Project } from '../../plan/index.ts'
import { isAggregate } from '../expressions/over.ts'
import { scopeOf } from '../expressions/resolve.ts'
import type { Analysis, Frame } from '../frame.ts'
import type { Resolved, Typed } from '../resolved.ts'
import { outsideOver } from '../tree.ts'
import { aggregateItems } from './aggregate-items.ts'
import { compute } from './compute.ts'
import { type Item, resolveList } from './items.ts'
import { inlined, staged } from './lateral.ts'
import { withHidden } from './missing.ts'
import { withTimeWindow } from './time-windows.ts'

/** select(): columns, windows of time, one generator, window functions, or aggregates over everything. */
export function analyzeProject(r: Project, a: Analysis): Frame {
  const input = r.input ? a.frame(r.input) : oneRow()
  const { frame, scope } = withHidden(input, scopeOf(a.env, 'select', input))
  const items = resolveList(r.expressions, scope)
  return { plan: select(frame.plan, items), planIds: input.planIds, below: input }
}

/** A relation of one row without columns. */
function oneRow(): Frame {
  const plan: Resolved = {
    node: 'local',
    batch: { schema: { kind: 'struct', fields: [] }, length: 1, columns: [] },
    output: [],
    streaming: false,
  }
  return { plan, planIds: new Map() }
}

export function select(input: Resolved, items: readonly Item[]): Resolved {
  const aggregating = items.some(i => hasAggregate(i.expr))
  const stages = aggregating ? undefined : staged(input, items, select)
  if (stages) return select(stages.plan, stages.items)
  const { plan, lists } = withTimeWindow(input, [aggregating ? inlined(items) : items])
  const [list] = lists as [readonly Item[]]
  return aggregating ? aggregateItems(plan, [], list) : compute(plan, list)
}

/** Is an aggregate function in it that is not what an over() applies? */
export const hasAggregate = (e: Typed): boolean => isAggregate(e) || outsideOver(e).some(hasAggregate)
