import { MillraceError } from '../../errors/index.ts'
import type { FileStore } from '../../storage/index.ts'
import { CompactibleLog } from './compactible-log.ts'
import { DEFAULT_POLICY, type LogPolicy } from './log-policy.ts'

/** One file of a batch as Spark logs it: `path` is a URI, `timestamp` its modification time in ms, `batchId` the log's own id. */
export interface SourceEntry {
  readonly path: string
  readonly timestamp: number
  readonly batchId: number
}
/** What Spark's log has no place for, kept beside it under `millrace/`. */
interface SizeEntry {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly batchId: number
  readonly etag?: string
}
/** A file as it was when it was admitted; `size` is unknown for entries that Spark wrote. */
export interface Admitted extends SourceEntry {
  readonly size?: number
  readonly etag?: string
}
/** A file to be logged. */
export interface Admission {
  readonly uri: string
  readonly mtimeMs: number
  readonly size: number
  readonly etag?: string
}

const RECENT = 32

/** The log of admitted files: `sources/<i>/<logId>` in Spark's format, and sizes beside it. */
export class FileSourceLog {
  readonly #log: CompactibleLog<SourceEntry>
  readonly #sizes: CompactibleLog<SizeEntry>
  readonly #path: string
  readonly #recent = new Map<number, readonly Admitted[]>()

  private constructor(log: CompactibleLog<SourceEntry>, sizes: CompactibleLog<SizeEntry>, path: string) {
    this.#log = log
    this.#sizes = sizes
    this.#path = path
  }

  static async open(store: FileStore, path: string, millracePath: string, policy: LogPolicy = DEFAULT_POLICY): Promise<FileSourceLog> {
    const options = { policy, writer: { run: 'files', attempt: 0 } }
    const [log, sizes] = await Promise.all([
      CompactibleLog.open<SourceEntry>(store, path, options),
      CompactibleLog.open<SizeEntry>(store, millracePath, options),
    ])
    return new FileSourceLog(log, sizes, path)
  }

  get latest(): number {
    return this.#log.latest
  }

  /** Sizes first: an id counts once Spark's entry is there, and then nothing about it is missing. */
  async add(files: readonly Admission[]): Promise<number> {
    const batchId = this.latest + 1
    // Sizes of an attempt that died before Spark's entry was written are of files that were not admitted: they lie under a later id's guard.
    await this.#sizes.add(
      batchId,
      files.map(f => ({ path: f.uri, size: f.size, mtimeMs: f.mtimeMs, batchId, ...etagOf(f) })),
    )
    const entries = files.map(f => ({ path: f.uri, timestamp: f.mtimeMs, batchId }))
    if (!(await this.#log.add(batchId, entries))) throw new MillraceError('SOURCE_LOG_CONFLICT', { path: `${this.#path}/${batchId}` })
    this.#remember(
      batchId,
      entries.map((e, i) => ({ ...e, size: files[i]!.size, ...etagOf(files[i]!) })),
    )
    return batchId
  }

  all(): Promise<readonly SourceEntry[]> {
    return this.#log.all()
  }

  /** The files of one id. */
  async files(id: number): Promise<readonly Admitted[]> {
    const recent = this.#recent.get(id)
    if (recent) return recent
    const entries = await idEntries(this.#log, id)
    if (!entries) throw new MillraceError('MALFORMED_LOG_FILE', { path: `${this.#path}/${id}`, reason: 'it is missing' })
    const sizes = new Map((await idEntries(this.#sizes, id))?.map(s => [s.path, s]))
    return entries.map(e => {
      const size = sizes.get(e.path)
      return size?.mtimeMs === e.timestamp ? { ...e, size: size.size, ...etagOf(size) } : e
    })
  }

  async purge(now: number): Promise<void> {
    await this.#log.purge(now)
    await this.#sizes.purge(now)
  }

  #remember(id: number, files: readonly Admitted[]): void {
    this.#recent.set(id, files)
    this.#recent.delete(id - RECENT)
  }
}

const etagOf = ({ etag }: { readonly etag?: string }): { readonly etag?: string } => (etag === undefined ? {} : { etag })

async function idEntries<E extends { readonly batchId: number }>(log: CompactibleLog<E>, id: number): Promise<readonly E[] | undefined> {
  const own = await log.read(id)
  if (own) return own.filter(e => e.batchId === id)
  const compact = log.compactAfter(id)
  return compact === undefined ? undefined : (await log.read(compact))!.filter(e => e.batchId === id)
}
