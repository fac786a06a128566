import type { Platform } from '../../platform/index.ts'
import type { FileStore } from '../../storage/index.ts'
import { fetchAll } from './fetch.ts'
import type { FoundFile } from './partition.ts'

/** A file as it is now, at a local path that can be opened. */
export interface OpenFile {
  readonly localPath: string
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
}

/** How a file source meets its files: in a directory, or in a store. */
export interface FileAccess {
  /** The files as they are now, right before they are admitted; undefined where one is gone. */
  now(files: readonly FoundFile[]): Promise<readonly (FoundFile | undefined)[]>
  /** Makes files ready to be read, in their order; undefined where one is gone. */
  open(paths: readonly string[]): Promise<readonly (OpenFile | undefined)[]>
  /** Gives back what `open` made. */
  release(localPaths: readonly string[]): Promise<void>
}

const STATS_AT_ONCE = 64

export function localAccess({ files }: Platform): FileAccess {
  return {
    /** One that a sink's log names stays as it is logged: its batch says that it is gone. */
    now: async found => {
      const now: (FoundFile | undefined)[] = []
      for (let i = 0; i < found.length; i += STATS_AT_ONCE) {
        const some = found.slice(i, i + STATS_AT_ONCE)
        const stats = await Promise.all(some.map(f => files.stat(f.path)))
        for (const [k, stat] of stats.entries()) now.push(stat ? { ...some[k]!, ...stat } : some[k]!.logged ? some[k] : undefined)
      }
      return now
    },
    open: paths =>
      Promise.all(
        paths.map(async path => {
          const stat = await files.stat(path)
          return stat && { localPath: path, size: stat.size, mtimeMs: stat.mtimeMs }
        }),
      ),
    release: async () => {},
  }
}

/** A list of a store says how the files are: asking again would cost a request each. Where one has changed since, its copy says so. */
export function remoteAccess(store: FileStore): FileAccess {
  return {
    now: async found => found,
    open: paths =>
      fetchAll(
        store,
        paths.map(path => path.slice(store.uri.length + 1)),
      ),
    release: paths => store.release(paths),
  }
}
