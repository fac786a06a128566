import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore, StoredObject, Writer } from './contract.ts'
import { lockName } from './lock-name.ts'

/** What lies in a directory: `name` ends in a slash for directories, whose size and time are 0. */
export interface PlaceEntry {
  /** The whole path, as `session.fs` takes it again. */
  readonly path: string
  readonly name: string
  readonly size: number
  readonly mtimeMs: number
}

/** A file or directory by its URI: the store of the directory it stands in, and its name there; '' = the store itself. */
export interface Place {
  readonly store: FileStore
  readonly name: string
}

const COPIES_AT_ONCE = 8

/** Files by URI, over every kind of store. */
export class Places {
  readonly #open: (uri: string) => Promise<FileStore>
  readonly #platform: Platform
  readonly #run: string
  #attempt = 0

  /** `open` takes what a person writes: mounts applied. */
  constructor(open: (uri: string) => Promise<FileStore>, platform: Platform) {
    this.#open = open
    this.#platform = platform
    this.#run = `fs-${platform.ids.uuid()}`
  }

  async put(uri: string, bytes: Uint8Array, overwrite: boolean): Promise<void> {
    const { store, name } = await this.#file(uri)
    if (overwrite) await store.write(name, bytes, this.#writer())
    else if ((await store.writeIfAbsent(name, bytes, this.#writer())) === 'existed')
      throw new MillraceError('PATH_ALREADY_EXISTS', { path: uri })
  }

  async get(uri: string): Promise<Uint8Array> {
    const { store, name } = await this.#file(uri)
    const bytes = await store.read(name)
    if (!bytes) throw new MillraceError('OBJECT_MISSING', { uri })
    return bytes
  }

  async exists(uri: string): Promise<boolean> {
    const place = await this.#place(uri)
    return (await this.#stat(place)) !== undefined || this.#isDirectory(uri, place)
  }

  async list(uri: string, recursive: boolean): Promise<readonly PlaceEntry[]> {
    const place = await this.#place(uri)
    const file = await this.#stat(place)
    const base = uri.replace(/\/+$/, '')
    if (file) return [{ path: base, name: nameOf(file.path), size: file.size, mtimeMs: file.mtimeMs }]
    const { store, name } = place
    const [objects, directories] = await Promise.all([store.list(name, { shallow: !recursive }), recursive ? [] : store.directories(name)])
    if (objects.length === 0 && directories.length === 0 && !(await this.#isDirectory(uri, place)))
      throw new MillraceError('PATH_NOT_FOUND', { path: uri })
    const below = name === '' ? 0 : name.length + 1
    return [
      ...directories.map(directory => ({ path: `${base}/${directory}/`, name: `${directory}/`, size: 0, mtimeMs: 0 })),
      ...objects.map(o => ({ path: `${base}/${o.path.slice(below)}`, name: nameOf(o.path), size: o.size, mtimeMs: o.mtimeMs })),
    ]
  }

  async mkdirs(uri: string): Promise<void> {
    const { localRoot } = await this.#open(uri)
    if (localRoot !== undefined) await this.#platform.files.makeDir(localRoot)
  }

  /** One file, or all of a directory; answers how many files were copied. */
  async copy(from: string, to: string, recursive: boolean): Promise<number> {
    const [source, target] = [await this.#place(from), await this.#place(to)]
    if (await this.#stat(source)) {
      const into = to.endsWith('/')
        ? { store: target.store, name: [target.name, nameOf(source.name)].filter(n => n !== '').join('/') }
        : target
      await this.#copyFile(source, into, `${from} -> ${to}`)
      return 1
    }
    const files = await source.store.list(source.name)
    if (files.length === 0) throw new MillraceError('PATH_NOT_FOUND', { path: from })
    if (!recursive) throw new MillraceError('DIRECTORY_NEEDS_RECURSIVE', { uri: from, what: 'copied' })
    const below = source.name === '' ? 0 : source.name.length + 1
    for (let i = 0; i < files.length; i += COPIES_AT_ONCE) {
      await Promise.all(
        files.slice(i, i + COPIES_AT_ONCE).map(({ path }) => {
          const name = [target.name, path.slice(below)].filter(n => n !== '').join('/')
          return this.#copyFile({ store: source.store, name: path }, { store: target.store, name }, path)
        }),
      )
    }
    return files.length
  }

  /** Answers whether anything was there. */
  async remove(uri: string, { recursive, force }: { readonly recursive: boolean; readonly force: boolean }): Promise<boolean> {
    const place = await this.#place(uri)
    const { store, name } = place
    if (name === '' && store.localRoot !== undefined)
      throw new MillraceError('INVALID_ARGUMENT', { name: 'path', value: uri, expected: 'anything but the root of this machine' })
    if (name === '' && !force) throw new MillraceError('REMOVE_NEEDS_FORCE', { uri, why: 'it is the root of a store' })
    if (await this.#stat(place)) {
      await store.delete([name])
      return true
    }
    const files = await store.list(name)
    const there = files.length > 0 || (await this.#isDirectory(uri, place))
    if (files.length > 0 && !recursive) throw new MillraceError('DIRECTORY_NEEDS_RECURSIVE', { uri, what: 'removed' })
    if (!force) await this.#mustNotBeLive(uri, name, files)
    await store.delete(files.map(f => f.path))
    // directories that are left empty, and what listing does not show
    const { localRoot } = await this.#open(uri)
    if (localRoot !== undefined && name !== '') await this.#platform.files.removeTree(localRoot)
    return there
  }

  /** Who removes the checkpoint of a running query loses where it stood. */
  async #mustNotBeLive(uri: string, name: string, files: readonly StoredObject[]): Promise<void> {
    const base = uri.replace(/\/+$/, '')
    const below = name === '' ? 0 : name.length + 1
    for (const { path } of files) {
      if (nameOf(path) !== 'metadata') continue
      const directory = path.slice(below, -'/metadata'.length)
      const checkpoint = directory === '' ? base : `${base}/${directory}`
      const store = await this.#open(path.slice(below) === 'metadata' ? base : checkpoint)
      const lock = await this.#platform.locks.take(await lockName(store, this.#platform), '{}')
      if (lock.kind !== 'taken')
        throw new MillraceError('REMOVE_NEEDS_FORCE', { uri, why: `a running query keeps its checkpoint in ${checkpoint}` })
      await lock.release()
    }
  }

  async #copyFile(from: Place, to: Place, what: string): Promise<void> {
    if (to.name === '') throw new MillraceError('INVALID_ARGUMENT', { name: 'to', value: what, expected: 'the name of a file' })
    const [source, target] = [inStore(from), inStore(to)]
    if (source.root === target.root) return (await this.#open(source.root)).copy(source.path, target.path, this.#writer())
    const staged = await from.store.fetch(from.name)
    if (!staged) throw new MillraceError('OBJECT_MISSING', { uri: `${from.store.uri}/${from.name}` })
    if (from.store.localRoot === undefined) {
      await to.store.put(staged.localPath, to.name, this.#writer())
      await from.store.release([staged.localPath])
      return
    }
    // what lies on this machine stays there
    const { files } = this.#platform
    const directory = await files.tempDir('millrace-copy-')
    try {
      const copy = `${directory}/copy`
      await files.write(copy, new Uint8Array(0))
      for await (const chunk of files.stream(staged.localPath)) await files.append(copy, chunk)
      await to.store.put(copy, to.name, this.#writer())
    } finally {
      await files.removeTree(directory)
    }
  }

  async #file(uri: string): Promise<Place> {
    const place = await this.#place(uri)
    if (place.name === '' || uri.endsWith('/'))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'path', value: uri, expected: 'the name of a file' })
    return place
  }

  /** The store of the directory above: the mount or bucket itself has none. */
  async #place(uri: string): Promise<Place> {
    const whole = await this.#open(uri)
    const parent = parentOf(whole)
    if (parent === undefined) return { store: whole, name: '' }
    return { store: await this.#open(parent.uri), name: parent.name }
  }

  async #stat({ store, name }: Place): Promise<StoredObject | undefined> {
    return name === '' ? undefined : store.stat(name)
  }

  async #isDirectory(uri: string, { store, name }: Place): Promise<boolean> {
    const { localRoot } = await this.#open(uri)
    if (localRoot !== undefined) return (await this.#platform.files.stat(localRoot))?.isDirectory === true
    return name === '' || (await store.list(name)).length > 0
  }

  #writer(): Writer {
    return { run: this.#run, attempt: ++this.#attempt }
  }
}

/** The place from the root of its bucket; from its directory on this machine. */
function inStore({ store, name }: Place): { readonly root: string; readonly path: string } {
  if (store.localRoot !== undefined) return { root: store.localRoot, path: name }
  const [root = store.uri] = /^[a-z0-9]+:\/\/[^/]+/i.exec(store.uri) ?? []
  const directory = store.uri.slice(root.length + 1)
  return { root, path: directory === '' ? name : `${directory}/${name}` }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `s3://lake/a/b` is `b` in `s3://lake/a`; buckets and the root directory stand in nothing. */
function parentOf({ uri, localRoot }: FileStore): { readonly uri: string; readonly name: string } | undefined {
  const path = localRoot ?? uri
  const parts = /^(\/|[a-z0-9]+:\/\/[^/]+\/)(?:(.+)\/)?([^/]+)$/i.exec(path)
  return parts ? { uri: `${parts[1]}${parts[2] ?? ''}`, name: parts[3]! } : undefined
}
