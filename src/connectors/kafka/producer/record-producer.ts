import { MillraceError } from '../../../errors/index.ts'
import { loadCodec } from '../../../formats/compression.ts'
import type { Platform } from '../../../platform/index.ts'
import { untilAborted } from '../client/abort.ts'
import type { CallOptions, ClientConfig, KafkaClient } from '../client/contract.ts'
import { recordSize } from '../records/encode.ts'
import type { Delivered, RecordColumns, RecordProducer, SingleRecord } from './contract.ts'
import type { PendingBatch } from './pending-batch.ts'
import { Sender } from './sender.ts'
import type { SenderSettings, SenderTransaction } from './sender-parts.ts'
import { Wire } from './wire.ts'

export interface RecordProducerOptions {
  /** Infinity: records are sent when a batch is full or on `flush`. */
  readonly lingerMs?: number
  readonly batchBytes?: number
  /** Bytes that may wait to be delivered; `buffer.memory`. */
  readonly bufferBytes?: number
}

const BUFFER_BYTES = 32 * 1024 * 1024
/** As the Java client's `metadata.max.age.ms`: partitions added to a topic are found after that time. */
const KNOWN_FOR_MS = 300_000

function settingsOf({ produce }: ClientConfig, options: RecordProducerOptions): SenderSettings {
  const { acks, idempotence, lingerMs, batchBytes, maxRequestBytes, maxInFlight, deliveryTimeoutMs, compressionLevel } = produce
  return {
    acks,
    idempotence,
    ...(compressionLevel !== undefined && { compressionLevel }),
    maxRequestBytes,
    maxInFlight,
    deliveryTimeoutMs,
    lingerMs: options.lingerMs ?? lingerMs,
    batchBytes: Math.min(options.batchBytes ?? batchBytes, maxRequestBytes),
    bufferBytes: options.bufferBytes ?? BUFFER_BYTES,
  }
}

/** Opens a producer over a client, which stays the caller's. Asks nothing of the cluster yet. */
export async function openRecordProducer(
  client: KafkaClient,
  platform: Platform,
  options: RecordProducerOptions = {},
): Promise<RecordProducer> {
  return new PartitionedProducer(client, platform, await openSender(client, platform, options))
}

export async function openSender(
  client: KafkaClient,
  platform: Platform,
  options: RecordProducerOptions,
  transaction?: SenderTransaction,
): Promise<Sender> {
  return new Sender({
    client,
    clock: platform.clock,
    wire: new Wire(client.library),
    codec: await loadCodec(client.config.produce.compression),
    settings: settingsOf(client.config, options),
    ...(transaction && { transaction }),
  })
}

/** Cuts what is sent into batches and hands them to the sender. */
export class PartitionedProducer implements RecordProducer {
  protected readonly client: KafkaClient
  protected readonly sender: Sender
  readonly #platform: Platform
  readonly #closed = new AbortController()
  readonly #partitions = new Map<string, { readonly count: Promise<number>; readonly until: number }>()

  constructor(client: KafkaClient, platform: Platform, sender: Sender) {
    this.client = client
    this.sender = sender
    this.#platform = platform
  }

  async partitionsOf(topic: string, options: CallOptions): Promise<number> {
    const known = this.#partitions.get(topic)
    const now = this.#platform.clock.ticks()
    if (known && now < known.until) return untilAborted(known.count, options.signal)
    // Whoever asks meanwhile gets the same promise: records stay in the order of their sends. A look that fails leaves the number that was known.
    const count = this.#look(topic).catch((error: unknown) => {
      if (known) return known.count
      this.#partitions.delete(topic)
      throw error
    })
    this.#partitions.set(topic, { count, until: now + KNOWN_FOR_MS })
    return untilAborted(count, options.signal)
  }

  #look(topic: string): Promise<number> {
    const { signal } = this.#closed
    return this.client.retrying(`look up the partitions of "${topic}"`, left => this.#count(topic, left), { signal })
  }

  async #count(topic: string, options: CallOptions): Promise<number> {
    const found = (await this.client.topics([topic], options)).get(topic)
    const brokers = this.client.config.bootstrap.map(b => `${b.host}:${b.port}`).join(', ')
    if (!found) throw new MillraceError('KAFKA_TOPIC_NOT_FOUND', { topics: [topic], known: [], brokers })
    const leaderless = found.partitions.length === 0 || found.partitions.some(p => p.leader < 0)
    if (leaderless) throw this.client.brokerError(LEADER_NOT_AVAILABLE, `topic "${topic}"`)
    return found.partitions.length
  }

  send(topic: string, partition: number, records: RecordColumns, options: CallOptions): Promise<Delivered> {
    const outcome = new Outcome(topic, partition)
    const nowMs = this.#platform.clock.now()
    const queue = this.sender.queueOf({ topic, partition })
    let full = false
    for (let from = 0; from < records.length; ) {
      const batch = this.sender.openBatch(queue, full)
      if (batch.count === 0) {
        const bytes = recordSize(records, records.rows ? records.rows[from]! : from)
        if (!outcome.fits(bytes, this.client.config.produce.maxRequestBytes)) {
          queue.dropEmpty()
          break
        }
      }
      const before = batch.size
      const first = batch.count
      const to = batch.addRows(records, from, nowMs)
      if (to > from) outcome.waitsFor(batch, first)
      this.sender.added(batch.size - before)
      full = to < records.length
      from = to
    }
    return settled(outcome.closed(), options.signal)
  }

  sendOne(topic: string, partition: number, record: SingleRecord, options: CallOptions): Promise<Delivered> {
    const outcome = new Outcome(topic, partition)
    const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0)
    if (outcome.fits(bytes, this.client.config.produce.maxRequestBytes)) {
      const nowMs = this.#platform.clock.now()
      const queue = this.sender.queueOf({ topic, partition })
      let batch = this.sender.openBatch(queue, false)
      let before = batch.size
      if (!batch.addRecord(record, nowMs)) {
        batch = this.sender.openBatch(queue, true)
        before = batch.size
        batch.addRecord(record, nowMs)
      }
      outcome.waitsFor(batch, batch.count - 1)
      this.sender.added(batch.size - before)
    }
    return settled(outcome.closed(), options.signal)
  }

  async room({ signal }: CallOptions): Promise<void> {
    if (!this.sender.hasRoom) await this.sender.until(() => this.sender.hasRoom, signal)
  }

  async flush({ signal }: CallOptions): Promise<void> {
    this.sender.flush()
    if (!this.sender.idle) await this.sender.until(() => this.sender.idle, signal)
  }

  async close(): Promise<void> {
    const reason = new MillraceError('KAFKA_CLIENT_CLOSED', {})
    this.#closed.abort(reason)
    this.sender.close(reason)
  }
}

const LEADER_NOT_AVAILABLE = 5

/** A rejection nobody waits for is heard of through `flush`. Hundreds of sends share one signal: it is looked at here, and ends `room` and `flush`. */
function settled(promise: Promise<Delivered>, signal: AbortSignal): Promise<Delivered> {
  promise.catch(() => {})
  return signal.aborted ? Promise.reject(signal.reason) : promise
}

/** What becomes of the records of one `send`, which may lie in several batches. */
class Outcome {
  readonly #at: { readonly topic: string; readonly partition: number }
  readonly #done = Promise.withResolvers<Delivered>()
  #waiting = 1
  #base: number | undefined

  constructor(topic: string, partition: number) {
    this.#at = { topic, partition }
  }

  /** False, and the outcome is a failure, when a record is larger than any request may be. */
  fits(bytes: number, limit: number): boolean {
    if (bytes > limit)
      this.#done.reject(
        new MillraceError('KAFKA_RECORD_TOO_LARGE', { ...this.#at, bytes, limit: `kafka.max.request.size (${limit} bytes)` }),
      )
    return bytes <= limit
  }

  waitsFor(batch: PendingBatch, first: number): void {
    this.#waiting++
    const isFirst = this.#base === undefined
    this.#base ??= -1
    batch.reports.push({
      first,
      delivered: offset => {
        if (isFirst) this.#base = offset
        this.#arrived()
      },
      failed: error => this.#done.reject(error),
    })
  }

  /** No further batch comes. */
  closed(): Promise<Delivered> {
    this.#arrived()
    return this.#done.promise
  }

  #arrived(): void {
    if (--this.#waiting === 0) this.#done.resolve({ ...this.#at, baseOffset: this.#base ?? -1 })
  }
}
