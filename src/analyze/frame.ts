import type { Relation } from '../plan/index.ts'
import type { AnalyzeEnv } from './environment.ts'
import type { Attribute, Resolved } from './resolved.ts'

/** An analysed relation with what later steps may still ask of it. */
export interface Frame {
  readonly plan: Resolved
  /** Columns of the relations below that carry a plan id; several lists where the same frame was used twice. */
  readonly planIds: PlanIds
  /** The input of a select: a sort or filter above may name what it left out. */
  readonly below?: Frame
  /** `below` is a USING join: every step above may still name the key of the other side. */
  readonly hiddenKeys?: boolean
}
export type PlanIds = ReadonlyMap<number, readonly (readonly Attribute[])[]>

/** How one relation finds its inputs' frames. */
export interface Analysis {
  readonly env: AnalyzeEnv
  frame(relation: Relation): Frame
}

export function mergePlanIds(all: readonly PlanIds[]): PlanIds {
  const filled = all.filter(p => p.size > 0)
  if (filled.length < 2) return filled[0] ?? new Map()
  const merged = new Map<number, readonly (readonly Attribute[])[]>(filled[0])
  for (const ids of filled.slice(1)) for (const [id, lists] of ids) merged.set(id, [...(merged.get(id) ?? []), ...lists])
  return merged
}

export const columnsOf = (frame: Frame): readonly Attribute[] => frame.plan.output
