import { findMillraceError, isMillraceError, MillraceError } from '../errors/index.ts'
import { type Bus, call, type QueryDriver, type QueryListener } from '../observe/index.ts'
import { firstOf } from './first-of.ts'
import { type Event, isOver, next, type State } from './lifecycle.ts'
import type { Parts } from './parts.ts'

interface QueryParts {
  readonly parts: Parts
  readonly bus: Bus
  readonly explain: (extended: boolean) => Promise<string>
  /** Runs the loop to its end; rejects with what ended it. */
  readonly run: () => Promise<void>
  /** Closes all that is open. `clean`: the query was stopped or has drained. */
  readonly close: (clean: boolean) => Promise<void>
}

/** The handle of a running query: starts the loop, ends it, and tells how it ended. */
export class MicroBatchQuery implements QueryDriver {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly #query: QueryParts
  #state: State = 'waiting'
  #error: MillraceError | undefined
  /** Resolves when everything is closed. */
  readonly #over: Promise<void>

  constructor(query: QueryParts) {
    const { parts } = query
    this.id = parts.ledger.queryId
    this.runId = parts.ledger.runId
    this.name = parts.name
    this.#query = query
    parts.watch.started()
    this.#over = this.#live()
  }

  get isActive(): boolean {
    return !isOver(this.#state)
  }
  get status(): QueryDriver['status'] {
    return this.#query.parts.watch.status
  }
  get recentProgress(): QueryDriver['recentProgress'] {
    return this.#query.parts.watch.recent
  }
  get lastProgress(): QueryDriver['lastProgress'] {
    return this.recentProgress.at(-1) ?? null
  }
  get warnings(): QueryDriver['warnings'] {
    return this.#query.parts.watch.warnings
  }
  get error(): unknown {
    return this.#error
  }

  async awaitTermination(options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<boolean> {
    const { timeoutMs, signal } = options
    const ended = await firstOf(this.#over, this.#query.parts.platform.clock, timeoutMs, signal)
    if (ended && this.#error) throw this.#error
    return ended
  }

  async processAllAvailable(): Promise<void> {
    if (this.isActive && (await this.#query.parts.pace.quiet())) return
    await this.#over
    if (this.#error) throw this.#error
  }

  async stop(): Promise<void> {
    this.#on('stop')
    this.#query.parts.abort(new MillraceError('QUERY_STOPPED', { id: this.id }))
    await this.#over
  }

  explain(extended: boolean): Promise<string> {
    return this.#query.explain(extended)
  }

  on(listener: QueryListener): () => void {
    const mine: QueryListener = {}
    for (const kind of ['onQueryStarted', 'onQueryProgress', 'onQueryIdle', 'onQueryTerminated', 'onQueryWarning'] as const) {
      mine[kind] = (event: never) => {
        const { runId } =
          'progress' in (event as object) ? (event as { progress: { runId: string } }).progress : (event as { runId: string })
        if (runId === this.runId)
          call(listener, { kind, event } as never, error => {
            throw error
          })
      }
    }
    return this.#query.bus.add(mine)
  }

  #on(event: Event): void {
    this.#state = next(this.#state, event)
  }

  /** From the first trigger to the closing of everything; never rejects. */
  async #live(): Promise<void> {
    const { parts, close } = this.#query
    let failure: unknown
    try {
      await this.#untilEnd()
    } catch (error) {
      if (!isMillraceError(parts.signal.reason, 'QUERY_STOPPED')) failure = error
    }
    parts.abort(failure ?? new MillraceError('QUERY_STOPPED', { id: this.id }))
    parts.pace.end()
    await close(failure === undefined)
    if (failure === undefined) parts.watch.say('Stopped', { isTriggerActive: false, isDataAvailable: false })
    else this.#fail(failure)
    this.#on(failure === undefined ? (this.#state === 'waiting' ? 'drained' : 'ended') : 'error')
    parts.watch.terminated(this.#error && { message: this.#error.message, errorClass: errorClassOf(failure) })
  }

  /** The loop's end; or `stopTimeout` after it was told to end, when something in it does not listen. */
  async #untilEnd(): Promise<void> {
    const { parts, run } = this.#query
    const { signal, settings, platform, watch } = parts
    const loop = run()
    const told = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([loop, told])
    if (await firstOf(loop, platform.clock, settings.stopTimeoutMs)) return
    watch.warn({
      code: 'LEFT_BEHIND',
      message: `${[...parts.waitingFor].join(', ') || 'the batch'} did not end within ${settings.stopTimeoutMs} ms and was left behind; its batch is not committed`,
      hint: 'Listen to the signal the function is given, and end when it aborts.',
    })
    throw signal.reason
  }

  #fail(cause: unknown): void {
    const text = cause instanceof Error ? cause.message : String(cause)
    const [message = '', ...details] = text.split('\n')
    this.#error = new MillraceError('STREAM_FAILED', { id: this.id, runId: this.runId, message }, { cause, details })
    this.#query.parts.watch.say(`Terminated with exception: ${message}`, { isTriggerActive: false, isDataAvailable: false })
  }
}

function errorClassOf(failure: unknown): string | undefined {
  const known = findMillraceError(failure)
  return known ? (known.sparkClass ?? known.condition) : undefined
}
