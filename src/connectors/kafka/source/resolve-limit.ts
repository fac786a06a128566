import { MillraceError } from '../../../errors/index.ts'
import type { CallOptions, KafkaClient, KafkaOffset, OffsetAt, TopicPartition } from '../client/contract.ts'
import { nameOf } from '../client/partition-name.ts'
import { EARLIEST, LATEST, type NoMatch, type OffsetLimit } from './offset-limit.ts'
import type { Positions } from './positions.ts'

/** Offsets of the partitions, at one place each. A partition without a record at its time is absent. */
export async function offsetsAt(
  client: KafkaClient,
  wanted: readonly (TopicPartition & { readonly at: OffsetAt })[],
  options: CallOptions,
): Promise<Positions> {
  if (wanted.length === 0) return new Map()
  const offsets = await client.offsets(wanted, options)
  return new Map(wanted.flatMap((at, i) => (offsets[i] === null ? [] : [[nameOf(at), offsets[i]!] as const])))
}

export const offsetsOfAll = (
  client: KafkaClient,
  partitions: Iterable<TopicPartition>,
  at: OffsetAt,
  options: CallOptions,
): Promise<Positions> =>
  offsetsAt(
    client,
    [...partitions].map(p => ({ ...p, at })),
    options,
  )

/** Where reading begins or ends, as offsets of exactly these partitions. A time beyond the last record ends at the end; a start there is an error unless told. */
export async function resolveLimit(
  limit: OffsetLimit,
  partitions: readonly TopicPartition[],
  side: 'start' | 'end',
  client: KafkaClient,
  options: CallOptions,
): Promise<Positions> {
  const wish = wishes(limit, partitions)
  const found = await offsetsAt(client, asked(partitions, wish), options)
  const at = (p: TopicPartition): KafkaOffset | undefined => {
    const wanted = wish(p)
    return typeof wanted === 'number' ? wanted : found.get(nameOf(p))
  }
  const without = partitions.filter(p => at(p) === undefined)
  if (without.length > 0) refuseNoMatch(limit, without, side, wish)
  const ends = await offsetsOfAll(client, without, 'latest', options)
  return new Map(partitions.map(p => [nameOf(p), at(p) ?? ends.get(nameOf(p))!]))
}

/** What is wanted of a partition: an offset, or a place to be asked for. */
type Wish = (at: TopicPartition) => KafkaOffset | OffsetAt

function wishes(limit: OffsetLimit, partitions: readonly TopicPartition[]): Wish {
  switch (limit.kind) {
    case 'earliest':
    case 'latest':
      return () => limit.kind
    case 'time':
      return () => ({ timestampMs: limit.timestampMs })
    case 'times':
      mustMatch('KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED', limit.option, limit.times, partitions)
      return at => ({ timestampMs: limit.times.get(nameOf(at))! })
    case 'offsets':
      mustMatch('KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED', limit.option, limit.positions, partitions)
      return at => {
        const offset = limit.positions.get(nameOf(at))!
        return offset === EARLIEST ? 'earliest' : offset === LATEST ? 'latest' : offset
      }
  }
}

const asked = (partitions: readonly TopicPartition[], wish: Wish): (TopicPartition & { readonly at: OffsetAt })[] =>
  partitions.flatMap(p => {
    const at = wish(p)
    return typeof at === 'number' ? [] : [{ ...p, at }]
  })

function mustMatch(
  condition: 'KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED' | 'KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED',
  option: string,
  given: Positions,
  partitions: readonly TopicPartition[],
): void {
  const names = new Set(partitions.map(nameOf))
  const missing = [...names].filter(name => !given.has(name))
  const surplus = [...given.keys()].filter(name => !names.has(name))
  if (missing.length > 0 || surplus.length > 0) throw new MillraceError(condition, { option, missing, surplus })
}

function refuseNoMatch(limit: OffsetLimit, without: readonly TopicPartition[], side: 'start' | 'end', wish: Wish): void {
  const noMatch: NoMatch = limit.kind === 'time' || limit.kind === 'times' ? limit.noMatch : 'latest'
  if (side === 'end' || noMatch === 'latest') return
  const { timestampMs } = wish(without[0]!) as { readonly timestampMs: number }
  throw new MillraceError('KAFKA_NO_OFFSET_FOR_TIMESTAMP', { topicPartition: nameOf(without[0]!), timestamp: timestampMs })
}
