import { posix } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { FileStore } from '../../storage/contract.ts'
import type { ConnectorContext } from '../contract.ts'
import { fileLocation } from './log/file-path.ts'

/** The data files of a table: below it, or anywhere by an absolute URI. */
export class TableFiles {
  readonly path: string
  readonly #store: FileStore
  readonly #open: ConnectorContext['store']
  readonly #copies = new Map<string, FileStore>()
  readonly #elsewhere = new Map<string, Promise<FileStore>>()

  constructor(path: string, store: FileStore, open: ConnectorContext['store']) {
    this.path = path
    this.#store = store
    this.#open = open
  }

  /** A local path that holds the file of the log now. @throws DELTA_FILE_MISSING */
  async stage(path: string): Promise<string> {
    const { store, name } = await this.#find(fileLocation(path))
    if (!(await store.stat(name))) throw new MillraceError('DELTA_FILE_MISSING', { path: this.path, file: name })
    const local = await store.stage(name)
    if (store.localRoot === undefined) this.#copies.set(local, store)
    return local
  }

  /** Gives back local copies of files that lie elsewhere. */
  async release(localPaths: readonly string[]): Promise<void> {
    for (const path of localPaths) {
      const store = this.#copies.get(path)
      this.#copies.delete(path)
      await store?.release([path])
    }
  }

  /** Bytes of a file whose name has no escapes; undefined when it is not there. */
  async range(path: string, absolute: boolean, start: number, length: number): Promise<Uint8Array | undefined> {
    const { store, name } = await this.#find(absolute ? { absolute: path } : { below: path })
    if (!(await store.stat(name))) return undefined
    return store.readRange(name, start, length)
  }

  async #find(at: ReturnType<typeof fileLocation>): Promise<{ readonly store: FileStore; readonly name: string }> {
    if ('below' in at) return { store: this.#store, name: at.below }
    const directory = posix.dirname(at.absolute)
    const store = this.#elsewhere.get(directory) ?? this.#open(directory)
    this.#elsewhere.set(directory, store)
    return { store: await store, name: posix.basename(at.absolute) }
  }
}
