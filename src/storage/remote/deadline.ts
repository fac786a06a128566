import type { Clock } from '../../platform/index.ts'
import { TimedOut } from './failure.ts'

/** Runs `work`, and gives it up when nothing has been heard of it for so long. `alive` says that something was; the signal tells the work to stop. */
export async function withDeadline<T>(
  clock: Clock,
  quietMs: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const over = new AbortController()
  let heard = clock.ticks()
  const silence = async (): Promise<never> => {
    for (;;) {
      const left = heard + quietMs - clock.ticks()
      if (left <= 0) throw new TimedOut(`no answer within ${Math.round(quietMs)} ms`)
      await clock.sleep(left, over.signal)
    }
  }
  const working = work(stop.signal, () => {
    heard = clock.ticks()
  })
  const silent = silence()
  silent.catch(() => {})
  try {
    return await Promise.race([working, silent])
  } catch (error) {
    stop.abort(error)
    working.catch(() => {})
    throw error
  } finally {
    over.abort(new TimedOut('over'))
  }
}
