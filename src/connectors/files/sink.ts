import { join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Output, Sink, SinkContext, SinkResult, WrittenFile } from '../contract.ts'
import { checkColumns } from './columns.ts'
import { CompactibleLog } from './compactible-log.ts'
import type { FormatName } from './format-options.ts'
import { guarded } from './guard.ts'
import { Listing } from './listing.ts'
import { logPolicy } from './log-policy.ts'
import { fileEnding, partName } from './names.ts'
import { SINK_LOG, type SinkEntry, sinkEntry } from './sink-log.ts'
import { publish, STAGE, stageFiles } from './stage.ts'

export interface FileSinkParts {
  readonly format: FormatName
  readonly path: string
  readonly options: Readonly<Record<string, string>>
  readonly context: Pick<SinkContext, 'platform' | 'queryId' | 'runId' | 'partitionBy' | 'lastCommitted' | 'schema' | 'mayStayEmpty'>
  readonly log: CompactibleLog<SinkEntry>
  /** Added to a batch id to get the log's id: more than 0 when this query goes on behind another one's log. */
  readonly firstId: number
}
export interface LocalSinkParts extends FileSinkParts {
  /** What stood in the making when the sink was opened: earlier runs'. A successor's comes later, and is not ours to remove. */
  readonly stagesLeft: readonly string[]
}

/**
 * Writes each batch's files once (Spark's FileStreamSink): files appear whole under names that every attempt of the batch shares,
 * and count for readers of the log once `_spark_metadata/<id>` is there.
 */
export class FileSink implements Sink {
  readonly description: string
  readonly delivery = 'exactly-once'
  readonly #parts: LocalSinkParts
  readonly #ending: string
  /** A batch that an earlier run may have begun: the first of this run. */
  #first = true

  constructor(parts: LocalSinkParts) {
    this.#parts = parts
    this.description = `FileSink[file:${parts.path}]`
    this.#ending = fileEnding(parts.format, parts.options)
    if (parts.context.schema) checkColumns(parts.format, parts.context.schema, parts.context.partitionBy)
  }

  async write(batchId: number, output: Output): Promise<SinkResult> {
    const { log, firstId, path, context } = this.#parts
    const id = firstId + batchId
    if (id <= log.latest) return { numOutputRows: -1 }
    checkColumns(this.#parts.format, output.schema, context.partitionBy)
    const stage = this.#stage()
    if (this.#first) await this.#sweepStages()
    const written = await this.#make(batchId, output, stage)
    if (this.#first) await this.#sweep(batchId, written)
    else await this.#mustBeNew(id, written)
    this.#first = false
    await publish(stage, path, written, context.platform.files)
    const entries = await Promise.all(written.map(f => this.#entry(f)))
    const added = await guarded(path, () => log.add(id, entries))
    if (!added) throw this.#conflict(id)
    await log.purge(context.platform.clock.now())
    return { numOutputRows: -1 }
  }

  async close(): Promise<void> {
    await this.#parts.context.platform.files.removeTree(this.#stage()).catch(() => {})
  }

  /** Of this run alone: a process that has lost the query without knowing it must not write into its successor's files. */
  #stage(): string {
    const { queryId, runId } = this.#parts.context
    return join(this.#parts.path, STAGE, `${queryId}-${runId}`)
  }

  /** Removes what earlier runs of the query had in the making when they died. */
  async #sweepStages(): Promise<void> {
    const { stagesLeft, context } = this.#parts
    for (const directory of stagesLeft) await context.platform.files.removeTree(directory)
  }

  /** Nobody but this run writes its later batches: files that are there are a successor's, and their sizes stand in the log. */
  async #mustBeNew(id: number, written: readonly WrittenFile[]): Promise<void> {
    for (const file of written) {
      if (await this.#parts.context.platform.files.stat(join(this.#parts.path, file.path))) throw this.#conflict(id)
    }
  }

  #conflict(id: number): MillraceError {
    return new MillraceError('SOURCE_LOG_CONFLICT', { path: `${this.#parts.path}/${SINK_LOG}/${id}` })
  }

  /** What stands in the names of this batch's files, the same in every attempt. */
  #mark(batchId: number): string {
    return `${this.#parts.context.queryId}-${batchId}`
  }

  async #make(batchId: number, output: Output, directory: string): Promise<readonly WrittenFile[]> {
    const { format, options, context } = this.#parts
    if (context.mayStayEmpty && output.rowCount === 0) return []
    const name = (n: number) => partName(n, this.#mark(batchId), this.#ending, context.partitionBy.length > 0)
    return stageFiles(output, { format, directory, name, partitionBy: context.partitionBy, options }, context.platform.files)
  }

  /** Removes what an earlier attempt of this batch left and this one does not write, so that readers who do not know the log see each row once too. */
  async #sweep(batchId: number, written: readonly WrittenFile[]): Promise<void> {
    const { path, context } = this.#parts
    const keep = new Set(written.map(f => join(path, f.path)))
    const { platform } = context
    const listing = new Listing(path, { recursive: context.partitionBy.length > 0 }, platform.files, () => platform.clock.now())
    // Below partition directories the names go on with a dot (see names.ts).
    const marks = ['-', '.'].map(by => `-${this.#mark(batchId)}${by}c000`)
    for (const file of await listing.files()) {
      if (marks.some(mark => file.path.includes(mark)) && !keep.has(file.path)) await platform.files.remove(file.path)
    }
  }

  async #entry(file: WrittenFile): Promise<SinkEntry> {
    const path = join(this.#parts.path, file.path)
    const stat = await this.#parts.context.platform.files.stat(path)
    return sinkEntry(path, stat?.size ?? file.size, stat?.mtimeMs ?? 0)
  }
}

/** Opens the log of a sink's directory. Entries of files older than `retention` are left out when it is compacted. */
export function openSinkLog(
  context: SinkContext,
  store: Awaited<ReturnType<SinkContext['store']>>,
  retentionMs: number | undefined,
): Promise<CompactibleLog<SinkEntry>> {
  const { clock } = context.platform
  const keep = (entry: SinkEntry): boolean => retentionMs === undefined || clock.now() - entry.modificationTime <= retentionMs
  const policy = logPolicy('fileSink', context.conf)
  return CompactibleLog.open<SinkEntry>(store, SINK_LOG, { policy, writer: { run: context.runId, attempt: 0 }, keep })
}
