import { MillraceError } from '../../../errors/index.ts'
import type { Source, SourceContext, Warning } from '../../contract.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { KafkaClient } from '../client/contract.ts'
import { partitionOf } from '../client/partition-name.ts'
import { openFetcher } from '../fetch/fetcher.ts'
import { type KafkaSettings, readKafkaOptions } from '../options/read.ts'
import { kafkaSchema } from '../schema.ts'
import type { Assignment } from './assignment.ts'
import { lossReporter } from './data-loss.ts'
import { GroupCommit } from './group-commit.ts'
import { InitialOffsets } from './initial-offsets.ts'
import { limitOf, type OffsetLimit, STARTING } from './offset-limit.ts'
import type { Positions } from './positions.ts'
import { RecordSize } from './record-size.ts'
import { resolveLimit } from './resolve-limit.ts'
import { type BatchLimits, KafkaSource } from './source.ts'
import { Starts } from './starts.ts'
import { describe, type Subscription, subscriptionOf } from './subscription.ts'
import { TopicLog } from './topic-log.ts'
import { TopicWatch } from './topic-watch.ts'

/** Bytes held ahead of the batch that is being worked on. */
export const AHEAD_BYTES = 16 * 1024 * 1024
/** For calls that only their deadline ends. */
export const NEVER: AbortSignal = new AbortController().signal

const GROUP_WITHOUT_EFFECT: Warning = {
  code: 'OPTION_WITHOUT_EFFECT',
  message: 'the option "kafka.group.id" has no effect: records are fetched without joining a consumer group',
  hint: 'To commit offsets for lag monitors give the option commitGroup.',
}

/** Where a stream or a batch read begins. */
export function startOf({ values }: KafkaSettings, otherwise: 'earliest' | 'latest'): OffsetLimit {
  const given = {
    timestamp: values.startingTimestamp,
    byTimestamp: values.startingOffsetsByTimestamp,
    offsets: values.startingOffsets,
  }
  return limitOf(given, STARTING, values.startingOffsetsByTimestampStrategy as 'error' | 'latest', otherwise)
}

/** Opens a stream over topics. What is wrong with options, cluster or topics is said here, before the first batch. */
export async function openSource(context: SourceContext): Promise<Source> {
  const settings = await readKafkaOptions(context, { side: 'source', mode: 'stream' })
  const limits = limitsOf(settings, context)
  const subscription = subscriptionOf(settings.values)
  const start = startOf(settings, 'latest')
  const client = await openKafkaClient(settings.config, context.platform)
  try {
    return await opened(context, settings, limits, subscription, start, client)
  } catch (error) {
    await client.close()
    throw error
  }
}

async function opened(
  context: SourceContext,
  settings: KafkaSettings,
  limits: BatchLimits,
  subscription: Subscription,
  start: OffsetLimit,
  client: KafkaClient,
): Promise<Source> {
  const { platform, warn } = context
  const { values } = settings
  const description = `KafkaV2[${describe(subscription)}]`
  const topicLog = await TopicLog.open(context.log)
  const log = new InitialOffsets(context.log)
  const kept = await log.read(description)
  const topics = await TopicWatch.open({ subscription, client, platform, maxAgeMs: settings.metadataMaxAgeMs, warn })
  try {
    await mustExist(topics.now, subscription, [...topicLog.ids.keys(), ...(kept?.keys() ?? [])], client)
    warnOfNothing(topics.now, subscription, warn)
    if (settings.groupId !== undefined) warn(GROUP_WITHOUT_EFFECT)
    const initial = kept ?? (await begin(log, start, topics.now, client))
    const report = lossReporter(values.failOnDataLoss, warn)
    const schema = kafkaSchema(values.includeHeaders)
    const { includeHeaders, commitGroup } = values
    const fetcher = openFetcher(
      client,
      { schema, includeHeaders, aheadBytes: AHEAD_BYTES, topicId: topic => topicLog.ids.get(topic) },
      platform,
    )
    return new KafkaSource({
      description,
      schema,
      client,
      fetcher,
      topics,
      starts: new Starts({ client, subscription, initial, topics: topicLog, report, description }),
      size: new RecordSize(),
      limits,
      report,
      groupCommit: commitGroup === undefined ? undefined : new GroupCommit(client, commitGroup, platform.clock, warn),
      platform,
    })
  } catch (error) {
    await topics.close()
    throw error
  }
}

function limitsOf({ values }: KafkaSettings, { conf }: SourceContext): BatchLimits {
  const { minOffsetsPerTrigger: minOffsets, maxOffsetsPerTrigger: maxOffsets, maxTriggerDelay: maxDelayMs } = values
  if (minOffsets !== undefined && maxOffsets !== undefined && minOffsets > maxOffsets) {
    const expected = `at most maxOffsetsPerTrigger (${maxOffsets})`
    throw new MillraceError('INVALID_OPTION', { option: 'minOffsetsPerTrigger', format: 'kafka', value: String(minOffsets), expected })
  }
  return { minOffsets, maxOffsets, maxDelayMs, otherwise: conf('millrace.extensions') === 'false' ? 'everything' : 'slice' }
}

/** Where a new stream begins is written down before its first batch, so that it counts once. */
async function begin(log: InitialOffsets, start: OffsetLimit, { partitions }: Assignment, client: KafkaClient): Promise<Positions> {
  const initial = await resolveLimit(start, [...partitions.values()], 'start', client, { signal: NEVER })
  await log.write(initial)
  return initial
}

/** Topics and partitions that are named must be there. Those that were read before and are gone are a loss, which `plan` tells of. */
export async function mustExist(
  now: Assignment,
  subscription: Subscription,
  before: readonly string[],
  client: KafkaClient,
): Promise<void> {
  const known = new Set(before.flatMap(name => [name, partitionOf(name).topic]))
  const missing = now.missing.filter(name => !known.has(name))
  if (missing.length === 0) return
  const isPartition = subscription.kind === 'assign' && !subscription.topics.includes(missing[0]!)
  if (isPartition) throw new MillraceError('KAFKA_PARTITION_NOT_FOUND', { partitions: missing })
  const all = await client.topics('all', { signal: NEVER }).then(
    topics => [...topics.keys()],
    () => [],
  )
  const brokers = client.config.bootstrap.map(at => `${at.host}:${at.port}`).join(', ')
  throw new MillraceError('KAFKA_TOPIC_NOT_FOUND', { topics: missing, known: all, brokers })
}

export function warnOfNothing(now: Assignment, subscription: Subscription, warn: SourceContext['warn']): void {
  if (now.partitions.size > 0 || subscription.kind !== 'subscribePattern') return
  warn({
    code: 'KAFKA_PATTERN_FINDS_NOTHING',
    message: `no topic has a name in which the pattern "${subscription.pattern}" is found`,
    hint: 'Topics that come later are read from their first record. A pattern is a Java regular expression: write "clicks-.*", not "clicks-*".',
  })
}
