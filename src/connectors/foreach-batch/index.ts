import type { Output, Sink, SinkResult, SinkWriteOptions } from '../contract.ts'
import { theirs } from '../foreach/theirs.ts'

/** What the engine makes of the function given to `foreachBatch()`: it wraps the output as a plan and hands it over. */
export type BatchFunction = (output: Output, batchId: number, options: SinkWriteOptions) => Promise<void>

class ForeachBatchSink implements Sink {
  readonly description = 'ForeachBatchSink'
  readonly delivery = 'at-least-once'
  readonly why = 'a batch that did not commit is handed to the function again, with the same id and the same rows'
  readonly worker: string
  readonly #call: BatchFunction

  constructor(call: BatchFunction, worker: string) {
    this.#call = call
    this.worker = worker
  }

  async write(batchId: number, output: Output, options: SinkWriteOptions): Promise<SinkResult> {
    await theirs('FOREACH_BATCH_USER_FUNCTION_ERROR', options.signal, () => this.#call(output, batchId, options))
    return { numOutputRows: -1 }
  }

  async close(): Promise<void> {}
}

/** The sink over a function of each batch; `worker` is how messages name the function. */
export const foreachBatchSink = (call: BatchFunction, worker = 'the function given to foreachBatch()'): Sink =>
  new ForeachBatchSink(call, worker)
