import type { Bus, QueryDriver, QueryListener } from '../observe/index.ts'
import { StreamingQuery } from './streaming-query.ts'

/** How long after the first start unused frames are reported. */
const REPORT_AFTER_MS = 5000

/** The queries of a session (`session.streams`). */
export class StreamingQueryManager {
  readonly #bus: Bus
  readonly #report: () => void
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly #active = new Map<string, StreamingQuery>()
  readonly #removers = new Map<QueryListener, () => void>()
  #ended: { readonly query: StreamingQuery; readonly error: unknown }[] = []
  #waiting: (() => void)[] = []
  #timer: AbortController | undefined
  #reported = false
  #onBusy: (busy: boolean) => void = () => {}

  constructor(bus: Bus, report: () => void, sleep: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.#bus = bus
    this.#report = report
    this.#sleep = sleep
  }

  /** The queries that run. */
  get active(): readonly StreamingQuery[] {
    return [...this.#active.values()]
  }
  /** A running query by id, run id or name. */
  get(idOrName: string): StreamingQuery | undefined {
    return this.active.find(q => q.id === idOrName || q.runId === idOrName || q.name === idOrName)
  }
  /**
   * Resolves with true as soon as any query has ended since the session began or `resetTerminated()`, with false when the time is over;
   * rejects with its error if it failed.
   */
  async awaitAnyTermination(options: number | { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<boolean> {
    this.#report()
    const { timeoutMs, signal } = typeof options === 'number' ? { timeoutMs: options, signal: undefined } : options
    if (this.#ended.length === 0 && !(await this.#someEnd(timeoutMs, signal))) return false
    const failed = this.#ended.find(e => e.error !== undefined)
    if (failed) throw failed.error
    return true
  }
  async #someEnd(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    const over = new AbortController()
    const ended = () => resolve(true)
    this.#waiting.push(ended)
    const abort = () => reject(signal!.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (timeoutMs !== undefined)
      this.#sleep(timeoutMs, over.signal).then(
        () => resolve(false),
        () => undefined,
      )
    try {
      return await promise
    } finally {
      over.abort()
      signal?.removeEventListener('abort', abort)
      this.#waiting = this.#waiting.filter(w => w !== ended)
    }
  }
  /** Forgets the queries that have ended, for `awaitAnyTermination`. */
  resetTerminated(): void {
    this.#ended = []
  }

  addListener(listener: QueryListener): void {
    if (!this.#removers.has(listener)) this.#removers.set(listener, this.#bus.add(listener))
  }
  removeListener(listener: QueryListener): void {
    this.#removers.get(listener)?.()
    this.#removers.delete(listener)
  }
  listListeners(): readonly QueryListener[] {
    return [...this.#removers.keys()]
  }

  /** @internal */
  started(driver: QueryDriver): StreamingQuery {
    const query = new StreamingQuery(driver, this.#report)
    this.#active.set(driver.runId, query)
    if (this.#active.size === 1) this.#onBusy(true)
    this.#reportLater()
    driver.awaitTermination().then(
      () => this.#ends(query, undefined),
      error => this.#ends(query, error),
    )
    return query
  }
  #ends(query: StreamingQuery, error: unknown): void {
    this.#active.delete(query.runId)
    this.#ended.push({ query, error })
    if (this.#active.size === 0) {
      this.#timer?.abort()
      this.#onBusy(false)
    }
    for (const resolve of this.#waiting) resolve()
  }
  #reportLater(): void {
    if (this.#reported) return
    this.#reported = true
    this.#timer = new AbortController()
    this.#sleep(REPORT_AFTER_MS, this.#timer.signal).then(this.#report, () => undefined)
  }

  /** @internal Told when the first query runs, and when the last one has ended. */
  onBusy(told: (busy: boolean) => void): void {
    this.#onBusy = told
  }
  /** @internal */
  async stopAll(): Promise<void> {
    this.#timer?.abort()
    await Promise.allSettled(this.active.map(q => q.stop()))
  }
}
