import { MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import type { FilesScan, Offset, PlannedRange, ReadLimit, ScanFile, Source, SourceContext } from '../contract.ts'
import type { FileAccess, OpenFile } from './access.ts'
import { admit, type BatchLimit, inOrder, SLICE } from './admit.ts'
import type { CleanFile } from './clean-source.ts'
import type { FormatName } from './format-options.ts'
import { logPolicy } from './log-policy.ts'
import { MendedFiles, sameVersion, type Version } from './mended-files.ts'
import type { FoundFile } from './partition.ts'
import { partitionValues } from './partition.ts'
import { SeenFiles } from './seen-files.ts'
import { Settle } from './settle.ts'
import { type Admitted, FileSourceLog } from './source-log.ts'
import { fileUri, isRemote, pathOfUri } from './uri.ts'
import type { Waiting } from './watch.ts'

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
  readonly list: (how?: { readonly complete: boolean }) => Promise<readonly FoundFile[]>
  readonly forget: (path: string) => void
  readonly watch: Waiting
  readonly access: FileAccess
  readonly clean: CleanFile | undefined
  readonly context: Pick<SourceContext, 'platform' | 'conf' | 'log'>
}

const versionOf = ({ size, mtimeMs, etag }: OpenFile): Version => ({ size, mtimeMs, ...(etag !== undefined && { etag }) })

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
  /** There may be files that an earlier look found and nobody remembers: the next one must see them all. */
  #forgotten = true
  #cleaned = -1
  /** What each batch's files were opened as, by the log's id of its end. */
  readonly #open = new Map<number, readonly string[]>()

  private constructor(parts: FileSourceParts, log: FileSourceLog) {
    const { options } = parts
    this.#parts = parts
    this.#log = log
    this.schema = parts.schema
    this.description = `FileStreamSource[${isRemote(parts.path) ? '' : 'file:'}${parts.path}]`
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
      await this.#log.add(
        taken.map(f => ({ uri: fileUri(f.path), mtimeMs: f.mtimeMs, size: f.size, ...(f.etag !== undefined && { etag: f.etag }) })),
      )
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
    this.#frozen = await this.#newFiles(true)
  }

  async read(start: Offset | null, end: Offset): Promise<FilesScan> {
    const { format, formatOptions } = this.#parts
    const to = this.#logOffset(end)
    const entries: Admitted[] = []
    for (let id = this.#logOffset(start) + 1; id <= to; id++) entries.push(...(await this.#log.files(id)))
    const opened = await this.#parts.access.open(entries.map(e => this.#path(e.path)))
    this.#open.set(to, [...(this.#open.get(to) ?? []), ...opened.flatMap(o => o?.localPath ?? [])])
    const files: ScanFile[] = []
    const versions = new Map<string, OpenFile>()
    for (const [i, entry] of entries.entries()) {
      const file = await this.#verify(entry, opened[i])
      if (!file) continue
      files.push(file)
      versions.set(file.path, opened[i]!)
    }
    const unreadable = (file: ScanFile): Promise<void> =>
      this.#mended.unreadable(file.name ?? file.path, versionOf(versions.get(file.path)!))
    return { kind: 'files', format, files, options: formatOptions, schema: this.schema, unreadable }
  }

  async commit(end: Offset): Promise<void> {
    const to = this.#logOffset(end)
    await this.#release(id => id <= to)
    if (!this.#parts.clean) return
    const from = this.#cleaned < 0 ? to : this.#cleaned + 1
    for (let id = from; id <= to; id++) {
      for (const entry of await this.#log.files(id)) await this.#parts.clean(this.#path(entry.path))
    }
    this.#cleaned = to
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#waiting.length > 0 || this.#frozen) return
    await this.#parts.watch.changed(signal, this.#moving ? Math.max(50, this.#parts.options.stableAfter) : undefined)
  }

  async close(): Promise<void> {
    this.#parts.watch.close()
    await this.#release(() => true)
  }

  /** Gives back the files of batches that are done. */
  async #release(done: (id: number) => boolean): Promise<void> {
    for (const [id, paths] of this.#open) {
      if (!done(id)) continue
      this.#open.delete(id)
      await this.#parts.access.release(paths)
    }
  }

  readonly #isNew = (f: FoundFile): boolean => this.#seen.isNew(fileUri(f.path), f.mtimeMs)

  /** Files no batch has had, in the order they are taken. */
  async #newFiles(complete = false): Promise<readonly FoundFile[]> {
    if (this.#waiting.length > 0) return this.#waiting
    if (this.#frozen) return this.#frozen.filter(this.#isNew)
    this.#parts.watch.begin()
    const fresh = (await this.#parts.list({ complete: complete || this.#moving || this.#forgotten })).filter(this.#isNew)
    if (fresh.length > 0) this.#parts.watch.found?.()
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
    const { access, forget, options } = this.#parts
    const now = await access.now(taken)
    const passed = new Set(taken.filter((f, i) => !now[i] || (options.stableAfter > 0 && !sameVersion(f, now[i]))))
    for (const f of passed) forget(f.path)
    if (this.#frozen && passed.size > 0) this.#frozen = this.#frozen.filter(f => !passed.has(f))
    return taken.flatMap((f, i) => (passed.has(f) ? [] : [{ ...f, size: now[i]!.size, mtimeMs: now[i]!.mtimeMs }]))
  }

  /** What stays of a long list is not listed again, unless little of it is left (Spark's cache of unread files). */
  #remember(rest: readonly FoundFile[], taken: number): void {
    const { latestFirst, maxCachedFiles, discardCachedInputRatio } = this.#parts.options
    const few = rest.length < taken * discardCachedInputRatio
    this.#waiting = latestFirst || few || this.#frozen ? [] : rest.slice(0, maxCachedFiles)
    this.#forgotten = rest.length > this.#waiting.length
  }

  #limit(): BatchLimit {
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.#parts.options
    if (maxFilesPerTrigger !== undefined) return { kind: 'files', max: maxFilesPerTrigger }
    if (maxBytesPerTrigger !== undefined) return { kind: 'bytes', max: maxBytesPerTrigger }
    return this.#parts.context.conf('millrace.extensions') === 'false' ? { kind: 'all' } : { kind: 'bytes', max: SLICE }
  }

  /** The file as a batch may read it: still there, and as it was when it was admitted. */
  async #verify(entry: Admitted, open: OpenFile | undefined): Promise<ScanFile | undefined> {
    const path = this.#path(entry.path)
    if (!open) {
      if (this.#parts.options.ignoreMissingFiles) return undefined
      throw new MillraceError('SOURCE_FILE_VANISHED', { path })
    }
    const { size, etag, timestamp } = entry
    const is = versionOf(open)
    const admitted = { size: size ?? open.size, mtimeMs: timestamp, ...(etag !== undefined && { etag }) }
    const was = size === undefined ? is : await this.#mended.accepted(path, admitted, is)
    if (!sameVersion(is, was)) {
      throw new MillraceError('SOURCE_FILE_CHANGED', {
        path,
        was: `${was.size} bytes at ${was.mtimeMs}`,
        is: `${is.size} bytes at ${is.mtimeMs}`,
      })
    }
    const partition = partitionValues(path, this.#parts.partitionColumns)
    const copied = open.localPath !== path && { name: path }
    return { path: open.localPath, size: is.size, mtimeMs: is.mtimeMs, ...copied, ...(partition && { partition }) }
  }

  #path(uri: string): string {
    return pathOfUri(uri, this.#parts.context.platform.process.cwd)
  }

  /** `{"logOffset":n}`, or a bare number as old checkpoints have it. */
  #logOffset(offset: Offset | null): number {
    if (offset === null) return -1
    const n = /^\s*(\d+)\s*$/.exec(offset)?.[1] ?? /^\s*\{\s*"logOffset"\s*:\s*(-?\d+)\s*\}\s*$/.exec(offset)?.[1]
    if (n === undefined) throw new MillraceError('INVALID_OFFSET', { source: this.description, offset, expected: '{"logOffset":n}' })
    return Number(n)
  }
}
