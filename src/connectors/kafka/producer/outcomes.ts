import { MillraceError } from '../../../errors/index.ts'
import { kafkaErrorOf, reasonOf, retryable } from '../client/failure.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { EMPTY_BATCH, type PendingBatch } from './pending-batch.ts'
import type { ProduceAnswer } from './produce-call.ts'
import type { Flight, SenderParts } from './sender-parts.ts'
import { meaningOf } from './verdict.ts'
import type { Waiters } from './waiters.ts'

const SOON_MS = 2
const SOON_TRIES = 50

/**
 * Decides from each answer what becomes of a batch, and keeps what is known of all of them: the bytes that are not delivered yet, and the first failure.
 * The order within a partition always holds.
 */
export class Outcomes {
  readonly #parts: SenderParts
  readonly #waiters: Waiters
  #bytes = 0
  #failure: unknown

  constructor(parts: SenderParts, waiters: Waiters) {
    this.#parts = parts
    this.#waiters = waiters
  }

  /** Bytes that are not delivered yet. */
  get bytes(): number {
    return this.#bytes
  }
  added(bytes: number): void {
    this.#bytes += bytes
  }

  /** What ended a batch since the last call: a transaction with a failure cannot be committed. */
  takeFailure(): unknown {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  /** Ends batches without a word from the broker; that is nobody's failure. */
  giveUp(batches: readonly PendingBatch[], reason: unknown): void {
    for (const batch of batches) this.#end(batch, () => batch.failed(reason))
  }

  /** Packs a batch: nothing is added to it any more. */
  seal(batch: PendingBatch): void {
    if (batch.sealed) return
    const { codec, settings } = this.#parts
    const before = batch.size
    batch.seal({ codec, ...(settings.compressionLevel !== undefined && { level: settings.compressionLevel }) })
    this.#bytes += batch.size - before
  }

  read(flights: readonly Flight[], answers: readonly ProduceAnswer[]): void {
    const byPartition = new Map(answers.map(a => [`${a.topic}/${a.partition}`, a]))
    for (const flight of flights) {
      const { topic, partition } = flight.queue
      const answer = byPartition.get(`${topic}/${partition}`)
      if (answer) this.#answered(flight, answer)
      else if (this.#parts.settings.acks === 0) this.#delivered(flight, -1)
      else this.unanswered(flight, this.#parts.client.brokerError(-1))
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
  unanswered(flight: Flight, error: unknown): void {
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
      for (const half of halves) this.seal(half)
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
  giveUpLate(queue: PartitionQueue, now: number): void {
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

  /** The client has tried all the while: what waited that long is over; a partition that does not exist ends everything that waits for it. */
  noLeader(queue: PartitionQueue, error: unknown): void {
    const late = error instanceof MillraceError && (error.condition === 'KAFKA_UNREACHABLE' || error.condition === 'KAFKA_TIMEOUT')
    for (const batch of queue.waiting) batch.trouble = error
    if (late) {
      queue.notBefore = this.#parts.clock.ticks() + this.#parts.client.config.retryBackoffMs
      this.giveUpLate(queue, this.#parts.clock.ticks() + 1)
      return
    }
    for (const batch of queue.waiting.splice(0)) this.#failed({ queue, batch }, error)
    queue.flushing = false
    this.#waiters.told()
  }
}
