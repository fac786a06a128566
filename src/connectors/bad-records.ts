import { MillraceError } from '../errors/index.ts'
import type { OptionTable } from './contract.ts'
import { readOptions } from './options.ts'

/** What stands under `badRecords.` on a source; everything else there is an option of the sink that takes the dead letters. */
export const BAD_RECORDS_OPTIONS = {
  format: {
    type: 'string',
    describe: 'Format of the dead letters; kafka where a topic is given, else parquet.',
    side: 'source',
    mode: 'stream',
  },
  path: { type: 'string', describe: 'Directory for dead letters.', side: 'source', mode: 'stream' },
  maxPerBatch: {
    type: 'integer',
    min: 1,
    describe: 'More bad records in one batch end the query. Without it 10000, and a batch of 100 and more may not be bad as a whole.',
    side: 'source',
    mode: 'stream',
  },
} as const satisfies OptionTable

const PREFIX = 'badrecords.'
const MOST = 10_000

/** Where the bad records of a source go. */
export interface BadRecordsTarget {
  readonly format: string
  readonly path?: string
  /** Of the sink; keys as they were given. */
  readonly options: Readonly<Record<string, string>>
  readonly maxPerBatch: number
  /** May every record of a large batch be bad? */
  readonly mayBeAll: boolean
}

const isOurs = (name: string): boolean => name.toLowerCase().startsWith(PREFIX) || name.toLowerCase() === 'badrecords'

/** The options of the source itself. */
export const withoutBadRecords = (options: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.keys(options).some(isOurs) ? Object.fromEntries(Object.entries(options).filter(([name]) => !isOurs(name))) : options

export const hasBadRecords = (options: Readonly<Record<string, string>>): boolean => Object.keys(options).some(isOurs)

/** How the brokers are reached: dead letters of a Kafka source go to the same ones unless options say otherwise. */
const CONNECTION = /^(kafka\.(bootstrap\.servers|security\.|sasl\.|ssl\.)|configfile$|tokenprovider$)/i

/**
 * What `badRecords` of a source asks for; undefined where it is not given.
 *
 * @throws BAD_RECORDS_NOWHERE, CONFLICTING_OPTIONS (mode FAILFAST), INVALID_OPTION
 */
export function badRecordsTarget(format: string, options: Readonly<Record<string, string>>): BadRecordsTarget | undefined {
  const given = Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (isOurs(name) ? [[name.slice(PREFIX.length), value] as const] : [])),
  )
  if (Object.keys(given).length === 0) return undefined
  const find = (wanted: string): string | undefined =>
    Object.entries(given).find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1]
  const mode = Object.entries(options).find(([name]) => name.toLowerCase() === 'mode')?.[1]
  if (mode?.toLowerCase() === 'failfast') {
    throw new MillraceError('CONFLICTING_OPTIONS', {
      options: ['mode', 'badRecords'],
      format,
      why: 'FAILFAST ends the query at a bad record, badRecords sets it aside',
    })
  }
  if (find('path') === undefined && find('topic') === undefined && find('format') === undefined)
    throw new MillraceError('BAD_RECORDS_NOWHERE', { format })
  const own = Object.keys(BAD_RECORDS_OPTIONS).map(name => name.toLowerCase())
  const [mine, sinks] = [true, false].map(wanted =>
    Object.fromEntries(Object.entries(given).filter(([name]) => own.includes(name.toLowerCase()) === wanted)),
  ) as [Record<string, string>, Record<string, string>]
  const read = readOptions(BAD_RECORDS_OPTIONS, mine, { format: `badRecords of ${format}`, side: 'source', mode: 'stream' })
  const to = read.format ?? (find('topic') === undefined ? 'parquet' : 'kafka')
  const named = new Set(Object.keys(sinks).map(name => name.toLowerCase()))
  const brokers = Object.entries(options).filter(
    ([name]) => to === 'kafka' && format === 'kafka' && CONNECTION.test(name) && !named.has(name.toLowerCase()),
  )
  return {
    format: to,
    ...(read.path !== undefined && { path: read.path }),
    options: { ...Object.fromEntries(brokers), ...sinks },
    maxPerBatch: read.maxPerBatch ?? MOST,
    mayBeAll: read.maxPerBatch !== undefined,
  }
}
