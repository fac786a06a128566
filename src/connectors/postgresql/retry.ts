import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { asMillraceError, isPassing, reasonOf } from './failure.ts'
import type { Server } from './settings.ts'

const FIRST_MS = 100
const MOST_MS = 5000

export interface RetryOptions {
  readonly what: string
  readonly server: Server
  readonly platform: Platform
  readonly signal: AbortSignal
  readonly withinMs: number
  /** Hears of the first failure of each call. */
  readonly failing?: (reason: string) => void
}

/** Does it again while what stands in its way may pass, with pauses that double; turns what ends it into a MillraceError. */
export async function retried<T>({ what, server, platform, signal, withinMs, failing }: RetryOptions, work: () => Promise<T>): Promise<T> {
  const { clock, ids } = platform
  const until = clock.ticks() + withinMs
  for (let n = 0; ; n++) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (!isPassing(error)) throw asMillraceError(error, what, server)
      const pause = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(n, 20)) * (0.8 + 0.4 * ids.random())
      if (clock.ticks() + pause > until) {
        throw new MillraceError(
          'POSTGRES_UNREACHABLE',
          { server: server.shown, what, withinMs, tried: [reasonOf(error)] },
          { cause: error },
        )
      }
      if (n === 0) failing?.(reasonOf(error))
      await clock.sleep(pause, signal)
    }
  }
}
