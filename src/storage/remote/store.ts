import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { FileStore, ListOptions, StagedObject, StoredObject, Writer } from '../contract.ts'
import { comparePaths } from '../order.ts'
import type { BucketPlace } from '../uri.ts'
import type { Ask } from './asking.ts'
import type { Bucket, Found, Page, PutHow } from './bucket.ts'
import { download } from './download.ts'
import { isRefusal, Refusal } from './failure.ts'
import type { StageArea } from './stage-area.ts'
import { upload } from './upload.ts'

/** What a store over a bucket is made of; shared by the stores of one bucket, all but the place. */
export interface RemoteParts {
  readonly place: BucketPlace
  readonly bucket: Bucket
  readonly ask: Ask
  readonly platform: Platform
  readonly stage: StageArea
}

const DELETES_ON_THEIR_WAY = 4
/** Names of metadata without signs that some store or proxy does not take. */
const PUT_ID = 'millraceput'

/** A prefix of a bucket as a store: one request a call, conditional puts instead of links, nothing is ever renamed. */
export class RemoteStore implements FileStore {
  readonly uri: string
  readonly #parts: RemoteParts
  readonly #prefix: string
  /** Local copies of what was put, by path: see `PutOptions.keep`. */
  readonly #kept = new Map<string, string>()

  constructor(parts: RemoteParts) {
    const { root, prefix } = parts.place
    this.#parts = parts
    this.#prefix = prefix === '' ? '' : `${prefix}/`
    this.uri = prefix === '' ? root : `${root}/${prefix}`
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return orNothing(this.#get(path, 0))
  }

  async readRange(path: string, start: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0)
    try {
      return await this.#get(path, start, length)
    } catch (error) {
      if (isRefusal(error, 'beyond')) return new Uint8Array(0)
      throw isRefusal(error, 'absent') ? this.#missing(path) : error
    }
  }

  async write(path: string, bytes: Uint8Array, writer: Writer): Promise<void> {
    const { bucket, ask } = this.#parts
    const key = this.#key(path)
    const how = this.#how(writer, false)
    await this.#settled(path, how, () => ask('write', key, signal => bucket.put(key, bytes, how, signal)))
  }

  async writeIfAbsent(
    path: string,
    bytes: Uint8Array,
    writer: Writer,
    { after }: { readonly after?: Promise<unknown> } = {},
  ): Promise<'written' | 'existed'> {
    const { bucket, ask } = this.#parts
    const key = this.#key(path)
    const how = this.#how(writer, true)
    if (after) await after
    return this.#settled(path, how, () => ask('write', key, signal => bucket.put(key, bytes, how, signal)))
  }

  async list(prefix: string, { shallow = false, startAfter }: ListOptions = {}): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = []
    for await (const { objects } of this.#pages(prefix, shallow, startAfter)) {
      for (const { key, size, mtimeMs, etag } of objects) {
        const path = key.slice(this.#prefix.length)
        // what ends in a slash marks a directory for tools that want one
        if (key.endsWith('/') || (startAfter !== undefined && comparePaths(path, startAfter) <= 0)) continue
        found.push({ path, size, mtimeMs, etag })
      }
    }
    return found.sort((a, b) => comparePaths(a.path, b.path))
  }

  async directories(prefix: string): Promise<readonly string[]> {
    const found: string[] = []
    for await (const { prefixes } of this.#pages(prefix, true)) {
      for (const key of prefixes) found.push(key.slice(0, -1).slice(key.lastIndexOf('/', key.length - 2) + 1))
    }
    return found.sort(comparePaths)
  }

  async stat(path: string): Promise<StoredObject | undefined> {
    const found = await orNothing(this.#head(path))
    return found && object(path, found)
  }

  async delete(paths: readonly string[]): Promise<void> {
    const { bucket, ask, platform } = this.#parts
    const keys = paths.map(path => this.#key(path))
    const chunks = Array.from({ length: Math.ceil(keys.length / bucket.deletesAtOnce) }, (_, i) =>
      keys.slice(i * bucket.deletesAtOnce, (i + 1) * bucket.deletesAtOnce),
    )
    for (let i = 0; i < chunks.length; i += DELETES_ON_THEIR_WAY) {
      const some = chunks.slice(i, i + DELETES_ON_THEIR_WAY)
      await Promise.all(some.map(chunk => ask('delete', chunk[0]!, signal => bucket.delete(chunk, signal))))
    }
    for (const path of paths) {
      const kept = this.#kept.get(path)
      if (kept !== undefined) await platform.files.remove(kept)
      this.#kept.delete(path)
    }
  }

  async stage(path: string): Promise<string> {
    const kept = this.#kept.get(path)
    if (kept !== undefined && (await this.#parts.platform.files.stat(kept))) return kept
    const staged = await this.fetch(path)
    if (!staged) throw this.#missing(path)
    return staged.localPath
  }

  async fetch(path: string): Promise<StagedObject | undefined> {
    const { stage, platform } = this.#parts
    const localPath = await stage.path(path)
    let found: Found | undefined
    try {
      found = await download(this.#key(path), localPath, this.#uriOf(path), this.#parts)
    } catch (error) {
      await platform.files.remove(localPath)
      throw error
    }
    return found && { ...object(path, found), localPath }
  }

  async release(localPaths: readonly string[]): Promise<void> {
    const kept = new Set(this.#kept.values())
    await Promise.all(localPaths.map(path => (kept.has(path) ? undefined : this.#parts.platform.files.remove(path))))
  }

  async put(
    localPath: string,
    path: string,
    writer: Writer,
    { ifAbsent = false, keep = false }: { readonly ifAbsent?: boolean; readonly keep?: boolean } = {},
  ): Promise<'written' | 'existed'> {
    const { platform } = this.#parts
    const how = this.#how(writer, ifAbsent)
    let did: 'written' | 'existed'
    try {
      did = await this.#settled(path, how, () => upload(this.#key(path), localPath, how, this.#parts))
    } catch (error) {
      // What a run has not finished yet is swept by nobody but a successor of the query.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      throw new MillraceError('SOURCE_LOG_CONFLICT', { path: this.#uriOf(path) }, { cause: error })
    }
    if (keep && did === 'written') this.#kept.set(path, localPath)
    else if (did === 'written') await platform.files.remove(localPath)
    return did
  }

  async copy(from: string, to: string, writer: Writer): Promise<void> {
    const { bucket, ask } = this.#parts
    const [source, target] = [this.#key(from), this.#key(to)]
    const how = this.#how(writer, false)
    try {
      await ask('write', target, signal => bucket.copy(source, target, how, signal))
    } catch (error) {
      throw isRefusal(error, 'absent') ? this.#missing(from) : error
    }
  }

  /** A put that is refused may be this one's own earlier attempt, whose answer was lost: the object says who wrote it. */
  async #settled(path: string, how: PutHow, put: () => Promise<void>): Promise<'written' | 'existed'> {
    try {
      await put()
      return 'written'
    } catch (error) {
      const lost = isRefusal(error, 'lost')
      if (!lost && !isRefusal(error, 'refused')) throw error
      const found = await orNothing(this.#head(path))
      if (found?.metadata[PUT_ID] === how.metadata[PUT_ID]) return 'written'
      if (how.ifAbsent && !lost) return 'existed'
      throw new MillraceError('STORAGE_FAILED', {
        action: 'write',
        path: this.#uriOf(path),
        code: lost ? 'NoSuchUpload' : 'PreconditionFailed',
      })
    }
  }

  async *#pages(prefix: string, shallow: boolean, startAfter?: string): AsyncGenerator<Page> {
    const { bucket, ask } = this.#parts
    const below = prefix.replace(/\/+$/, '')
    const from = below === '' ? this.#prefix : `${this.#key(below)}/`
    const behind = startAfter === undefined ? {} : { startAfter: this.#prefix + startAfter }
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const onward = token === undefined ? {} : { token }
      const page = await ask('list', from, signal => bucket.page({ prefix: from, shallow, ...behind, ...onward }, signal))
      yield page
      token = page.next
    }
  }

  #get(path: string, start: number, length?: number): Promise<Uint8Array> {
    const { bucket, ask } = this.#parts
    const key = this.#key(path)
    return ask('read', key, async (signal, alive) => {
      const { found, body } = await bucket.get(key, { start, ...(length !== undefined && { length }) }, signal)
      const pieces: Uint8Array[] = []
      for await (const piece of body) {
        alive()
        pieces.push(piece)
      }
      const bytes = Buffer.concat(pieces)
      const wanted = Math.max(0, Math.min(found.size - start, length ?? found.size))
      if (bytes.length < wanted) throw Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' })
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    })
  }

  #head(path: string): Promise<Found> {
    const { bucket, ask } = this.#parts
    const key = this.#key(path)
    return ask('read', key, signal => bucket.head(key, signal))
  }

  #how({ run, attempt }: Writer, ifAbsent: boolean): PutHow {
    const metadata = { millracerun: run, millraceattempt: String(attempt), [PUT_ID]: this.#parts.platform.ids.uuid() }
    return { ifAbsent, metadata }
  }

  #key(path: string): string {
    if (path === '' || path.startsWith('/') || path.split('/').some(name => name === '..' || name === '.'))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'path', value: path, expected: `a path below ${this.uri}` })
    return this.#prefix + path
  }

  #uriOf(path: string): string {
    return `${this.uri}/${path}`
  }

  #missing(path: string): MillraceError {
    return new MillraceError('OBJECT_MISSING', { uri: this.#uriOf(path) })
  }
}

const object = (path: string, { size, mtimeMs, etag }: Found): StoredObject => ({ path, size, mtimeMs, etag })

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'absent') return undefined
    throw error
  }
}
