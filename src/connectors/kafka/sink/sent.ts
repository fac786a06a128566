/** Promises of sends in progress: how many are open, and the first failure. Holds none of them: a batch may make very many. */
export class Sent {
  #open = 0
  #failure: { readonly error: unknown } | undefined
  #settled: (() => void) | undefined

  watch(send: Promise<unknown>): void {
    this.#open++
    send.then(
      () => this.#close(),
      (error: unknown) => {
        this.#failure ??= { error }
        this.#close()
      },
    )
  }

  #close(): void {
    if (--this.#open === 0) this.#settled?.()
  }

  /** Throws what has failed so far. */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  /** Resolves when every send has arrived; rejects with the first failure. */
  async all(): Promise<void> {
    if (this.#open > 0) await new Promise<void>(resolve => (this.#settled = resolve))
    this.check()
  }
}
