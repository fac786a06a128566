import { retryable } from '../client/failure.ts'
import type { Outcomes } from './outcomes.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { SenderParts } from './sender-parts.ts'
import { initProducerIdCall, NOBODY, type ProducerIdentity } from './transaction-calls.ts'

export interface IntroductionsTo {
  readonly queues: () => Iterable<PartitionQueue>
  readonly wake: () => void
  readonly signal: AbortSignal
}

/** What has to be known before a partition's batch may go: who leads it, who we are, and that it belongs to the transaction. */
export class Introductions {
  readonly #parts: SenderParts
  readonly #outcomes: Outcomes
  readonly #to: IntroductionsTo
  readonly #admitted = new Set<PartitionQueue>()
  #identity: ProducerIdentity = NOBODY
  #identifying = false

  constructor(parts: SenderParts, outcomes: Outcomes, to: IntroductionsTo) {
    this.#parts = parts
    this.#outcomes = outcomes
    this.#to = to
  }

  get identity(): ProducerIdentity {
    return this.#identity
  }

  /** From now on records are numbered from 0 under this identity. Nothing may be on its way. */
  become(identity: ProducerIdentity): void {
    this.#identity = identity
    this.#admitted.clear()
    for (const queue of this.#to.queues()) queue.become(identity)
  }

  /** Partitions must be admitted again; the numbers go on. */
  nextTransaction(): void {
    this.#admitted.clear()
  }

  /** May batches of these queues go to the broker? Finds out what is missing, and wakes the sender then. */
  made(broker: number, queues: readonly PartitionQueue[]): boolean {
    if (!this.#known(broker, queues)) return false
    const unadmitted = this.#parts.transaction?.produceVersion === 9 ? queues.filter(q => !this.#admitted.has(q)) : []
    if (unadmitted.length > 0) void this.#admit(unadmitted)
    return unadmitted.length === 0
  }

  async findLeader(queue: PartitionQueue): Promise<void> {
    if (queue.asking) return
    queue.asking = true
    const { client, clock } = this.#parts
    const head = queue.waiting[0]!
    try {
      const timeoutMs = Math.max(1, head.times.deadline - clock.ticks())
      queue.leader = (await client.leaderOf(queue, { signal: this.#to.signal, timeoutMs })).broker
      queue.asking = false
    } catch (error) {
      queue.asking = false
      if (!this.#to.signal.aborted) this.#outcomes.noLeader(queue, error)
    } finally {
      this.#to.wake()
    }
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
      const options = { signal: this.#to.signal }
      const { errorCode, producerId, epoch } = await client.send(broker, initProducerIdCall(wire, null, 0), options)
      const error = client.brokerError(errorCode)
      if (error) throw error
      this.#identity = { producerId, epoch }
      for (const queue of this.#to.queues()) if (queue.identity.producerId < 0n) queue.become(this.#identity)
    } catch (error) {
      if (!this.#to.signal.aborted) for (const queue of nameless) this.#noIdentity(queue, error)
    } finally {
      this.#identifying = false
      this.#to.wake()
    }
  }

  #noIdentity(queue: PartitionQueue, error: unknown): void {
    if (retryable(error)) {
      queue.leader = undefined
      this.#parts.client.forgetLeaders(queue.topic)
      queue.notBefore = this.#parts.clock.ticks() + this.#parts.client.config.retryBackoffMs
      for (const batch of queue.waiting) batch.trouble = error
    } else this.#outcomes.noLeader(queue, error)
  }

  async #admit(queues: readonly PartitionQueue[]): Promise<void> {
    const fresh = queues.filter(q => !q.asking)
    if (fresh.length === 0) return
    for (const queue of fresh) queue.asking = true
    try {
      await this.#parts.transaction!.admit(fresh)
      for (const queue of fresh) this.#admitted.add(queue)
    } catch (error) {
      if (!this.#to.signal.aborted) for (const queue of fresh) this.#outcomes.noLeader(queue, error)
    } finally {
      for (const queue of fresh) queue.asking = false
      this.#to.wake()
    }
  }
}
