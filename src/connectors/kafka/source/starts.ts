import { MillraceError } from '../../../errors/index.ts'
import type { Offset } from '../../contract.ts'
import type { CallOptions, KafkaClient, KafkaOffset, TopicPartition } from '../client/contract.ts'
import { nameOf, partitionOf } from '../client/partition-name.ts'
import { type Assignment, wants } from './assignment.ts'
import type { ReportLoss } from './data-loss.ts'
import { type Positions, printPositions, readPositions } from './positions.ts'
import { offsetsOfAll } from './resolve-limit.ts'
import type { Subscription } from './subscription.ts'
import type { TopicLog } from './topic-log.ts'

export interface StartsParts {
  readonly client: KafkaClient
  readonly subscription: Subscription
  /** Where the stream began. */
  readonly initial: Positions
  readonly topics: TopicLog
  readonly report: ReportLoss
  /** Of the source, for messages. */
  readonly description: string
}

/**
 * From where each partition is read by a batch: where the batch before ended, and from the first record where the partition is new or its topic
 * was made again. What that means for a batch is written down before it is planned, so that a rerun reads the same.
 */
export class Starts {
  readonly #parts: StartsParts
  /** First offsets of partitions that no batch has read, by topic id and partition. */
  readonly #firsts = new Map<string, KafkaOffset>()

  constructor(parts: StartsParts) {
    this.#parts = parts
  }

  /** Offsets as they stand in the log; null = where the stream began. @throws INVALID_OFFSET */
  positions(start: Offset | null): Positions {
    return start === null ? this.#parts.initial : readPositions(start, this.#parts.description)
  }

  /** For a batch that is being planned. @throws KAFKA_DATA_LOSS.*, KAFKA_SUBSCRIPTION_CHANGED */
  async forPlan(start: Offset | null, assignment: Assignment, options: CallOptions): Promise<Positions> {
    const before = this.positions(start)
    this.#reportGone(before, assignment)
    await this.#noteTopics(start, before, assignment, options)
    const resets = this.#resets(start)
    const from = new Map<string, KafkaOffset>()
    const added: TopicPartition[] = []
    for (const [name, at] of assignment.partitions) {
      const offset = resets.get(name) ?? before.get(name)
      if (offset === undefined) added.push(at)
      else from.set(name, offset)
    }
    for (const [name, first] of await this.#first(added, assignment, options)) from.set(name, first)
    return from
  }

  /** For a batch that ends at `end`, planned now or by an earlier run. Partitions that cannot be found any more are left out. */
  async forRead(start: Offset | null, end: Positions, assignment: Assignment, options: CallOptions): Promise<Positions> {
    const before = this.positions(start)
    const resets = this.#resets(start)
    const known = new Map([...end.keys()].flatMap(name => pair(name, resets.get(name) ?? before.get(name))))
    const added = [...end.keys()].filter(name => !known.has(name))
    const there = added.filter(name => assignment.partitions.has(name))
    if (there.length < added.length)
      this.#parts.report('KAFKA_DATA_LOSS.INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS', { partitions: added.filter(n => !there.includes(n)) })
    return new Map([...known, ...(await this.#first(there.map(partitionOf), assignment, options))])
  }

  #resets(start: Offset | null): Positions {
    return this.#parts.topics.resetsAt(start ?? printPositions(this.#parts.initial))
  }

  #reportGone(before: Positions, assignment: Assignment): void {
    const gone = [...before.keys()].filter(name => !assignment.partitions.has(name))
    const unwanted = gone.filter(name => !wants(this.#parts.subscription, partitionOf(name).topic))
    if (unwanted.length > 0) throw new MillraceError('KAFKA_SUBSCRIPTION_CHANGED', { partitions: unwanted })
    if (gone.length > 0) this.#parts.report('KAFKA_DATA_LOSS.PARTITIONS_DELETED', { partitions: gone })
  }

  /** Writes down which topics the offsets belong to, where that is news. */
  async #noteTopics(start: Offset | null, before: Positions, assignment: Assignment, options: CallOptions): Promise<void> {
    const { topics, client, report } = this.#parts
    const read = new Set([...before.keys()].map(name => partitionOf(name).topic))
    const again = [...assignment.ids]
      .filter(([topic, id]) => read.has(topic) && (topics.ids.get(topic) ?? id) !== id)
      .map(([topic]) => topic)
    for (const topic of again) report('KAFKA_DATA_LOSS.TOPIC_RECREATED', { topic })
    // a topic that is gone keeps its id as long as the offsets name it: it may come back as another one
    const kept = [...topics.ids].filter(([topic]) => read.has(topic))
    const ids = new Map([...kept, ...assignment.ids])
    if (ids.size === topics.ids.size && [...ids].every(([topic, id]) => topics.ids.get(topic) === id)) return
    if (again.length === 0) return topics.write(ids)
    const partitions = [...assignment.partitions.values()].filter(at => again.includes(at.topic))
    const from = new Map([...this.#resets(start), ...(await offsetsOfAll(client, partitions, 'earliest', options))])
    await topics.write(ids, { start: start ?? printPositions(this.#parts.initial), from })
  }

  /** Where partitions begin that no batch has read. One that lost its first records already is told of. */
  async #first(added: readonly TopicPartition[], assignment: Assignment, options: CallOptions): Promise<Positions> {
    const key = (at: TopicPartition): string => `${assignment.ids.get(at.topic)} ${nameOf(at)}`
    const asked = added.filter(at => !this.#firsts.has(key(at)))
    const found = await offsetsOfAll(this.#parts.client, asked, 'earliest', options)
    for (const at of asked) {
      const startOffset = found.get(nameOf(at))!
      if (startOffset !== 0) {
        const topicPartition = nameOf(at)
        this.#parts.report('KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO', { topicPartition, startOffset })
      }
      this.#firsts.set(key(at), startOffset)
    }
    return new Map(added.map(at => [nameOf(at), this.#firsts.get(key(at))!]))
  }
}

const pair = (name: string, offset: KafkaOffset | undefined): [string, KafkaOffset][] => (offset === undefined ? [] : [[name, offset]])
