import type { OptionTable } from '../contract.ts'

const SPLITS = 'one process reads every partition, so there are no tasks to split'
const WAITS = 'calls are retried until kafka.default.api.timeout.ms'
const OFFSETS = '`earliest`, `latest` or JSON `{"topic":{"0":23,"1":-2}}` (-2 earliest, -1 latest)'

/** Options of `format('kafka')`, both sides. The client's own stand in `options/client-options.ts`. */
export const KAFKA_OPTIONS = {
  subscribe: { type: 'string', describe: 'Topics to read, comma separated.', side: 'source', example: 'clicks' },
  subscribePattern: { type: 'string', describe: 'Topics to read, as a Java regular expression.', side: 'source', example: 'clicks-.*' },
  assign: { type: 'string', describe: 'Partitions to read, as JSON.', side: 'source', example: '{"clicks":[0,1]}' },
  startingOffsets: {
    type: 'string',
    describe: `Where a new query begins: ${OFFSETS}. Preset: latest in streams, earliest in batch reads.`,
    side: 'source',
    example: 'earliest',
  },
  startingTimestamp: {
    type: 'integer',
    describe: 'Where a new query begins: the first record at or after this time, in epoch milliseconds.',
    side: 'source',
  },
  startingOffsetsByTimestamp: {
    type: 'string',
    describe: 'The same by partition: JSON `{"topic":{"0":1700000000000}}`.',
    side: 'source',
    example: '{"clicks":{"0":0}}',
  },
  startingOffsetsByTimestampStrategy: {
    type: 'enum',
    values: ['error', 'latest'],
    default: 'error',
    describe: 'What to do where no record is that late.',
    side: 'source',
  },
  endingOffsets: {
    type: 'string',
    describe: `Where a batch read ends: ${OFFSETS}. Preset: latest.`,
    side: 'source',
    mode: 'batch',
    example: 'latest',
  },
  endingTimestamp: {
    type: 'integer',
    describe: 'Where a batch read ends: before the first record at or after this time, in epoch milliseconds.',
    side: 'source',
    mode: 'batch',
  },
  endingOffsetsByTimestamp: {
    type: 'string',
    describe: 'The same by partition, as JSON.',
    side: 'source',
    mode: 'batch',
    example: '{"clicks":{"0":0}}',
  },
  failOnDataLoss: {
    type: 'boolean',
    default: 'true',
    describe: 'Whether records that were removed before they were read end the query; else they are counted and warned about.',
    side: 'source',
  },
  maxOffsetsPerTrigger: {
    type: 'integer',
    min: 1,
    describe: 'The most records a batch takes, shared out by backlog.',
    side: 'source',
    mode: 'stream',
  },
  minOffsetsPerTrigger: {
    type: 'integer',
    min: 1,
    describe: 'A batch waits until so many records are there, or `maxTriggerDelay` is over.',
    side: 'source',
    mode: 'stream',
  },
  maxTriggerDelay: { type: 'interval', default: '15m', describe: 'The longest such wait.', side: 'source', mode: 'stream' },
  includeHeaders: { type: 'boolean', default: 'false', describe: 'Adds the column `headers`.', side: 'source' },
  commitGroup: {
    type: 'string',
    describe: 'Consumer group to which offsets are committed after each batch, for lag monitors. The checkpoint stays what counts.',
    side: 'source',
    mode: 'stream',
    example: 'clicks-reader',
  },
  groupIdPrefix: {
    type: 'string',
    describe: 'Prefix of the group id.',
    example: 'spark',
    side: 'source',
    withoutEffect: 'no consumer group is joined; kafka.group.id names one for quotas and rights',
  },
  minPartitions: { type: 'integer', min: 1, describe: 'Least number of tasks.', side: 'source', withoutEffect: SPLITS },
  maxRecordsPerPartition: { type: 'integer', min: 1, describe: 'Most records of a task.', side: 'source', withoutEffect: SPLITS },
  'kafkaConsumer.pollTimeoutMs': { type: 'integer', min: 0, describe: 'Time-out of a poll.', side: 'source', withoutEffect: WAITS },
  'fetchOffset.numRetries': { type: 'integer', min: 0, describe: 'Retries of offset look-ups.', side: 'source', withoutEffect: WAITS },
  'fetchOffset.retryIntervalMs': { type: 'integer', min: 0, describe: 'Pause between them.', side: 'source', withoutEffect: WAITS },
  topic: { type: 'string', describe: 'The topic of every row; overrides the column `topic`.', side: 'sink', example: 'clicks' },
  transactional: {
    type: 'boolean',
    default: 'false',
    describe: 'One Kafka transaction a batch: exactly once for readers with isolation.level read_committed.',
    side: 'sink',
    mode: 'stream',
  },
  transactionalIdPrefix: {
    type: 'string',
    default: 'millrace',
    describe: 'What the transactional ids begin with, where the broker grants rights by prefix.',
    side: 'sink',
    mode: 'stream',
  },
  flushInterval: {
    type: 'string',
    describe: 'Not taken.',
    side: 'both',
    refused:
      "write .trigger({ processingTime: '100 milliseconds' }) for how often batches go out, kafka.linger.ms for how long records are gathered",
  },
  configFile: {
    type: 'string',
    describe: 'A properties file with client options, by Java’s or librdkafka’s names; options given here win.',
    side: 'both',
    example: 'client.properties',
  },
  tokenProvider: {
    type: 'string',
    describe: 'The name under which `registerTokenProvider` was given a function that fetches OAUTHBEARER tokens.',
    side: 'both',
    example: 'idp',
  },
  'kafka.*': { type: 'string', describe: 'Options of the Kafka client by their Java names; see below.', side: 'both' },
} as const satisfies OptionTable
