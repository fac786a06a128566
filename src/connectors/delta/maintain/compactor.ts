import type { Compute, Warning } from '../../contract.ts'
import { fileLocation } from '../log/file-path.ts'
import type { TableState } from '../log/table-state.ts'
import { TableFiles } from '../table-files.ts'
import { retentionMs } from '../write/retention.ts'
import { TableWriter, type WriterContext } from '../write/table-writer.ts'
import { optimize, planBins } from './optimize.ts'

export interface CompactorParts {
  readonly path: string
  /** So many small files begin a compaction. */
  readonly after: number
  readonly targetSize: number
  readonly context: WriterContext & { readonly compute?: Compute }
  readonly warn: (warning: Warning) => void
}

/**
 * Makes small files large beside a stream: its own writer, its own commits by the table's rules. One runs at a time; the stream never waits for it,
 * and one that dies leaves files that nobody names. What it took out is removed once the table's retention is over.
 */
export class Compactor {
  readonly #parts: CompactorParts
  readonly #stop = new AbortController()
  readonly #removed = new Set<string>()
  #running: Promise<void> | undefined

  constructor(parts: CompactorParts) {
    this.#parts = parts
  }

  /** Told of the table after each batch. */
  consider(state: TableState): void {
    if (this.#running) return
    const { after, targetSize } = this.#parts
    if (state.files.size < after || planBins(state.files.values(), targetSize, after).length === 0) return
    this.#running = this.#run()
      .catch((error: Error) => {
        if (this.#stop.signal.aborted) return
        this.#parts.warn({ code: 'DELTA_COMPACTION_FAILED', message: `small files of ${this.#parts.path} stay for now: ${error.message}` })
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  async #run(): Promise<void> {
    const { path, context, targetSize, after } = this.#parts
    const writer = await TableWriter.open(path, context)
    try {
      const files = new TableFiles(path, writer.store, context.store)
      await optimize(writer, targetSize, { files, compute: context.compute!, signal: this.#stop.signal }, after)
      const state = await writer.state()
      if (state) await this.#removeOld(state, writer)
    } finally {
      await writer.close()
    }
  }

  /** Files that were taken out so long ago that no reader may ask for them. */
  async #removeOld(state: TableState, writer: TableWriter): Promise<void> {
    const since = writer.platform.clock.now() - retentionMs(state)
    const old = [...state.tombstones.values()].filter(
      f => (f.deletionTimestamp ?? Number.POSITIVE_INFINITY) <= since && !this.#removed.has(f.path),
    )
    // The same data file may be in the table with another deletion vector.
    const live = new Set([...state.files.values()].map(f => f.path))
    const names = old.flatMap(f => {
      const at = fileLocation(f.path)
      return 'below' in at && !live.has(f.path) ? [at.below] : []
    })
    if (names.length > 0) await writer.store.delete(names)
    for (const f of old) this.#removed.add(f.path)
  }

  /** Ends what is running: it comes again. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the query ends'))
    await this.#running
  }
}
