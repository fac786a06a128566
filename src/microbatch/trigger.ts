import { MillraceError } from '../errors/index.ts'

/** When batches start (Spark's `Trigger`). `intervalMs` 0 = as soon as possible. */
export type Trigger =
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'continuous'; readonly interval: string }

/** What a trigger means for the loop. */
export interface Rhythm {
  /** Batches begin at multiples of this since the epoch; 0 = at once. */
  readonly intervalMs: number
  /** Does a batch take all there is, whatever limit the source was given? */
  readonly unlimited: boolean
  /** Do the sources' ends stand still from the start on? */
  readonly freeze: boolean
  /** Is the query over after a trigger that had a batch (`hadBatch`) or none? */
  readonly over: (hadBatch: boolean) => boolean
}

const RHYTHMS: { readonly [K in Trigger['kind']]: (trigger: Extract<Trigger, { kind: K }>) => Rhythm } = {
  processingTime: ({ intervalMs }) => ({ intervalMs, unlimited: false, freeze: false, over: () => false }),
  once: () => ({ intervalMs: 0, unlimited: true, freeze: false, over: () => true }),
  availableNow: () => ({ intervalMs: 0, unlimited: false, freeze: true, over: hadBatch => !hadBatch }),
  continuous: ({ interval }) => {
    throw new MillraceError('CONTINUOUS_TRIGGER_NOT_SUPPORTED', { interval })
  },
}

export function rhythmOf(trigger: Trigger): Rhythm {
  if (trigger.kind === 'processingTime' && !(Number.isFinite(trigger.intervalMs) && trigger.intervalMs >= 0)) {
    throw new MillraceError('INVALID_ARGUMENT', { name: 'processingTime', value: trigger.intervalMs, expected: 'a duration from 0 up' })
  }
  return (RHYTHMS[trigger.kind] as (t: Trigger) => Rhythm)(trigger)
}

/** The next moment a batch may begin after one that began at `now`: a multiple of the interval since the epoch. */
export const nextTick = (intervalMs: number, now: number): number =>
  intervalMs === 0 ? now : Math.floor(now / intervalMs) * intervalMs + intervalMs
