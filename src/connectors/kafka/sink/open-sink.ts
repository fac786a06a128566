import { MillraceError } from '../../../errors/index.ts'
import type { ConnectorContext, Output, SaveContext, Sink, SinkContext } from '../../contract.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { KafkaClient } from '../client/contract.ts'
import { openFetcher } from '../fetch/fetcher.ts'
import { type KafkaSettings, readKafkaOptions } from '../options/read.ts'
import { openRecordProducer } from '../producer/record-producer.ts'
import { kafkaSchema } from '../schema.ts'
import { MarkedPlaces, type ReadHeaders } from './batch-mark.ts'
import { checkSinkColumns, sinkColumns } from './columns.ts'
import { type KafkaSinkParts, openPlainSink, splitterOf } from './plain-sink.ts'
import { sendRows } from './send-rows.ts'
import { TransactionalKafkaSink } from './transactional-sink.ts'

/** Java's `batch.size` fits records that trickle in; a sink has a whole batch of them at hand. */
const JAVA_BATCH_BYTES = 16_384
const SINK_BATCH_BYTES = 512 * 1024
const AHEAD_BYTES = 8 * 1024 * 1024

async function partsOf(context: ConnectorContext, settings: KafkaSettings): Promise<KafkaSinkParts> {
  const { maxRequestBytes, batchBytes } = settings.config.produce
  return {
    client: await openKafkaClient(settings.config, context.platform),
    platform: context.platform,
    topic: settings.values.topic,
    batchBytes: batchBytes === JAVA_BATCH_BYTES ? Math.min(SINK_BATCH_BYTES, maxRequestBytes) : batchBytes,
  }
}

/** Opens the sink of a streaming query: options, columns and brokers are looked at before the first batch. */
export async function openSink(context: SinkContext): Promise<Sink> {
  const settings = await readKafkaOptions(context, { side: 'sink', mode: 'stream' })
  if (context.schema) {
    checkSinkColumns(context.schema, context.partitionBy)
    sinkColumns(context.schema, settings.values.topic)
  }
  if (settings.values.transactional) checkTransactional(settings)
  const parts = await partsOf(context, settings)
  let committed: KafkaClient | undefined
  try {
    // A query is stopped by closing its sink; until it is open the time-outs end every call.
    const { signal } = new AbortController()
    if (!settings.values.transactional) return await openPlainSink(parts, signal)
    committed = await openKafkaClient({ ...settings.config, isolation: 'read_committed' }, context.platform)
    const places = new MarkedPlaces(committed, headersOver(committed, context))
    const sink = new TransactionalKafkaSink({ ...parts, queryId: context.queryId, uncommitted: context.uncommitted, places })
    await sink.open(signal)
    return sink
  } catch (error) {
    await committed?.close()
    await parts.client.close()
    throw error
  }
}

function checkTransactional({ config }: KafkaSettings): void {
  if (config.produce.acks === -1 && config.produce.idempotence) return
  const options = ['transactional', config.produce.acks === -1 ? 'kafka.enable.idempotence' : 'kafka.acks']
  throw new MillraceError('CONFLICTING_OPTIONS', { options, format: 'kafka', why: 'transactions need acks all and idempotence' })
}

/** Reads the headers of committed records through the fetcher of the source. */
function headersOver(client: KafkaClient, { platform }: ConnectorContext): ReadHeaders {
  return async function* read({ topic, partition }, from, to, signal) {
    const schema = kafkaSchema(true)
    const fetcher = openFetcher(client, { schema, includeHeaders: true, aheadBytes: AHEAD_BYTES }, platform)
    try {
      const columns = new Set([schema.fields.findIndex(f => f.name === 'headers')])
      yield* fetcher.read([{ topic, partition, from, to }], { signal, columns, onDataLoss: () => {} })
    } finally {
      await fetcher.close()
    }
  }
}

/** `df.write.format('kafka').save()`: adds the rows. Not all or nothing: what was sent before a failure stays. */
export async function saveToKafka(context: SaveContext, output: Output): Promise<void> {
  if (context.mode === 'overwrite' || context.mode === 'ignore') throw new MillraceError('KAFKA_SINK_SAVE_MODE', { mode: context.mode })
  const settings = await readKafkaOptions(context, { side: 'sink', mode: 'batch' })
  checkSinkColumns(output.schema, context.partitionBy)
  const columns = sinkColumns(output.schema, settings.values.topic)
  const parts = await partsOf(context, settings)
  const { signal } = new AbortController()
  try {
    const producer = await openRecordProducer(parts.client, context.platform, {
      lingerMs: Number.POSITIVE_INFINITY,
      batchBytes: parts.batchBytes,
    })
    try {
      if (parts.topic !== undefined) await producer.partitionsOf(parts.topic, { signal })
      await sendRows(producer, output, { columns, splitter: splitterOf(parts, producer, 0, signal), signal })
    } finally {
      await producer.close()
    }
  } finally {
    await parts.client.close()
  }
}
