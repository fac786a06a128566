import { decideShape, latestPlanRecord, type PlanRecord, peekLedger, samePart } from '../checkpoint/index.ts'
import type { MillraceError } from '../errors/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { refusal } from './begin.ts'
import { decideRecovery } from './decide-recovery.ts'

const PARTS = ['plan', 'sourceSchemas', 'subjects', 'options'] as const

/** What a start would do with the checkpoint that is there. */
export interface Outlook {
  readonly does: 'start-new' | 'go-on' | 'refuse'
  readonly nextBatch: number
  /** The next batch was planned before and is run again. */
  readonly reruns: boolean
  /** The last batch that is done, or -1. */
  readonly lastCommitted: number
  /** Parts of the plan that are not as in the run before: a start goes on all the same. */
  readonly changed: readonly (typeof PARTS)[number][]
  /** Why a start is refused. */
  readonly refusal?: MillraceError
}

/** Looks at a checkpoint as a start would, and touches nothing. */
export async function outlook(
  store: FileStore,
  query: { readonly sourceCount: number; readonly planRecord: Omit<PlanRecord, 'firstBatch'> },
): Promise<Outlook> {
  const [{ facts }, last] = await Promise.all([peekLedger(store), latestPlanRecord(store)])
  const lastCommitted = facts.committed?.batchId ?? -1
  const decided = decideRecovery(facts, query.sourceCount)
  const refused = decided.do === 'refuse' ? refusal(store.uri, decided.why, query.sourceCount) : undefined
  const shape = last && facts.planned ? decideShape(last.shape, query.planRecord.shape) : undefined
  const changed = last ? PARTS.filter(part => !samePart(last[part], query.planRecord[part])) : []
  const error = refused ?? shape
  return {
    does: error ? 'refuse' : decided.do === 'start-fresh' ? 'start-new' : 'go-on',
    nextBatch: decided.do === 'rerun' ? decided.batch.batchId : decided.do === 'continue-after' ? decided.batch.batchId + 1 : 0,
    reruns: decided.do === 'rerun',
    lastCommitted,
    changed,
    ...(error && { refusal: error }),
  }
}
