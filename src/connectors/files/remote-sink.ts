import { join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { FileStore } from '../../storage/index.ts'
import type { Output, Sink, SinkContext, SinkResult, WrittenFile } from '../contract.ts'
import { checkColumns } from './columns.ts'
import type { CompactibleLog } from './compactible-log.ts'
import type { FormatName } from './format-options.ts'
import { guarded } from './guard.ts'
import { fileEnding, partName } from './names.ts'
import { scratchDirectory } from './scratch.ts'
import { SINK_LOG, type SinkEntry, sinkEntry } from './sink-log.ts'

export interface RemoteSinkParts {
  readonly format: FormatName
  /** Over the directory that is written. */
  readonly store: FileStore
  readonly options: Readonly<Record<string, string>>
  readonly context: Pick<SinkContext, 'platform' | 'conf' | 'queryId' | 'runId' | 'partitionBy' | 'schema' | 'uncommitted' | 'mayStayEmpty'>
  readonly log: CompactibleLog<SinkEntry>
  /** Added to a batch id to get the log's id: more than 0 when this query goes on behind another one's log. */
  readonly firstId: number
}

/** Files on their way at a time; large ones go in several parts each. */
const UPLOADS_AT_ONCE = 4

/**
 * Writes each batch's files once into an object store, where nothing can be renamed: they are made on this machine and put under names that every
 * attempt of the batch shares, and count for readers of the log once `_spark_metadata/<id>` is there.
 */
export class RemoteFileSink implements Sink {
  readonly description: string
  readonly delivery = 'exactly-once'
  readonly #parts: RemoteSinkParts
  readonly #ending: string
  #attempt = 0
  #directory: Promise<string> | undefined

  constructor(parts: RemoteSinkParts) {
    this.#parts = parts
    this.description = `FileSink[${parts.store.uri}]`
    this.#ending = fileEnding(parts.format, parts.options)
    if (parts.context.schema) checkColumns(parts.format, parts.context.schema, parts.context.partitionBy)
  }

  async write(batchId: number, output: Output): Promise<SinkResult> {
    const { log, firstId, context, format } = this.#parts
    const id = firstId + batchId
    if (id <= log.latest) return { numOutputRows: -1 }
    checkColumns(format, output.schema, context.partitionBy)
    const directory = join(await this.#stage(), String(batchId))
    try {
      const written = await this.#make(batchId, output, directory)
      const again = batchId <= (context.uncommitted?.last ?? -1)
      if (again) await this.#mustBeOpen(id)
      await this.#upload(directory, written, again, id)
      if (again) await this.#sweep(batchId, id, written)
      if (
        !(await log.add(
          id,
          written.map(f => this.#entry(f)),
        ))
      )
        throw this.#conflict(id)
    } finally {
      await context.platform.files.removeTree(directory)
    }
    await log.purge(context.platform.clock.now())
    return { numOutputRows: -1 }
  }

  async close(): Promise<void> {
    if (this.#directory) await this.#parts.context.platform.files.removeTree(await this.#directory).catch(() => {})
  }

  #stage(): Promise<string> {
    this.#directory ??= scratchDirectory('millrace-sink-', this.#parts.context)
    return this.#directory
  }

  #make(batchId: number, output: Output, directory: string): Promise<readonly WrittenFile[]> {
    const { format, options, context } = this.#parts
    const { partitionBy, platform } = context
    const mark = this.#mark(batchId)
    const name = (n: number): string => partName(n, mark, this.#ending, partitionBy.length > 0)
    return guarded(directory, async () => {
      if (context.mayStayEmpty && output.rowCount === 0) return []
      await platform.files.makeDir(directory)
      return output.toFiles({ format, directory, name, partitionBy, options })
    })
  }

  /** Nobody but this run writes its later batches: names that are taken are a successor's. A batch that an earlier run may have begun is written over. */
  async #upload(directory: string, written: readonly WrittenFile[], again: boolean, id: number): Promise<void> {
    const { store, context } = this.#parts
    for (let i = 0; i < written.length; i += UPLOADS_AT_ONCE) {
      const did = await Promise.all(
        written
          .slice(i, i + UPLOADS_AT_ONCE)
          .map(({ path }) =>
            store.put(join(directory, path), path, { run: context.runId, attempt: ++this.#attempt }, { ifAbsent: !again }),
          ),
      )
      if (did.includes('existed')) throw this.#conflict(id)
    }
  }

  /** Removes what an earlier attempt of this batch left and this one does not write, so that readers who do not know the log see each row once too. */
  async #sweep(batchId: number, id: number, written: readonly WrittenFile[]): Promise<void> {
    const { store } = this.#parts
    const keep = new Set(written.map(f => f.path))
    // Below partition directories the names go on with a dot (see names.ts).
    const marks = ['-', '.'].map(by => `-${this.#mark(batchId)}${by}c000`)
    const left = (await store.list('')).filter(({ path }) => marks.some(mark => path.includes(mark)) && !keep.has(path))
    if (left.length === 0) return
    await this.#mustBeOpen(id)
    await store.delete(left.map(f => f.path))
  }

  /** What a successor has logged meanwhile is not touched any more. */
  async #mustBeOpen(id: number): Promise<void> {
    const { log } = this.#parts
    await log.refresh()
    if (id <= log.latest) throw this.#conflict(id)
  }

  /** What stands in the names of this batch's files, the same in every attempt. */
  #mark(batchId: number): string {
    return `${this.#parts.context.queryId}-${batchId}`
  }

  /** The time is this machine's: asking the store for its own would cost a request a file. */
  #entry({ path, size }: WrittenFile): SinkEntry {
    return sinkEntry(`${this.#parts.store.uri}/${path}`, size, this.#parts.context.platform.clock.now())
  }

  #conflict(id: number): MillraceError {
    return new MillraceError('SOURCE_LOG_CONFLICT', { path: `${this.#parts.store.uri}/${SINK_LOG}/${id}` })
  }
}
