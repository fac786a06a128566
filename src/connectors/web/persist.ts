import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { type Answer, NetworkTrouble } from './client.ts'

/** Statuses that may be another one next time. */
export const isPassing = (status: number): boolean => [408, 425, 429].includes(status) || (status >= 500 && ![501, 505].includes(status))

/** How long an answer asks to be waited for: `Retry-After`, or when a spent rate limit is renewed. */
export function askedWait({ status, headers }: Pick<Answer, 'status' | 'headers'>, nowMs: number): number | undefined {
  const after = headers['retry-after']?.trim()
  if (after !== undefined) {
    if (/^\d+(\.\d+)?$/.test(after)) return Number(after) * 1000
    const at = Date.parse(after)
    return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
  }
  const spent = (status === 403 || status === 429) && headers['x-ratelimit-remaining']?.trim() === '0'
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  return spent && Number.isFinite(reset) ? Math.max(0, reset * 1000 - nowMs) : undefined
}

const FIRST_MS = 200
const LONGEST_MS = 30_000

/** Longer with each attempt, and never the same for two who failed together. */
export const backoff = (attempt: number, random: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + random / 2)

export interface Persistence {
  readonly platform: Platform
  /** Failing for longer than this is a failure; a wait that was asked for does not count. */
  readonly retryForMs: number
  readonly signal: AbortSignal
  /** For messages. */
  readonly method: string
  readonly url: string
  /** Told before each repetition. */
  readonly repeating?: (why: string, waitMs: number) => void
}

/**
 * Sends until it is answered with something that does not pass: other statuses are the caller's to judge.
 *
 * @throws HTTP_UNAVAILABLE when nothing but trouble comes for `retryForMs`
 */
export async function persist(send: () => Promise<Answer>, how: Persistence): Promise<Answer> {
  const { platform, retryForMs, signal, method, url, repeating } = how
  let since: number | undefined
  for (let attempt = 0; ; attempt++) {
    const tried = await send().catch((error: unknown) => {
      if (error instanceof NetworkTrouble) return error
      throw error
    })
    const now = platform.clock.now()
    const asked = tried instanceof NetworkTrouble ? undefined : askedWait(tried, now)
    if (!(tried instanceof NetworkTrouble)) {
      // a limit that is spent is a 403 with some services
      if (!isPassing(tried.status) && asked === undefined) return tried
      if (tried.status < 300) return tried
      tried.discard()
    }
    const why = tried instanceof NetworkTrouble ? tried.message : `status ${tried.status}`
    const ticks = platform.clock.ticks()
    since = asked === undefined ? (since ?? ticks) : undefined
    if (since !== undefined && ticks - since >= retryForMs) {
      const cause = tried instanceof NetworkTrouble ? { cause: tried } : {}
      throw new MillraceError('HTTP_UNAVAILABLE', { method, url, why, forMs: retryForMs }, cause)
    }
    const waitMs = Math.max(asked ?? 0, backoff(asked === undefined ? attempt : 0, platform.ids.random()))
    repeating?.(why, waitMs)
    await platform.clock.sleep(waitMs, signal)
  }
}
