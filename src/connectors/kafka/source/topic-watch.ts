import { findMillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { Warning } from '../../contract.ts'
import type { KafkaClient } from '../client/contract.ts'
import { type Assignment, assignmentOf, keepsAll, sameAssignment } from './assignment.ts'
import type { Subscription } from './subscription.ts'

/** A broker that has just started may not know every topic yet: what seems gone is looked for so often before it counts. */
const LOOKS = 3
const PAUSE_MS = 500

export interface Watched {
  readonly subscription: Subscription
  readonly client: KafkaClient
  readonly platform: Platform
  /** Between two looks. */
  readonly maxAgeMs: number
  readonly warn: (warning: Warning) => void
}

/**
 * Keeps an eye on the topics: asks for metadata now and then, so that new partitions, and topics that were deleted or made again,
 * are noticed while nothing arrives. While no broker answers it waits and goes on by itself; a warning says so, once each time.
 */
export class TopicWatch {
  readonly #subscription: Subscription
  readonly #client: KafkaClient
  readonly #clock: Platform['clock']
  readonly #maxAgeMs: number
  readonly #warn: (warning: Warning) => void
  readonly #closing = new AbortController()
  #now: Assignment
  #looking: Promise<Assignment> | undefined
  #changes = 0
  #waiting: (() => void)[] = []
  readonly #watching: Promise<void>

  private constructor({ subscription, client, platform, maxAgeMs, warn }: Watched, first: Assignment) {
    this.#subscription = subscription
    this.#client = client
    this.#clock = platform.clock
    this.#maxAgeMs = maxAgeMs
    this.#warn = warn
    this.#now = first
    this.#watching = this.#watch()
  }

  /** Rejects when the cluster does not answer in time. */
  static async open(watched: Watched): Promise<TopicWatch> {
    const first = await assignmentOf(watched.subscription, watched.client, { signal: new AbortController().signal })
    return new TopicWatch(watched, first)
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
    let said = false
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#maxAgeMs, signal)
        await this.look()
        said = false
      } catch (error) {
        if (signal.aborted || said) continue
        said = true
        this.#warn(waiting(error))
      }
    }
  }
}

/** An idle stream asks for nothing else, so nobody but this would tell a person that the cluster is gone. */
function waiting(error: unknown): Warning {
  const known = findMillraceError(error)
  const [reason] = (known ?? (error as Error)).message.split('\n')
  return {
    code: 'KAFKA_WAITING',
    message: `the stream waits for Kafka: ${reason}`,
    hint: `It goes on by itself once the cluster answers.${known ? ` ${known.hint}` : ''}`,
  }
}
