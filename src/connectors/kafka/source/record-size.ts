import type { ColumnData, RowBatch } from '../../../types/index.ts'

/** Bytes a batch takes when no limit was given: about what the engine reads at a time. */
const SLICE = 64 * 1024 * 1024
/** Before the first record was seen. */
const FIRST_GUESS = 4096
/** How much a new measurement counts against the ones before. */
const WEIGHT = 0.5

const bytesOf = (column: ColumnData): number =>
  (column.values?.byteLength ?? 0) +
  (column.offsets?.byteLength ?? 0) +
  (column.children ?? []).reduce((sum, child) => sum + bytesOf(child), 0)

/** How large records are, from those that were read, so that a batch without a limit takes about a slice of memory. */
export class RecordSize {
  #average = FIRST_GUESS
  #seen = false

  /** Records that fill a slice; at least one. */
  get inSlice(): number {
    return Math.max(1, Math.floor(SLICE / this.#average))
  }

  /** Passes the batches on and measures them. */
  async *measured(batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch, void, undefined> {
    let bytes = 0
    let records = 0
    for await (const batch of batches) {
      bytes += batch.columns.reduce((sum, column) => sum + bytesOf(column), 0)
      records += batch.length
      yield batch
    }
    if (records === 0) return
    const average = Math.max(1, bytes / records)
    this.#average = this.#seen ? this.#average * (1 - WEIGHT) + average * WEIGHT : average
    this.#seen = true
  }
}
