import { MillraceError } from '../errors/index.ts'
import type { Settings } from './parts.ts'
import { policyOf } from './watermark.ts'

type Conf = (key: string) => string | undefined

function whole(conf: Conf, key: string, fallback: number): number {
  const text = conf(key)
  if (text === undefined) return fallback
  if (!/^\d+$/.test(text.trim()))
    throw new MillraceError('INVALID_ARGUMENT', { name: key, value: text, expected: 'a whole number from 0 up' })
  return Number(text)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds, or a number with a unit as Spark's time settings take it: `10s`, `5min`. */
function duration(conf: Conf, key: string, fallback: number): number {
  const text = conf(key)
  if (text === undefined) return fallback
  const [, digits, unit] = /^(\d+)([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
  const factor = UNITS[unit ?? '?']
  if (factor === undefined)
    throw new MillraceError('INVALID_ARGUMENT', { name: key, value: text, expected: 'a duration such as 1000 (ms) or 10s' })
  return Number(digits) * factor
}

const flag = (conf: Conf, key: string, fallback: boolean): boolean => (conf(key) ?? String(fallback)).trim().toLowerCase() === 'true'

/** The settings the loop listens to. Spark's `stopTimeout` of 0 means "for ever"; ours is a second unless one of the two says more. */
export const settingsOf = (conf: Conf): Settings => ({
  noDataBatches: flag(conf, 'spark.sql.streaming.noDataMicroBatches.enabled', true),
  minBatchesToRetain: whole(conf, 'spark.sql.streaming.minBatchesToRetain', 100),
  policy: policyOf(conf('spark.sql.streaming.multipleWatermarkPolicy')),
  stopTimeoutMs: duration(conf, 'millrace.stopTimeout', 0) || duration(conf, 'spark.sql.streaming.stopTimeout', 0) || 1000,
  idleEventMs: Math.max(1, duration(conf, 'spark.sql.streaming.noDataProgressEventInterval', 10_000)),
  recentProgress: whole(conf, 'spark.sql.streaming.numRecentProgressUpdates', 100),
  stopActiveRun: flag(conf, 'spark.sql.streaming.stopActiveRunOnRestart', true),
})
