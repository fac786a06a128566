import { MillraceError } from '../errors/index.ts'
import type { QueryWarning } from '../observe/index.ts'
import { type Relation, walk } from '../plan/index.ts'

/** One call of a foreachBatch function: its frames read tables that go when it ends. */
export interface BatchScope {
  readonly batchId: number
  /** The line of `foreachBatch` or `start()`. */
  readonly line: string | undefined
  /** Warnings of what the function does are the query's. */
  readonly warn: (warning: QueryWarning) => void
  /** What earlier batches of the query wrote where: path -> batch id and mode. */
  readonly written: Map<string, { readonly batchId: number; readonly warned: boolean }>
}

/** The batches that are open, by the plan nodes that read them. */
export class BatchScopes {
  readonly #open = new Map<Relation, BatchScope>()
  readonly #closed = new WeakMap<Relation, BatchScope>()

  /** Runs `use` while the nodes may be read; afterwards they are closed. */
  async during<T>(nodes: readonly Relation[], scope: BatchScope, use: () => Promise<T>): Promise<T> {
    for (const node of nodes) this.#open.set(node, scope)
    try {
      return await use()
    } finally {
      for (const node of nodes) {
        this.#open.delete(node)
        this.#closed.set(node, scope)
      }
    }
  }

  /** The batch a plan reads, if it reads one. @throws BATCH_CLOSED */
  of(plan: Relation): BatchScope | undefined {
    for (const node of walk(plan)) {
      const closed = this.#closed.get(node)
      if (closed) throw new MillraceError('BATCH_CLOSED', { batchId: closed.batchId, ...(closed.line && { line: closed.line }) })
      const open = this.#open.get(node)
      if (open) return open
    }
    return undefined
  }
}
