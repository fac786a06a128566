import { isMillraceError, MillraceError } from '../../../errors/index.ts'
import type { Output, Sink, SinkContext, SinkResult, SinkWriteOptions } from '../../contract.ts'
import type { TransactionalProducer } from '../producer/contract.ts'
import { openTransactionalProducer } from '../producer/transactional-producer.ts'
import { type MarkedPlaces, markOf } from './batch-mark.ts'
import { sinkColumns } from './columns.ts'
import { committedBatch, metadataOf } from './committed-batch.ts'
import { DELIVERED } from './delivered.ts'
import { describeSink, type KafkaSinkParts, splitterOf } from './plain-sink.ts'
import { type Place, sendRows } from './send-rows.ts'

export interface TransactionalSinkParts extends KafkaSinkParts {
  readonly queryId: string
  /** What an earlier run of the query logged and did not commit. */
  readonly uncommitted: SinkContext['uncommitted']
  readonly places: MarkedPlaces
}

/** How long a failed batch may take to clean up after itself; the brokers do it by themselves after `transaction.timeout.ms`. */
const ABORT_MS = 5000

/** Answers after which a new start of the producer mends what is wrong: the brokers forgot it, or ask for the transaction to be made again. */
const MENDED_BY_REOPENING = new Set([
  'INVALID_PRODUCER_ID_MAPPING',
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'TRANSACTION_ABORTABLE',
  'INVALID_TXN_STATE',
])
const isMended = (error: unknown): boolean =>
  (isMillraceError(error, 'KAFKA_DELIVERY_REFUSED') || isMillraceError(error, 'KAFKA_TRANSACTION_FAILED')) &&
  MENDED_BY_REOPENING.has(error.params.error)

/**
 * One Kafka transaction a batch: its records, and as an offset of a group of its own its number, count together or not at all. A batch whose number
 * is there is not written again. Opening fences whoever else runs the query.
 */
export class TransactionalKafkaSink implements Sink {
  readonly description: string
  readonly delivery = DELIVERED.transactional.delivery
  readonly why = DELIVERED.transactional.why
  readonly #parts: TransactionalSinkParts
  readonly #group: string
  #producer: TransactionalProducer | undefined
  /** The last batch that counts, as far as the group knows. */
  #last: number | undefined
  #fenced: unknown

  constructor(parts: TransactionalSinkParts) {
    this.#parts = parts
    this.#group = `millrace-${parts.queryId}`
    this.description = describeSink(parts.topic)
  }

  /** Takes over: afterwards no older owner can commit anything, and what is committed is known. */
  async open(signal: AbortSignal): Promise<TransactionalProducer> {
    if (this.#fenced !== undefined) throw this.#fenced
    if (this.#producer) return this.#producer
    const { client, platform, queryId, batchBytes } = this.#parts
    const options = { signal, lingerMs: Number.POSITIVE_INFINITY, batchBytes }
    const producer = await openTransactionalProducer(client, platform, `${this.#group}-0`, options)
    try {
      this.#last = (await committedBatch(client, this.#group, queryId, { signal })) ?? this.#last
    } catch (error) {
      await producer.close()
      throw error
    }
    this.#producer = producer
    return producer
  }

  async write(batchId: number, output: Output, options: SinkWriteOptions): Promise<SinkResult> {
    const result = { numOutputRows: output.rowCount }
    if (output.rowCount === 0) return result
    try {
      await this.#once(batchId, output, options.signal)
    } catch (error) {
      if (!isMended(error)) throw error
      await this.#once(batchId, output, options.signal)
    }
    return result
  }

  async #once(batchId: number, output: Output, signal: AbortSignal): Promise<void> {
    const producer = await this.open(signal)
    if (await this.#isThere(batchId, output, producer, signal)) return
    try {
      await this.#transaction(batchId, output, producer, signal)
      this.#last = batchId
    } catch (error) {
      await this.#giveUp(error)
      throw error
    }
  }

  async #transaction(batchId: number, output: Output, producer: TransactionalProducer, signal: AbortSignal): Promise<void> {
    const { queryId, topic } = this.#parts
    const columns = sinkColumns(output.schema, topic)
    await producer.begin({ signal })
    const splitter = splitterOf(this.#parts, producer, batchId, signal)
    const at = await sendRows(producer, output, { columns, splitter, signal, mark: markOf(queryId, batchId) })
    if (at) await producer.commitOffset(this.#group, { ...at, offset: batchId, metadata: metadataOf(queryId, batchId) }, { signal })
    await producer.commit({ signal })
  }

  /** Was the batch committed by an earlier run? The group knows, until its offsets expire; then the batch's own records tell. */
  async #isThere(batchId: number, output: Output, producer: TransactionalProducer, signal: AbortSignal): Promise<boolean> {
    if (this.#last !== undefined) return batchId <= this.#last
    const { uncommitted, queryId, topic, places } = this.#parts
    if (!uncommitted || batchId > uncommitted.last) return false
    const columns = sinkColumns(output.schema, topic)
    const written: Place[] = await places.of(output, columns, splitterOf(this.#parts, producer, batchId, signal))
    return places.hold(written, markOf(queryId, batchId), uncommitted.since, signal)
  }

  /** Leaves nothing open that would hold up readers. The next write opens again and looks what counts. */
  async #giveUp(error: unknown): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    if (isMillraceError(error, 'KAFKA_PRODUCER_FENCED')) this.#fenced = error
    if (!producer) return
    const over = new AbortController()
    const { clock } = this.#parts.platform
    const done = new AbortController()
    clock.sleep(ABORT_MS, done.signal).then(
      () => over.abort(new MillraceError('KAFKA_CLIENT_CLOSED', {})),
      () => {},
    )
    if (this.#fenced === undefined) await producer.abort({ signal: over.signal, timeoutMs: ABORT_MS }).catch(() => {})
    done.abort()
    await producer.close()
  }

  async close(): Promise<void> {
    await this.#producer?.close()
    await this.#parts.places.close()
    await this.#parts.client.close()
  }
}
