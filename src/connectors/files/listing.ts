import { join } from 'node:path'
import type { FileStat, Files } from '../../platform/index.ts'
import { globPattern, isGlob, segments } from './glob.ts'
import { type FoundFile, partitionOf } from './partition.ts'

export interface ListingOptions {
  readonly recursive: boolean
  /** Partition columns begin below this directory; without it below each directory that is read. */
  readonly base?: string
  /** Only names that match. */
  readonly nameGlob?: string
}

/** Files others keep for themselves or are still writing: hidden ones and names such as `x.csv.tmp`. */
export const leftAlone = (name: string): boolean =>
  name.startsWith('.') || (name.startsWith('_') && !name.includes('=')) || /(\.tmp|\.crdownload|\._COPYING_)$/.test(name)

interface Directory {
  readonly mtimeMs: number
  readonly listedAt: number
  readonly names: Map<string, FileStat>
}

/** A directory's time is trusted only when it had stood still this long: clocks of file systems tick slowly. */
const SETTLED_MS = 2000
const STATS_AT_ONCE = 64

/**
 * Lists files below a path (with globs), again and again, cheaply: a directory is read again only when its time changed,
 * and only names that are new are asked for size and time, so a directory of 10,000 files costs one `stat` while nothing arrives.
 */
export class Listing {
  readonly #files: Files
  readonly #now: () => number
  readonly #root: string
  readonly #options: ListingOptions
  readonly #name: RegExp | undefined
  #known = new Map<string, Directory>()
  #listed = new Map<string, Directory>()

  constructor(root: string, options: ListingOptions, files: Files, now: () => number) {
    this.#root = root
    this.#options = options
    this.#files = files
    this.#now = now
    this.#name = options.nameGlob === undefined ? undefined : globPattern(options.nameGlob)
  }

  /** Every file that is there, in no order. */
  async files(): Promise<FoundFile[]> {
    this.#listed = new Map()
    const found: FoundFile[] = []
    for (const start of await this.#starts()) {
      const partition = this.#above(start)
      if (start.isDirectory) await this.#walk(start, partition, found)
      else if (this.#wanted(start.path)) found.push({ ...start, partition })
    }
    this.#known = this.#listed
    return found
  }

  /** Does the path, or its glob, match anything? */
  async matches(): Promise<boolean> {
    return (await this.#starts()).length > 0
  }

  /** The directories the last listing read: what a watcher watches. */
  directories(): readonly string[] {
    return [...this.#known.keys()]
  }

  /** May there be something new since the last listing? One `stat` a directory. */
  async moved(): Promise<boolean> {
    for (const [path, known] of this.#known) {
      const stat = await this.#files.stat(path)
      if (stat?.mtimeMs !== known.mtimeMs || known.listedAt - known.mtimeMs < SETTLED_MS) return true
    }
    return this.#known.size === 0
  }

  /** Asks for a file's size and time again at the next listing: it is still being watched for standing still. */
  forget(path: string): void {
    const at = path.lastIndexOf('/')
    const directory = this.#known.get(path.slice(0, at) || '/')
    if (!directory) return
    directory.names.delete(path.slice(at + 1))
    this.#known.set(path.slice(0, at) || '/', { ...directory, listedAt: directory.mtimeMs })
  }

  /** The values of directories between the base and where the listing starts. */
  #above({ path, isDirectory }: FileStat): FoundFile['partition'] {
    const { base, recursive } = this.#options
    if (base === undefined || recursive) return {}
    return partitionsOf((isDirectory ? path : path.slice(0, path.lastIndexOf('/'))).slice(base.length))
  }

  #wanted(path: string): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return !leftAlone(name) && (this.#name === undefined || this.#name.test(name))
  }

  /** The root, or what its globs match now. */
  async #starts(): Promise<readonly FileStat[]> {
    if (!isGlob(this.#root)) {
      const stat = await this.#files.stat(this.#root)
      return stat ? [stat] : []
    }
    let paths: readonly FileStat[] = [{ path: '/', size: 0, mtimeMs: 0, isDirectory: true }]
    for (const segment of segments(this.#root)) {
      const next: FileStat[] = []
      for (const p of paths) if (p.isDirectory) next.push(...(await this.#children(p, segment)))
      paths = next
    }
    return paths
  }

  async #children(parent: FileStat, segment: string): Promise<readonly FileStat[]> {
    if (!isGlob(segment)) {
      const stat = await this.#files.stat(join(parent.path, segment))
      return stat ? [stat] : []
    }
    const pattern = globPattern(segment)
    const directory = await this.#read(parent.path, parent.mtimeMs || undefined)
    return [...directory.names.values()].filter(s => pattern.test(s.path.slice(s.path.lastIndexOf('/') + 1)))
  }

  async #walk(at: FileStat, partition: FoundFile['partition'], found: FoundFile[]): Promise<void> {
    const directory = await this.#read(at.path, at.mtimeMs)
    for (const [name, stat] of directory.names) {
      if (!stat.isDirectory) {
        if (this.#wanted(stat.path)) found.push({ ...stat, partition })
        continue
      }
      if (leftAlone(name)) continue
      const value = this.#options.recursive ? undefined : partitionOf(name)
      if (!value && !this.#options.recursive) continue
      const below = await this.#files.stat(stat.path)
      if (below) await this.#walk(below, value ? { ...partition, [value.column]: value.value } : partition, found)
    }
  }

  async #read(path: string, mtimeMs?: number): Promise<Directory> {
    const known = this.#known.get(path)
    const time = mtimeMs ?? (await this.#files.stat(path))?.mtimeMs ?? 0
    if (known && known.mtimeMs === time && known.listedAt - time >= SETTLED_MS) {
      this.#listed.set(path, known)
      return known
    }
    const listedAt = this.#now()
    const names = new Map<string, FileStat>()
    const fresh: string[] = []
    for (const name of await this.#files.list(path)) {
      const before = known?.names.get(name)
      if (before) names.set(name, before)
      else fresh.push(name)
    }
    await this.#stat(path, fresh, names)
    const directory = { mtimeMs: time, listedAt, names }
    this.#listed.set(path, directory)
    return directory
  }

  async #stat(path: string, fresh: readonly string[], names: Map<string, FileStat>): Promise<void> {
    for (let i = 0; i < fresh.length; i += STATS_AT_ONCE) {
      const some = fresh.slice(i, i + STATS_AT_ONCE)
      const stats = await Promise.all(some.map(name => this.#files.stat(join(path, name))))
      for (const [k, stat] of stats.entries()) if (stat) names.set(some[k]!, stat)
    }
  }
}

/** The values that the directories of a path name. */
export const partitionsOf = (directories: string): FoundFile['partition'] =>
  Object.fromEntries(
    directories.split('/').flatMap(name => {
      const p = partitionOf(name)
      return p ? [[p.column, p.value]] : []
    }),
  )
