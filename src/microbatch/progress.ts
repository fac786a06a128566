import type { Offset, PlannedRange } from '../connectors/contract.ts'
import type { SinkProgress, SourceProgress, StateOperatorProgress, StreamingQueryProgress } from '../observe/index.ts'
import { Decimal } from '../types/index.ts'
import type { BatchStats, EventTimeStats, OperatorStats } from './contract.ts'

/** What is known of a batch when it is committed. */
export interface BatchFacts {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly batchId: number
  /** When its trigger fired, and when the one before did. */
  readonly startedMs: number
  readonly previousStartMs: number | undefined
  readonly durations: Readonly<Record<string, number>>
  readonly noData: boolean
  /** The watermark of this batch; undefined for a query without withWatermark. */
  readonly watermark: number | undefined
  readonly stats: BatchStats
  /** `places`: where in `starts`, `ends` and the statistics the source stands; several where the plan reads it several times. */
  readonly sources: readonly {
    readonly description: string
    readonly places: readonly number[]
    readonly metrics?: Readonly<Record<string, string>>
  }[]
  readonly starts: readonly (Offset | null)[]
  readonly ends: readonly (Offset | null)[]
  readonly planned: readonly (PlannedRange | undefined)[]
  readonly sink: SinkProgress
  /** All that take the query's rows, where there are several. */
  readonly sinks?: readonly SinkProgress[]
}

/** Spark's progress record of a batch, key for key. */
export function progressOf(facts: BatchFacts): StreamingQueryProgress {
  const total = facts.durations.triggerExecution ?? 0
  const rows = facts.noData ? 0 : facts.stats.inputRows.reduce((sum, n) => sum + n, 0)
  const rates = ratesFor(facts.previousStartMs === undefined ? undefined : facts.startedMs - facts.previousStartMs, total)
  const eventTime = eventTimeOf(facts)
  return {
    id: facts.id,
    runId: facts.runId,
    name: facts.name,
    timestamp: iso(facts.startedMs),
    batchId: facts.batchId,
    batchDuration: total,
    numInputRows: rows,
    ...rates(rows),
    // A plan is made once, when the query starts, and not in each batch as in Spark.
    durationMs: sorted({ queryPlanning: 0, ...facts.durations }),
    ...(eventTime && { eventTime }),
    stateOperators: facts.stats.operators.map(operatorOf),
    sources: facts.sources.map(source => sourceOf(facts, source, rates)),
    sink: facts.sink,
    ...(facts.sinks && { sinks: facts.sinks }),
    ...(Object.keys(facts.stats.observed).length > 0 && { observedMetrics: plain(facts.stats.observed) }),
  }
}

type Observed = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Values that survive `JSON.stringify` and come out as Spark prints them; a long too large for a number is a Decimal, whose JSON has all digits. */
function plain(observed: Observed): Observed {
  const value = (v: unknown): unknown => {
    if (typeof v === 'bigint') return Number.isSafeInteger(Number(v)) ? Number(v) : new Decimal(String(v))
    if (typeof v === 'number') return Number.isFinite(v) ? v : String(v)
    if (v instanceof Uint8Array) return Buffer.from(v).toString('base64')
    if (v instanceof Map) return Object.fromEntries([...v].map(([k, x]) => [String(k), value(x)]))
    if (Array.isArray(v)) return v.map(value)
    return typeof v !== 'object' || v === null || 'toJSON' in v ? v : mapped(v, value)
  }
  return mapped(observed, value) as Observed
}

const mapped = (object: object, value: (v: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(object).map(([k, v]) => [k, value(v)]))

type Rates = (rows: number) => { readonly inputRowsPerSecond?: number; readonly processedRowsPerSecond?: number }

/** Rows per second since the trigger before (0 for the first) and of this batch; rates that are not finite are left out. */
function ratesFor(sinceMs: number | undefined, tookMs: number): Rates {
  return rows => {
    const input = sinceMs === undefined ? 0 : rate(rows, sinceMs)
    const processed = rate(rows, Math.max(1, tookMs))
    return {
      ...(input !== undefined && { inputRowsPerSecond: input }),
      ...(processed !== undefined && { processedRowsPerSecond: processed }),
    }
  }
}

function rate(rows: number, ms: number): number | undefined {
  const perSecond = rows / (ms / 1000)
  return Number.isFinite(perSecond) ? roundHalfUp(perSecond) : undefined
}

/** One decimal of the shortest text of the number, halves away from zero (Java's `BigDecimal.setScale(1, HALF_UP)`). */
export function roundHalfUp(value: number): number {
  const text = Math.abs(value).toString()
  const [whole, fraction = ''] = text.split('.')
  if (text.includes('e') || fraction.length <= 1) return value
  const tenths = BigInt(whole! + fraction[0]!) + (fraction[1]! >= '5' ? 1n : 0n)
  return (Number(tenths) / 10) * Math.sign(value)
}

function eventTimeOf({ noData, watermark, stats }: BatchFacts): Readonly<Record<string, string>> | undefined {
  const first = noData ? undefined : stats.eventTimes.find((s): s is EventTimeStats => s !== undefined && s.count > 0)
  const nulls = stats.nullEventTimes.reduce((sum, n) => sum + n, 0)
  const all = {
    ...(first && { avg: iso(first.avg), max: iso(first.max), min: iso(first.min) }),
    ...(nulls > 0 && { nulls: String(nulls) }),
    ...(watermark !== undefined && { watermark: iso(watermark) }),
  }
  return Object.keys(all).length === 0 ? undefined : all
}

/** In the order of Spark's keys. */
const operatorOf = ({ customMetrics, ...o }: OperatorStats): StateOperatorProgress => ({
  operatorName: o.operatorName,
  numRowsTotal: o.numRowsTotal,
  numRowsUpdated: o.numRowsUpdated,
  allUpdatesTimeMs: o.allUpdatesTimeMs,
  numRowsRemoved: o.numRowsRemoved,
  allRemovalsTimeMs: o.allRemovalsTimeMs,
  commitTimeMs: o.commitTimeMs,
  memoryUsedBytes: o.memoryUsedBytes,
  numRowsDroppedByWatermark: o.numRowsDroppedByWatermark,
  numShufflePartitions: o.numShufflePartitions,
  numStateStoreInstances: o.numStateStoreInstances,
  ...(Object.keys(customMetrics).length > 0 && { customMetrics: sorted(customMetrics) }),
})

function sourceOf(facts: BatchFacts, source: BatchFacts['sources'][number], rates: Rates): SourceProgress {
  const i = source.places[0]!
  const rows = facts.noData ? 0 : source.places.reduce((sum, place) => sum + (facts.stats.inputRows[place] ?? 0), 0)
  return {
    description: source.description,
    startOffset: parsed(facts.starts[i] ?? null),
    endOffset: parsed(facts.ends[i] ?? null),
    latestOffset: parsed(facts.planned[i]?.latest ?? null),
    numInputRows: rows,
    ...rates(rows),
    ...(source.metrics && Object.keys(source.metrics).length > 0 && { metrics: sorted(source.metrics) }),
  }
}

/** Offsets stand in the record as JSON where they are JSON. */
function parsed(offset: Offset | null): unknown {
  if (offset === null) return null
  try {
    return JSON.parse(offset)
  } catch {
    return offset
  }
}

export const iso = (ms: number): string => new Date(ms).toISOString()

const sorted = <T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
