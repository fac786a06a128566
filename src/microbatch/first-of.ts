import type { Clock } from '../platform/index.ts'

/** True when `work` ends first, false when the time is over first; rejects with the signal's reason, or with `work`'s error. */
export async function firstOf(work: Promise<void>, clock: Clock, timeoutMs: number | undefined, signal?: AbortSignal): Promise<boolean> {
  signal?.throwIfAborted()
  const timer = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    if (signal) signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: timer.signal })
  })
  const late = timeoutMs === undefined ? new Promise<never>(() => {}) : clock.sleep(timeoutMs, timer.signal).then(() => false)
  try {
    return await Promise.race([work.then(() => true), late, aborted])
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}
