import { MillraceError } from '../../../errors/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { BytesScan, ConnectorContext } from '../../contract.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { KafkaClient } from '../client/contract.ts'
import type { OffsetRange } from '../fetch/contract.ts'
import { openFetcher } from '../fetch/fetcher.ts'
import { type KafkaSettings, readKafkaOptions } from '../options/read.ts'
import { kafkaSchema, recordPlace } from '../schema.ts'
import { type Assignment, assignmentOf } from './assignment.ts'
import { lossReporter, type ReportLoss } from './data-loss.ts'
import { checkBatchLimits, ENDING, limitOf, type OffsetLimit } from './offset-limit.ts'
import { AHEAD_BYTES, mustExist, NEVER, startOf, warnOfNothing } from './open-source.ts'
import { rangesOf, readRanges } from './ranges.ts'
import { resolveLimit } from './resolve-limit.ts'
import { subscriptionOf } from './subscription.ts'

/** What is in the topics now: from the first record to the end, or between what the options say. The same records each time it is gone through. */
export async function openScan(context: ConnectorContext): Promise<BytesScan> {
  const settings = await readKafkaOptions(context, { side: 'source', mode: 'batch' })
  const { values, config } = settings
  const start = startOf(settings, 'earliest')
  const end = endOf(settings)
  checkBatchLimits(start, end)
  const subscription = subscriptionOf(values)
  const client = await openKafkaClient(config, context.platform)
  try {
    const assignment = await assignmentOf(subscription, client, { signal: NEVER })
    await mustExist(assignment, subscription, [], client)
    warnOfNothing(assignment, subscription, context.warn)
    const report = lossReporter(values.failOnDataLoss, context.warn)
    const ranges = await between(start, end, assignment, client)
    const slices = (columns?: ReadonlySet<number>): AsyncIterable<RowBatch> => ({
      [Symbol.asyncIterator]: () => records(settings, context, ranges, assignment, report, columns),
    })
    return { kind: 'bytes', schema: kafkaSchema(values.includeHeaders), slices, place: recordPlace }
  } finally {
    await client.close()
  }
}

function endOf({ values }: KafkaSettings): OffsetLimit {
  const given = { timestamp: values.endingTimestamp, byTimestamp: values.endingOffsetsByTimestamp, offsets: values.endingOffsets }
  return limitOf(given, ENDING, 'latest', 'latest')
}

async function between(
  start: OffsetLimit,
  end: OffsetLimit,
  { partitions }: Assignment,
  client: KafkaClient,
): Promise<readonly OffsetRange[]> {
  const all = [...partitions.values()]
  const from = await resolveLimit(start, all, 'start', client, { signal: NEVER })
  const to = await resolveLimit(end, all, 'end', client, { signal: NEVER })
  for (const [topicPartition, first] of from) {
    const last = to.get(topicPartition)!
    if (first > last) throw new MillraceError('RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET', { topicPartition, start: first, end: last })
  }
  return rangesOf(from, to, () => {})
}

/** Its own connections for as long as it is read: nobody tells a scan that it is not needed any more. */
async function* records(
  { config, values }: KafkaSettings,
  { platform }: ConnectorContext,
  ranges: readonly OffsetRange[],
  { ids }: Assignment,
  report: ReportLoss,
  columns: ReadonlySet<number> | undefined,
): AsyncGenerator<RowBatch, void, undefined> {
  if (ranges.length === 0) return
  const { includeHeaders } = values
  const client = await openKafkaClient(config, platform)
  const fetcher = openFetcher(
    client,
    { schema: kafkaSchema(includeHeaders), includeHeaders, aheadBytes: AHEAD_BYTES, topicId: topic => ids.get(topic) },
    platform,
  )
  try {
    yield* readRanges(fetcher, ranges, report, { signal: NEVER, ...(columns && { columns }) })
  } finally {
    await fetcher.close()
    await client.close()
  }
}
