import type { FoundFile } from './partition.ts'

/** Holds back files that are still being written: one is settled when its size and time stood still for `stableAfter` ms. */
export class Settle {
  readonly #stableAfter: number
  readonly #watched = new Map<string, { readonly size: number; readonly mtimeMs: number; readonly since: number }>()

  constructor(stableAfter: number) {
    this.#stableAfter = stableAfter
  }

  /** The settled ones of these files, and those to look at again. */
  split(files: readonly FoundFile[], now: number): { readonly settled: readonly FoundFile[]; readonly moving: readonly FoundFile[] } {
    if (this.#stableAfter === 0) return { settled: files, moving: [] }
    const settled: FoundFile[] = []
    const moving: FoundFile[] = []
    for (const file of files) (this.#still(file, now) ? settled : moving).push(file)
    return { settled, moving }
  }

  #still(file: FoundFile, now: number): boolean {
    const seen = this.#watched.get(file.path)
    if (!seen || seen.size !== file.size || seen.mtimeMs !== file.mtimeMs) {
      this.#watched.set(file.path, { size: file.size, mtimeMs: file.mtimeMs, since: now })
      return false
    }
    if (now - seen.since < this.#stableAfter) return false
    this.#watched.delete(file.path)
    return true
  }
}
