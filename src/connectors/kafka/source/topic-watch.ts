import type { Platform } from '../../../platform/index.ts'
import type { KafkaClient } from '../client/contract.ts'
import { type Assignment, assignmentOf, keepsAll, sameAssignment } from './assignment.ts'
import type { Subscription } from './subscription.ts'

/** A broker that has just started may not know every topic yet: what seems gone is looked for so often before it counts. */
const LOOKS = 3
const PAUSE_MS = 500

/**
 * Keeps an eye on the topics: asks for metadata now and then, so that new partitions, and topics that were deleted or made again,
 * are noticed while nothing arrives. While no broker answers it waits; who reads says so.
 */
export class TopicWatch {
  readonly #subscription: Subscription
  readonly #client: KafkaClient
  readonly #clock: Platform['clock']
  readonly #maxAgeMs: number
  readonly #closing = new AbortController()
  #now: Assignment
  #looking: Promise<Assignment> | undefined
  #changes = 0
  #waiting: (() => void)[] = []
  readonly #watching: Promise<void>

  private constructor(subscription: Subscription, client: KafkaClient, platform: Platform, maxAgeMs: number, first: Assignment) {
    this.#subscription = subscription
    this.#client = client
    this.#clock = platform.clock
    this.#maxAgeMs = maxAgeMs
    this.#now = first
    this.#watching = this.#watch()
  }

  /** Rejects when the cluster does not answer in time. */
  static async open(subscription: Subscription, client: KafkaClient, platform: Platform, maxAgeMs: number): Promise<TopicWatch> {
    const first = await assignmentOf(subscription, client, { signal: new AbortController().signal })
    return new TopicWatch(subscription, client, platform, maxAgeMs, first)
  }

  /** As the cluster was when it was last asked. */
  get now(): Assignment {
    return this.#now
  }

  /** How often the assignment has changed: to be given to `changed`. */
  get changes(): number {
    return this.#changes
  }

  /** Asks now: the same object as before where nothing changed. Several who ask at a time get one answer. */
  look(): Promise<Assignment> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Resolves when the assignment is another one than after `seen` changes, or `signal` aborts. */
  changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#changes > seen || signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#watching
  }

  async #look(): Promise<Assignment> {
    const { signal } = this.#closing
    let found = await assignmentOf(this.#subscription, this.#client, { signal })
    for (let looks = 1; looks < LOOKS && !keepsAll(this.#now, found); looks++) {
      await this.#clock.sleep(PAUSE_MS, signal)
      found = await assignmentOf(this.#subscription, this.#client, { signal })
    }
    if (!sameAssignment(this.#now, found)) {
      this.#now = found
      this.#changes++
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
    return this.#now
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#maxAgeMs, signal)
        await this.look()
      } catch {
        // Nobody answers, or the stream is closed. Whoever reads next says so to the person.
      }
    }
  }
}
