import { loggedConf, type OffsetEntry } from '../checkpoint/index.ts'
import { wallMs } from '../types/index.ts'
import { runBatch } from './batch.ts'
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
 * trigger ─► plan ─► decide ─► offsets/N ─► scan, compute ─► state N+1, sinks ─► commits/N ─► progress
 * ```
 * die before offsets/N: nothing happened │ between the two: batch N runs again │ after commits/N: N+1
 */
export async function runLoop(parts: Parts, beginning: Beginning): Promise<void> {
  const { pace, rhythm, signal } = parts
  let { position } = beginning
  let again = beginning.rerun
  for (;;) {
    signal.throwIfAborted()
    pace.fired()
    const batch = again ? resume(parts, position, again) : await construct(parts, position)
    again = undefined
    if (batch) position = await runBatch(parts, position, batch)
    if (rhythm.over(batch !== undefined)) return
    parts.watch.say(rhythm.intervalMs > 0 && batch ? 'Waiting for next trigger' : 'Waiting for data to arrive', {
      isTriggerActive: false,
      ...(!batch && { isDataAvailable: false }),
    })
    await pace.rest(batch !== undefined, signal)
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
    planned: [],
    logged: Promise.resolve(),
    resumed: true,
    startedMs: clock.now(),
    time: stopwatch(clock),
  }
}

/** Asks the sources, decides, and begins to log the next batch; undefined when there is none. */
async function construct(parts: Parts, position: Position): Promise<Construction | undefined> {
  const { platform, sources, watch, rhythm, signal, ledger } = parts
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
  watch.say('Writing offsets to log')
  const logged = time.measure('walCommit', () => ledger.writeOffsets(entry))
  return {
    entry,
    starts: position.starts,
    lateWatermark: position.lateWatermark,
    noData: decided.noData,
    planned,
    logged,
    resumed: false,
    startedMs,
    time,
  }
}
