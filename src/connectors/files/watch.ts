import type { Platform } from '../../platform/index.ts'
import type { Listing } from './listing.ts'

const FIRST_POLL_MS = 250
const SLOWEST_POLL_MS = 10_000
const MOST_WATCHERS = 64

/** What a source without new files waits on. */
export interface Waiting {
  /** Called before each look. */
  begin(): void
  /** The look has found new files. */
  found?(): void
  /** Resolves when something may have changed since `begin`, after `atMost` ms, or when aborted. */
  changed(signal: AbortSignal, atMost?: number): Promise<void>
  close(): void
}

/** Tells when directories may hold something new: the system's notices, and slow polling behind them for file systems that send none. */
export class Watch implements Waiting {
  readonly #platform: Platform
  readonly #listing: Listing
  readonly #watched = new Map<string, () => void>()
  #dirty = false
  #wake: (() => void) | undefined

  constructor(listing: Listing, platform: Platform) {
    this.#listing = listing
    this.#platform = platform
  }

  /** To be called before each listing: watches what the last one read, and forgets notices of what is about to be listed. */
  begin(): void {
    this.#dirty = false
    for (const path of this.#listing.directories().slice(0, MOST_WATCHERS)) {
      if (!this.#watched.has(path))
        this.#watched.set(
          path,
          this.#platform.files.watch(path, () => this.#notice()),
        )
    }
  }

  /** Resolves when something may have changed since `begin`, after `atMost` ms, or when aborted. */
  async changed(signal: AbortSignal, atMost = Number.POSITIVE_INFINITY): Promise<void> {
    this.#watchNew()
    let pause = FIRST_POLL_MS
    const until = this.#platform.clock.ticks() + atMost
    while (!this.#dirty && !signal.aborted) {
      const left = until - this.#platform.clock.ticks()
      if (left <= 0) return
      await this.#pause(Math.min(pause, left), signal)
      if (this.#dirty || signal.aborted || (await this.#listing.moved())) return
      pause = Math.min(pause * 2, SLOWEST_POLL_MS)
    }
  }

  close(): void {
    for (const stop of this.#watched.values()) stop()
    this.#watched.clear()
  }

  /** Directories the last listing saw for the first time: watched from now on, and looked at once more, for what came in between. */
  #watchNew(): void {
    for (const path of this.#listing.directories().slice(0, MOST_WATCHERS)) {
      if (this.#watched.has(path)) continue
      this.#watched.set(
        path,
        this.#platform.files.watch(path, () => this.#notice()),
      )
      this.#dirty = true
    }
  }

  #notice(): void {
    this.#dirty = true
    this.#wake?.()
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const end = () => stop.abort()
    this.#wake = end
    signal.addEventListener('abort', end)
    await this.#platform.clock.sleep(ms, stop.signal).catch(() => {})
    signal.removeEventListener('abort', end)
    this.#wake = undefined
  }
}
