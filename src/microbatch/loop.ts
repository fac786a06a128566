import { loggedConf, type OffsetEntry } from '../checkpoint/index.ts'
import { wallMs } from '../types/index.ts'
import { compute, type HandOver, handOver, NOTHING_BEFORE, positionAfter } from './batch.ts'
import type { BatchResult } from './contract.ts'
import { decideNextBatch } from './decide-next-batch.ts'
import { eachSource } from './each-source.ts'
import type { Construction, Parts, Position } from './parts.ts'
import { stopwatch } from './stopwatch.ts'

/** What a run begins with: a position, and the batch to run again where the last one was not committed. */
export interface Beginning {
  readonly position: Position
  readonly rerun?: { readonly entry: OffsetEntry; readonly noData: boolean }
}

/**
 * ```
 * N    trigger ─► plan ─► decide ─► scan, compute ────┬─► state N+1, sinks ─► commits/N ─► progress
 *                            └──► offsets/N ──────────┘                            │
 * N+1                                  trigger ─► plan ─► decide ─► scan, compute ─│────────┬─► state N+2, sinks ─► …
 *                                                            └─ made ready ────────┴► offsets/N+1
 * ```
 * die before offsets/N: nothing happened │ between the two: batch N runs again │ after commits/N: N+1
 *
 * While a batch is handed on, the next one is decided and computed: at most one, and nothing of it is seen before the one before is committed.
 */
export async function runLoop(parts: Parts, beginning: Beginning): Promise<void> {
  const { pace, rhythm, signal } = parts
  let { position } = beginning
  let again = beginning.rerun
  let before: HandOver = NOTHING_BEFORE
  try {
    for (;;) {
      signal.throwIfAborted()
      pace.fired()
      const batch = again ? resume(parts, position, again) : await construct(parts, position, before)
      again = undefined
      if (batch) {
        const result = await resultOf(parts, batch, before)
        const next = positionAfter(parts, position, batch, result)
        before = handOver(parts, position, next, batch, result)
        position = next
      }
      if (rhythm.over(batch !== undefined)) return await before.done
      await pause(parts, before, batch !== undefined)
    }
  } catch (error) {
    // what failed may have run ahead: the batch before ends first, and its own failure is the one that counts
    await before.done
    throw error
  }
}

/** Waits for the next trigger, and says so once nothing is under way. */
async function pause({ pace, rhythm, watch, signal }: Parts, before: HandOver, hadBatch: boolean): Promise<void> {
  // the sooner a batch is decided, the fewer rows it takes: only where rows are left waiting it is worth while to begin early
  await (hadBatch ? before.follow : before.done)
  let resting = true
  const say = (): void => {
    if (!resting) return
    watch.say(rhythm.intervalMs > 0 && hadBatch ? 'Waiting for next trigger' : 'Waiting for data to arrive', {
      isTriggerActive: false,
      ...(!hadBatch && { isDataAvailable: false }),
    })
  }
  if (hadBatch) before.done.then(say, () => {})
  else say()
  try {
    await pace.rest(hadBatch, signal)
  } finally {
    resting = false
  }
}

/** The batch whose offsets an earlier run has logged, exactly as they stand there. */
function resume(parts: Parts, position: Position, { entry, noData }: NonNullable<Beginning['rerun']>): Construction {
  const { clock } = parts.platform
  const { starts, lateWatermark } = position
  return {
    entry,
    starts,
    lateWatermark,
    noData,
    hasMore: false,
    planned: [],
    logged: Promise.resolve(),
    resumed: true,
    startedMs: clock.now(),
    time: stopwatch(clock),
  }
}

/** Asks the sources, decides, and begins to log the next batch; undefined when there is none. */
async function construct(parts: Parts, position: Position, before: HandOver): Promise<Construction | undefined> {
  const { platform, sources, watch, rhythm, signal } = parts
  const time = stopwatch(platform.clock)
  const startedMs = platform.clock.now()
  const planned = await time.measure('latestOffset', () =>
    eachSource(sources, (source, i) => {
      watch.say(`Getting offsets from ${source.description}`, { isTriggerActive: true })
      return source.plan(position.starts[i]!, { kind: rhythm.unlimited ? 'none' : 'default' }, { signal })
    }),
  )
  signal.throwIfAborted()
  const decided = decideNextBatch(position.starts, planned, position.wantsNoData)
  if (!decided.run) return undefined
  const entry: OffsetEntry = {
    batchId: position.nextId,
    watermark: position.watermark.global,
    timestamp: wallMs(platform.clock.now()),
    conf: loggedConf(parts.conf),
    ends: decided.ends,
  }
  const batch = {
    entry,
    starts: position.starts,
    lateWatermark: position.lateWatermark,
    noData: decided.noData,
    hasMore: decided.hasMore,
    planned,
    resumed: false,
    startedMs,
    time,
  }
  return { ...batch, logged: log(parts, batch, before) }
}

/** Makes the entry ready at once; it is there once the batch before is committed, unless the run ends before. */
function log({ ledger, watch, signal, abort }: Parts, { entry, time }: Omit<Construction, 'logged'>, before: HandOver): Promise<void> {
  watch.say('Writing offsets to log')
  const after = before.committed.then(() => signal.throwIfAborted())
  const logged = time.measure('walCommit', () => ledger.writeOffsets(entry, { after }), after)
  logged.catch(abort)
  return logged
}

/** The computed batch, once the one before has left; a failure waits for that, and for the log. */
async function resultOf(parts: Parts, batch: Construction, before: HandOver): Promise<BatchResult> {
  let result: BatchResult | undefined
  try {
    result = await compute(parts, batch)
    await before.done
    return result
  } catch (error) {
    try {
      await batch.logged
    } finally {
      await result?.close()
    }
    throw error
  }
}
