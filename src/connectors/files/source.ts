import { MillraceError } from '../../errors/index.ts'
import type { Files } from '../../platform/index.ts'
import type { StructType } from '../../types/index.ts'
import type { FilesScan, Offset, PlannedRange, ReadLimit, ScanFile, Source, SourceContext } from '../contract.ts'
import { admit, type BatchLimit, inOrder, SLICE } from './admit.ts'
import type { CleanFile } from './clean-source.ts'
import type { FormatName } from './format-options.ts'
import { logPolicy } from './log-policy.ts'
import { MendedFiles } from './mended-files.ts'
import type { FoundFile } from './partition.ts'
import { partitionValues } from './partition.ts'
import { SeenFiles } from './seen-files.ts'
import { Settle } from './settle.ts'
import { type Admitted, FileSourceLog } from './source-log.ts'
import { fileUri, localPath } from './uri.ts'
import type { Watch } from './watch.ts'

export interface FileSourceOptions {
  readonly maxFilesPerTrigger?: number | undefined
  readonly maxBytesPerTrigger?: number | undefined
  readonly latestFirst: boolean
  readonly maxFileAge: number
  readonly fileNameOnly: boolean
  readonly maxCachedFiles: number
  readonly discardCachedInputRatio: number
  readonly stableAfter: number
  readonly ignoreMissingFiles: boolean
}

/** What a file source is made of. */
export interface FileSourceParts {
  readonly format: FormatName
  readonly path: string
  readonly schema: StructType
  readonly partitionColumns: readonly string[]
  readonly formatOptions: Readonly<Record<string, string>>
  readonly options: FileSourceOptions
  /** Everything that is there now. */
  readonly list: () => Promise<readonly FoundFile[]>
  readonly forget: (path: string) => void
  readonly watch: Watch
  readonly clean: CleanFile | undefined
  readonly context: Pick<SourceContext, 'platform' | 'conf' | 'log'>
}

const same = (a: FoundFile, b: FoundFile): boolean => a.size === b.size && a.mtimeMs === b.mtimeMs

const STATS_AT_ONCE = 64

/** The files as they are now; undefined where one is gone. One that a sink's log names stays as it is logged: its batch says that it is gone. */
async function statAll(files: readonly FoundFile[], on: Files): Promise<readonly (FoundFile | undefined)[]> {
  const now: (FoundFile | undefined)[] = []
  for (let i = 0; i < files.length; i += STATS_AT_ONCE) {
    const some = files.slice(i, i + STATS_AT_ONCE)
    const stats = await Promise.all(some.map(f => on.stat(f.path)))
    for (const [k, stat] of stats.entries()) now.push(stat ? { ...some[k]!, ...stat } : some[k]!.logged ? some[k] : undefined)
  }
  return now
}

const print = (logOffset: number): Offset | null => (logOffset < 0 ? null : `{"logOffset":${logOffset}}`)

/** Reads files as they appear, each once (Spark's FileStreamSource). Offsets are ids of its log: `{"logOffset":n}`. */
export class FileSource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #parts: FileSourceParts
  readonly #log: FileSourceLog
  readonly #seen: SeenFiles
  readonly #mended: MendedFiles
  readonly #settle: Settle
  #waiting: readonly FoundFile[] = []
  #frozen: readonly FoundFile[] | undefined
  #moving = false
  #cleaned = -1

  private constructor(parts: FileSourceParts, log: FileSourceLog) {
    const { options } = parts
    this.#parts = parts
    this.#log = log
    this.schema = parts.schema
    this.description = `FileStreamSource[file:${parts.path}]`
    const limited = options.maxFilesPerTrigger !== undefined || options.maxBytesPerTrigger !== undefined
    this.#seen = new SeenFiles(options.latestFirst && limited ? Number.MAX_SAFE_INTEGER : options.maxFileAge, options.fileNameOnly)
    this.#mended = new MendedFiles(parts.context.log.store, parts.context.log.millracePath)
    this.#settle = new Settle(options.stableAfter)
  }

  static async open(parts: FileSourceParts): Promise<FileSource> {
    const { store, path, millracePath } = parts.context.log
    const policy = logPolicy('fileSource', parts.context.conf)
    const source = new FileSource(parts, await FileSourceLog.open(store, path, millracePath, policy))
    for (const entry of await source.#log.all()) source.#seen.add(entry.path, entry.timestamp)
    source.#seen.purge()
    return source
  }

  async plan(start: Offset | null, limit: ReadLimit): Promise<PlannedRange> {
    // Files that were logged when the process died and are in no planned batch: they are the next one, as they would have been.
    const next = this.#logOffset(start) + 1
    if (next <= this.#log.latest && limit.kind !== 'none') return { end: print(next) ?? start, latest: print(this.#log.latest) }
    const taken = await this.#take(limit.kind === 'none' ? { kind: 'all' } : this.#limit())
    if (taken.length > 0) {
      await this.#log.add(taken.map(f => ({ uri: fileUri(f.path), mtimeMs: f.mtimeMs, size: f.size })))
      for (const f of taken) this.#seen.add(fileUri(f.path), f.mtimeMs)
      this.#seen.purge()
      await this.#log.purge(this.#parts.context.platform.clock.now())
    }
    const end = print(this.#log.latest) ?? start
    return { end, latest: end, more: this.#waiting.length > 0 || this.#frozen?.some(this.#isNew) === true }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#waiting = []
    this.#frozen = undefined
    this.#frozen = await this.#newFiles()
  }

  async read(start: Offset | null, end: Offset): Promise<FilesScan> {
    const { format, formatOptions } = this.#parts
    const files: ScanFile[] = []
    for (let id = this.#logOffset(start) + 1; id <= this.#logOffset(end); id++) {
      for (const entry of await this.#log.files(id)) {
        const file = await this.#verify(entry)
        if (file) files.push(file)
      }
    }
    const unreadable = (file: ScanFile): Promise<void> => this.#mended.unreadable(file.path, { size: file.size, mtimeMs: file.mtimeMs })
    return { kind: 'files', format, files, options: formatOptions, schema: this.schema, unreadable }
  }

  async commit(end: Offset): Promise<void> {
    if (!this.#parts.clean) return
    const to = this.#logOffset(end)
    const from = this.#cleaned < 0 ? to : this.#cleaned + 1
    for (let id = from; id <= to; id++) {
      for (const entry of await this.#log.files(id)) await this.#parts.clean(this.#local(entry.path))
    }
    this.#cleaned = to
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#waiting.length > 0 || this.#frozen) return
    await this.#parts.watch.changed(signal, this.#moving ? Math.max(50, this.#parts.options.stableAfter) : undefined)
  }

  async close(): Promise<void> {
    this.#parts.watch.close()
  }

  readonly #isNew = (f: FoundFile): boolean => this.#seen.isNew(fileUri(f.path), f.mtimeMs)

  /** Files no batch has had, in the order they are taken. */
  async #newFiles(): Promise<readonly FoundFile[]> {
    if (this.#waiting.length > 0) return this.#waiting
    if (this.#frozen) return this.#frozen.filter(this.#isNew)
    this.#parts.watch.begin()
    const fresh = (await this.#parts.list()).filter(this.#isNew)
    const { settled, moving } = this.#settle.split(fresh, this.#parts.context.platform.clock.now())
    for (const f of moving) this.#parts.forget(f.path)
    this.#moving = moving.length > 0
    return inOrder(settled, this.#parts.options.latestFirst)
  }

  /** The next batch's files as they are now. */
  async #take(limit: BatchLimit): Promise<readonly FoundFile[]> {
    for (;;) {
      const waiting = await this.#newFiles()
      const taken = waiting.slice(0, admit(waiting, limit))
      const rest = waiting.slice(taken.length)
      this.#remember(rest, taken.length)
      const there = await this.#asTheyAre(taken)
      if (there.length > 0 || rest.length === 0) return there
    }
  }

  /** A listing may be old by now: files that are gone were never admitted, and those that changed are taken as they are, or wait for `stableAfter`. */
  async #asTheyAre(taken: readonly FoundFile[]): Promise<readonly FoundFile[]> {
    const { context, forget, options } = this.#parts
    const now = await statAll(taken, context.platform.files)
    const passed = new Set(taken.filter((f, i) => !now[i] || (options.stableAfter > 0 && !same(f, now[i]))))
    for (const f of passed) forget(f.path)
    if (this.#frozen && passed.size > 0) this.#frozen = this.#frozen.filter(f => !passed.has(f))
    return taken.flatMap((f, i) => (passed.has(f) ? [] : [{ ...f, size: now[i]!.size, mtimeMs: now[i]!.mtimeMs }]))
  }

  /** What stays of a long list is not listed again, unless little of it is left (Spark's cache of unread files). */
  #remember(rest: readonly FoundFile[], taken: number): void {
    const { latestFirst, maxCachedFiles, discardCachedInputRatio } = this.#parts.options
    const few = rest.length < taken * discardCachedInputRatio
    this.#waiting = latestFirst || few || this.#frozen ? [] : rest.slice(0, maxCachedFiles)
  }

  #limit(): BatchLimit {
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.#parts.options
    if (maxFilesPerTrigger !== undefined) return { kind: 'files', max: maxFilesPerTrigger }
    if (maxBytesPerTrigger !== undefined) return { kind: 'bytes', max: maxBytesPerTrigger }
    return this.#parts.context.conf('millrace.extensions') === 'false' ? { kind: 'all' } : { kind: 'bytes', max: SLICE }
  }

  /** The file as a batch may read it: still there, and as it was when it was admitted. */
  async #verify(entry: Admitted): Promise<ScanFile | undefined> {
    const path = this.#local(entry.path)
    const stat = await this.#parts.context.platform.files.stat(path)
    if (!stat) {
      if (this.#parts.options.ignoreMissingFiles) return undefined
      throw new MillraceError('SOURCE_FILE_VANISHED', { path })
    }
    const was = entry.size === undefined ? stat : await this.#mended.accepted(path, { size: entry.size, mtimeMs: entry.timestamp }, stat)
    if (stat.size !== was.size || stat.mtimeMs !== was.mtimeMs) {
      throw new MillraceError('SOURCE_FILE_CHANGED', {
        path,
        was: `${was.size} bytes at ${was.mtimeMs}`,
        is: `${stat.size} bytes at ${stat.mtimeMs}`,
      })
    }
    const partition = partitionValues(path, this.#parts.partitionColumns)
    return { path, size: stat.size, mtimeMs: stat.mtimeMs, ...(partition && { partition }) }
  }

  #local(uri: string): string {
    return localPath(uri, this.#parts.context.platform.process.cwd)
  }

  /** `{"logOffset":n}`, or a bare number as old checkpoints have it. */
  #logOffset(offset: Offset | null): number {
    if (offset === null) return -1
    const n = /^\s*(\d+)\s*$/.exec(offset)?.[1] ?? /^\s*\{\s*"logOffset"\s*:\s*(-?\d+)\s*\}\s*$/.exec(offset)?.[1]
    if (n === undefined) throw new MillraceError('INVALID_OFFSET', { source: this.description, offset, expected: '{"logOffset":n}' })
    return Number(n)
  }
}
