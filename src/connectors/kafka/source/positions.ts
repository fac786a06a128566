import { MillraceError } from '../../../errors/index.ts'
import type { KafkaOffset, TopicPartition } from '../client/contract.ts'
import { nameOf, partitionOf } from '../client/partition-name.ts'
import { sparkMapOrder } from './spark-map-order.ts'

/** An offset (or another number) for each partition, by Java's name of it: `topic-0`. */
export type Positions = ReadonlyMap<string, KafkaOffset>

/** In the order of topic, then number. */
export const byName = (a: TopicPartition, b: TopicPartition): number =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1

export const inOrder = (names: Iterable<string>): readonly string[] => [...names].map(partitionOf).sort(byName).map(nameOf)

/** Positions as Spark writes them, byte for byte: `{"t":{"0":5,"1":7}}`, keys in the order of its hash maps. */
export function printPositions(positions: Positions): string {
  const byTopic = new Map<string, Map<number, KafkaOffset>>()
  const topics: string[] = []
  for (const name of inOrder(positions.keys())) {
    const { topic, partition } = partitionOf(name)
    topics.push(topic)
    const partitions = byTopic.get(topic) ?? new Map<number, KafkaOffset>()
    byTopic.set(topic, partitions.set(partition, positions.get(name)!))
  }
  const texts = sparkMapOrder(topics).map(topic => {
    const partitions = byTopic.get(topic)!
    const offsets = sparkMapOrder([...partitions.keys()]).map(p => `"${p}":${partitions.get(p)}`)
    return `${JSON.stringify(topic)}:{${offsets.join(',')}}`
  })
  return `{${texts.join(',')}}`
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads `{"t":{"0":5}}`; undefined when it is something else, or a number that is not whole. */
export function positionsOf(value: unknown): Positions | undefined {
  if (!isObject(value)) return undefined
  const positions = new Map<string, KafkaOffset>()
  for (const [topic, partitions] of Object.entries(value)) {
    if (!isObject(partitions)) return undefined
    for (const [partition, offset] of Object.entries(partitions)) {
      if (!/^\d+$/.test(partition) || !Number.isSafeInteger(offset)) return undefined
      positions.set(nameOf({ topic, partition: Number(partition) }), offset as number)
    }
  }
  return positions
}

/** The same from a text. */
export function positionsIn(text: string): Positions | undefined {
  try {
    return positionsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** An offset of the checkpoint. @throws INVALID_OFFSET */
export function readPositions(offset: string, source: string): Positions {
  const positions = positionsIn(offset)
  if (!positions) throw new MillraceError('INVALID_OFFSET', { source, offset, expected: '{"topic":{"0":5,"1":7}}' })
  return positions
}
