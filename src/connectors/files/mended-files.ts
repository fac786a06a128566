import type { FileStore } from '../../storage/index.ts'

/** A version of a file: who replaces it changes one of the two. */
export interface Version {
  readonly size: number
  readonly mtimeMs: number
  /** On object stores, where times of lists and answers differ in their digits. */
  readonly etag?: string
}
interface Mended {
  /** The version no batch got through, so nothing of it was ever seen outside. */
  readonly unreadable: Version
  /** What a person put in its place; from then on this version counts. */
  readonly instead?: Version
}

/** By its etag where both have one; a version of an object that was logged without one is told by its size. */
export function sameVersion(a: Version, b: Version): boolean {
  if (a.etag !== undefined && b.etag !== undefined) return a.etag === b.etag
  return a.size === b.size && (a.mtimeMs === b.mtimeMs || a.etag !== undefined || b.etag !== undefined)
}

/**
 * Files that were admitted and ended their batch by what is in them (a gzip that was cut short, a value that is no number): the one case in which
 * a file may change after it was admitted, because no batch can have given out rows of it. Kept beside the source's log.
 */
export class MendedFiles {
  readonly #store: FileStore
  readonly #path: string
  #files: Map<string, Mended> | undefined

  constructor(store: FileStore, millracePath: string) {
    this.#store = store
    this.#path = `${millracePath}.mended.json`
  }

  async unreadable(path: string, version: Version): Promise<void> {
    await this.#keep(path, { unreadable: version })
  }

  /** Which version a batch may read: the admitted one, or what was put in place of an unreadable one. */
  async accepted(path: string, admitted: Version, now: Version): Promise<Version> {
    if (sameVersion(admitted, now)) return admitted
    const mended = (await this.#all()).get(path)
    if (!mended) return admitted
    const last = mended.instead ?? admitted
    if (sameVersion(last, now) || !sameVersion(last, mended.unreadable)) return last
    await this.#keep(path, { unreadable: mended.unreadable, instead: now })
    return now
  }

  async #all(): Promise<Map<string, Mended>> {
    if (this.#files) return this.#files
    const bytes = await this.#store.read(this.#path)
    this.#files = new Map(bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as [string, Mended][]) : [])
    return this.#files
  }

  async #keep(path: string, mended: Mended): Promise<void> {
    const files = await this.#all()
    const instead = mended.instead ?? files.get(path)?.instead
    files.set(path, { ...mended, ...(instead && { instead }) })
    await this.#store.write(this.#path, new TextEncoder().encode(JSON.stringify([...files])), { run: 'files', attempt: 0 })
  }
}
