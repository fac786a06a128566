import type { Platform } from '../../../platform/index.ts'
import type { Output, Sink, SinkResult, SinkWriteOptions } from '../../contract.ts'
import type { KafkaClient } from '../client/contract.ts'
import type { RecordProducer } from '../producer/contract.ts'
import { openRecordProducer } from '../producer/record-producer.ts'
import { type SinkColumns, sinkColumns } from './columns.ts'
import { DELIVERED } from './delivered.ts'
import { sendRows } from './send-rows.ts'
import { Splitter } from './split.ts'

export interface KafkaSinkParts {
  readonly client: KafkaClient
  readonly platform: Platform
  /** The option `topic`. */
  readonly topic: string | undefined
  /** Bytes of a record batch. */
  readonly batchBytes: number
}

/** As the progress names it. */
export const describeSink = (topic: string | undefined): string => `KafkaSink[${topic ?? 'topic by row'}]`

/** Where a batch's rows go. Records without a key begin at a partition by the batch's number: a rerun sends them where they were. */
export function splitterOf(
  { topic, batchBytes }: KafkaSinkParts,
  producer: RecordProducer,
  batchId: number,
  signal: AbortSignal,
): Splitter {
  return new Splitter({ topic, partitionsOf: t => producer.partitionsOf(t, { signal }), start: batchId, switchBytes: batchBytes })
}

/** Spark's Kafka sink: a batch that did not commit is sent again, and its records are there twice. */
class PlainKafkaSink implements Sink {
  readonly description: string
  readonly delivery = DELIVERED.plain.delivery
  readonly why = DELIVERED.plain.why
  readonly #parts: KafkaSinkParts
  readonly #producer: RecordProducer

  constructor(parts: KafkaSinkParts, producer: RecordProducer) {
    this.#parts = parts
    this.#producer = producer
    this.description = describeSink(parts.topic)
  }

  async write(batchId: number, output: Output, { signal }: SinkWriteOptions): Promise<SinkResult> {
    const columns: SinkColumns = sinkColumns(output.schema, this.#parts.topic)
    const splitter = splitterOf(this.#parts, this.#producer, batchId, signal)
    if (output.rowCount > 0) await sendRows(this.#producer, output, { columns, splitter, signal })
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {
    await this.#producer.close()
    await this.#parts.client.close()
  }
}

/** Opens the sink. With a fixed topic it is looked up at once: a broker that is not there and a topic that does not exist are told before anything runs. */
export async function openPlainSink(parts: KafkaSinkParts, signal: AbortSignal): Promise<Sink> {
  const producer = await openRecordProducer(parts.client, parts.platform, {
    lingerMs: Number.POSITIVE_INFINITY,
    batchBytes: parts.batchBytes,
  })
  await (parts.topic === undefined ? parts.client.topics('all', { signal }) : producer.partitionsOf(parts.topic, { signal }))
  return new PlainKafkaSink(parts, producer)
}
