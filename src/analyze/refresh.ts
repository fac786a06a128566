import type { Frame, PlanIds } from './frame.ts'
import { freshId } from './ids.ts'
import type { Attribute, Resolved } from './resolved.ts'
import { walk } from './tree.ts'

const ID_FIELDS = new Set(['attributeId', 'eventTimeKey', 'eventTimeColumn', 'sessionWindow'])
const OPAQUE = new Set(['dataType', 'schema', 'batch', 'options', 'paths'])

/** The same plan with new attribute ids: the second use of one frame in a join or union must not share columns with the first. */
function refreshed(frame: Frame): Frame {
  const ids = new Map<number, number>()
  const idOf = (id: number): number => {
    const known = ids.get(id)
    if (known !== undefined) return known
    const fresh = freshId()
    ids.set(id, fresh)
    return fresh
  }
  const copies = new Map<object, unknown>()
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    const known = copies.get(value)
    if (known) return known
    const made = Array.isArray(value) ? value.map(copy) : copyObject(value as Record<string, unknown>)
    copies.set(value, made)
    return made
  }
  const copyObject = (value: Record<string, unknown>): Record<string, unknown> => {
    const isColumn = typeof value.id === 'number' && ('qualifier' in value || value.node === 'attribute')
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => {
        if (OPAQUE.has(k)) return [k, v]
        return [k, typeof v === 'number' && ((k === 'id' && isColumn) || ID_FIELDS.has(k)) ? idOf(v) : copy(v)]
      }),
    )
  }
  const planIds: PlanIds = new Map([...frame.planIds].map(([id, lists]) => [id, copy(lists) as (readonly Attribute[])[]]))
  return { plan: copy(frame.plan) as Resolved, planIds }
}

/** `right`, with new ids where it shares a column with `left`. */
export function apart(left: Frame, right: Frame): Frame {
  const ids = new Set<number>()
  for (const node of walk(left.plan)) for (const a of node.output) ids.add(a.id)
  for (const node of walk(right.plan)) if (node.output.some(a => ids.has(a.id))) return refreshed(right)
  return right
}
