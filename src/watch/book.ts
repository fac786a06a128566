import type { QueryListener, StreamingQueryProgress } from '../observe/index.ts'
import type { Clock } from '../platform/index.ts'

/** What is known of one query over its restarts. Counters begin with the session. */
export interface QueryFacts {
  /** Its name, or its id where it has none: the same when it starts again from its checkpoint. */
  readonly key: string
  readonly id: string
  readonly runId: string
  readonly state: 'running' | 'stopped' | 'failed'
  /** Why it failed. */
  readonly failure?: string
  readonly startedMs: number
  /** How often it has been started again. */
  readonly restarts: number
  readonly batches: number
  readonly inputRows: number
  readonly lateRows: number
  /** When a batch was committed or it was found to have nothing to do, last; undefined before that, and again after a restart. */
  readonly movedMs?: number
  /** It waits for data: what it last counted a second is over. */
  readonly idle: boolean
  readonly last?: StreamingQueryProgress
}

/** Queries that have ended and are still shown. */
const ENDED_KEPT = 100

/** Keeps what listeners hear of queries, by key. */
export class QueryBook {
  readonly #facts = new Map<string, QueryFacts>()
  readonly #clock: Clock
  readonly listener: QueryListener

  constructor(clock: Clock) {
    this.#clock = clock
    this.listener = {
      onQueryStarted: ({ id, runId, name }) => this.#started(name ?? id, id, runId),
      onQueryProgress: ({ progress }) => this.#change(progress.runId, facts => this.#withProgress(facts, progress)),
      onQueryIdle: ({ runId }) => this.#change(runId, facts => ({ ...facts, idle: true, movedMs: this.#clock.now() })),
      onQueryTerminated: ({ runId, exception }) => this.#change(runId, facts => ended(facts, exception)),
    }
  }

  /** In the order in which they were first started. */
  all(): readonly QueryFacts[] {
    return [...this.#facts.values()]
  }
  get(key: string): QueryFacts | undefined {
    return this.#facts.get(key)
  }
  byRun(runId: string): QueryFacts | undefined {
    return this.all().find(facts => facts.runId === runId)
  }

  #started(key: string, id: string, runId: string): void {
    const before = this.#facts.get(key)
    const counted = before ?? { batches: 0, inputRows: 0, lateRows: 0, restarts: -1 }
    this.#facts.set(key, {
      key,
      id,
      runId,
      state: 'running',
      startedMs: this.#clock.now(),
      restarts: counted.restarts + 1,
      batches: counted.batches,
      inputRows: counted.inputRows,
      lateRows: counted.lateRows,
      idle: false,
      ...(before?.last && { last: before.last }),
    })
    this.#forget()
  }

  #withProgress(facts: QueryFacts, progress: StreamingQueryProgress): QueryFacts {
    return {
      ...facts,
      idle: false,
      movedMs: this.#clock.now(),
      batches: facts.batches + 1,
      inputRows: facts.inputRows + progress.numInputRows,
      lateRows: facts.lateRows + lateRowsOf(progress),
      last: progress,
    }
  }

  #change(runId: string, change: (facts: QueryFacts) => QueryFacts): void {
    const facts = this.byRun(runId)
    if (facts) this.#facts.set(facts.key, change(facts))
  }

  /** A session that starts query after query must not grow for ever; what failed is what people look for. */
  #forget(): void {
    const over = this.#facts.size - ENDED_KEPT
    if (over <= 0) return
    const gone = this.all().filter(facts => facts.state !== 'running')
    const first = [...gone.filter(f => f.state === 'stopped'), ...gone.filter(f => f.state === 'failed')]
    for (const { key } of first.slice(0, over)) this.#facts.delete(key)
  }
}

const ended = (facts: QueryFacts, exception: string | undefined): QueryFacts => ({
  ...facts,
  idle: true,
  state: exception === undefined ? 'stopped' : 'failed',
  ...(exception !== undefined && { failure: firstLine(exception) }),
})

/** The condition and its message; the rest is for the log. */
const firstLine = (text: string): string => text.split('\n', 1)[0]!

/** Rows a batch dropped because the watermark had passed them. */
export const lateRowsOf = (progress: StreamingQueryProgress): number =>
  progress.stateOperators.reduce((sum, operator) => sum + operator.numRowsDroppedByWatermark, 0)

/** How far the watermark is behind the clock; undefined before it has moved. */
export function watermarkLagMs({ last }: QueryFacts, nowMs: number): number | undefined {
  const watermark = Date.parse(last?.eventTime?.['watermark'] ?? '')
  return watermark > 0 ? nowMs - watermark : undefined
}

/** Records behind the newest of the partition that is furthest behind, over all Kafka sources; undefined without one. */
export function kafkaLag({ last }: QueryFacts): number | undefined {
  const lags = (last?.sources ?? []).flatMap(({ metrics }) => {
    const lag = Number(metrics?.['maxOffsetsBehindLatest'] ?? Number.NaN)
    return Number.isFinite(lag) ? [lag] : []
  })
  return lags.length === 0 ? undefined : Math.max(...lags)
}
