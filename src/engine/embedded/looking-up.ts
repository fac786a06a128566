import { lookingUp } from '../../formats/registry/columns.ts'
import type { Batch, BatchExecutor, BatchResult } from '../../microbatch/contract.ts'

/** Runs a batch again once schemas were looked up that its messages turned out to need: nothing can be awaited while DuckDB works. */
export class LookingUp implements BatchExecutor {
  readonly #inner: BatchExecutor
  readonly loadState: BatchExecutor['loadState']
  readonly wantsNoDataBatch: BatchExecutor['wantsNoDataBatch']
  readonly purgeState: BatchExecutor['purgeState']
  readonly close: BatchExecutor['close']

  constructor(inner: BatchExecutor) {
    this.#inner = inner
    this.loadState = inner.loadState.bind(inner)
    this.wantsNoDataBatch = inner.wantsNoDataBatch.bind(inner)
    this.purgeState = inner.purgeState.bind(inner)
    this.close = inner.close.bind(inner)
  }

  run(batch: Batch, options: { readonly signal: AbortSignal }): Promise<BatchResult> {
    return lookingUp(() => this.#inner.run(batch, options), options.signal)
  }
}
