import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import { Refusal } from './refusal.ts'

const [FIRST_MS, MOST_MS] = [500, 15_000]
/** Milliseconds before attempt `n + 1` (n from 0), spread by a fifth either way. */
const pause = (n: number, random: number): number => Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(n, 20)) * (0.8 + 0.4 * random)

export interface RetryOptions {
  readonly platform: Platform
  readonly url: string
  /** For the error: "write batch 7". */
  readonly what: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Does something over and over while what stops it may pass, until its time is up.
 *
 * @throws SNOWFLAKE_UNREACHABLE when the time is up; SNOWFLAKE_STATEMENT_FAILED for any other Refusal; MillraceErrors and the signal's reason as they are
 */
export async function again<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { platform, url, what, timeoutMs, signal } = options
  const { clock } = platform
  const started = clock.ticks()
  const over = new AbortController()
  const done = new AbortController()
  clock.sleep(timeoutMs, done.signal).then(
    () => over.abort(),
    () => {},
  )
  const left = AbortSignal.any([signal, over.signal])
  let last: Refusal | undefined
  try {
    for (let n = 0; ; n++) {
      try {
        // Whoever has no answer yet may go on: Snowflake is at work. A new attempt must begin in time.
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Refusal)) throw error
        if (!error.passing) throw new MillraceError('SNOWFLAKE_STATEMENT_FAILED', { what, reason: error.message, code: error.code })
        last = error
      }
      if (clock.ticks() - started >= timeoutMs) break
      await clock.sleep(pause(n, platform.ids.random()), left)
    }
  } catch (error) {
    if (signal.aborted || !over.signal.aborted) throw error
  } finally {
    done.abort()
  }
  throw new MillraceError('SNOWFLAKE_UNREACHABLE', { url, what, timeoutMs, reason: last?.message ?? 'no answer' })
}
