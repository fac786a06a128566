import type { Output, Sink, SinkResult, SinkWriteOptions } from '../contract.ts'
import { theirs } from './theirs.ts'

/** A person's writer: sync or async. `open` may answer false to skip the batch, for writers that remember what they have. */
export interface ForeachWriter {
  open?(partitionId: number, epochId: number, context: { readonly signal: AbortSignal }): boolean | undefined | Promise<boolean | undefined>
  process(row: Record<string, unknown>, context: { readonly signal: AbortSignal }): void | Promise<void>
  close?(error: unknown): void | Promise<void>
}

async function eachRow(writer: ForeachWriter, output: Output, context: { readonly signal: AbortSignal }): Promise<void> {
  for await (const row of output.rows()) {
    context.signal.throwIfAborted()
    await writer.process(row, context)
  }
}

/** Spark's rules: `close` follows every `open` that did not throw, with the error of `process` where there was one. */
async function writeBatch(writer: ForeachWriter, batchId: number, output: Output, { signal }: SinkWriteOptions): Promise<void> {
  const wanted = (await writer.open?.(0, batchId, { signal })) ?? true
  try {
    if (wanted) await eachRow(writer, output, { signal })
  } catch (error) {
    await writer.close?.(error)
    throw error
  }
  await writer.close?.(null)
}

class ForeachSink implements Sink {
  readonly description = 'ForeachWriterTable'
  readonly delivery = 'at-least-once'
  readonly why = 'rows of a batch that did not commit are handed to the writer again'
  readonly worker: string
  readonly #writer: ForeachWriter

  constructor(writer: ForeachWriter, worker: string) {
    this.#writer = writer
    this.worker = worker
  }

  async write(batchId: number, output: Output, options: SinkWriteOptions): Promise<SinkResult> {
    await theirs('FOREACH_USER_FUNCTION_ERROR', options.signal, () => writeBatch(this.#writer, batchId, output, options))
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {}
}

/** The sink over a writer given to `foreach()`; `worker` is how messages name it. One partition: `partitionId` is always 0. */
export const foreachSink = (writer: ForeachWriter, worker = 'the writer given to foreach()'): Sink => new ForeachSink(writer, worker)
