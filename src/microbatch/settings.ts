import { MillraceError } from '../errors/index.ts'
import { durationMicros, parseInterval } from '../types/index.ts'
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

const SHORT: Readonly<Record<string, string>> = {
  '': 'milliseconds',
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  min: 'minutes',
  h: 'hours',
  d: 'days',
}

/** Milliseconds: a bare number, Spark's short forms (`10s`, `5min`), or an interval (`1 second`). */
function duration(conf: Conf, key: string, fallback: number): number {
  const text = conf(key)?.trim().toLowerCase()
  if (text === undefined) return fallback
  const short = /^(\d+)([a-z]*)$/.exec(text)
  const interval = parseInterval(short && SHORT[short[2]!] !== undefined ? `${short[1]} ${SHORT[short[2]!]}` : text)
  if (!interval)
    throw new MillraceError('INVALID_ARGUMENT', { name: key, value: text, expected: 'a duration such as 1000 (ms), 10s or 1 minute' })
  return Number(durationMicros(interval) / 1000n)
}

const flag = (conf: Conf, key: string, fallback: boolean): boolean => (conf(key) ?? String(fallback)).trim().toLowerCase() === 'true'

/** The settings the loop listens to. Spark's `stopTimeout` of 0 means "for ever": here it means that ours counts, a second. */
export const settingsOf = (conf: Conf): Settings => ({
  noDataBatches: flag(conf, 'spark.sql.streaming.noDataMicroBatches.enabled', true),
  minBatchesToRetain: whole(conf, 'spark.sql.streaming.minBatchesToRetain', 100),
  policy: policyOf(conf('spark.sql.streaming.multipleWatermarkPolicy')),
  stopTimeoutMs: duration(conf, 'spark.sql.streaming.stopTimeout', 0) || duration(conf, 'millrace.stopTimeout', 0) || 1000,
  idleEventMs: Math.max(1, duration(conf, 'spark.sql.streaming.noDataProgressEventInterval', 10_000)),
  recentProgress: whole(conf, 'spark.sql.streaming.numRecentProgressUpdates', 100),
  dropFailedCheckpoint: flag(conf, 'spark.sql.streaming.forceDeleteTempCheckpointLocation', false),
  stopActiveRun: flag(conf, 'spark.sql.streaming.stopActiveRunOnRestart', true),
})
