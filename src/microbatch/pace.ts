import type { Source } from '../connectors/contract.ts'
import type { Clock } from '../platform/index.ts'
import { nextTick, type Rhythm } from './trigger.ts'

/** Waits between triggers, and answers those who wait for quiet. Waiting costs nothing: the sources call. */
export interface Pace {
  /** Call when a trigger fires; what is asked for later is not answered by it. */
  fired(): void
  /** Waits for the next trigger after one that had a batch or not. */
  rest(hadBatch: boolean, signal: AbortSignal): Promise<void>
  /** Resolves when a trigger that fired later found nothing to do (true), or the query is over (false). */
  quiet(): Promise<boolean>
  /** The query is over: nobody waits any longer. */
  end(): void
}

interface PaceParts {
  readonly clock: Clock
  readonly rhythm: Rhythm
  readonly sources: readonly Source[]
  readonly idleEventMs: number
  readonly onIdle: () => void
}

export function createPace({ clock, rhythm, sources, idleEventMs, onIdle }: PaceParts): Pace {
  let firedAt = clock.now()
  let firings = 0
  let waiters: { readonly since: number; readonly resolve: (quiet: boolean) => void }[] = []
  let wake: () => void = () => {}
  let ended = false

  const answer = (quiet: boolean): void => {
    const answered = waiters.filter(w => w.since < firings)
    waiters = waiters.filter(w => w.since >= firings)
    for (const waiter of answered) waiter.resolve(quiet)
  }

  /** Until a source has something, somebody asks for quiet, or the run ends. */
  const untilNews = async (signal: AbortSignal): Promise<void> => {
    // aborted while the sources were asked: no event will come
    signal.throwIfAborted()
    if (waiters.length > 0) return
    const waiting = new AbortController()
    const stop = (): void => waiting.abort()
    signal.addEventListener('abort', stop, { once: true })
    const asked = new Promise<void>(resolve => {
      wake = resolve
    })
    try {
      const ended = new Promise<void>(resolve => waiting.signal.addEventListener('abort', () => resolve(), { once: true }))
      const idle = idleEvents(waiting.signal)
      await Promise.race([asked, ended, idle, ...[...new Set(sources)].map(source => source.changed({ signal: waiting.signal }))])
    } finally {
      wake = () => {}
      signal.removeEventListener('abort', stop)
      waiting.abort()
    }
    signal.throwIfAborted()
  }

  const idleEvents = async (signal: AbortSignal): Promise<never> => {
    for (;;) {
      try {
        await clock.sleep(idleEventMs, signal)
      } catch {
        return await new Promise<never>(() => {})
      }
      onIdle()
    }
  }

  return {
    fired: () => {
      firedAt = clock.now()
      firings++
    },
    rest: async (hadBatch, signal) => {
      if (!hadBatch) {
        answer(true)
        await untilNews(signal)
      }
      if (rhythm.intervalMs === 0) return
      // a late batch is followed at once; after a pause the grid counts from now
      const now = clock.now()
      const wait = nextTick(rhythm.intervalMs, hadBatch ? firedAt : now) - now
      if (wait > 0) await clock.sleep(wait, signal)
    },
    quiet: () =>
      new Promise(resolve => {
        if (ended) return resolve(false)
        waiters.push({ since: firings, resolve })
        wake()
      }),
    end: () => {
      ended = true
      firings++
      answer(false)
    },
  }
}
