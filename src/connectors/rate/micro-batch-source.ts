import { MillraceError } from '../../errors/index.ts'
import type { PlannedRange, Source } from '../contract.ts'
import { RATE_SCHEMA, rateBatches } from './values.ts'

export interface MicroBatchRateOptions {
  readonly rowsPerBatch: number
  readonly startTimestamp: number
  readonly advanceMillisPerBatch: number
}
interface Position {
  readonly offset: number
  readonly timestamp: number
}

const print = (p: Position): string => `{"offset":${p.offset},"timestamp":${p.timestamp}}`

/** The same rows in every batch of every run (Spark's `rate-micro-batch`): batch time moves by the options, not by a clock. */
export class MicroBatchRateSource implements Source {
  readonly description: string
  readonly schema = RATE_SCHEMA
  readonly #options: MicroBatchRateOptions
  #availableNow = false
  #frozen: string | undefined

  constructor(options: MicroBatchRateOptions) {
    this.#options = options
    const { rowsPerBatch, startTimestamp, advanceMillisPerBatch } = options
    this.description = `RateStreamMicroBatch[rowsPerBatch=${rowsPerBatch}, numPartitions=1, startTimestamp=${startTimestamp}, advanceMillisPerBatch=${advanceMillisPerBatch}]`
  }

  async plan(start: string | null): Promise<PlannedRange> {
    const end = this.#frozen ?? print(this.#next(this.#position(start)))
    if (this.#availableNow) this.#frozen = end
    return { end, latest: end }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#availableNow = true
  }

  async read(start: string | null, end: string) {
    const from = this.#position(start)
    const to = this.#position(end)
    return {
      kind: 'batches',
      schema: RATE_SCHEMA,
      batches: { [Symbol.iterator]: () => rateBatches(from.offset, to.offset, () => from.timestamp) },
    } as const
  }

  async commit(): Promise<void> {}
  async changed(): Promise<void> {}
  async close(): Promise<void> {}

  #next(p: Position): Position {
    return { offset: p.offset + this.#options.rowsPerBatch, timestamp: p.timestamp + this.#options.advanceMillisPerBatch }
  }

  #position(offset: string | null): Position {
    if (offset === null) return { offset: 0, timestamp: this.#options.startTimestamp }
    try {
      const { offset: n, timestamp } = JSON.parse(offset) as Position
      if (Number.isSafeInteger(n) && Number.isSafeInteger(timestamp)) return { offset: n, timestamp }
    } catch {}
    throw new MillraceError('INVALID_OFFSET', { source: this.description, offset, expected: '{"offset":n,"timestamp":ms}' })
  }
}
