import { conditions } from '../condition.ts'
import { didYouMean } from '../did-you-mean.ts'

const goOn = (): string =>
  'Start the query again with the option failOnDataLoss set to false to go on with what is still there (each loss is then a warning), or with a new checkpointLocation.'
const some = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')}, … (${names.length})` : names.join(', ')

/** Conditions of the Kafka source: what it is told to read, and what is not there any more. */
export const kafkaSource = conditions({
  'KAFKA_DATA_LOSS.PARTITIONS_DELETED': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.PARTITIONS_DELETED',
    message: (p: { partitions: readonly string[] }) => `partitions ${some(p.partitions)} have been deleted`,
    hint: goOn,
  },
  'KAFKA_DATA_LOSS.TOPIC_RECREATED': {
    domain: 'external',
    message: (p: { topic: string }) => `topic "${p.topic}" was deleted and made again; what was not read of the old one is lost`,
    hint: () =>
      'Start the query again with the option failOnDataLoss set to false to read the new topic from its first record, or with a new checkpointLocation.',
  },
  'KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED',
    message: (p: { topicPartition: string; prevOffset: number; newOffset: number }) =>
      `the end of partition ${p.topicPartition} went back from offset ${p.prevOffset} to ${p.newOffset}`,
    hint: () =>
      'Either startingOffsets is beyond the end of the partition, or the partition lost records. Set the option failOnDataLoss to false to go on from its end.',
  },
  'KAFKA_DATA_LOSS.START_OFFSET_RESET': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.START_OFFSET_RESET',
    message: (p: { topicPartition: string; offset: number; fetchedOffset: number }) =>
      `records of partition ${p.topicPartition} from offset ${p.offset} up to ${p.fetchedOffset} were removed before they were read`,
    hint: goOn,
  },
  'KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE',
    message: (p: { topicPartition: string; startOffset: number; endOffset: number }) =>
      `offsets [${p.startOffset}, ${p.endOffset}) of partition ${p.topicPartition} cannot be read any more`,
    hint: goOn,
  },
  'KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO',
    message: (p: { topicPartition: string; startOffset: number }) =>
      `the new partition ${p.topicPartition} begins at offset ${p.startOffset}, not at 0: records were removed before they were read`,
    hint: goOn,
  },
  'KAFKA_DATA_LOSS.INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS': {
    domain: 'external',
    sparkClass: 'KAFKA_DATA_LOSS.INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS',
    message: (p: { partitions: readonly string[] }) => `the new partitions ${some(p.partitions)} were deleted before they were read`,
    hint: goOn,
  },
  KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED: {
    domain: 'user',
    sparkClass: 'KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED',
    message: (p: { option: string; missing: readonly string[]; surplus: readonly string[] }) =>
      `${p.option} must name exactly the partitions that are read${p.missing.length > 0 ? `; it lacks ${some(p.missing)}` : ''}${p.surplus.length > 0 ? `; there is no ${some(p.surplus)}` : ''}`,
    hint: () => 'Give an offset for each partition: -2 for its first record, -1 for its end.',
  },
  KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED: {
    domain: 'user',
    sparkClass: 'KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED',
    message: (p: { option: string; missing: readonly string[]; surplus: readonly string[] }) =>
      `${p.option} must name exactly the partitions that are read${p.missing.length > 0 ? `; it lacks ${some(p.missing)}` : ''}${p.surplus.length > 0 ? `; there is no ${some(p.surplus)}` : ''}`,
    hint: () => 'Give a time for each partition, or one for all of them with startingTimestamp or endingTimestamp.',
  },
  KAFKA_NO_OFFSET_FOR_TIMESTAMP: {
    domain: 'user',
    message: (p: { topicPartition: string; timestamp: number }) =>
      `partition ${p.topicPartition} has no record at or after ${p.timestamp} (${timeOf(p.timestamp)})`,
    hint: () =>
      "Set the option startingOffsetsByTimestampStrategy to 'latest' to start at the end of such partitions, or take an earlier time.",
  },
  MISMATCHED_TOPIC_PARTITIONS_BETWEEN_START_OFFSET_AND_END_OFFSET: {
    domain: 'user',
    sparkClass: 'MISMATCHED_TOPIC_PARTITIONS_BETWEEN_START_OFFSET_AND_END_OFFSET',
    message: (p: { starting: string; ending: string; partitions: readonly string[] }) =>
      `${p.starting} and ${p.ending} name different partitions: ${some(p.partitions)}`,
    hint: () => 'Name the same partitions in both.',
  },
  UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET: {
    domain: 'user',
    sparkClass: 'UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET',
    message: (p: { topicPartition: string; start: number; end: number }) =>
      `partition ${p.topicPartition} would be read from ${p.start} up to ${p.end}`,
    hint: () => 'Let the start be at or before the end.',
  },
  RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET: {
    domain: 'user',
    sparkClass: 'RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET',
    message: (p: { topicPartition: string; start: number; end: number }) =>
      `partition ${p.topicPartition} would be read from offset ${p.start} up to offset ${p.end}`,
    hint: () => 'The start is behind the end that was asked for, or behind the last record. Let the start be at or before the end.',
  },
  KAFKA_TOPIC_NOT_FOUND: {
    domain: 'user',
    message: (p: { topics: readonly string[]; known: readonly string[]; brokers: string }) =>
      p.topics.length === 1
        ? `there is no topic "${p.topics[0]}" on ${p.brokers}${didYouMean(p.topics[0]!, p.known)}`
        : `there are no topics ${p.topics.map(t => `"${t}"`).join(', ')} on ${p.brokers}`,
    hint: () =>
      'Create the topic first, check kafka.bootstrap.servers, and check that the user may describe the topic; to read topics that come later use subscribePattern.',
  },
  KAFKA_SUBSCRIPTION_CHANGED: {
    domain: 'user',
    message: (p: { partitions: readonly string[] }) =>
      `the checkpoint has offsets of partitions that the query does not read any more: ${some(p.partitions)}`,
    hint: () =>
      'Subscribe to those topics too (topics may be added, they are read from their first record), or start with a new checkpointLocation.',
  },
  KAFKA_PARTITION_NOT_FOUND: {
    domain: 'user',
    message: (p: { partitions: readonly string[] }) => `the option assign names partitions that do not exist: ${some(p.partitions)}`,
    hint: () => 'Partitions count from 0. Name those that exist, or use subscribe to read them all.',
  },
})

function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? 'no time a calendar has' : date.toISOString()
}
