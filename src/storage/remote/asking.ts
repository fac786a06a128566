import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { BucketPlace } from '../uri.ts'
import type { Bucket } from './bucket.ts'
import { withDeadline } from './deadline.ts'
import { bare, Refusal, TimedOut, type Verdict } from './failure.ts'

/** How long a store is waited for. */
export interface Patience {
  /** For a sign of life of one request. */
  readonly requestMs: number
  /** For an answer at all, over all attempts of a request. */
  readonly inAllMs: number
  /** The same before the store has ever answered: a wrong address should not take minutes to tell. */
  readonly firstMs: number
  /** The pause before the second attempt; each further one is twice as long. */
  readonly pauseMs: number
}
export const PATIENCE: Patience = { requestMs: 60_000, inAllMs: 120_000, firstMs: 15_000, pauseMs: 100 }
const LONGEST_PAUSE_MS = 5_000

/** One request, repeated while its failure may pass. What the store says of the object itself is thrown as a `Refusal`, all else as a condition. */
export type Ask = <T>(
  action: 'read' | 'write' | 'list' | 'delete',
  key: string,
  attempt: (signal: AbortSignal, alive: () => void) => Promise<T>,
) => Promise<T>

export function asking(bucket: Bucket, place: BucketPlace, platform: Platform, patience: Patience): Ask {
  const { clock, ids } = platform
  let answered = false
  return async (action, key, attempt) => {
    const began = clock.ticks()
    const uri = `${place.root}/${key}`
    let renewed = false
    for (let attempts = 1; ; attempts++) {
      const inAll = answered ? patience.inAllMs : Math.min(patience.firstMs, patience.inAllMs)
      const quietMs = Math.max(1, Math.min(patience.requestMs, inAll))
      try {
        const answer = await withDeadline(clock, quietMs, attempt)
        answered = true
        return answer
      } catch (error) {
        const verdict: Verdict = error instanceof TimedOut ? { kind: 'again', code: error.code, unreachable: true } : bucket.judge(error)
        if (verdict.kind !== 'again' || !verdict.unreachable) answered = true
        if (mayRenew(verdict) && !renewed) {
          renewed = true
          bucket.renew()
          continue
        }
        const spent = clock.ticks() - began
        const pause = Math.min(LONGEST_PAUSE_MS, patience.pauseMs * 2 ** (attempts - 1)) * (0.5 + ids.random() / 2)
        if (verdict.kind !== 'again' || spent + pause > inAll) {
          const facts = { uri, action, attempts, seconds: Math.round(spent / 1000), endpoint: bucket.endpoint, place }
          throw conditionOf(verdict, facts, error)
        }
        await clock.sleep(pause)
      }
    }
  }
}

const mayRenew = (verdict: Verdict): boolean => verdict.kind === 'expired' || (verdict.kind === 'denied' && verdict.maybeExpired === true)

interface Facts {
  readonly uri: string
  readonly action: string
  readonly attempts: number
  readonly seconds: number
  readonly endpoint: string
  readonly place: BucketPlace
}
type Tell = { readonly [K in Verdict['kind']]: (verdict: Extract<Verdict, { kind: K }>, facts: Facts, context: { cause: Error }) => Error }

const TELL: Tell = {
  absent: () => new Refusal('absent'),
  refused: () => new Refusal('refused'),
  beyond: () => new Refusal('beyond'),
  again: ({ code, unreachable }, { uri, endpoint, attempts, seconds }, context) =>
    unreachable
      ? new MillraceError('STORAGE_UNREACHABLE', { uri, endpoint, code, attempts, seconds }, context)
      : new MillraceError('STORAGE_UNAVAILABLE', { uri, code, attempts, seconds }, context),
  expired: ({ code }, { uri, place: { kind } }, context) => new MillraceError('STORAGE_CREDENTIALS_EXPIRED', { uri, kind, code }, context),
  denied: ({ code }, { uri, action, place: { kind } }, context) =>
    new MillraceError('STORAGE_ACCESS_DENIED', { uri, kind, action, code }, context),
  'no-credentials': ({ reason }, { uri, place: { kind } }, context) =>
    new MillraceError('STORAGE_NO_CREDENTIALS', { uri, kind, reason }, context),
  'no-bucket': (_, { uri, place: { kind, bucket } }, context) =>
    new MillraceError('STORAGE_BUCKET_MISSING', { uri, kind, bucket }, context),
  'wrong-region': ({ region, expected }, { uri }, context) =>
    new MillraceError('STORAGE_WRONG_REGION', { uri, region, ...(expected !== undefined && { expected }) }, context),
  other: ({ code }, { uri, action }, context) => new MillraceError('STORAGE_FAILED', { action, path: uri, code }, context),
}

const conditionOf = (verdict: Verdict, facts: Facts, error: unknown): Error =>
  error instanceof MillraceError
    ? error
    : (TELL[verdict.kind] as (v: Verdict, f: Facts, c: { cause: Error }) => Error)(verdict, facts, { cause: bare(error) })
