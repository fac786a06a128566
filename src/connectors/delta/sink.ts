import { MillraceError } from '../../errors/index.ts'
import type { Output, Sink, SinkContext, SinkResult, SinkWriteOptions } from '../contract.ts'
import type { TableState } from './log/table-state.ts'
import { Compactor } from './maintain/compactor.ts'
import { rowsIn } from './read/skip-files.ts'
import { sizeOf } from './size.ts'
import { TableFiles } from './table-files.ts'
import type { Intent } from './write/conflict.ts'
import { headFor, type WriteOptions } from './write/head.ts'
import { append, merge, overwrite, type Rows, replaceWhere } from './write/operations.ts'
import { keysIn, writeOptions } from './write/options.ts'
import type { Tools } from './write/rewrite.ts'
import { TableWriter } from './write/table-writer.ts'

interface SinkParts {
  readonly context: SinkContext
  readonly options: WriteOptions
  readonly keyColumns: readonly string[]
  readonly replaceWhere: string | undefined
  readonly appId: string
  readonly userMetadata: string | undefined
  readonly writer: TableWriter
  readonly compactor: Compactor | undefined
}

/** Commits each batch once: the commit names the query and the batch (`txn`), so one that is there is known again. */
export class DeltaSink implements Sink {
  readonly description: string
  readonly delivery = 'exactly-once'
  readonly #parts: SinkParts
  readonly #tools: Omit<Tools, 'signal'>

  constructor(parts: SinkParts) {
    const { context, options, writer } = parts
    this.#parts = parts
    this.description = `DeltaSink[${options.path}]`
    this.#tools = { files: new TableFiles(options.path, writer.store, context.store), compute: context.compute! }
  }

  async write(batchId: number, output: Output, { signal, outputMode }: SinkWriteOptions): Promise<SinkResult> {
    const { writer, options, appId, userMetadata, context } = this.#parts
    const txn = { appId, version: batchId, lastUpdated: context.platform.clock.now() }
    const rows: Rows = { output, options, txn, operation: 'STREAMING UPDATE', userMetadata }
    await writer.commit(async state => {
      if ((state?.txns.get(appId)?.version ?? -1) >= batchId) return 'done'
      // A batch without rows changes nothing, except that the first one makes the table and a complete one empties it.
      if (state && output.rowCount === 0 && (outputMode !== 'complete' || state.files.size === 0)) return 'done'
      return this.#intent(rows, outputMode, state, { ...this.#tools, signal })
    })
    const state = await writer.state()
    if (state) this.#parts.compactor?.consider(state)
    return { numOutputRows: output.rowCount }
  }

  #intent(rows: Rows, mode: SinkWriteOptions['outputMode'], state: TableState | undefined, tools: Tools): Promise<Intent> {
    const { writer, keyColumns, replaceWhere: where } = this.#parts
    if (where !== undefined) return replaceWhere(rows, where, state, writer, tools)
    if (mode === 'complete') return overwrite(rows, state, writer)
    return mode === 'update' || keyColumns.length > 0 ? merge(rows, keyColumns, state, writer, tools) : append(rows, state, writer)
  }

  async close(): Promise<void> {
    await this.#parts.compactor?.close()
    await this.#parts.writer.close()
  }
}

/** Opens the sink: what can be refused is refused here, before the first batch. */
export async function openSink(context: SinkContext): Promise<Sink> {
  const { given, options } = writeOptions(context, true)
  const keyColumns = keysIn(given.keyColumns ?? '')
  if (context.outputMode === 'update' && keyColumns.length === 0) throw new MillraceError('DELTA_MERGE_KEYS_NEEDED', { path: options.path })
  if (given.txnAppId !== undefined || given.txnVersion !== undefined) {
    const why = 'a stream numbers its batches itself'
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['txnAppId', 'writeStream'], format: 'delta', why })
  }
  if (given.replaceWhere !== undefined && context.outputMode !== 'complete') {
    const why = 'each batch would replace the one before: it needs complete mode'
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['replaceWhere', `mode ${context.outputMode}`], format: 'delta', why })
  }
  const writer = await TableWriter.open(options.path, context)
  const state = await writer.state()
  if (state) checkReprocess(context, keyColumns, given.reprocess, state)
  if (context.schema) checkBefore(context, options, state, keyColumns, writer)
  return new DeltaSink({
    context,
    options,
    keyColumns,
    replaceWhere: given.replaceWhere,
    appId: context.queryId,
    compactor: compactorOf(given, options.path, context),
    userMetadata: given.userMetadata,
    writer,
  })
}

function compactorOf(given: ReturnType<typeof writeOptions>['given'], path: string, context: SinkContext): Compactor | undefined {
  if (given.compactAfter === undefined) return undefined
  const targetSize = sizeOf('targetFileSize', given.targetFileSize)!
  return new Compactor({ path, after: given.compactAfter, targetSize, context, warn: context.warn })
}

/** Rows of a time that is read again would stand there twice: somebody has to say that this is meant. */
function checkReprocess(context: SinkContext, keyColumns: readonly string[], reprocess: string | undefined, state: TableState): void {
  const appends = context.outputMode === 'append' && keyColumns.length === 0
  if (!context.newCheckpoint || !context.replays || !appends || reprocess === 'append' || state.files.size === 0) return
  const rows = [...state.files.values()].reduce((n, f) => n + rowsIn(f), 0)
  throw new MillraceError('DELTA_REPROCESS', { path: state.path, rows: `${rows} rows in ${state.files.size} files` })
}

/** Columns that do not fit are said before anything is computed. */
function checkBefore(
  context: SinkContext,
  options: WriteOptions,
  state: TableState | undefined,
  keyColumns: readonly string[],
  writer: TableWriter,
): void {
  const known = context.schema!.fields.map(f => f.name)
  const unknown = keyColumns.find(k => !known.some(name => name.toLowerCase() === k.toLowerCase()))
  if (unknown !== undefined) throw new MillraceError('DELTA_MERGE_KEY_UNKNOWN', { column: unknown, known })
  headFor(context.schema!, state, options, writer.platform, context.outputMode === 'complete')
}
