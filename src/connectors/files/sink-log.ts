import type { ConnectorContext } from '../contract.ts'
import { CompactibleLog } from './compactible-log.ts'
import { partitionsOf } from './listing.ts'
import { DEFAULT_POLICY } from './log-policy.ts'
import type { FoundFile } from './partition.ts'
import type { FilesPlace } from './place.ts'
import { fileUri, pathOfUri } from './uri.ts'

/** Where a file sink keeps which files count. */
export const SINK_LOG = '_spark_metadata'

/** One file as Spark's file sink logs it; `path` is a URI, `action` always "add". */
export interface SinkEntry {
  readonly path: string
  readonly size: number
  readonly isDir: boolean
  readonly modificationTime: number
  readonly blockReplication: number
  readonly blockSize: number
  readonly action: string
}

export const sinkEntry = (path: string, size: number, modificationTime: number): SinkEntry => ({
  path: fileUri(path),
  size,
  isDir: false,
  modificationTime,
  blockReplication: 1,
  blockSize: 33_554_432,
  action: 'add',
})

/** The files that the sink's log of a directory says are there; undefined when the directory has no such log. */
export async function loggedFiles(
  directory: string,
  context: Pick<ConnectorContext, 'platform' | 'store'>,
): Promise<readonly FoundFile[] | undefined> {
  return new LoggedFiles({ kind: 'local', path: directory }, context).files()
}

/** The files in a sink's log, asked for again and again: the log is read when it has grown. */
export class LoggedFiles {
  readonly #place: FilesPlace
  readonly #context: Pick<ConnectorContext, 'platform' | 'store'>
  #log: CompactibleLog<SinkEntry> | undefined
  #read: { readonly upTo: number; readonly files: readonly FoundFile[] } | undefined

  constructor(place: FilesPlace, context: Pick<ConnectorContext, 'platform' | 'store'>) {
    this.#place = place
    this.#context = context
  }

  /** Undefined when the directory has no such log. */
  async files(): Promise<readonly FoundFile[] | undefined> {
    if (!(await this.#hasLog())) return undefined
    if (this.#log) await this.#log.refresh()
    else this.#log = await this.#open()
    const upTo = this.#log.latest
    if (upTo < 0 && this.#place.kind === 'remote') return undefined
    if (this.#read?.upTo !== upTo) this.#read = { upTo, files: (await this.#log.all()).map(entry => this.#file(entry)) }
    return this.#read.files
  }

  /** Looking costs a store as much as listing the log. */
  async #hasLog(): Promise<boolean> {
    if (this.#place.kind === 'remote') return this.#place.globs.length === 0
    const { files } = this.#context.platform
    const { path } = this.#place
    return (await files.stat(path))?.isDirectory === true && (await files.stat(`${path}/${SINK_LOG}`))?.isDirectory === true
  }

  async #open(): Promise<CompactibleLog<SinkEntry>> {
    const store = this.#place.kind === 'remote' ? this.#place.store : await this.#context.store(this.#place.path)
    return CompactibleLog.open<SinkEntry>(store, SINK_LOG, { policy: DEFAULT_POLICY, writer: { run: 'reader', attempt: 0 } })
  }

  #file(entry: SinkEntry): FoundFile {
    const path = pathOfUri(entry.path, this.#context.platform.process.cwd)
    const partition = partitionsOf(path.slice(this.#place.path.length, path.lastIndexOf('/')))
    return { path, size: entry.size, mtimeMs: entry.modificationTime, isDirectory: false, partition, logged: true }
  }
}
