import { MillraceError } from '../../../errors/index.ts'
import type { Codec } from '../../../formats/compression.ts'
import type { Clock } from '../../../platform/index.ts'
import type { KafkaClient, TopicPartition } from '../client/contract.ts'
import { kafkaErrorOf, reasonOf, retryable } from '../client/failure.ts'
import { BatchWriter } from '../records/encode.ts'
import { Alarm } from './alarm.ts'
import { PartitionQueue } from './partition-queue.ts'
import { EMPTY_BATCH, PendingBatch } from './pending-batch.ts'
import { type ProduceAnswer, produceCall } from './produce-call.ts'
import { initProducerIdCall, NOBODY, type ProducerIdentity } from './transaction-calls.ts'
import { meaningOf } from './verdict.ts'
import { Waiters } from './waiters.ts'
import type { Wire } from './wire.ts'

export interface SenderParts {
  readonly client: KafkaClient
  readonly clock: Clock
  readonly wire: Wire
  readonly codec: Codec
  readonly settings: SenderSettings
  /** Of a transactional producer; it says who it is, the sender never asks for an identity of its own. */
  readonly transaction?: SenderTransaction
}
export interface SenderSettings {
  readonly acks: -1 | 0 | 1
  readonly idempotence: boolean
  readonly compressionLevel?: number
  /** Infinity: until `flush`. */
  readonly lingerMs: number
  readonly batchBytes: number
  readonly maxRequestBytes: number
  readonly maxInFlight: number
  readonly deliveryTimeoutMs: number
  /** Bytes that may wait before `room` makes callers wait. */
  readonly bufferBytes: number
}
export interface SenderTransaction {
  readonly id: string
  readonly produceVersion: 9 | 12
  /** Makes the partitions part of the transaction, where the broker does not do that by itself. */
  admit(parts: readonly TopicPartition[]): Promise<void>
}

const SOON_MS = 2
const SOON_TRIES = 50

/** What a batch begins with. */
const FIRST_BYTES = 16_384

/** A batch on the wire, and the queue it came from. */
interface Flight {
  readonly queue: PartitionQueue
  readonly batch: PendingBatch
}

/**
 * Brings what the queues hold to the brokers: one request carries the next batch of every partition that the broker leads and that is due.
 * Decides from each answer what becomes of the batch; the order within a partition always holds.
 */
export class Sender {
  readonly #parts: SenderParts
  readonly #queues = new Map<string, PartitionQueue>()
  readonly #flights = new Map<number, number>()
  readonly #admitted = new Set<PartitionQueue>()
  readonly #closing = new AbortController()
  readonly #waiters = new Waiters()
  readonly #alarm: Alarm
  #identity: ProducerIdentity = NOBODY
  #identifying = false
  #scheduled = false
  #bytes = 0
  /** What ended a batch since the last `takeFailure`: a transaction with a failure cannot be committed. */
  #failure: unknown

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#alarm = new Alarm(parts.clock, () => this.wake())
  }

  /** Bytes that are not delivered yet. */
  get bytes(): number {
    return this.#bytes
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#parts.settings.bufferBytes
  }

  takeFailure(): unknown {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  /** Resolves when the state is as wanted; rejects when the signal aborts. */
  until(fulfilled: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(fulfilled, signal)
  }

  queueOf(at: TopicPartition): PartitionQueue {
    const key = `${at.topic}/${at.partition}`
    let queue = this.#queues.get(key)
    if (!queue) {
      queue = new PartitionQueue(at)
      queue.become(this.#identity)
      this.#queues.set(key, queue)
    }
    return queue
  }

  /** The batch that takes the partition's next records: the open one, or a new one behind it when that is full. */
  openBatch(queue: PartitionQueue, full: boolean): PendingBatch {
    const last = queue.waiting.at(-1)
    if (last && !last.sealed && !full) return last
    if (last && full) this.#seal(last)
    const now = this.#parts.clock.ticks()
    const { batchBytes, lingerMs, deliveryTimeoutMs } = this.#parts.settings
    // Behind a batch that got full comes another one that does.
    const writer = new BatchWriter(full ? batchBytes : Math.min(batchBytes, FIRST_BYTES))
    const batch = new PendingBatch(batchBytes, { due: now + lingerMs, deadline: now + deliveryTimeoutMs }, writer)
    queue.waiting.push(batch)
    return batch
  }

  /** Says that records of so many bytes were added. */
  added(bytes: number): void {
    this.#bytes += bytes
    this.wake()
  }

  /** Everything added so far is due now. */
  flush(): void {
    for (const queue of this.#queues.values()) queue.flushing = queue.waiting.length > 0
    this.wake()
  }

  get idle(): boolean {
    for (const queue of this.#queues.values()) if (!queue.idle) return false
    return true
  }

  /** From now on records are numbered from 0 under this identity. Nothing may be on its way. */
  become(identity: ProducerIdentity): void {
    this.#identity = identity
    this.#admitted.clear()
    for (const queue of this.#queues.values()) queue.become(identity)
  }

  /** Partitions must be admitted again; the numbers go on. */
  nextTransaction(): void {
    this.#admitted.clear()
  }

  /** Gives up what waits; what is on its way is waited for by `idle`. */
  drop(reason: unknown): void {
    for (const queue of this.#queues.values()) {
      for (const batch of queue.waiting.splice(0)) this.#end(batch, () => batch.failed(reason))
      queue.flushing = false
    }
    this.#waiters.told()
  }

  close(reason: unknown): void {
    this.#closing.abort(reason)
    this.#alarm.off()
    for (const queue of this.#queues.values()) {
      for (const batch of [...queue.flying.splice(0), ...queue.waiting.splice(0)]) this.#end(batch, () => batch.failed(reason))
    }
    this.#waiters.told()
  }

  /** Looks at the queues once the caller is done adding. */
  wake(): void {
    if (this.#scheduled || this.#closing.signal.aborted) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (!this.#closing.signal.aborted) this.#pump()
    })
  }

  #pump(): void {
    const now = this.#parts.clock.ticks()
    const perLeader = new Map<number, PartitionQueue[]>()
    let look = Number.POSITIVE_INFINITY
    for (const queue of this.#queues.values()) {
      this.#giveUpLate(queue, now)
      if (!queue.ready(now)) {
        const next = queue.nextLook()
        if (next !== undefined && next > now) look = Math.min(look, next)
      } else if (queue.leader === undefined) void this.#findLeader(queue)
      else perLeader.set(queue.leader, [...(perLeader.get(queue.leader) ?? []), queue])
    }
    for (const [broker, queues] of perLeader) this.#serve(broker, queues, now)
    if (look < Number.POSITIVE_INFINITY) this.#alarm.setAt(look, now)
  }

  /** Requests to one broker until nothing is ready or enough are on their way. */
  #serve(broker: number, queues: readonly PartitionQueue[], now: number): void {
    if (!this.#known(broker, queues)) return
    const unadmitted = this.#parts.transaction?.produceVersion === 9 ? queues.filter(q => !this.#admitted.has(q)) : []
    if (unadmitted.length > 0) {
      void this.#admit(unadmitted)
      return
    }
    while ((this.#flights.get(broker) ?? 0) < this.#parts.settings.maxInFlight) {
      const flights = this.#load(queues, now)
      if (flights.length === 0) return
      void this.#fly(broker, flights)
    }
  }

  /** The next batch of each queue as far as one request may be large. */
  #load(queues: readonly PartitionQueue[], now: number): readonly Flight[] {
    const { settings } = this.#parts
    const flights: Flight[] = []
    let size = 0
    for (const queue of queues) {
      if (!queue.ready(now)) continue
      const head = queue.waiting[0]!
      this.#seal(head)
      if (flights.length > 0 && size + head.size > settings.maxRequestBytes) continue
      size += head.size
      const { batch, sequence } = queue.take()
      this.#stamp(queue, batch, sequence)
      flights.push({ queue, batch })
    }
    return flights
  }

  #seal(batch: PendingBatch): void {
    if (batch.sealed) return
    const { codec, settings } = this.#parts
    const before = batch.size
    batch.seal({ codec, ...(settings.compressionLevel !== undefined && { level: settings.compressionLevel }) })
    this.#bytes += batch.size - before
  }

  #stamp(queue: PartitionQueue, batch: PendingBatch, sequence: number): void {
    const { transaction } = this.#parts
    const { producerId, epoch } = queue.identity
    const stamp = { producerId, epoch, sequence, transactional: transaction !== undefined }
    batch.stamp(stamp)
  }

  async #fly(broker: number, flights: readonly Flight[]): Promise<void> {
    const { client, wire, settings, transaction } = this.#parts
    this.#flights.set(broker, (this.#flights.get(broker) ?? 0) + 1)
    const parts = flights.map(({ queue, batch }) => ({ topic: queue.topic, partition: queue.partition, bytes: batch.bytes }))
    const timeoutMs = Math.min(client.config.requestTimeoutMs, settings.deliveryTimeoutMs)
    const options = {
      version: transaction?.produceVersion ?? 9,
      acks: settings.acks,
      timeoutMs,
      transactionalId: transaction?.id ?? null,
    } as const
    try {
      const answers = await client.send(broker, produceCall(wire, parts, options), { signal: this.#closing.signal, lane: 'produce' })
      if (!this.#closing.signal.aborted) this.#read(flights, answers)
    } catch (error) {
      if (!this.#closing.signal.aborted) for (const flight of flights) this.#unanswered(flight, error)
    } finally {
      this.#flights.set(broker, this.#flights.get(broker)! - 1)
      this.wake()
      this.#waiters.told()
    }
  }

  #read(flights: readonly Flight[], answers: readonly ProduceAnswer[]): void {
    const byPartition = new Map((answers ?? []).map(a => [`${a.topic}/${a.partition}`, a]))
    for (const flight of flights) {
      const { topic, partition } = flight.queue
      const answer = byPartition.get(`${topic}/${partition}`)
      if (answer) this.#answered(flight, answer)
      else if (this.#parts.settings.acks === 0) this.#delivered(flight, -1)
      else this.#unanswered(flight, this.#parts.client.brokerError(-1))
    }
  }

  #answered(flight: Flight, { errorCode, errorMessage, baseOffset }: ProduceAnswer): void {
    const { queue, batch } = flight
    const { name, verdict } = meaningOf(errorCode)
    const { transaction } = this.#parts
    const trouble = this.#parts.client.brokerError(errorCode, errorMessage)
    const refuse = (): void => {
      const params = { topic: queue.topic, partition: queue.partition, error: name, reason: errorMessage ?? '' }
      this.#failed(flight, new MillraceError('KAFKA_DELIVERY_REFUSED', params, { cause: trouble }))
    }
    const outcomes = {
      done: () => this.#delivered(flight, baseOffset),
      duplicate: () => this.#delivered(flight, -1),
      again: () => this.#again(flight, trouble),
      moved: () => this.#moved(flight, trouble),
      'too-large': () => this.#tooLarge(flight),
      sequence: () => this.#outOfSequence(flight, trouble, refuse),
      fenced: () => {
        if (transaction)
          this.#failed(flight, new MillraceError('KAFKA_PRODUCER_FENCED', { transactionalId: transaction.id }, { cause: trouble }))
        else this.#outOfSequence(flight, trouble, refuse)
      },
      refused: refuse,
    }
    batch.trouble = trouble
    outcomes[verdict]()
  }

  #delivered({ queue, batch }: Flight, offset: number): void {
    queue.troubles = 0
    queue.landed(batch)
    this.#end(batch, () => batch.delivered(offset))
  }

  /** Nobody knows whether it arrived: with a sequence it may simply be sent again. */
  #unanswered(flight: Flight, error: unknown): void {
    flight.batch.trouble = error
    if (retryable(error)) this.#moved(flight, error)
    else this.#failed(flight, error)
  }

  #moved(flight: Flight, trouble: unknown): void {
    flight.queue.leader = undefined
    this.#parts.client.forgetLeaders(flight.queue.topic)
    this.#again(flight, trouble)
  }

  #again({ queue, batch }: Flight, trouble: unknown): void {
    batch.trouble = trouble
    const { retryBackoffMs, retryBackoffMaxMs } = this.#parts.client.config
    // The transaction before is being ended, which takes the brokers a few milliseconds.
    const soon = kafkaErrorOf(trouble) === 'CONCURRENT_TRANSACTIONS' && queue.troubles < SOON_TRIES
    const pause = soon ? SOON_MS : Math.min(retryBackoffMs * 2 ** Math.min(queue.troubles, 20), retryBackoffMaxMs)
    queue.troubles++
    queue.notBefore = this.#parts.clock.ticks() + pause
    queue.comeBack(batch)
  }

  #tooLarge(flight: Flight): void {
    const { queue, batch } = flight
    if (batch.count > 1) {
      const halves = queue.comeBackSplit(batch, this.#parts.codec)
      this.#bytes += halves[0].size + halves[1].size - batch.size
      for (const half of halves) this.#seal(half)
      return
    }
    const limit = `max.message.bytes of topic "${queue.topic}"`
    const params = { topic: queue.topic, partition: queue.partition, bytes: batch.size - EMPTY_BATCH, limit }
    this.#failed(flight, new MillraceError('KAFKA_RECORD_TOO_LARGE', params))
  }

  /** Batches behind one that failed are refused for their number: they only come back. The first one means that the broker forgot us. */
  #outOfSequence(flight: Flight, trouble: unknown, refuse: () => void): void {
    const { queue, batch } = flight
    if (!queue.isFirst(batch)) this.#again(flight, trouble)
    else if (this.#parts.transaction || !this.#parts.settings.idempotence) refuse()
    else {
      this.#again(flight, trouble)
      queue.renumber()
    }
  }

  #failed({ queue, batch }: Flight, error: unknown): void {
    this.#failure ??= error
    queue.landed(batch)
    // The broker does not have it, or nobody knows: the numbers behind it have a hole.
    if (!this.#parts.transaction) queue.renumber()
    this.#end(batch, () => batch.failed(error))
  }

  #end(batch: PendingBatch, tell: () => void): void {
    this.#bytes -= batch.size
    tell()
  }

  /** Fails what is past its time and not on its way. */
  #giveUpLate(queue: PartitionQueue, now: number): void {
    // Who looks for the leader ends at the deadline too, and knows why there is none.
    if (queue.asking) return
    while (queue.waiting[0] && now >= queue.waiting[0].times.deadline && queue.flying.length === 0) {
      const batch = queue.waiting.shift()!
      if (queue.waiting.length === 0) queue.flushing = false
      this.#failed({ queue, batch }, this.#late(queue, batch.trouble))
      this.#waiters.told()
    }
  }

  #late(queue: PartitionQueue, trouble: unknown): MillraceError {
    const { client, settings } = this.#parts
    const brokers = client.config.bootstrap.map(b => `${b.host}:${b.port}`).join(', ')
    const reason = trouble === undefined ? '' : trouble instanceof MillraceError ? trouble.message.split('\n')[0]! : reasonOf(trouble)
    const params = { topic: queue.topic, partition: queue.partition, broker: brokers, timeoutMs: settings.deliveryTimeoutMs, reason }
    return new MillraceError('KAFKA_DELIVERY_TIMEOUT', params, trouble === undefined ? {} : { cause: trouble })
  }

  async #findLeader(queue: PartitionQueue): Promise<void> {
    if (queue.asking) return
    queue.asking = true
    const { client, clock } = this.#parts
    const head = queue.waiting[0]!
    try {
      const timeoutMs = Math.max(1, head.times.deadline - clock.ticks())
      queue.leader = (await client.leaderOf(queue, { signal: this.#closing.signal, timeoutMs })).broker
      queue.asking = false
    } catch (error) {
      queue.asking = false
      if (!this.#closing.signal.aborted) this.#noLeader(queue, error)
    } finally {
      this.wake()
    }
  }

  /** The client has tried all the while: what waited that long is over; a partition that does not exist ends everything that waits for it. */
  #noLeader(queue: PartitionQueue, error: unknown): void {
    const late = error instanceof MillraceError && (error.condition === 'KAFKA_UNREACHABLE' || error.condition === 'KAFKA_TIMEOUT')
    for (const batch of queue.waiting) batch.trouble = error
    if (late) {
      queue.notBefore = this.#parts.clock.ticks() + this.#parts.client.config.retryBackoffMs
      this.#giveUpLate(queue, this.#parts.clock.ticks() + 1)
      return
    }
    for (const batch of queue.waiting.splice(0)) this.#failed({ queue, batch }, error)
    queue.flushing = false
    this.#waiters.told()
  }

  /** An idempotent producer needs an id before its first batch; any broker gives one. */
  #known(broker: number, queues: readonly PartitionQueue[]): boolean {
    if (!this.#parts.settings.idempotence || this.#parts.transaction) return true
    const nameless = queues.filter(q => q.identity.producerId < 0n)
    if (nameless.length === 0) return true
    if (!this.#identifying) void this.#identify(broker, nameless)
    return false
  }

  async #identify(broker: number, nameless: readonly PartitionQueue[]): Promise<void> {
    const { client, wire } = this.#parts
    this.#identifying = true
    try {
      const options = { signal: this.#closing.signal }
      const { errorCode, producerId, epoch } = await client.send(broker, initProducerIdCall(wire, null, 0), options)
      const error = client.brokerError(errorCode)
      if (error) throw error
      this.#identity = { producerId, epoch }
      for (const queue of this.#queues.values()) if (queue.identity.producerId < 0n) queue.become(this.#identity)
    } catch (error) {
      if (!this.#closing.signal.aborted) for (const queue of nameless) this.#noIdentity(queue, error)
    } finally {
      this.#identifying = false
      this.wake()
    }
  }

  #noIdentity(queue: PartitionQueue, error: unknown): void {
    if (retryable(error)) {
      queue.leader = undefined
      this.#parts.client.forgetLeaders(queue.topic)
      queue.notBefore = this.#parts.clock.ticks() + this.#parts.client.config.retryBackoffMs
      for (const batch of queue.waiting) batch.trouble = error
    } else this.#noLeader(queue, error)
  }

  async #admit(queues: readonly PartitionQueue[]): Promise<void> {
    const fresh = queues.filter(q => !q.asking)
    if (fresh.length === 0) return
    for (const queue of fresh) queue.asking = true
    try {
      await this.#parts.transaction!.admit(fresh)
      for (const queue of fresh) this.#admitted.add(queue)
    } catch (error) {
      if (!this.#closing.signal.aborted) for (const queue of fresh) this.#noLeader(queue, error)
    } finally {
      for (const queue of fresh) queue.asking = false
      this.wake()
    }
  }
}
