import type { Places } from '../wiring.ts'

/** A file or directory as `session.fs.list` shows it. */
export interface FileEntry {
  /** The whole path, to be used again. */
  readonly path: string
  /** Directories end in `/`. */
  readonly name: string
  /** Bytes; 0 for directories. */
  readonly size: number
  /** Milliseconds since 1970; 0 for directories. */
  readonly mtimeMs: number
}

/**
 * Files of every scheme a session knows: local paths, `file:`, `s3://`, `s3a://`, `gs://`, `abfss://`, `wasbs://`, and what `mounts` names
 * (`dbfs:/…`). The counterpart of Databricks' `dbutils.fs`.
 *
 * Errors are those of the stores: STORAGE_ACCESS_DENIED, STORAGE_BUCKET_MISSING, STORAGE_UNREACHABLE, UNKNOWN_SCHEME and their like.
 *
 * @example
 * for (const file of await session.fs.list('in/')) console.log(file.name, file.size)
 * await session.fs.exists('in/')   // true
 */
export class SessionFs {
  readonly #places: () => Promise<Places>

  constructor(places: () => Promise<Places>) {
    this.#places = places
  }

  /** Writes a file, whole or not at all; text as UTF-8. @throws PATH_ALREADY_EXISTS unless `overwrite` */
  async put(path: string, contents: string | Uint8Array, { overwrite = false }: { readonly overwrite?: boolean } = {}): Promise<void> {
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents
    await (await this.#places()).put(path, bytes, overwrite)
  }

  /** The bytes of a file. @throws OBJECT_MISSING */
  async get(path: string): Promise<Uint8Array> {
    return (await this.#places()).get(path)
  }

  /** What lies in a directory, directories first; with `recursive` every file below it. A file lists itself. @throws PATH_NOT_FOUND */
  async list(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<readonly FileEntry[]> {
    return (await this.#places()).list(path, recursive)
  }

  /**
   * Copies a file, or with `recursive` a directory; from one store to another, too. A target that ends in `/` is a directory to put the file into.
   * Answers how many files were copied. @throws PATH_NOT_FOUND, DIRECTORY_NEEDS_RECURSIVE
   */
  async copy(from: string, to: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<number> {
    return (await this.#places()).copy(from, to, recursive)
  }

  /** Makes a local directory and the way to it. Object stores have no directories: there is nothing to do. */
  async mkdirs(path: string): Promise<void> {
    await (await this.#places()).mkdirs(path)
  }

  /**
   * Removes a file, or with `recursive` a directory; false when nothing was there.
   * @throws DIRECTORY_NEEDS_RECURSIVE; REMOVE_NEEDS_FORCE for the root of a bucket and for the checkpoint of a query that runs on this machine, unless `force`
   */
  async rm(path: string, how: { readonly recursive?: boolean; readonly force?: boolean } = {}): Promise<boolean> {
    const { recursive = false, force = false } = how
    return (await this.#places()).remove(path, { recursive, force })
  }

  /** Is there a file of this name, or a directory with something in it? */
  async exists(path: string): Promise<boolean> {
    return (await this.#places()).exists(path)
  }
}
