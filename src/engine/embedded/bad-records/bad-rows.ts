import type { BadRecordsTarget } from '../../../connectors/bad-records.ts'
import { isMillraceError, MillraceError } from '../../../errors/index.ts'
import type { BadRecord } from '../../../formats/index.ts'

/** Why a row was set aside. */
export interface Failed {
  readonly error: MillraceError
  /** The expression that failed, where it is known already. */
  readonly expression?: string
}

/** The rows of one source that one batch sets aside. Grows while the batch is tried; what is in it stays out of every further try. */
export class BadRows {
  /** As messages name the source. */
  readonly source: string
  readonly batchId: number
  /** By number of the row among those the source's format gives, from 0. */
  readonly failed = new Map<number, Failed>()
  /** Records the format itself could not parse: found anew whenever files are read. */
  parsed: BadRecord[] = []
  readonly #target: Pick<BadRecordsTarget, 'maxPerBatch' | 'mayBeAll'>

  constructor(source: string, batchId: number, target: Pick<BadRecordsTarget, 'maxPerBatch' | 'mayBeAll'>) {
    this.source = source
    this.batchId = batchId
    this.#target = target
  }

  get count(): number {
    return this.failed.size + this.parsed.length
  }

  /** @throws TOO_MANY_BAD_RECORDS */
  add(row: number, failed: Failed): void {
    this.failed.set(row, failed)
    if (this.count > this.#target.maxPerBatch) throw this.#tooMany(this.#target.maxPerBatch, false)
  }

  /** @throws TOO_MANY_BAD_RECORDS */
  addRecord(record: BadRecord): void {
    this.parsed.push(record)
    if (this.count > this.#target.maxPerBatch) throw this.#tooMany(this.#target.maxPerBatch, false)
  }

  /** A program that fits none of the rows is not to turn a whole topic into dead letters. */
  checkNotAll(rows: number): void {
    if (this.#target.mayBeAll || rows > 0 || this.count < SUSPICIOUS) return
    throw this.#tooMany(this.count, true)
  }

  #tooMany(count: number, all: boolean): MillraceError {
    const [first] = this.failed.values()
    const why = first ? messageOf(first.error) : 'it cannot be parsed'
    return new MillraceError('TOO_MANY_BAD_RECORDS', { source: this.source, batchId: this.batchId, count, all, first: why })
  }
}

/** So many records, all bad, are no accident of the data. */
const SUSPICIOUS = 100

/** What an error says, without its condition and hint. */
export const messageOf = (error: MillraceError): string => error.message.split('\n')[0]!.replace(/^\[[^\]]+\] /, '')

/** Conditions of the person's domain that no row is to blame for. */
const NOT_OF_A_ROW: ReadonlySet<string> = new Set(['OUT_OF_MEMORY', 'DISK_FULL', 'TOO_MANY_BAD_RECORDS', 'MAP_BATCHES_FUNCTION_ERROR'])

export const mayBeOfARow = (error: unknown): error is MillraceError =>
  isMillraceError(error) && error.domain === 'user' && !NOT_OF_A_ROW.has(error.condition)

/** Thrown when rows were set aside because of which the batch has to be tried again. */
export class RowsSetAside extends Error {}
