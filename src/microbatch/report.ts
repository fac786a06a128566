import type { SinkResult, Source } from '../connectors/contract.ts'
import type { BatchResult } from './contract.ts'
import { placesOf } from './each-source.ts'
import type { Construction, Parts, Position } from './parts.ts'
import { progressOf } from './progress.ts'

type Metrics = ReadonlyMap<Source, Readonly<Record<string, string>>>

/** A batch as it was when it was computed: the sources may be asked for the next one before it is told of. */
export interface Told {
  readonly position: Position
  readonly next: Position
  readonly batch: Construction
  readonly result: BatchResult
  readonly metrics: Metrics
}

export const metricsNow = (sources: readonly Source[]): Metrics =>
  new Map([...new Set(sources)].flatMap(source => (source.metrics ? [[source, source.metrics()] as const] : [])))

/** Tells who listens of a batch that is committed. */
export function report(parts: Parts, { position, batch, result, metrics }: Told, written: readonly (SinkResult | undefined)[]): void {
  const { ledger, watch, sources, sinks } = parts
  const main = sinks.flatMap(({ output, sink }, i) =>
    output === 'main' ? { description: sink.description, numOutputRows: written[i]?.numOutputRows ?? 0 } : [],
  )
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
        metrics: { ...metrics.get(source), ...setAside(result, places) },
      })),
      starts: batch.starts,
      ends: batch.entry.ends,
      planned: batch.planned,
      sink: main[0] ?? { description: '', numOutputRows: 0 },
      ...(main.length > 1 && { sinks: main }),
    }),
  )
  if (result.stats.nullEventTimes.some(n => n > 0)) warnOfNulls(parts, batch, result)
}

/** Dead letters are counted where their source is. */
function setAside({ stats }: BatchResult, places: readonly number[]): Readonly<Record<string, string>> {
  const counts = places.flatMap(place => stats.badRecords?.[place] ?? [])
  return counts.length === 0 ? {} : { badRecords: String(counts.reduce((sum, n) => sum + n, 0)) }
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
