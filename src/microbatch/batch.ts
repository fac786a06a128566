import type { SinkResult } from '../connectors/contract.ts'
import { batchId } from '../types/index.ts'
import type { BatchResult } from './contract.ts'
import { isNew } from './decide-next-batch.ts'
import { decidePurge } from './decide-purge.ts'
import { eachSource, placesOf } from './each-source.ts'
import type { Construction, Parts, Position } from './parts.ts'
import { progressOf } from './progress.ts'
import { together } from './together.ts'
import { advance } from './watermark.ts'

/**
 * Carries one decided batch out. Rows are fetched and computed while `offsets/N` is still on its way to the disk; nothing can be seen outside
 * before it is there, and `commits/N` waits for every sink and the state.
 */
export async function runBatch(parts: Parts, position: Position, batch: Construction): Promise<Position> {
  const { watch, executor, ledger, signal } = parts
  const { entry, noData } = batch
  watch.say(noData ? 'No new data but cleaning up state' : 'Processing new data', { isDataAvailable: !noData, isTriggerActive: true })
  let result: BatchResult | undefined
  const computing = compute(parts, batch).then(made => {
    result = made
  })
  try {
    await together([batch.logged, computing], parts.abort)
    signal.throwIfAborted()
    const written = await publish(parts, position, batch, result!)
    signal.throwIfAborted()

    const watermark = advance(position.watermark, result!.stats.eventTimes, parts.settings.policy)
    const commit = { batchId: entry.batchId, nextWatermark: watermark.global, ...(parts.stateful && { run: ledger.runId }) }
    await batch.time.measure('commitOffsets', () => ledger.writeCommit(commit))
    report(parts, position, batch, result!, written)
    return {
      nextId: batchId(entry.batchId + 1),
      starts: entry.ends,
      watermark,
      lateWatermark: entry.watermark,
      wantsNoData: parts.settings.noDataBatches && executor.wantsNoDataBatch(entry.watermark, watermark.global),
      previousStartMs: batch.startedMs,
    }
  } finally {
    await result?.close()
  }
}

/** Source rows in, named outputs out. */
async function compute(parts: Parts, { entry, starts, lateWatermark, time }: Construction): Promise<BatchResult> {
  const { sources, executor, ledger, signal } = parts
  const scans = await time.measure('getBatch', () =>
    Promise.all(
      sources.map((source, i) => (isNew(starts[i]!, entry.ends[i]!) ? source.read(starts[i]!, entry.ends[i]!, { signal }) : undefined)),
    ),
  )
  const { batchId: id, timestamp, watermark } = entry
  return time.measure('addBatch', () => executor.run({ id, timestamp, watermark, lateWatermark, scans, run: ledger.runId }, { signal }))
}

/** The state and every sink, side by side; the sources forget the batch before meanwhile. */
async function publish(
  parts: Parts,
  position: Position,
  batch: Construction,
  result: BatchResult,
): Promise<readonly (SinkResult | undefined)[]> {
  const { signal, outputMode } = parts
  const { entry, noData } = batch
  const forgetting = batch.resumed
    ? Promise.resolve()
    : together([forget(parts, position, entry.batchId), purge(parts, entry.batchId)], parts.abort)
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
    const [, , written] = await together([forgetting, result.saveState(), together(writing, parts.abort)], parts.abort)
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
  const oldest = decidePurge(id, settings.minBatchesToRetain, ledger.oldest())
  if (oldest === undefined) return
  const needed = await executor.purgeState(oldest)
  await ledger.purge(Math.min(oldest, needed))
}

function report(
  parts: Parts,
  position: Position,
  batch: Construction,
  result: BatchResult,
  written: readonly (SinkResult | undefined)[],
): void {
  const { ledger, watch, sources, sinks } = parts
  const main = Math.max(
    0,
    sinks.findIndex(binding => binding.output === 'main'),
  )
  const description = sinks[main]?.sink.description ?? ''
  watch.progress(
    progressOf({
      id: ledger.queryId,
      runId: ledger.runId,
      name: parts.name,
      batchId: batch.entry.batchId,
      startedMs: batch.startedMs,
      previousStartMs: position.previousStartMs,
      durations: { ...result.stats.durations, ...batch.time.read() },
      noData: batch.noData,
      watermark: parts.hasWatermark ? batch.entry.watermark : undefined,
      stats: result.stats,
      sources: [...placesOf(sources)].map(([source, places]) => ({
        description: source.description,
        places,
        ...(source.metrics && { metrics: source.metrics() }),
      })),
      starts: batch.starts,
      ends: batch.entry.ends,
      planned: batch.planned,
      sink: { description, numOutputRows: written[main]?.numOutputRows ?? 0 },
    }),
  )
  if (result.stats.nullEventTimes.some(n => n > 0)) warnOfNulls(parts, batch, result)
}

/** A batch whose event times are all null moves no watermark, so nothing would ever come out: worth a word. */
function warnOfNulls({ watch }: Parts, batch: Construction, { stats }: BatchResult): void {
  stats.nullEventTimes.forEach((nulls, i) => {
    if (nulls === 0 || (stats.eventTimes[i]?.count ?? 0) > nulls) return
    watch.warn({
      code: 'EVENT_TIMES_ALL_NULL',
      message: `all ${nulls} event times of batch ${batch.entry.batchId} are null, so the watermark does not move${stats.firstRow === undefined ? '' : `; the first row is ${stats.firstRow}`}`,
      hint: 'Look at the text the time is made from: a try function turns what does not fit its format into null.',
    })
  })
}
