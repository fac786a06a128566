import { MillraceError } from '../../../errors/index.ts'
import type { FileStore, StoredObject } from '../../../storage/contract.ts'
import { rowsOf } from '../../../types/index.ts'
import type { Compute, ConnectorContext, ScanFile } from '../../contract.ts'
import { type Action, type CommitInfo, parseActions } from './actions.ts'
import { actionOfRow, CHECKPOINT_V2 } from './checkpoint-rows.ts'
import { beforeVersion, commitPath, LAST_CHECKPOINT, LOG, logName } from './file-path.ts'
import { type Listing, planLoad } from './plan-load.ts'
import { checkReadable } from './protocol.ts'
import { TableState } from './table-state.ts'

const utf8 = new TextDecoder()
/** Commits read side by side. */
const READS_AT_ONCE = 16

/** One version as it was committed. */
export interface Commit {
  readonly version: number
  readonly actions: readonly Action[]
  /** Epoch milliseconds: as the commit says, or when its file was written. */
  readonly timestamp: number
}

/** A state that was read, and how the file of its last version looked then. */
interface Recent {
  readonly state: TableState
  readonly mark: string
}
/** By session (each has one way to compute) and place, the latest last. */
const RECENT = new WeakMap<Compute, Map<string, Recent>>()
const MOST_RECENT = 32
const markOf = (file: StoredObject | undefined): string | undefined => file && `${file.size} ${file.mtimeMs} ${file.etag ?? ''}`

/** A table's log: reads versions and states. Where it names no version it looks at names, never at a whole listing, once it is open. */
export class DeltaLog {
  readonly path: string
  readonly store: FileStore
  readonly #compute: Compute
  readonly #recent: Map<string, Recent>

  constructor(path: string, store: FileStore, compute: Compute) {
    this.path = path
    this.store = store
    this.#compute = compute
    this.#recent = RECENT.get(compute) ?? new Map()
    RECENT.set(compute, this.#recent)
  }

  static async open(path: string, context: Pick<ConnectorContext, 'store' | 'compute'>): Promise<DeltaLog> {
    if (!context.compute) throw new MillraceError('INTERNAL', { what: 'a Delta table was opened without an engine' })
    return new DeltaLog(path, await context.store(path), context.compute)
  }

  /** The state at a version, or the newest. @throws DELTA_TABLE_NOT_FOUND, DELTA_VERSION_NOT_FOUND, DELTA_UNSUPPORTED_FEATURE */
  async load(version?: number): Promise<TableState> {
    const state = await this.find(version)
    if (!state) throw new MillraceError('DELTA_TABLE_NOT_FOUND', { path: this.path })
    return state
  }

  /** As `load` of the newest version, shared with other readers: it must not be changed. */
  async shared(): Promise<TableState> {
    const state = await this.newest()
    if (!state) throw new MillraceError('DELTA_TABLE_NOT_FOUND', { path: this.path })
    return state
  }

  /** As `load`; undefined when there is no table. The state is the caller's own. */
  async find(version?: number): Promise<TableState | undefined> {
    return version === undefined ? (await this.newest())?.copy() : this.#read(version)
  }

  /** The newest state, shared with other readers: it must not be changed. What this session has read before is read on, not anew. */
  async newest(): Promise<TableState | undefined> {
    const known = this.#recent.get(this.store.uri)
    const state = (known && (await this.#readOn(known))) ?? (await this.#read())
    if (state) await this.#remember(state)
    return state
  }

  /** A state brought up to date; undefined where the table is not the one it was. */
  async #readOn({ state, mark }: Recent): Promise<TableState | undefined> {
    if (markOf(await this.store.stat(commitPath(state.version))) !== mark) return undefined
    const next = await this.commit(state.version + 1)
    if (!next) return state
    const own = state.copy()
    await this.update(own)
    return own
  }

  async #remember(state: TableState): Promise<void> {
    if (this.#recent.get(this.store.uri)?.state === state) return
    const mark = markOf(await this.store.stat(commitPath(state.version)))
    this.#recent.delete(this.store.uri)
    if (mark === undefined) return
    this.#recent.set(this.store.uri, { state, mark })
    if (this.#recent.size > MOST_RECENT) this.#recent.delete(this.#recent.keys().next().value!)
  }

  async #read(version?: number): Promise<TableState | undefined> {
    const listing = await this.#listing(version)
    if (listing.commits.size === 0 && listing.checkpoints.length === 0) return undefined
    const { checkpoint, from, to } = planLoad(listing, version, this.path)
    const state = new TableState(this.path, from - 1)
    if (checkpoint) state.apply(await this.#checkpoint(checkpoint.files))
    await this.#replay(state, from, to, listing)
    checkReadable(state.protocol, this.path)
    return state
  }

  async #replay(state: TableState, from: number, to: number, listing?: Listing): Promise<void> {
    for (let at = from; at <= to; at += READS_AT_ONCE) {
      const versions = Array.from({ length: Math.min(READS_AT_ONCE, to - at + 1) }, (_, i) => at + i)
      const commits = await Promise.all(versions.map(v => this.commit(v, listing?.commits.get(v))))
      for (const [i, commit] of commits.entries()) {
        if (!commit) throw new MillraceError('DELTA_LOG_BROKEN', { path: this.path, why: `${commitPath(versions[i]!)} is missing` })
        state.apply(commit.actions, commit.version, commit.timestamp)
      }
    }
  }

  /** Brings a state to the newest version; asks for the next name until there is none. Answers the commits it met. */
  async update(state: TableState): Promise<readonly Commit[]> {
    const met: Commit[] = []
    for (;;) {
      const commit = await this.commit(state.version + 1)
      if (!commit) return met
      state.apply(commit.actions, commit.version, commit.timestamp)
      if (commit.actions.some(a => a.protocol)) checkReadable(state.protocol, this.path)
      met.push(commit)
    }
  }

  /** One version; undefined when there is none (yet, or any more). */
  async commit(version: number, known?: StoredObject): Promise<Commit | undefined> {
    const path = commitPath(version)
    const bytes = await this.store.read(path)
    if (!bytes) return undefined
    const actions = this.#parse(bytes, path)
    const info = actions.find(a => a.commitInfo)?.commitInfo as CommitInfo | undefined
    const written = info?.inCommitTimestamp ?? known?.mtimeMs ?? (await this.store.stat(path))?.mtimeMs ?? 0
    return { version, actions, timestamp: written }
  }

  /** Versions that can still be read alone, with the time of each. */
  async history(from = 0): Promise<readonly { readonly version: number; readonly timestamp: number }[]> {
    const listed = await this.store.list(LOG, { shallow: true, ...(from > 0 && { startAfter: commitPath(from - 1) }) })
    return listed.flatMap(o => {
      const name = logName(o.path)
      return name?.kind === 'commit' ? [{ version: name.version, timestamp: o.mtimeMs }] : []
    })
  }

  #parse(bytes: Uint8Array, path: string): readonly Action[] {
    try {
      return parseActions(utf8.decode(bytes))
    } catch (cause) {
      throw new MillraceError('DELTA_LOG_BROKEN', { path: this.path, why: `${path} is no JSON: ${(cause as Error).message}` }, { cause })
    }
  }

  /** What lies in the log from the last checkpoint on that is not newer than `version`. */
  async #listing(version: number | undefined): Promise<Listing> {
    const last = await this.#lastCheckpoint()
    if (last !== undefined && (version === undefined || last <= version)) {
      const listing = listingOf(await this.store.list(LOG, { shallow: true, startAfter: beforeVersion(last) }))
      if (listing.checkpoints.some(c => c.version === last && c.files.length === c.parts)) return listing
    }
    return listingOf(await this.store.list(LOG, { shallow: true }))
  }

  /** A hint only: what is damaged or stale is passed by. */
  async #lastCheckpoint(): Promise<number | undefined> {
    const bytes = await this.store.read(LAST_CHECKPOINT)
    if (!bytes) return undefined
    try {
      const { version } = JSON.parse(utf8.decode(bytes)) as { version?: unknown }
      return typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined
    } catch {
      return undefined
    }
  }

  async #checkpoint(files: readonly StoredObject[]): Promise<readonly Action[]> {
    const text = files.filter(f => f.path.endsWith('.json'))
    const inText = await Promise.all(text.map(async f => this.#parse(await this.#bytes(f.path), f.path)))
    const actions = [...inText.flat(), ...(await this.#rows(files.filter(f => !f.path.endsWith('.json'))))]
    const sidecars = actions.flatMap(a => (a.sidecar ? [a.sidecar] : []))
    const beside = sidecars.map(s => ({
      path: s.path.includes('/') ? s.path : `${LOG}/_sidecars/${s.path}`,
      size: s.sizeInBytes,
      mtimeMs: s.modificationTime,
    }))
    return [...actions, ...(await this.#rows(beside))]
  }

  async #bytes(path: string): Promise<Uint8Array> {
    const bytes = await this.store.read(path)
    if (!bytes) throw new MillraceError('DELTA_LOG_BROKEN', { path: this.path, why: `${path} is missing` })
    return bytes
  }

  /** The actions of checkpoints in Parquet. */
  async #rows(objects: readonly StoredObject[]): Promise<readonly Action[]> {
    if (objects.length === 0) return []
    const files = await Promise.all(
      objects.map(async (o): Promise<ScanFile> => ({ path: await this.store.stage(o.path), size: o.size, mtimeMs: o.mtimeMs })),
    )
    const scan = { kind: 'files', format: 'parquet', files, options: {}, schema: CHECKPOINT_V2 } as const
    const rows = await this.#compute([scan], ([all]) => all!)
    try {
      const actions: Action[] = []
      for await (const batch of rows.batches()) for (const row of rowsOf(batch)) actions.push(actionOfRow(row))
      return actions
    } finally {
      await rows.close()
    }
  }
}

function listingOf(objects: readonly StoredObject[]): Listing {
  const commits = new Map<number, StoredObject>()
  const checkpoints = new Map<string, { version: number; parts: number; files: StoredObject[] }>()
  for (const object of objects) {
    const name = logName(object.path)
    if (name?.kind === 'commit') commits.set(name.version, object)
    else if (name) {
      const key = name.parts > 1 ? `${name.version} of ${name.parts}` : object.path
      const of = checkpoints.get(key) ?? { version: name.version, parts: name.parts, files: [] }
      of.files.push(object)
      checkpoints.set(key, of)
    }
  }
  return { commits, checkpoints: [...checkpoints.values()] }
}
