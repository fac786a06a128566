import { MillraceError } from '../../errors/index.ts'
import { parseMillis } from '../options.ts'

/** How a log of batches is kept. */
export interface LogPolicy {
  /** Every so many ids one file holds everything before it. */
  readonly compactInterval: number
  /** How many ids stay although they are compacted. */
  readonly minBatchesToRetain: number
  /** How long a compacted file stays for readers that still hold its name. */
  readonly cleanupDelayMs: number
  /** Are compacted files ever deleted? */
  readonly deletes: boolean
}
/** Spark's numbers. */
export const DEFAULT_POLICY: LogPolicy = { compactInterval: 10, minBatchesToRetain: 100, cleanupDelayMs: 600_000, deletes: true }

type Conf = (key: string) => string | undefined

function read<T>(conf: Conf, key: string, otherwise: T, parse: (text: string) => T | undefined, expected: string): T {
  const text = conf(key)
  if (text === undefined) return otherwise
  const value = parse(text.trim())
  if (value === undefined) throw new MillraceError('INVALID_SETTING', { key, value: text, expected })
  return value
}
const wholeFrom = (least: number) => (text: string) => (/^\d+$/.test(text) && Number(text) >= least ? Number(text) : undefined)

/** The settings `spark.sql.streaming.<fileSource|fileSink>.log.*`, and `minBatchesToRetain` of all logs. Throws INVALID_SETTING. */
export function logPolicy(side: 'fileSource' | 'fileSink', conf: Conf): LogPolicy {
  const log = `spark.sql.streaming.${side}.log`
  const otherwise = DEFAULT_POLICY
  return {
    compactInterval: read(conf, `${log}.compactInterval`, otherwise.compactInterval, wholeFrom(1), 'a whole number from 1 up'),
    minBatchesToRetain: read(
      conf,
      'spark.sql.streaming.minBatchesToRetain',
      otherwise.minBatchesToRetain,
      wholeFrom(0),
      'a whole number from 0 up',
    ),
    cleanupDelayMs: read(conf, `${log}.cleanupDelay`, otherwise.cleanupDelayMs, parseMillis, 'a duration such as "10 minutes"'),
    deletes: (conf(`${log}.deletion`) ?? 'true').trim().toLowerCase() !== 'false',
  }
}
