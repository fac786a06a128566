import type { Locks } from './locks.ts'

/**
 * The only taps to the outside. Everything that reads a clock, a file, chance or the environment takes a `Platform`,
 * so that a test can turn the clock by hand, count every file call and crash at any of them.
 */
export interface Platform {
  readonly clock: Clock
  readonly files: Files
  readonly locks: Locks
  readonly ids: Ids
  readonly process: ProcessInfo
}

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
  /** Monotonic milliseconds with fractions, for durations. */
  ticks(): number
  /** Resolves after `ms`; rejects with `signal.reason` when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Ids {
  uuid(): string
  /** A random number in [0, 1). */
  random(): number
}

export interface ProcessInfo {
  readonly pid: number
  readonly host: string
  readonly user: string
  readonly cwd: string
  env(name: string): string | undefined
  /** Cores this process may use. */
  readonly cores: number
  /** Bytes of memory of the machine (or the container's limit). */
  readonly memory: number
  /** Calls back on Ctrl-C (SIGINT) and SIGTERM instead of dying; returns how to stop listening. */
  onStopRequest(callback: (signal: 'SIGINT' | 'SIGTERM') => void): () => void
}

export interface FileStat {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly isDirectory: boolean
}

/** Local files. Paths are absolute or relative to the working directory; errors are Node's, with `code`. */
export interface Files {
  read(path: string): Promise<Uint8Array>
  readRange(path: string, start: number, length: number): Promise<Uint8Array>
  /** Creates or replaces; no fsync. Parent directories must exist. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Creates; fails with EEXIST when the name is taken. */
  writeNew(path: string, bytes: Uint8Array, options?: { readonly sync?: boolean }): Promise<void>
  append(path: string, bytes: Uint8Array): Promise<void>
  /** Hard link without overwrite: EEXIST when `to` is taken; ENOTSUP/EPERM where links are not supported. */
  link(from: string, to: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file; a missing one is fine. */
  remove(path: string): Promise<void>
  removeTree(path: string): Promise<void>
  makeDir(path: string): Promise<void>
  /** Names in a directory with stat; a missing directory is an empty list. */
  list(path: string): Promise<readonly string[]>
  /** Names in a directory, at once; empty when there is no such directory. For a single look while a plan is built. */
  namesNow?(path: string): readonly string[]
  stat(path: string): Promise<FileStat | undefined>
  realPath(path: string): Promise<string>
  /** fsync of a file that is already written. */
  syncFile(path: string): Promise<void>
  /** fsync of a directory, so that names in it are durable. */
  syncDir(path: string): Promise<void>
  /** Calls back when something may have changed in the directory; returns how to stop. Best effort. */
  watch(path: string, changed: () => void): () => void
  /** A stream of chunks, for files larger than memory. */
  stream(path: string, options?: { readonly chunkSize?: number }): AsyncIterable<Uint8Array>
  /** A fresh directory below the system's temporary one. */
  tempDir(prefix: string): Promise<string>
}
