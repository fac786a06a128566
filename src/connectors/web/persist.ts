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
  /** Failing for longer than this is a failure. */
  readonly retryForMs: number
  /** Waits that a server asks for count as well; else they do not. */
  readonly countAskedWaits?: boolean
  readonly signal: AbortSignal
  /** For messages. */
  readonly method: string
  readonly url: string
  /** Told before each repetition. */
  readonly repeating?: (why: string, waitMs: number) => void
}

/** What an attempt came to: an answer to be judged, or trouble that may pass. */
type Tried = { readonly answer: Answer } | { readonly why: string; readonly askedMs?: number | undefined; readonly cause?: unknown }

async function attempt(send: () => Promise<Answer>, platform: Platform): Promise<Tried> {
  try {
    const answer = await send()
    const askedMs = askedWait(answer, platform.clock.now())
    // a limit that is spent is a 403 with some services
    if (!isPassing(answer.status) && !(answer.status === 403 && askedMs !== undefined)) return { answer }
    answer.discard()
    return { why: `status ${answer.status}`, askedMs }
  } catch (error) {
    if (error instanceof NetworkTrouble) return { why: error.message, cause: error }
    throw error
  }
}

/**
 * Sends until it is answered with something that does not pass: other statuses are the caller's to judge.
 *
 * @throws HTTP_UNAVAILABLE when nothing but trouble comes for `retryForMs`
 */
export async function persist(send: () => Promise<Answer>, how: Persistence): Promise<Answer> {
  const { platform, retryForMs, countAskedWaits, signal, method, url, repeating } = how
  const { clock, ids } = platform
  const since = clock.ticks()
  let excused = 0
  for (let n = 0; ; n++) {
    const tried = await attempt(send, platform)
    if ('answer' in tried) return tried.answer
    const { why, askedMs, cause } = tried
    const waitMs = Math.max(askedMs ?? 0, backoff(n, ids.random()))
    const spentMs = clock.ticks() - since - excused
    if (askedMs !== undefined && !countAskedWaits) excused += waitMs
    else if (spentMs + waitMs > retryForMs) {
      throw new MillraceError('HTTP_UNAVAILABLE', { method, url, why, forMs: retryForMs }, { cause })
    }
    repeating?.(why, waitMs)
    await clock.sleep(waitMs, signal)
  }
}
