import type { CallOptions, KafkaClient, Topic, TopicPartition } from '../client/contract.ts'
import { nameOf } from '../client/partition-name.ts'
import type { Subscription } from './subscription.ts'

/** The partitions that are read, as the cluster has them now. */
export interface Assignment {
  /** Id by topic: another one when a topic was deleted and made again. */
  readonly ids: ReadonlyMap<string, string>
  /** By Java's name of them. */
  readonly partitions: ReadonlyMap<string, TopicPartition>
  /** Topics and partitions that the subscription names and the cluster lacks. */
  readonly missing: readonly string[]
}

/** Asks the cluster once. */
export async function assignmentOf(subscription: Subscription, client: KafkaClient, options: CallOptions): Promise<Assignment> {
  const asked = subscription.kind === 'subscribePattern' ? 'all' : subscription.topics
  return assigned(subscription, await client.topics(asked, options))
}

export function assigned(subscription: Subscription, found: ReadonlyMap<string, Topic>): Assignment {
  const topics = [...found.values()].filter(topic => wants(subscription, topic.name))
  const partitions = topics
    .flatMap(topic => topic.partitions.map(({ partition }) => ({ topic: topic.name, partition })))
    .filter(at => wantsPartition(subscription, at))
  const byName = new Map(partitions.map(at => [nameOf(at), at]))
  return { ids: new Map(topics.map(t => [t.name, t.id])), partitions: byName, missing: missing(subscription, found, byName) }
}

/** Does the subscription ask for this topic? */
export const wants = (subscription: Subscription, topic: string): boolean =>
  subscription.kind === 'subscribePattern' ? subscription.finds(topic) : subscription.topics.includes(topic)

const wantsPartition = (subscription: Subscription, at: TopicPartition): boolean =>
  subscription.kind !== 'assign' || subscription.partitions.some(p => p.topic === at.topic && p.partition === at.partition)

function missing(
  subscription: Subscription,
  found: ReadonlyMap<string, Topic>,
  partitions: ReadonlyMap<string, TopicPartition>,
): readonly string[] {
  if (subscription.kind === 'subscribePattern') return []
  const topics = subscription.topics.filter(topic => !found.has(topic))
  if (subscription.kind === 'subscribe' || topics.length > 0) return topics
  return subscription.partitions.map(nameOf).filter(name => !partitions.has(name))
}

/** Is every partition of `before` still in `now`, in the same topic? */
export const keepsAll = (before: Assignment, now: Assignment): boolean =>
  [...before.partitions].every(([name, at]) => now.partitions.has(name) && now.ids.get(at.topic) === before.ids.get(at.topic))

export const sameAssignment = (a: Assignment, b: Assignment): boolean => a.partitions.size === b.partitions.size && keepsAll(a, b)
