import { MillraceError } from '../../errors/index.ts'
import type { Connector, ConnectorContext } from '../contract.ts'
import { parseMillis, readOptions, warnOfIdle } from '../options.ts'
import { MicroBatchRateSource } from './micro-batch-source.ts'
import { creationTime, RateSource } from './rate-source.ts'
import { RATE_SCHEMA } from './values.ts'

const PARTITIONS = {
  type: 'integer',
  describe: 'How many tasks make the rows.',
  side: 'source',
  min: 1,
  withoutEffect: 'one process makes all rows',
} as const

const OPTIONS = {
  rowsPerSecond: { type: 'integer', describe: 'How many rows a second.', side: 'source', default: '1', min: 1 },
  rampUpTime: {
    type: 'string',
    describe: 'How long until the full speed is reached, e.g. 5s; a bare number is seconds.',
    side: 'source',
    default: '0s',
    example: '5s',
  },
  numPartitions: PARTITIONS,
} as const

const MICRO_BATCH_OPTIONS = {
  rowsPerBatch: { type: 'integer', describe: 'How many rows each batch gets.', side: 'source', required: true, min: 1 },
  startTimestamp: {
    type: 'integer',
    describe: 'The time of the first batch, milliseconds since 1970.',
    side: 'source',
    default: '0',
    min: 0,
  },
  advanceMillisPerBatch: { type: 'integer', describe: 'How far the time moves a batch.', side: 'source', default: '1000', min: 0 },
  numPartitions: PARTITIONS,
} as const

const refuseSchema = (context: Pick<ConnectorContext, 'schema'>, format: string): void => {
  if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format })
}

function rampUpSeconds(text: string): number {
  const ms = parseMillis(/^\s*\d+\s*$/.test(text) ? `${text}s` : text)
  if (ms === undefined)
    throw new MillraceError('INVALID_OPTION', { option: 'rampUpTime', format: 'rate', value: text, expected: 'a duration such as 5s' })
  return Math.floor(ms / 1000)
}

/** Spark's `rate`. */
export const connector: Connector = {
  name: 'rate',
  summary: 'Makes so many rows (timestamp, value) a second, for trying things out.',
  options: OPTIONS,
  fixedSchema: context => {
    refuseSchema(context, 'rate')
    return RATE_SCHEMA
  },
  source: async context => {
    const options = readOptions(OPTIONS, context.options, { format: 'rate', side: 'source', mode: 'stream' })
    warnOfIdle(OPTIONS, context)
    const rate = { rowsPerSecond: options.rowsPerSecond, rampUpSeconds: rampUpSeconds(options.rampUpTime) }
    return new RateSource(rate, await creationTime(context), context.platform.clock)
  },
  replayable: true,
}

/** Spark's `rate-micro-batch`. */
export const microBatchConnector: Connector = {
  name: 'rate-micro-batch',
  summary: 'Makes the same rows (timestamp, value) in each batch of every run.',
  options: MICRO_BATCH_OPTIONS,
  fixedSchema: context => {
    refuseSchema(context, 'rate-micro-batch')
    return RATE_SCHEMA
  },
  source: async context => {
    const options = readOptions(MICRO_BATCH_OPTIONS, context.options, { format: 'rate-micro-batch', side: 'source', mode: 'stream' })
    warnOfIdle(MICRO_BATCH_OPTIONS, context)
    return new MicroBatchRateSource(options)
  },
  replayable: true,
}
