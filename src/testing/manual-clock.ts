import type { Clock } from '../platform/index.ts'

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves the time; sleeps that are over by then end, in the order of their ends. */
  advance(ms: number): void
  /** How many sleeps are going on. */
  readonly sleepers: number
}

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  let sleepers: Sleeper[] = []
  return {
    now: () => now,
    ticks: () => now - startMs,
    get sleepers() {
      return sleepers.length
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (ms <= 0) return resolve()
        const leave = (): void => {
          sleepers = sleepers.filter(s => s !== sleeper)
          signal?.removeEventListener('abort', aborted)
        }
        const aborted = (): void => {
          leave()
          reject(signal!.reason)
        }
        const sleeper: Sleeper = {
          until: now + ms,
          wake: () => {
            leave()
            resolve()
          },
        }
        signal?.addEventListener('abort', aborted, { once: true })
        sleepers = [...sleepers, sleeper].sort((a, b) => a.until - b.until)
      }),
    advance: ms => {
      now += ms
      for (const sleeper of sleepers.filter(s => s.until <= now)) sleeper.wake()
    },
  }
}
