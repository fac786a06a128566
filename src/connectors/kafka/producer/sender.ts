import type { TopicPartition } from '../client/contract.ts'
import { BatchWriter } from '../records/encode.ts'
import { Alarm } from './alarm.ts'
import { Introductions } from './introductions.ts'
import { Outcomes } from './outcomes.ts'
import { PartitionQueue } from './partition-queue.ts'
import { PendingBatch } from './pending-batch.ts'
import { produceCall } from './produce-call.ts'
import type { Flight, SenderParts } from './sender-parts.ts'
import type { ProducerIdentity } from './transaction-calls.ts'
import { Waiters } from './waiters.ts'

/** What a batch begins with. */
const FIRST_BYTES = 16_384

/**
 * Brings what the queues hold to the brokers: one request carries the next batch of every partition that the broker leads and that is due.
 * The order within a partition always holds.
 */
export class Sender {
  readonly #parts: SenderParts
  readonly #queues = new Map<string, PartitionQueue>()
  readonly #flights = new Map<number, number>()
  readonly #closing = new AbortController()
  readonly #waiters = new Waiters()
  readonly #alarm: Alarm
  readonly #outcomes: Outcomes
  readonly #introductions: Introductions
  #scheduled = false

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#alarm = new Alarm(parts.clock, () => this.wake())
    this.#outcomes = new Outcomes(parts, this.#waiters)
    this.#introductions = new Introductions(parts, this.#outcomes, {
      queues: () => this.#queues.values(),
      wake: () => this.wake(),
      signal: this.#closing.signal,
    })
  }

  /** Bytes that are not delivered yet. */
  get bytes(): number {
    return this.#outcomes.bytes
  }

  get hasRoom(): boolean {
    return this.bytes < this.#parts.settings.bufferBytes
  }

  /** What ended a batch since the last call: a transaction with a failure cannot be committed. */
  takeFailure(): unknown {
    return this.#outcomes.takeFailure()
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
      queue.become(this.#introductions.identity)
      this.#queues.set(key, queue)
    }
    return queue
  }

  /** The batch that takes the partition's next records: the open one, or a new one behind it when that is full. */
  openBatch(queue: PartitionQueue, full: boolean): PendingBatch {
    const last = queue.waiting.at(-1)
    if (last && !last.sealed && !full) return last
    if (last && full) this.#outcomes.seal(last)
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
    this.#outcomes.added(bytes)
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
    this.#introductions.become(identity)
  }

  /** Partitions must be admitted again; the numbers go on. */
  nextTransaction(): void {
    this.#introductions.nextTransaction()
  }

  /** Gives up what waits; what is on its way is waited for by `idle`. */
  drop(reason: unknown): void {
    for (const queue of this.#queues.values()) {
      this.#outcomes.giveUp(queue.waiting.splice(0), reason)
      queue.flushing = false
    }
    this.#waiters.told()
  }

  close(reason: unknown): void {
    this.#closing.abort(reason)
    this.#alarm.off()
    for (const queue of this.#queues.values()) this.#outcomes.giveUp([...queue.flying.splice(0), ...queue.waiting.splice(0)], reason)
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
      this.#outcomes.giveUpLate(queue, now)
      if (!queue.ready(now)) {
        const next = queue.nextLook()
        if (next !== undefined && next > now) look = Math.min(look, next)
      } else if (queue.leader === undefined) void this.#introductions.findLeader(queue)
      else perLeader.set(queue.leader, [...(perLeader.get(queue.leader) ?? []), queue])
    }
    for (const [broker, queues] of perLeader) this.#serve(broker, queues, now)
    if (look < Number.POSITIVE_INFINITY) this.#alarm.setAt(look, now)
  }

  /** Requests to one broker until nothing is ready or enough are on their way. */
  #serve(broker: number, queues: readonly PartitionQueue[], now: number): void {
    if (!this.#introductions.made(broker, queues)) return
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
      this.#outcomes.seal(head)
      if (flights.length > 0 && size + head.size > settings.maxRequestBytes) continue
      size += head.size
      const { batch, sequence } = queue.take()
      this.#stamp(queue, batch, sequence)
      flights.push({ queue, batch })
    }
    return flights
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
      // With acks 0 brokers answer nothing.
      if (!this.#closing.signal.aborted) this.#outcomes.read(flights, settings.acks === 0 ? [] : answers)
    } catch (error) {
      if (!this.#closing.signal.aborted) for (const flight of flights) this.#outcomes.unanswered(flight, error)
    } finally {
      this.#flights.set(broker, this.#flights.get(broker)! - 1)
      this.wake()
      this.#waiters.told()
    }
  }
}
