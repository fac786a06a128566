import { isMillraceError } from '../../errors/index.ts'
import type { ArrivalLog } from '../arrivals/log.ts'
import type { Feed, FeedHost } from '../arrivals/source.ts'
import type { Warning } from '../contract.ts'
import { type PollPlan, type PollState, pollPages } from './poll.ts'

/** Polls again and again while the query runs; what came is in the log, with where polling stands, before the next page is asked for. */
export class Poller implements Feed {
  readonly #plan: PollPlan
  readonly #intervalMs: number
  readonly #log: ArrivalLog
  readonly #query: FeedHost
  readonly #warn: (warning: Warning) => void
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #state: PollState | undefined
  #nap = new AbortController()
  #once = false
  #polled = Promise.withResolvers<void>()
  #failure: unknown
  #polls = 0

  constructor(plan: PollPlan, intervalMs: number, log: ArrivalLog, query: FeedHost, warn: (warning: Warning) => void) {
    this.#plan = plan
    this.#intervalMs = intervalMs
    this.#log = log
    this.#query = query
    this.#warn = warn
    this.#state = log.state as PollState | undefined
    this.#polled.promise.catch(() => {})
    this.#running = this.#run()
  }

  failed(): unknown {
    return this.#failure
  }

  metrics(): Readonly<Record<string, string>> {
    return { polls: String(this.#polls) }
  }

  /** One poll in this run, and no more. */
  async catchUp(signal: AbortSignal): Promise<void> {
    this.#once = true
    this.#nap.abort()
    const stop = () => this.#closing.abort()
    signal.addEventListener('abort', stop)
    await this.#polled.promise
    signal.removeEventListener('abort', stop)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    this.#plan.client.close()
  }

  async #run(): Promise<void> {
    const { clock } = this.#plan.platform
    try {
      // a query that is started again and again asks no more often than one that runs
      const last = this.#state && !this.#state.under ? this.#state.polledAt : undefined
      if (last !== undefined) await this.#rest(Math.min(this.#intervalMs, last + this.#intervalMs - clock.now()))
      while (!this.#closing.signal.aborted) {
        const began = clock.now()
        await this.#poll()
        this.#polls++
        this.#polled.resolve()
        if (this.#once) return
        await this.#rest(began + this.#intervalMs - clock.now())
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failure = error
      this.#polled.reject(error)
      this.#query.changed()
    }
    this.#polled.resolve()
  }

  async #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#once) return
    await this.#plan.platform.clock.sleep(ms, AbortSignal.any([this.#nap.signal, this.#closing.signal])).catch(() => {})
  }

  async #poll(): Promise<void> {
    const resumed = this.#state?.under !== undefined
    try {
      await this.#pages()
    } catch (error) {
      const gone = isMillraceError(error, 'HTTP_REFUSED') && [400, 404, 410, 422].includes(error.params.status)
      if (!resumed || !gone || !this.#state) throw error
      // cursors and next pages do not live for ever
      const { under, version: _, ...state } = this.#state
      this.#state = state
      this.#warn({
        code: 'POLL_BEGUN_AGAIN',
        message: `page ${(under?.at ?? 0) + 1} of a poll that a restart broke off is not there any more; the poll begins again, so pages before it come twice`,
      })
      await this.#pages()
    }
  }

  async #pages(): Promise<void> {
    const { signal } = this.#closing
    const { clock } = this.#plan.platform
    for await (const { rows, state } of pollPages(this.#plan, this.#state, signal)) {
      await this.#query.hasRoom(signal)
      signal.throwIfAborted()
      const at = clock.now()
      await this.#log.append(
        rows.map(row => ({ at, head: '', body: Buffer.from(row) })),
        state,
      )
      this.#state = state
    }
  }
}
