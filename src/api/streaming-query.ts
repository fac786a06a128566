import type { QueryDriver, QueryListener, QueryWarning, StreamingQueryProgress, StreamingQueryStatus } from '../observe/index.ts'

/**
 * A running stream: handed back by `start()`. Words and shapes are Spark's.
 *
 * @example
 * const query = await stream.writeStream.format('console').start()
 * process.once('SIGINT', () => query.stop())
 * await query.awaitTermination()
 */
export class StreamingQuery {
  readonly #driver: QueryDriver
  readonly #awaited: () => void

  constructor(driver: QueryDriver, awaited: () => void = () => undefined) {
    this.#driver = driver
    this.#awaited = awaited
  }

  /** The same for every run of a checkpoint. */
  get id(): string {
    return this.#driver.id
  }
  /** New for every start. */
  get runId(): string {
    return this.#driver.runId
  }
  get name(): string | null {
    return this.#driver.name
  }
  get isActive(): boolean {
    return this.#driver.isActive
  }
  get status(): StreamingQueryStatus {
    return this.#driver.status
  }
  /** The latest progress records, oldest first. */
  get recentProgress(): readonly StreamingQueryProgress[] {
    return this.#driver.recentProgress
  }
  get lastProgress(): StreamingQueryProgress | null {
    return this.#driver.lastProgress
  }
  /** What was worth a word so far and stopped nothing. */
  get warnings(): readonly QueryWarning[] {
    return this.#driver.warnings
  }
  /** The error that ended it, or undefined. */
  exception(): unknown {
    return this.#driver.error
  }

  /**
   * Resolves with true when the query has ended, with false when the time is over; rejects with the error that ended it (STREAM_FAILED, with its
   * cause). `signal` ends the waiting, not the query.
   * @example const ended = await query.awaitTermination({ timeoutMs: 100 })
   */
  awaitTermination(options: number | { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<boolean> {
    this.#awaited()
    return this.#driver.awaitTermination(typeof options === 'number' ? { timeoutMs: options } : options)
  }
  /**
   * Resolves when all that the sources hold now is through. For tests; a source that never rests keeps it waiting.
   * @example await query.processAllAvailable()
   */
  processAllAvailable(): Promise<void> {
    return this.#driver.processAllAvailable()
  }
  /** Ends the query after at most a second; the batch that runs is not committed and runs again at the next start. */
  stop(): Promise<void> {
    return this.#driver.stop()
  }
  /** The plan as text. */
  explain(extended = false): Promise<string> {
    return this.#driver.explain(extended)
  }
  /** Tells `listener` of this query only; returns how to stop that. */
  on(listener: QueryListener): () => void {
    return this.#driver.on(listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
