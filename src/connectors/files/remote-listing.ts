import type { StoredObject } from '../../storage/index.ts'
import { globPattern } from './glob.ts'
import { type ListingOptions, leftAlone } from './listing.ts'
import { type FoundFile, partitionOf } from './partition.ts'
import { inBucket, type RemotePlace } from './place.ts'

/** A listing that is short enough is read whole each time: it is one request. */
const ONE_PAGE = 1000
/** Files whose names do not follow those that are known, and new directories, are found by every so manyeth look at the latest. */
const THOROUGH_EVERY = 8

/**
 * Lists files of an object store below a path (with globs), again and again: where there are more names than one answer holds, only those behind the
 * last one are asked for, and now and then all, for what came under an earlier name.
 */
export class RemoteListing {
  readonly #place: RemotePlace
  readonly #options: ListingOptions
  readonly #name: RegExp | undefined
  readonly #globs: readonly RegExp[]
  #looks = 0
  #known = 0
  #last: string | undefined
  #deep = false

  constructor(place: RemotePlace, options: ListingOptions) {
    this.#place = place
    this.#options = options
    this.#name = options.nameGlob === undefined ? undefined : globPattern(options.nameGlob)
    this.#globs = place.globs.map(globPattern)
  }

  /** Files that are there: all, or at least all that are new since the last look under names behind it. */
  async files(complete = false): Promise<FoundFile[]> {
    const thorough = complete || this.#looks % THOROUGH_EVERY === 0
    this.#looks = thorough ? 1 : this.#looks + 1
    const full = thorough || this.#known <= ONE_PAGE
    const objects = await this.#objects(full, thorough)
    if (full) this.#known = objects.length
    this.#last = objects.at(-1)?.path ?? this.#last
    return objects.flatMap(object => this.#found(object) ?? [])
  }

  /** Does the path, or its glob, match anything? */
  async matches(): Promise<boolean> {
    return (await this.files(true)).length > 0 || (this.#globs.length === 0 && this.#known > 0)
  }

  forget(): void {}

  async #objects(full: boolean, thorough: boolean): Promise<readonly StoredObject[]> {
    const { store } = this.#place
    const behind = full || this.#last === undefined ? {} : { startAfter: this.#last }
    if (thorough && !this.#deep) this.#deep = await this.#wantsDeep()
    const found = await store.list('', { ...behind, shallow: !this.#deep })
    return thorough && found.length === 0 && this.#globs.length === 0 ? this.#single() : found
  }

  /** What lies deeper is asked for only where it may count: below partition directories and globs, and where the person said so. */
  async #wantsDeep(): Promise<boolean> {
    if (this.#options.recursive || this.#globs.length > 1) return true
    const directories = await this.#place.store.directories('')
    return this.#globs.length === 1 ? directories.some(name => this.#globs[0]!.test(name)) : directories.some(name => partitionOf(name))
  }

  /** The path may name one object. */
  async #single(): Promise<readonly StoredObject[]> {
    const { key } = inBucket(this.#place.path)
    const object = key === '' ? undefined : await this.#place.bucket.stat(key)
    return object ? [{ ...object, path: '' }] : []
  }

  #found({ path, size, mtimeMs, etag }: StoredObject): FoundFile | undefined {
    const whole = path === '' ? this.#place.path : `${this.#place.store.uri}/${path}`
    const file = { path: whole, size, mtimeMs, isDirectory: false, ...(etag !== undefined && { etag }) }
    const names = path === '' ? [nameOf(whole)] : path.split('/')
    const globs = this.#globs.length
    if (path !== '' && names.length < globs) return undefined
    if (!this.#globs.every((glob, i) => glob.test(names[i]!))) return undefined
    const name = names.at(-1)!
    if (leftAlone(name) || this.#name?.test(name) === false) return undefined
    // the directory a glob matched is where the reading starts
    const between = names.slice(names.length > globs ? globs : globs - 1, -1)
    const partition: Record<string, string | null> = {}
    for (const directory of between) {
      const value = this.#options.recursive ? undefined : partitionOf(directory)
      if (leftAlone(directory) || (!value && !this.#options.recursive)) return undefined
      if (value) partition[value.column] = value.value
    }
    return { ...file, partition: { ...this.#above(names.slice(0, names.length - 1 - between.length)), ...partition } }
  }

  /** The values of directories between the base and where the listing starts. */
  #above(matched: readonly string[]): FoundFile['partition'] {
    const { base, recursive } = this.#options
    if (base === undefined || recursive) return {}
    const between = [this.#place.store.uri.slice(base.length), ...matched].join('/').split('/')
    return Object.fromEntries(between.flatMap(name => (partitionOf(name) ? [[partitionOf(name)!.column, partitionOf(name)!.value]] : [])))
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
