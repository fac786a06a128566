import { MillraceError } from '../../../errors/index.ts'
import type { WantedTopic } from './topic-file.ts'

/** A topic as the cluster has it. */
export interface ActualTopic {
  readonly name: string
  readonly partitions: number
  readonly replicas: number
  /** Every setting with its value in force. */
  readonly config: Readonly<Record<string, string | null>>
}

/** What is to be done about one topic. */
export type TopicChange =
  | { readonly topic: string; readonly do: 'create'; readonly wanted: WantedTopic }
  | { readonly topic: string; readonly do: 'grow'; readonly from: number; readonly to: number }
  | { readonly topic: string; readonly do: 'configure'; readonly config: Readonly<Record<string, string>> }

/**
 * Compares what is wanted with what is there. Settings that the file does not name are left alone. Asks nothing, changes nothing.
 *
 * @throws KAFKA_TOPIC_CHANGE where partitions would shrink or replicas change
 */
export function planTopics(wanted: readonly WantedTopic[], actual: ReadonlyMap<string, ActualTopic>): readonly TopicChange[] {
  return wanted.flatMap(topic => {
    const there = actual.get(topic.name)
    return there ? changesOf(topic, there) : [{ topic: topic.name, do: 'create' as const, wanted: topic }]
  })
}

function changesOf({ name, partitions, replicas, config }: WantedTopic, there: ActualTopic): readonly TopicChange[] {
  if (replicas !== undefined && replicas !== there.replicas) throw refuse(name, 'replicas', replicas, there.replicas)
  if (partitions !== undefined && partitions < there.partitions) throw refuse(name, 'partitions', partitions, there.partitions)
  const different = Object.entries(config).filter(([key, value]) => there.config[key] !== value)
  return [
    ...(partitions !== undefined && partitions > there.partitions
      ? [{ topic: name, do: 'grow' as const, from: there.partitions, to: partitions }]
      : []),
    ...(different.length > 0 ? [{ topic: name, do: 'configure' as const, config: Object.fromEntries(different) }] : []),
  ]
}

const refuse = (topic: string, what: string, wanted: number, actual: number): MillraceError =>
  new MillraceError('KAFKA_TOPIC_CHANGE', { topic, what, wanted, actual })
