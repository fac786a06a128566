import { MillraceError } from '../../../errors/index.ts'
import { type Positions, positionsIn } from './positions.ts'

/** Where reading begins or ends, before the cluster was asked. In `offsets`, -2 is the first record and -1 the end. */
export type OffsetLimit =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offsets'; readonly option: string; readonly positions: Positions }
  | { readonly kind: 'times'; readonly option: string; readonly times: Positions; readonly noMatch: NoMatch }
  | { readonly kind: 'time'; readonly timestampMs: number; readonly noMatch: NoMatch }

/** What a partition without a record at or after the time does. */
export type NoMatch = 'error' | 'latest'

export const EARLIEST = -2
export const LATEST = -1

/** The options of one end, as they were read. */
export interface LimitOptions {
  readonly timestamp?: number | undefined
  readonly byTimestamp?: string | undefined
  readonly offsets?: string | undefined
}
export interface LimitNames {
  readonly timestamp: string
  readonly byTimestamp: string
  readonly offsets: string
}
export const STARTING: LimitNames = {
  timestamp: 'startingTimestamp',
  byTimestamp: 'startingOffsetsByTimestamp',
  offsets: 'startingOffsets',
}
export const ENDING: LimitNames = { timestamp: 'endingTimestamp', byTimestamp: 'endingOffsetsByTimestamp', offsets: 'endingOffsets' }

const invalid = (option: string, value: string, expected: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, format: 'kafka', value, expected })

/** One end of what is read, from the first that is given: a time for all, a time for each partition, offsets. */
export function limitOf(given: LimitOptions, names: LimitNames, noMatch: NoMatch, otherwise: 'earliest' | 'latest'): OffsetLimit {
  if (given.timestamp !== undefined) return { kind: 'time', timestampMs: given.timestamp, noMatch }
  if (given.byTimestamp !== undefined) {
    const times = positionsIn(given.byTimestamp)
    if (!times || [...times.values()].some(ms => ms < 0))
      throw invalid(names.byTimestamp, given.byTimestamp, 'JSON with milliseconds such as {"topic":{"0":1700000000000}}')
    return { kind: 'times', option: names.byTimestamp, times, noMatch }
  }
  const text = given.offsets?.trim()
  if (text === undefined) return { kind: otherwise }
  const word = text.toLowerCase()
  return word === 'earliest' || word === 'latest'
    ? { kind: word }
    : { kind: 'offsets', option: names.offsets, positions: offsetsIn(text, names) }
}

function offsetsIn(text: string, { offsets: option }: LimitNames): Positions {
  const positions = positionsIn(text)
  if (!positions || [...positions.values()].some(offset => offset < EARLIEST))
    throw invalid(option, text, 'earliest, latest, or JSON such as {"topic":{"0":23,"1":-2}}')
  return positions
}

/** Refuses ends that a batch read cannot have, and a start behind the end where both can be told without asking. */
export function checkBatchLimits(start: OffsetLimit, end: OffsetLimit): void {
  refuse(start, 'latest', LATEST, STARTING.offsets, 'the latest offset: a batch read begins where there are records')
  refuse(end, 'earliest', EARLIEST, ENDING.offsets, 'the earliest offset: a batch read ends behind its start')
  const [a, b] = [named(start), named(end)]
  if (!a || !b || start.kind !== end.kind) return
  const partitions = [...new Set([...a.positions.keys(), ...b.positions.keys()])].filter(p => !a.positions.has(p) || !b.positions.has(p))
  if (partitions.length > 0)
    throw new MillraceError('MISMATCHED_TOPIC_PARTITIONS_BETWEEN_START_OFFSET_AND_END_OFFSET', {
      starting: a.option,
      ending: b.option,
      partitions: partitions.sort(),
    })
  for (const [topicPartition, from] of a.positions) {
    const to = b.positions.get(topicPartition)!
    if (from > to && from >= 0 && to >= 0)
      throw new MillraceError('UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET', { topicPartition, start: from, end: to })
  }
}

function named(limit: OffsetLimit): { readonly option: string; readonly positions: Positions } | undefined {
  if (limit.kind === 'offsets') return limit
  return limit.kind === 'times' ? { option: limit.option, positions: limit.times } : undefined
}

function refuse(limit: OffsetLimit, kind: 'earliest' | 'latest', mark: number, option: string, why: string): void {
  const at = limit.kind === 'offsets' && [...limit.positions].find(([, offset]) => offset === mark)
  if (limit.kind !== kind && !at) return
  throw invalid(option, at ? `${at[0]}: ${mark}` : kind, `other than ${why}`)
}
