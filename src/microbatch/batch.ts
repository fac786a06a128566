import type { SinkResult } from '../connectors/contract.ts'
import { batchId } from '../types/index.ts'
import type { BatchResult } from './contract.ts'
import { isNew } from './decide-next-batch.ts'
import { decidePurge, TOGETHER_ON_STORES } from './decide-purge.ts'
import { eachSource } from './each-source.ts'
import type { Construction, Parts, Position } from './parts.ts'
import { metricsNow, report, type Told } from './report.ts'
import { together } from './together.ts'
import { advance } from './watermark.ts'

/** Source rows in, named outputs out. Nothing of it can be seen outside. */
export async function compute(parts: Parts, { entry, starts, lateWatermark, noData, time }: Construction): Promise<BatchResult> {
  const { sources, executor, ledger, signal, watch } = parts
  watch.say(noData ? 'No new data but cleaning up state' : 'Processing new data', { isDataAvailable: !noData, isTriggerActive: true })
  const scans = await time.measure('getBatch', () =>
    Promise.all(
      sources.map((source, i) => (isNew(starts[i]!, entry.ends[i]!) ? source.read(starts[i]!, entry.ends[i]!, { signal }) : undefined)),
    ),
  )
  const { batchId: id, timestamp, watermark } = entry
  return time.measure('addBatch', () => executor.run({ id, timestamp, watermark, lateWatermark, scans, run: ledger.runId }, { signal }))
}

/** Where the query stands after a computed batch. */
export function positionAfter(parts: Parts, position: Position, { entry, startedMs }: Construction, { stats }: BatchResult): Position {
  const { settings, executor } = parts
  const watermark = advance(position.watermark, stats.eventTimes, settings.policy)
  return {
    nextId: batchId(entry.batchId + 1),
    starts: entry.ends,
    watermark,
    lateWatermark: entry.watermark,
    wantsNoData: settings.noDataBatches && executor.wantsNoDataBatch(entry.watermark, watermark.global),
    previousStartMs: startedMs,
  }
}

/** A computed batch on its way to state, sinks and commit log. Each promise rejects with what stopped it. */
export interface HandOver {
  /** The next batch may be decided. */
  readonly follow: Promise<void>
  /** `commits/N` is durable. */
  readonly committed: Promise<void>
  /** All is over, and the outputs are freed. */
  readonly done: Promise<void>
}

const OVER = Promise.resolve()
export const NOTHING_BEFORE: HandOver = { follow: OVER, committed: OVER, done: OVER }

/** `position`: where the batch stands; `next`: where the one after it does. */
export function handOver(parts: Parts, position: Position, next: Position, batch: Construction, result: BatchResult): HandOver {
  const follow = Promise.withResolvers<void>()
  const committed = Promise.withResolvers<void>()
  const told = { position, next, batch, result, metrics: metricsNow(parts.sources) }
  const done = carry(parts, told, { follow: follow.resolve, committed: committed.resolve })
  done.catch(error => {
    follow.reject(error)
    committed.reject(error)
  })
  // whoever waits is told; nobody may be waiting
  follow.promise.catch(() => {})
  committed.promise.catch(() => {})
  return { follow: follow.promise, committed: committed.promise, done }
}

/** Nothing is handed on before `offsets/N` is there, and `commits/N` waits for every sink and the state; it is made ready meanwhile. */
async function carry(parts: Parts, told: Told, reached: { readonly follow: () => void; readonly committed: () => void }): Promise<void> {
  const { ledger, signal } = parts
  const { position, next, batch, result } = told
  const { batchId } = batch.entry
  try {
    await batch.logged
    signal.throwIfAborted()
    const forgotten = batch.resumed ? OVER : forget(parts, position, batchId)
    if (batch.hasMore) forgotten.then(reached.follow, () => {})
    const published = publish(parts, told, forgotten).then(written => {
      signal.throwIfAborted()
      reached.follow()
      return written
    })
    const commit = { batchId, nextWatermark: next.watermark.global, ...(parts.stateful && { run: ledger.runId }) }
    const committing = batch.time.measure('commitOffsets', () => ledger.writeCommit(commit, { after: published }), published)
    const [written] = await together([published, committing], parts.abort)
    reached.committed()
    for (const [i, source] of parts.sources.entries()) if (next.starts[i] !== null) source.committed?.(next.starts[i]!)
    report(parts, told, written)
  } finally {
    await result.close()
  }
}

/** The state and every sink, side by side; the sources forget the batch before meanwhile. */
async function publish(parts: Parts, told: Told, forgotten: Promise<void>): Promise<readonly (SinkResult | undefined)[]> {
  const { signal, outputMode } = parts
  const { batch, result } = told
  const { entry, noData } = batch
  const purged = batch.resumed ? OVER : purge(parts, entry.batchId)
  const writing = parts.sinks.map(async ({ output, sink }) => {
    const rows = result.outputs[output]
    if (!rows) return undefined
    const worker = sink.worker ?? sink.description
    parts.waitingFor.add(worker)
    const written = await sink.write(entry.batchId, rows, { signal, outputMode, noData })
    parts.waitingFor.delete(worker)
    return written
  })
  return await batch.time.measure('addBatch', async () => {
    const [, , , written] = await together([forgotten, purged, result.saveState(), together(writing, parts.abort)], parts.abort)
    return written
  })
}

/** After offsets/N: sources commit batch N-1, in their order. */
async function forget({ sources }: Parts, { starts }: Position, id: number): Promise<void> {
  if (id === 0) return
  await eachSource(sources, async (source, i) => {
    if (starts[i] !== null) await source.commit(starts[i]!)
  })
}

/** State first, so that what the logs still name can always be told from what nobody names. */
async function purge({ ledger, executor, settings }: Parts, id: number): Promise<void> {
  const together = ledger.store.localRoot === undefined ? TOGETHER_ON_STORES : 1
  const oldest = decidePurge(id, settings.minBatchesToRetain, ledger.oldest(), together)
  if (oldest === undefined) return
  const needed = await executor.purgeState(oldest)
  await ledger.purge(Math.min(oldest, needed))
}
