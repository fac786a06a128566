import type { StructType } from '../../../types/index.ts'
import type { FilesScan, Offset, PlannedRange, ReadLimit, Source, SourceContext } from '../../contract.ts'
import type { Commit, DeltaLog } from '../log/delta-log.ts'
import { CHANGE_COLUMNS } from '../read/change-feed.ts'
import { type FileToRead, type Layout, scanOf } from '../read/scan-files.ts'
import type { TableFiles } from '../table-files.ts'
import { type ChangePolicy, filesOfSnapshot, filesOfVersion } from './entries.ts'
import type { LogWatch } from './log-watch.ts'
import { isBefore, type Position, printOffset, readOffset, START } from './offset.ts'

export interface DeltaSourceParts {
  readonly log: DeltaLog
  readonly files: TableFiles
  readonly tableId: string
  /** The table's own columns. */
  readonly layout: Layout
  readonly schema: StructType
  readonly policy: ChangePolicy
  readonly maxFiles: number
  readonly maxBytes: number
  /** Where a query without an offset begins; logs it, so that it is the same after a restart. */
  readonly begin: () => Promise<Position>
  readonly watch: LogWatch
  readonly context: Pick<SourceContext, 'warn'>
}
/** A file and the place behind it. */
interface Entry {
  readonly file: FileToRead
  readonly at: Position
}

const RECENT = 64

/** Reads a table as it grows: first what is there, file by file, then what each version adds. Offsets are Delta's own. */
export class DeltaSource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #parts: DeltaSourceParts
  readonly #commits = new Map<number, Commit>()
  #snapshot: { readonly version: number; readonly files: readonly FileToRead[] } | undefined
  /** The newest version that was seen, and where the next look begins when nothing was in those before. */
  #seen = -1
  #nothingBefore = 0
  #frozen: number | undefined
  readonly #held: { readonly to: Position; readonly release: () => Promise<void> }[] = []

  constructor(parts: DeltaSourceParts) {
    this.#parts = parts
    this.schema = parts.schema
    this.description = `DeltaSource[${parts.log.path}]`
  }

  async plan(start: Offset | null, limit: ReadLimit): Promise<PlannedRange> {
    const from = start === null ? await this.#parts.begin() : this.#read(start)
    const taken: Entry[] = []
    let bytes = 0
    let more = false
    for await (const entry of this.#entries(from)) {
      if (limit.kind !== 'none' && taken.length > 0 && (taken.length >= this.#parts.maxFiles || bytes >= this.#parts.maxBytes)) {
        more = true
        break
      }
      // The first batch holds nothing but the table as it was: so its offset alone says what that was.
      if (from.initial && !entry.at.initial && taken.length > 0) {
        more = true
        break
      }
      taken.push(entry)
      bytes += entry.file.size
    }
    const last = taken.at(-1)
    if (!last) return { end: start, latest: start, more: false }
    const end = printOffset(await this.#behind(last.at), this.#parts.tableId)
    return { end, latest: end, more }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#frozen = (await this.#parts.log.load()).version
  }

  async read(start: Offset | null, end: Offset): Promise<FilesScan> {
    const { layout, files, policy } = this.#parts
    const to = this.#read(end)
    const from = start === null ? await this.#begunAt(to) : this.#read(start)
    const found: FileToRead[] = []
    for await (const { file, at } of this.#entries(from, to)) {
      if (isBefore(to, at)) break
      found.push(file)
    }
    const scan = await scanOf(found, layout, files, policy.readChangeFeed ? CHANGE_COLUMNS : undefined)
    this.#held.push({ to, release: scan.release! })
    return { ...scan, schema: this.schema }
  }

  /** Copies of files that batches up to here have read are given back. */
  async commit(end: Offset): Promise<void> {
    const to = this.#read(end)
    for (const held of this.#held.filter(h => !isBefore(to, h.to))) {
      this.#held.splice(this.#held.indexOf(held), 1)
      await held.release()
    }
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#frozen === undefined) await this.#parts.watch.until(this.#seen + 1, signal)
  }

  async close(): Promise<void> {
    this.#parts.watch.close()
    for (const { release } of this.#held) await release()
  }

  readonly #read = (offset: Offset): Position => readOffset(offset, this.#parts.tableId, this.#parts.log.path)

  /** Where the first batch began, as its end says where nothing was logged. */
  async #begunAt(end: Position): Promise<Position> {
    if (end.initial) return { version: end.version, index: START, initial: true }
    return this.#parts.begin()
  }

  /** A version that was read to its end is behind us. */
  async #behind(at: Position): Promise<Position> {
    const files = await this.#filesAt(at.version, at.initial)
    return at.index + 1 >= (files?.length ?? 0) ? { version: at.version + 1, index: START, initial: false } : at
  }

  /** Files behind a position, in order; `to` where the end is known. */
  async *#entries(from: Position, to?: Position): AsyncGenerator<Entry> {
    let { version, index, initial } = from
    if (initial) {
      const files = (await this.#filesAt(version, true))!
      for (let i = index + 1; i < files.length; i++) yield { file: files[i]!, at: { version, index: i, initial: true } }
      ;({ version, index, initial } = { version: version + 1, index: START, initial: false })
    }
    if (to === undefined && index === START && version < this.#nothingBefore) version = this.#nothingBefore
    let quiet = to === undefined && index === START
    for (; version <= (to?.version ?? this.#frozen ?? Number.MAX_SAFE_INTEGER); version++) {
      const files = await this.#filesAt(version, false, to)
      if (!files) return
      for (let i = index + 1; i < files.length; i++) {
        quiet = false
        yield { file: files[i]!, at: { version, index: i, initial: false } }
      }
      index = START
      if (quiet) this.#nothingBefore = version + 1
    }
  }

  /** The files of a version; undefined when it is not there yet. */
  async #filesAt(version: number, initial: boolean, to?: Position): Promise<readonly FileToRead[] | undefined> {
    const { log, policy, layout } = this.#parts
    if (initial) {
      if (this.#snapshot?.version !== version) {
        const state = await log.load(version)
        this.#snapshot = { version, files: filesOfSnapshot(state, policy.readChangeFeed) }
        this.#seen = Math.max(this.#seen, version)
      }
      return this.#snapshot.files
    }
    // An end behind a whole version names the next one, of which nothing is read.
    if (to && to.version === version && to.index === START) return undefined
    const commit = this.#commits.get(version) ?? (await log.commit(version))
    if (!commit) return this.#missing(version)
    this.#commits.set(version, commit)
    this.#commits.delete(version - RECENT)
    this.#seen = Math.max(this.#seen, version)
    return filesOfVersion(commit, layout.schema, policy, log.path)
  }

  /** Not there yet, or not any more: then the rows would be lost without a word. @throws DELTA_VERSION_NOT_FOUND */
  async #missing(version: number): Promise<undefined> {
    if (version > this.#seen && this.#seen >= 0 && version === this.#seen + 1) return undefined
    const state = await this.#parts.log.load()
    this.#seen = Math.max(this.#seen, state.version)
    if (state.version >= version) await this.#parts.log.load(version)
    return undefined
  }
}
