import { join } from 'node:path'
import type { Platform } from '../../../platform/index.ts'
import type { FileStore } from '../../../storage/contract.ts'
import { commitPath, LOG } from '../log/file-path.ts'

const FIRST_MS = 250
const SLOWEST_MS = 5000

/** Tells when a version may have come: the system's notices on a local disk, and a look at the next name, ever more rarely. */
export class LogWatch {
  readonly #store: FileStore
  readonly #platform: Platform
  #stop: (() => void) | undefined
  #wake: (() => void) | undefined

  constructor(store: FileStore, platform: Platform) {
    this.#store = store
    this.#platform = platform
  }

  /** Resolves when `version` is there, or when aborted. */
  async until(version: number, signal: AbortSignal): Promise<void> {
    const { localRoot } = this.#store
    if (localRoot !== undefined) this.#stop ??= this.#platform.files.watch(join(localRoot, LOG), () => this.#wake?.())
    for (let pause = FIRST_MS; !signal.aborted; pause = Math.min(pause * 2, SLOWEST_MS)) {
      const noticed = this.#noticed(pause, signal)
      if (await this.#store.stat(commitPath(version))) {
        this.#wake?.()
        await noticed
        return
      }
      await noticed
    }
  }

  async #noticed(atMost: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const wake = (): void => over.abort()
    this.#wake = wake
    signal.addEventListener('abort', wake, { once: true })
    try {
      await this.#platform.clock.sleep(atMost, over.signal)
    } catch {
      // Woken, or to stop: whoever waits looks.
    } finally {
      signal.removeEventListener('abort', wake)
      this.#wake = undefined
    }
  }

  close(): void {
    this.#stop?.()
    this.#wake?.()
  }
}
