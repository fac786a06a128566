/** Those who wait for something to change. */
export class Waiters {
  readonly #wakes = new Set<() => void>()

  /** Something changed: everybody looks again. */
  told(): void {
    const wakes = [...this.#wakes]
    this.#wakes.clear()
    for (const wake of wakes) wake()
  }

  /** Resolves once `fulfilled`; rejects when the signal aborts. */
  async until(fulfilled: () => boolean, signal: AbortSignal): Promise<void> {
    while (!fulfilled()) {
      signal.throwIfAborted()
      await this.#change(signal)
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const stop = (): void => {
        this.#wakes.delete(wake)
        reject(signal.reason)
      }
      this.#wakes.add(wake)
      signal.addEventListener('abort', stop, { once: true })
    })
  }
}
