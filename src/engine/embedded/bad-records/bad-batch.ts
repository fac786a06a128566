import type { Resolved } from '../../../analyze/resolved.ts'
import type { Scan, Warning } from '../../../connectors/contract.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { InputContext } from '../inputs.ts'
import type { LoweringOptions, Slot } from '../lower/lowering.ts'
import { holeValue, type ProgramContext } from '../run-program.ts'
import { BadRows } from './bad-rows.ts'
import { Blame } from './blame.ts'
import { type DeadLetter, deadLetters, lettersBatch } from './dead-letters.ts'
import type { BadOutput } from './targets.ts'

/** What a query with dead letters knows while it runs. */
export interface BadRecords {
  readonly outputs: readonly BadOutput[]
  /** As the batches run it. */
  readonly plan: Resolved
  readonly options: LoweringOptions
  readonly warn: (warning: Warning) => void
}

interface OfBatch {
  readonly id: number
  readonly timestamp: number
  readonly scans: readonly (Scan | undefined)[]
}

/** What one batch sets aside, over all of its tries. */
export class BadBatch {
  readonly #query: BadRecords
  readonly #batch: OfBatch
  readonly #rows = new Map<number, BadRows>()

  constructor(query: BadRecords, batch: OfBatch) {
    this.#query = query
    this.#batch = batch
    for (const { target, sources } of query.outputs) {
      for (const { index, description } of sources) this.#rows.set(index, new BadRows(description, batch.id, target))
    }
  }

  /** Two reads of one stream set aside the same rows. */
  ofSlot(slot: Slot): BadRows | undefined {
    if (slot.node !== 'source' || slot.sourceIndex === undefined) return undefined
    return this.#rows.get(slot.sameAs ?? slot.sourceIndex)
  }

  /** How many, per source; undefined where a source has no `badRecords`. */
  counts(sources: number): readonly (number | undefined)[] {
    return Array.from({ length: sources }, (_, i) => this.#rows.get(i)?.count)
  }

  /** The rows of each output; empty ones too, so that a sink's log has no holes. */
  async letters(input: InputContext, context: ProgramContext): Promise<Readonly<Record<string, RowBatch>>> {
    const made: Record<string, RowBatch> = {}
    for (const output of this.#query.outputs) {
      const letters: DeadLetter[] = []
      for (const { index } of output.sources) letters.push(...(await this.#ofSource(index, input, context)))
      made[output.name] = lettersBatch(letters, output.target.format === 'kafka', this.#batch)
    }
    return made
  }

  async #ofSource(index: number, input: InputContext, context: ProgramContext): Promise<readonly DeadLetter[]> {
    const bad = this.#rows.get(index)!
    const scan = this.#batch.scans[index]
    if (!scan || bad.count === 0) return []
    const { duck } = input
    const connection = await duck.connect()
    try {
      // One row in a feed is all it reads.
      const run = (sql: string) => connection.run(sql, { signal: context.signal, keepPlan: true })
      const fill = (name: Parameters<typeof holeValue>[0]): string => holeValue(name, context)
      const blame = new Blame(this.#query.plan, index, { duck, run, options: this.#query.options, fill })
      const letters = await deadLetters(scan, bad, input, (row, failed) => blame.of(row, failed))
      this.#warn(bad, letters[0])
      return letters
    } finally {
      await duck.release(connection)
    }
  }

  #warn(bad: BadRows, first: DeadLetter | undefined): void {
    const output = this.#query.outputs.find(o => o.sources.some(s => s.description === bad.source))
    this.#query.warn({
      code: 'BAD_RECORDS',
      message: `${bad.count} bad record${bad.count === 1 ? '' : 's'} of ${bad.source} in batch ${this.#batch.id}${first ? `, the first one because ${first.message}` : ''}`,
      hint: `They are written to ${output?.place ?? 'the dead letters'}; the metric badRecords of the source counts them in every progress.`,
    })
  }
}
