import type { Platform } from '../../platform/index.ts'
import type { Waiting } from './watch.ts'

const FIRST_MS = 250
const SLOWEST_MS = 5000

/** Waits for files of an object store: it sends no notices, so it is looked at again, ever more slowly while nothing comes. */
export class Poll implements Waiting {
  readonly #platform: Platform
  #pause = FIRST_MS
  #looked = false

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** A look begins. */
  begin(): void {
    if (this.#looked) this.#pause = Math.min(this.#pause * 2, SLOWEST_MS)
    this.#looked = true
  }

  /** The last look found something. */
  found(): void {
    this.#pause = FIRST_MS
    this.#looked = false
  }

  async changed(signal: AbortSignal, atMost = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#platform.clock.sleep(Math.min(this.#pause, atMost), signal).catch(() => {})
  }

  close(): void {}
}
