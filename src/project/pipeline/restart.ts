import { MillraceError } from '../../errors/index.ts'
import { durationMicros, parseInterval } from '../../types/index.ts'

/** What becomes of a node whose stream failed. */
export interface RestartPolicy {
  readonly policy: 'never' | 'on-failure'
  /** Starts in a row without a batch done; then the node has failed for good. */
  readonly attempts: number
  /** Before the first repetition, in milliseconds; doubled each time, up to a minute. */
  readonly backoffMs: number
}
export type RestartOptions =
  | 'never'
  | 'on-failure'
  | { readonly policy?: 'never' | 'on-failure'; readonly attempts?: number; readonly backoff?: string | number }

/** Milliseconds of `10 seconds`, `1h`, `500ms`; undefined when it is none. */
export function millisOfText(text: string): number | undefined {
  const short = /^\s*(\d+)\s*(ms|s|m|min|h|d)\s*$/i.exec(text)
  if (short) return Number(short[1]) * MILLIS[short[2]!.toLowerCase()]!
  const parts = parseInterval(text)
  return parts && Number(durationMicros(parts) / 1000n)
}
const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

const NEVER: RestartPolicy = Object.freeze({ policy: 'never', attempts: 0, backoffMs: 0 })
const LONGEST_MS = 60_000

export function restartPolicy(node: string, given: RestartOptions | undefined): RestartPolicy {
  if (given === undefined || given === 'never') return NEVER
  const { policy = 'on-failure', attempts = 3, backoff = '1 second' } = given === 'on-failure' ? {} : given
  const backoffMs = typeof backoff === 'number' ? backoff : (millisOfText(backoff) ?? Number.NaN)
  const wrong =
    policy !== 'never' && policy !== 'on-failure'
      ? `the policy "${String(policy)}"`
      : !Number.isSafeInteger(attempts) || attempts < 1
        ? `attempts ${attempts}`
        : !(backoffMs >= 0)
          ? `the backoff "${backoff}"`
          : undefined
  if (wrong !== undefined)
    throw new MillraceError('NODE_INVALID', {
      node,
      why: `cannot be restarted by ${wrong}`,
      instead: "Write restart: 'never', 'on-failure' or { policy: 'on-failure', attempts: 3, backoff: '1 second' }.",
    })
  return policy === 'never' ? NEVER : Object.freeze({ policy, attempts, backoffMs })
}

/** How long to wait before the n-th repetition (from 1), or undefined when it is not repeated. */
export function waitBefore(repetition: number, { policy, attempts, backoffMs }: RestartPolicy): number | undefined {
  if (policy === 'never' || repetition > attempts) return undefined
  return Math.min(backoffMs * 2 ** (repetition - 1), Math.max(LONGEST_MS, backoffMs))
}
