import { MillraceError } from '../../errors/index.ts'
import type { FileStore, StoredObject, Writer } from '../../storage/index.ts'
import type { LogPolicy } from './log-policy.ts'

interface LogFile {
  readonly id: number
  readonly compact: boolean
  readonly mtimeMs: number
}

/** Entries of newer files that stay in memory: the next compaction then reads nothing. */
const MOST_REMEMBERED = 20_000
/** On object stores, where a request deletes up to a thousand objects. */
const DELETED_TOGETHER = 400

/** Written by this process since the last purge, which says when that was. */
const JUST_NOW = Number.POSITIVE_INFINITY

const nameOf = (f: { readonly id: number; readonly compact: boolean }): string => (f.compact ? `${f.id}.compact` : String(f.id))

function fileOf(prefix: string, object: StoredObject): LogFile | undefined {
  const m = /^(\d+)(\.compact)?$/.exec(prefix === '' ? object.path : object.path.slice(prefix.length + 1))
  return m ? { id: Number(m[1]), compact: m[2] !== undefined, mtimeMs: object.mtimeMs } : undefined
}

/** The interval the files at hand were written with, so that it may change between runs (Spark's `deriveCompactInterval`). */
export function deriveInterval(wanted: number, compactIds: readonly number[]): number {
  const [last, before] = [...compactIds].sort((a, b) => b - a)
  if (last === undefined) return wanted
  if (before !== undefined) return last - before
  const first = last + 1
  if (first <= wanted) return first
  if (wanted < first / 2) for (let n = wanted; n < first; n++) if (first % n === 0) return n
  return first
}

/**
 * Spark's compactible log: one text file an id, `v1` and one JSON entry a line; each `interval`-th is `<id>.compact` and holds all before it.
 * An id appears whole or not at all, and never twice.
 */
export class CompactibleLog<E> {
  readonly #store: FileStore
  readonly #prefix: string
  readonly #policy: LogPolicy
  readonly #writer: Writer
  readonly #keep: (entry: E) => boolean
  #files = new Map<number, LogFile>()
  /** Of the last compact file and those after it, as far as this process wrote them. */
  readonly #fresh = new Map<number, readonly E[]>()
  #latest = -1
  #interval: number

  private constructor(store: FileStore, prefix: string, policy: LogPolicy, writer: Writer, keep: (entry: E) => boolean) {
    this.#store = store
    this.#prefix = prefix
    this.#policy = policy
    this.#writer = writer
    this.#keep = keep
    this.#interval = policy.compactInterval
  }

  /** Reads which ids are there. `keep` says which entries a compaction takes over. */
  static async open<E>(
    store: FileStore,
    prefix: string,
    options: { readonly policy: LogPolicy; readonly writer: Writer; readonly keep?: (entry: E) => boolean },
  ): Promise<CompactibleLog<E>> {
    const log = new CompactibleLog<E>(store, prefix, options.policy, options.writer, options.keep ?? (() => true))
    await log.refresh()
    return log
  }

  async refresh(): Promise<void> {
    const files = (await this.#store.list(this.#prefix, { shallow: true })).flatMap(o => fileOf(this.#prefix, o) ?? [])
    this.#fresh.clear()
    this.#files = new Map(files.map(f => [f.id, f]))
    this.#latest = files.reduce((highest, f) => Math.max(highest, f.id), -1)
    this.#interval = deriveInterval(
      this.#policy.compactInterval,
      files.filter(f => f.compact).map(f => f.id),
    )
  }

  /** The highest id, or -1. */
  get latest(): number {
    return this.#latest
  }

  /** False when the id was there already. */
  async add(id: number, entries: readonly E[]): Promise<boolean> {
    const compact = (id + 1) % this.#interval === 0
    const all = compact ? [...(await this.all(id - 1)), ...entries].filter(this.#keep) : entries
    const text = ['v1', ...all.map(e => JSON.stringify(e))].join('\n')
    const path = this.#path({ id, compact })
    if ((await this.#store.writeIfAbsent(path, new TextEncoder().encode(text), this.#writer)) === 'existed') return false
    this.#files.set(id, { id, compact, mtimeMs: JUST_NOW })
    if (compact) this.#fresh.clear()
    if (all.length <= MOST_REMEMBERED) this.#fresh.set(id, all)
    this.#latest = Math.max(this.#latest, id)
    return true
  }

  /** Everything up to `to`: the last compact file and what came after it. */
  async all(to = this.latest): Promise<readonly E[]> {
    const compacts = [...this.#files.values()].filter(f => f.compact && f.id <= to).map(f => f.id)
    const from = Math.max(-1, ...compacts)
    const out: E[] = []
    for (let id = Math.max(0, from); id <= to; id++) out.push(...(await this.#entries(id)))
    return out.filter(this.#keep)
  }

  /** The entries of one file; of a compact file all it holds. Undefined when there is no such id. */
  async read(id: number): Promise<readonly E[] | undefined> {
    return this.#files.has(id) ? this.#entries(id) : undefined
  }

  /** The first compact file at or after `id`: where the entries of an id that was purged stand. */
  compactAfter(id: number): number | undefined {
    const ids = [...this.#files.values()].filter(f => f.compact && f.id >= id).map(f => f.id)
    return ids.length === 0 ? undefined : Math.min(...ids)
  }

  /** Deletes files that a compact one has replaced long enough ago. Best effort. */
  async purge(now: number): Promise<void> {
    if (!this.#policy.deletes) return
    for (const f of this.#files.values()) if (f.mtimeMs === JUST_NOW) this.#files.set(f.id, { ...f, mtimeMs: now })
    const keepFrom = Math.max(-1, this.latest - this.#policy.minBatchesToRetain)
    const compacts = [...this.#files.values()].filter(f => f.compact && f.id <= keepFrom).map(f => f.id)
    if (compacts.length === 0) return
    const covered = Math.max(...compacts)
    const old = [...this.#files.values()].filter(f => f.id < covered && now - f.mtimeMs > this.#policy.cleanupDelayMs)
    if (this.#store.localRoot === undefined && old.length < DELETED_TOGETHER) return
    await this.#store.delete(old.map(f => this.#path(f)))
    for (const f of old) this.#files.delete(f.id)
  }

  #path(file: { readonly id: number; readonly compact: boolean }): string {
    return this.#prefix === '' ? nameOf(file) : `${this.#prefix}/${nameOf(file)}`
  }

  async #entries(id: number): Promise<readonly E[]> {
    const fresh = this.#fresh.get(id)
    if (fresh) return fresh
    const file = this.#files.get(id)
    const path = this.#path(file ?? { id, compact: false })
    const bytes = file && (await this.#store.read(path))
    if (!bytes) throw new MillraceError('MALFORMED_LOG_FILE', { path: `${this.#store.uri}/${path}`, reason: 'it is missing' })
    const [version, ...lines] = new TextDecoder().decode(bytes).split('\n')
    if (version !== 'v1')
      throw new MillraceError('MALFORMED_LOG_FILE', {
        path: `${this.#store.uri}/${path}`,
        reason: `it begins with "${version}" instead of "v1"`,
      })
    try {
      return lines.filter(l => l.trim() !== '').map(l => JSON.parse(l) as E)
    } catch (cause) {
      throw new MillraceError('MALFORMED_LOG_FILE', { path: `${this.#store.uri}/${path}`, reason: 'a line is not JSON' }, { cause })
    }
  }
}
