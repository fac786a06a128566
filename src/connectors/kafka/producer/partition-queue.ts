import type { Codec } from '../../../formats/compression.ts'
import type { TopicPartition } from '../client/contract.ts'
import { nextSequence, type PendingBatch } from './pending-batch.ts'
import { NOBODY, type ProducerIdentity } from './transaction-calls.ts'

const MAX_EPOCH = 0x7fff

/**
 * What waits for one partition and what is on its way, in the order of the records.
 *
 *   add → waiting ──take──► flying ──► done
 *              ▲              │
 *              └── comeBack ──┘   then nothing is taken until all that flies has come back: the order holds
 */
export class PartitionQueue implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Broker id; undefined while it must be asked for. */
  leader: number | undefined
  asking = false
  /** Everything added so far is due. */
  flushing = false
  /** Monotonic ms before which nothing is tried again. */
  notBefore = 0
  /** Failures in a row. */
  troubles = 0
  readonly waiting: PendingBatch[] = []
  readonly flying: PendingBatch[] = []
  identity: ProducerIdentity = NOBODY
  #next = 0
  #recovering = false
  #renumber = false

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic
    this.partition = partition
  }

  get idle(): boolean {
    return this.waiting.length === 0 && this.flying.length === 0
  }

  /** May its next batch be sent at this time? */
  ready(now: number): boolean {
    const head = this.waiting[0]
    if (head === undefined || now < this.notBefore) return false
    if (this.#recovering && this.flying.length > 0) return false
    return this.flushing || head.sealed || this.waiting.length > 1 || now >= head.times.due
  }

  /** Monotonic ms at which to look again; undefined when only an answer can change something. */
  nextLook(): number | undefined {
    const head = this.waiting[0]
    if (head === undefined) return undefined
    return this.flushing || head.sealed || this.waiting.length > 1 ? this.notBefore : Math.max(this.notBefore, head.times.due)
  }

  /** The identity under which batches are numbered from 0 on; called between transactions and at the start. */
  become(identity: ProducerIdentity): void {
    this.identity = identity
    this.#restart()
  }

  #restart(): void {
    this.#next = 0
    this.#renumber = false
    for (const batch of this.waiting) batch.sequence = -1
  }

  /** Its next batch, on its way from here on, and the number it has or gets. */
  take(): { readonly batch: PendingBatch; readonly sequence: number } {
    const batch = this.waiting.shift()!
    this.#recovering = false
    if (this.waiting.length === 0) this.flushing = false
    let { sequence } = batch
    if (sequence < 0) {
      sequence = this.#next
      this.#next = nextSequence(sequence, batch.count)
    }
    this.flying.push(batch)
    return { batch, sequence }
  }

  /** Takes back a batch that was opened for a record nobody can send. */
  dropEmpty(): void {
    if (this.waiting.at(-1)?.count === 0) this.waiting.pop()
  }

  landed(batch: PendingBatch): void {
    const at = this.flying.indexOf(batch)
    if (at >= 0) this.flying.splice(at, 1)
    this.#settleNumbers()
  }

  /** The batch must be sent again, before everything behind it. */
  comeBack(batch: PendingBatch): void {
    this.#again([batch], batch)
  }

  /** As `comeBack`, in two halves. */
  comeBackSplit(batch: PendingBatch, codec: Codec): readonly [PendingBatch, PendingBatch] {
    const halves = batch.split(codec)
    this.#again(halves, batch)
    return halves
  }

  #again(batches: readonly PendingBatch[], from: PendingBatch): void {
    const at = this.flying.indexOf(from)
    if (at >= 0) this.flying.splice(at, 1)
    this.#recovering = true
    const place = this.waiting.findIndex(b => b.sequence < 0 || isBefore(from.sequence, b.sequence))
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, ...batches)
    this.#settleNumbers()
  }

  /** Is this the oldest batch the broker has not taken? Then nothing before it explains a wrong sequence. */
  isFirst(batch: PendingBatch): boolean {
    return [...this.waiting, ...this.flying].every(b => b === batch || b.sequence < 0 || isBefore(batch.sequence, b.sequence))
  }

  /**
   * The broker and we do not agree on the sequence any more (a batch was given up, or its memory of us is gone): once nothing flies, begin
   * with a higher epoch at 0. The broker takes that for a partition whose producer is not part of a transaction.
   */
  renumber(): void {
    this.#renumber = true
    this.#recovering = true
    this.#settleNumbers()
  }

  #settleNumbers(): void {
    if (!this.#renumber || this.flying.length > 0) return
    const { producerId, epoch } = this.identity
    if (producerId < 0n) this.#renumber = false
    else this.become(epoch >= MAX_EPOCH ? NOBODY : { producerId, epoch: epoch + 1 })
  }
}

/** Of two sequences less than half the circle apart. */
const isBefore = (a: number, b: number): boolean => (b - a + 0x8000_0000) % 0x8000_0000 < 0x4000_0000 && a !== b
