import type { KafkaOffset } from '../client/contract.ts'
import type { BatchHeader } from './batch-header.ts'

/** A transaction that was aborted, as a fetch answer lists it: its producer and the offset of its first record. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: KafkaOffset
}

/** What a marker at the end of a transaction says. */
export type Marker = 'abort' | 'commit'

/**
 * Which batches of one fetch answer belong to aborted transactions: what read_committed leaves out. The broker lists every transaction that touches
 * the answer, also those that began before it or whose marker comes in a later one, so each answer stands for itself.
 * Batches are shown in offset order, each once.
 */
export class AbortedFilter {
  readonly #waiting: AbortedTransaction[]
  readonly #open = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    // Taken from the end.
    this.#waiting = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset)
  }

  /** Is the batch left out? `marker` tells what a control batch says; it is asked for those only. */
  drops(batch: Pick<BatchHeader, 'lastOffset' | 'producerId' | 'transactional' | 'control'>, marker: () => Marker | undefined): boolean {
    if (batch.producerId < 0) return batch.control
    while (this.#waiting.length > 0 && this.#waiting.at(-1)!.firstOffset <= batch.lastOffset)
      this.#open.add(this.#waiting.pop()!.producerId)
    if (!batch.control) return batch.transactional && this.#open.has(batch.producerId)
    if (marker() === 'abort') this.#open.delete(batch.producerId)
    return true
  }
}
