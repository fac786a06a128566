import type { TopicPartition } from './contract.ts'

/** `topic-0`: how Java prints a partition. What stands behind the last dash is the number, so two partitions never share a name. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

export function partitionOf(name: string): TopicPartition {
  const dash = name.lastIndexOf('-')
  return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) }
}
