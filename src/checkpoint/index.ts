import { MillraceError } from '../errors/index.ts'
import type { FileStore } from '../storage/contract.ts'
import type { PlanRecord } from './plan-record.ts'

export type { PlanRecord } from './plan-record.ts'
export type { OperatorShape, StateShape } from './state-shape.ts'

/** The newest plan record of a checkpoint, or undefined for a new one: the engine takes pinned source schemas from it before it analyses. */
export async function latestPlanRecord(store: FileStore): Promise<PlanRecord | undefined> {
  throw new MillraceError('NOT_SUPPORTED', { what: `reading plan records of ${store.uri}` })
}
