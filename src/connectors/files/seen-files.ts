/** Which files have been taken, kept for as long as `maxAgeMs` behind the newest one (Spark's SeenFilesMap). */
export class SeenFiles {
  readonly #times = new Map<string, number>()
  readonly #maxAgeMs: number
  readonly #key: (uri: string) => string
  #newest = 0
  #purgedBefore = 0

  constructor(maxAgeMs: number, nameOnly: boolean) {
    this.#maxAgeMs = maxAgeMs
    this.#key = nameOnly ? uri => uri.slice(uri.lastIndexOf('/') + 1) : uri => uri
  }

  get size(): number {
    return this.#times.size
  }

  add(uri: string, mtimeMs: number): void {
    this.#times.set(this.#key(uri), mtimeMs)
    this.#newest = Math.max(this.#newest, mtimeMs)
  }

  isNew(uri: string, mtimeMs: number): boolean {
    return mtimeMs >= this.#purgedBefore && !this.#times.has(this.#key(uri))
  }

  /** Forgets files that are too old; from then on files as old are not new. */
  purge(): void {
    this.#purgedBefore = Math.max(this.#purgedBefore, this.#newest - this.#maxAgeMs)
    for (const [key, time] of this.#times) if (time < this.#purgedBefore) this.#times.delete(key)
  }
}
