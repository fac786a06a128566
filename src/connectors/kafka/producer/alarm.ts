import type { Clock } from '../../../platform/index.ts'

/** Rings once, at the earliest of the times it was set to. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #set: { readonly at: number; readonly off: AbortController } | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Times are monotonic milliseconds. */
  setAt(at: number, now: number): void {
    if (this.#set && this.#set.at <= at && this.#set.at > now) return
    this.off()
    const off = new AbortController()
    this.#set = { at, off }
    this.#clock.sleep(Math.max(1, at - now), off.signal).then(
      () => {
        if (this.#set?.off === off) this.#set = undefined
        this.#ring()
      },
      () => {},
    )
  }

  off(): void {
    this.#set?.off.abort()
    this.#set = undefined
  }
}
