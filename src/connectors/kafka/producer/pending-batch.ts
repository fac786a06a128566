import type { Codec } from '../../../formats/compression.ts'
import { BATCH_HEADER, type BatchWriter } from '../records/encode.ts'
import { type SealOptions, type Stamp, sealBatch, splitBatch, stampBatch } from '../records/encode-batch.ts'
import type { RecordColumns, SingleRecord } from './contract.ts'

/** Who wants to know what became of records of a batch. `offset` is that of its first record there, -1 where it is not known. */
export interface Report {
  readonly first: number
  delivered(offset: number): void
  failed(error: unknown): void
}

export interface BatchTimes {
  /** Monotonic ms at which it is given up. */
  readonly deadline: number
  /** Monotonic ms until which it may wait for more records. */
  readonly due: number
}

/** A record batch on its way to one partition: open (records are added), sealed (bytes), stamped (has a sequence). */
export class PendingBatch {
  readonly times: BatchTimes
  readonly reports: Report[] = []
  /** -1 until it is sent for the first time; then it keeps its number, so that a repeated one is known. */
  sequence = -1
  /** What was said when it failed last. */
  trouble: unknown
  readonly #writer: BatchWriter
  #bytes: Uint8Array | undefined
  readonly #limit: number

  constructor(limit: number, times: BatchTimes, writer: BatchWriter) {
    this.times = times
    this.#limit = limit
    this.#writer = writer
  }

  get count(): number {
    return this.#writer.count
  }
  get size(): number {
    return this.#bytes?.length ?? this.#writer.length
  }
  get sealed(): boolean {
    return this.#bytes !== undefined
  }

  /** Puts records behind; answers how far it came before it was full. */
  addRows(columns: RecordColumns, from: number, nowMs: number): number {
    return this.sealed ? from : this.#writer.appendRows(columns, from, this.#limit, nowMs)
  }

  addRecord(record: SingleRecord, nowMs: number): boolean {
    return !this.sealed && this.#writer.appendRecord(record, this.#limit, nowMs)
  }

  seal(options: SealOptions): void {
    this.#bytes ??= sealBatch(this.#writer, options)
  }

  stamp(stamp: Stamp): void {
    this.sequence = stamp.sequence
    stampBatch(this.#bytes!, stamp)
  }

  get bytes(): Uint8Array {
    return this.#bytes!
  }

  delivered(baseOffset: number): void {
    for (const report of this.reports) report.delivered(baseOffset < 0 ? -1 : baseOffset + report.first)
  }

  failed(error: unknown): void {
    for (const report of this.reports) report.failed(error)
  }

  /** Two batches of half the records each; those who wait are told by the half that holds their records. Sequences follow on. */
  split(codec: Codec): readonly [PendingBatch, PendingBatch] {
    const [left, right] = splitBatch(this.bytes, codec).map(writer => new PendingBatch(this.#limit, this.times, writer)) as [
      PendingBatch,
      PendingBatch,
    ]
    for (const [i, report] of this.reports.entries()) {
      const end = this.reports[i + 1]?.first ?? this.count
      if (report.first >= left.count) right.reports.push({ ...told(report), first: report.first - left.count })
      else if (end <= left.count) left.reports.push(report)
      else spread(report, left, right)
    }
    if (this.sequence >= 0) {
      left.sequence = this.sequence
      right.sequence = nextSequence(this.sequence, left.count)
    }
    return [left, right]
  }
}

const told = (report: Report): Report => ({
  first: report.first,
  delivered: offset => report.delivered(offset),
  failed: error => report.failed(error),
})

/** Someone whose records lie in both halves hears once: of the first offset when both are there, or of the first failure. */
function spread(report: Report, left: PendingBatch, right: PendingBatch): void {
  let offset = -1
  let waiting = 2
  let over = false
  const failed = (error: unknown): void => {
    if (!over) report.failed(error)
    over = true
  }
  const arrived = (): void => {
    if (--waiting === 0 && !over) report.delivered(offset)
  }
  left.reports.push({
    first: report.first,
    delivered: at => {
      offset = at
      arrived()
    },
    failed,
  })
  right.reports.push({ first: 0, delivered: arrived, failed })
}

/** Sequences are 31 bits wide and begin again at 0. */
export const nextSequence = (sequence: number, count: number): number => (sequence + count) % 0x8000_0000

/** Bytes of an empty batch. */
export const EMPTY_BATCH = BATCH_HEADER
