import type { Ends } from './ledger.ts'
import { WINDOW_MS } from './pipelines.ts'

export const PARTITIONS = 4
/** Records of one helping, a minute of event time. */
export const HELPING = 600
const STEP_MS = 100
const USERS = 20
const START = Date.UTC(2024, 0, 1)
/** Behind everything: closes the windows of all that went before. */
const CLOSE_AFTER_MS = 3_600_000

/** What a record's value says. */
export interface Message {
  readonly at: number
  readonly user: string
  readonly n: number
}
/** A record as it lies in the input. */
export interface InputRecord extends Message {
  readonly partition: number
  readonly offset: number
}

type Send = (records: readonly { readonly value: string; readonly partition: number }[]) => Promise<void>

/** Puts messages into the input, about in the order of their event times and evenly over the partitions. */
export class Feeder {
  readonly #random: () => number
  readonly #send: Send
  #fed = 0
  #closed = 0

  constructor(random: () => number, send: Send) {
    this.#random = random
    this.#send = send
  }

  get fed(): number {
    return this.#fed + this.#closed * PARTITIONS
  }

  /**
   * Another helping, unless the query is behind: as long as no partition keeps two helpings waiting, less than four of them lie between what is read
   * and what comes, so that no record is ever late.
   */
  async feed(read: Ends): Promise<boolean> {
    const waiting = Array.from({ length: PARTITIONS }, (_, p) => this.#fed / PARTITIONS - (read[p] ?? 0))
    if (Math.max(...waiting) >= (2 * HELPING) / PARTITIONS) return false
    const records = Array.from({ length: HELPING }, (_, i) => {
      const id = this.#fed + i
      const at = START + id * STEP_MS + Math.floor(this.#random() * 10 * STEP_MS)
      return record(id % PARTITIONS, { at, user: `user-${Math.floor(this.#random() * USERS)}`, n: Math.floor(this.#random() * 1000) })
    })
    this.#fed += HELPING
    await this.#send(records)
    return true
  }

  /** One message a partition that lets the watermark pass everything fed so far. Nothing may be fed afterwards. */
  async close(): Promise<void> {
    const at = START + this.#fed * STEP_MS + ++this.#closed * CLOSE_AFTER_MS
    await this.#send(Array.from({ length: PARTITIONS }, (_, p) => record(p, { at, user: 'nobody', n: 0 })))
  }
}

const record = (partition: number, message: Message) => ({ partition, value: JSON.stringify(message) })

export const windowOf = ({ at }: Message): number => at - (at % WINDOW_MS)
