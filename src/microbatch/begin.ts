import { decideShape, type Ledger, latestPlanRecord, PATHS, type PlanRecord, samePlan, writePlanRecord } from '../checkpoint/index.ts'
import { MillraceError } from '../errors/index.ts'
import { batchId, eventMs } from '../types/index.ts'
import { decideRecovery, type Recovery, type Refusal } from './decide-recovery.ts'
import type { Beginning } from './loop.ts'
import type { QueryConfig } from './query-config.ts'
import type { Watch } from './watch.ts'
import { watermarkAt } from './watermark.ts'

type Going = Exclude<Recovery, { do: 'refuse' }>

/** The recovery decision, or its refusal thrown. */
export function recover(ledger: Ledger, sourceCount: number): Going {
  const decided = decideRecovery(ledger.facts, sourceCount)
  if (decided.do === 'refuse') throw refusal(ledger.store.uri, decided.why, sourceCount)
  return decided
}

/** Why a start on this checkpoint is refused. */
export function refusal(checkpoint: string, why: Refusal, sourceCount: number): MillraceError {
  switch (why.reason) {
    case 'commit-without-offsets':
      return new MillraceError('CHECKPOINT_COMMIT_WITHOUT_OFFSETS', { checkpoint, batchId: why.batchId })
    case 'offsets-before-latest-missing':
      return new MillraceError('CHECKPOINT_LOG_GAP', { log: `${checkpoint}/${PATHS.offsets}`, missing: why.missing, latest: why.latest })
    case 'other-number-of-sources':
      return new MillraceError('CHECKPOINT_SOURCES_CHANGED', { logged: why.logged, requested: sourceCount })
  }
}

/** Turns the decision into the loop's first position. */
export function beginningOf(recovery: Going, sourceCount: number): Beginning {
  const nothing = { wantsNoData: false, previousStartMs: undefined }
  if (recovery.do === 'start-fresh') {
    const starts = Array.from({ length: sourceCount }, () => null)
    return { position: { nextId: batchId(0), starts, watermark: watermarkAt(eventMs(0)), lateWatermark: eventMs(0), ...nothing } }
  }
  const { batch } = recovery
  if (recovery.do === 'continue-after') {
    const watermark = watermarkAt(recovery.watermark)
    return { position: { nextId: batchId(batch.batchId + 1), starts: batch.ends, watermark, lateWatermark: batch.watermark, ...nothing } }
  }
  const { starts, lateWatermark } = recovery
  const noData = batch.ends.every((end, i) => end === starts[i])
  return {
    position: { nextId: batch.batchId, starts, watermark: watermarkAt(batch.watermark), lateWatermark, ...nothing },
    rerun: { entry: batch, noData },
  }
}

/** Refuses state of another shape, and keeps this run's plan beside the log when it is not the last one's. */
export async function checkPlan(ledger: Ledger, config: QueryConfig, firstBatch: number, watch: Watch): Promise<void> {
  const last = await latestPlanRecord(ledger.store)
  const { shape } = config
  if (firstBatch > 0 || ledger.facts.planned) {
    if (last) throwIf(decideShape(last.shape, shape))
    else if (firstBatch > 0 && shape.operators.length > 0) throw await missingState(ledger, firstBatch)
  }
  const record: PlanRecord = { ...config.planRecord, firstBatch, shape }
  if (last && samePlan(last, record)) return
  await writePlanRecord(ledger.store, record, ledger.writer())
  if (last && firstBatch > 0) {
    watch.warn({
      code: 'PLAN_CHANGED',
      message: `from batch ${firstBatch} on the query runs another plan than before`,
      hint: `Nothing to do if that is meant; the plans are kept in ${ledger.store.uri}/${PATHS.plans}.`,
    })
  }
}

function throwIf(error: MillraceError | undefined): void {
  if (error) throw error
}

async function missingState(ledger: Ledger, version: number): Promise<MillraceError> {
  const spark = (await ledger.store.list(PATHS.sparkState)).length > 0
  return new MillraceError('STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY', { checkpoint: ledger.store.uri, version, spark })
}

/** Spark warns and goes on when the commits lag by more than one batch; what lies between is not run again. */
export function warnOfGap(recovery: Going, watch: Watch): void {
  if (recovery.do !== 'rerun' || !recovery.gap) return
  watch.warn({
    code: 'COMMITS_LAG',
    message: `batch ${recovery.batch.batchId} is run again, but batches before it were never committed either`,
    hint: 'Were entries of the commit log deleted? Batches before the latest are not run again.',
  })
}
