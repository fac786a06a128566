import type { StreamingQuery } from '../../api/index.ts'
import type { StreamingQueryProgress } from '../../observe/index.ts'
import type { Platform } from '../../platform/index.ts'
import { reasonOf } from '../hooks/index.ts'
import { type Node, waitBefore } from '../pipeline/index.ts'
import type { Tell } from './events.ts'

export interface WatchParts {
  readonly node: Node
  /** What it is called in logs: the data set, or the query a node started by itself. */
  readonly query: string
  readonly platform: Platform
  readonly tell: Tell
  /** Starts it again from its checkpoint; absent: it cannot be. */
  readonly restart?: () => Promise<StreamingQuery>
  readonly onBatch: (progress: StreamingQueryProgress, query: StreamingQuery) => void
  readonly onStarted: (query: StreamingQuery) => void
  readonly onTerminated: (query: StreamingQuery, error: unknown) => void
}

/** One stream of a run, over its restarts. */
export class StreamWatch {
  readonly node: Node
  readonly query: string
  readonly #parts: WatchParts
  readonly #stop = new AbortController()
  #running: StreamingQuery

  constructor(parts: WatchParts, query: StreamingQuery) {
    this.node = parts.node
    this.query = parts.query
    this.#parts = parts
    this.#running = query
  }

  /** Ends it, also while it waits for its next attempt. */
  async stop(reason: string): Promise<void> {
    this.#stop.abort(reason)
    await this.#running.stop()
  }

  /** To the end of the last attempt; never rejects. */
  async run(): Promise<'ended' | 'stopped' | 'failed'> {
    const { node, tell, query } = this.#parts
    const { state, error } = await this.#attempts()
    const reason = state === 'stopped' ? String(this.#stop.signal.reason ?? '') : state === 'failed' ? reasonOf(error) : ''
    tell({ event: 'stream', node: node.name, query, state, ...(reason && { reason }), ...(state === 'failed' && { error }) })
    return state
  }

  async #attempts(): Promise<{ readonly state: 'ended' | 'stopped' | 'failed'; readonly error?: unknown }> {
    const { node, restart } = this.#parts
    const { signal } = this.#stop
    for (let repetition = 0; ; ) {
      const { batches, error } = await this.#attempt()
      if (signal.aborted) return { state: 'stopped' }
      if (error === undefined) return { state: 'ended' }
      if (batches > 0) repetition = 0
      repetition += 1
      const wait = restart ? waitBefore(repetition, node.restart) : undefined
      if (!restart || wait === undefined) return { state: 'failed', error }
      const again = await this.#again(restart, repetition, wait, error)
      if (again === 'stopped') return { state: 'stopped' }
      if (again !== 'started') return { state: 'failed', error: again.error }
    }
  }

  /** One query from start to end. */
  async #attempt(): Promise<{ readonly batches: number; readonly error: unknown }> {
    const { onBatch, onStarted, onTerminated } = this.#parts
    const query = this.#running
    let batches = 0
    const batch = (progress: StreamingQueryProgress): void => {
      batches += 1
      onBatch(progress, query)
    }
    onStarted(query)
    const deafen = query.on({ onQueryProgress: ({ progress }) => batch(progress) })
    // It may have been faster than this: what it has done so far comes before what is heard from now on.
    for (const progress of query.recentProgress) batch(progress)
    const error = await query.awaitTermination().then(
      () => undefined,
      (e: unknown) => e,
    )
    deafen()
    onTerminated(query, error)
    return { batches, error }
  }

  /** Starts it again, as often as it takes while it does not even start. */
  async #again(
    restart: () => Promise<StreamingQuery>,
    first: number,
    firstWait: number,
    firstError: unknown,
  ): Promise<'started' | 'stopped' | { readonly error: unknown }> {
    const { node, query, tell, platform } = this.#parts
    let error = firstError
    for (let attempt = first, wait: number | undefined = firstWait; ; attempt += 1, wait = waitBefore(attempt, node.restart)) {
      if (wait === undefined) return { error }
      tell({ event: 'restarting', node: node.name, query, attempt, of: node.restart.attempts, inMs: wait, reason: reasonOf(error) })
      try {
        await platform.clock.sleep(wait, this.#stop.signal)
        this.#running = await restart()
        if (this.#stop.signal.aborted) await this.#running.stop()
        return 'started'
      } catch (e) {
        if (this.#stop.signal.aborted) return 'stopped'
        error = e
      }
    }
  }
}
