/** Smaller answers are left to the garbage collector. */
const WORTH_KEEPING = 128 << 10
/** Buffers kept for the next answers, and their bytes in all. */
const MOST_BUFFERS = 8
const MOST_BYTES = 16 << 20
/** Sizes are rounded up to a multiple of it, so that answers of about one size fit into each other's buffers. */
const STEP = 512 << 10

/**
 * Buffers for the bodies of answers, used again: megabytes a millisecond of fresh ones would have the garbage collector run all the time.
 * Who gives a buffer back must hold no view of it any more; one that is never given back is merely not used again.
 */
export class AnswerMemory {
  readonly #free: Uint8Array[] = []

  take(length: number): Uint8Array {
    if (length < WORTH_KEEPING) return new Uint8Array(length)
    const i = this.#free.findIndex(b => b.length >= length)
    if (i >= 0) return this.#free.splice(i, 1)[0]!
    return new Uint8Array(Math.ceil(length / STEP) * STEP)
  }

  give(bytes: Uint8Array): void {
    const held = this.#free.reduce((n, b) => n + b.length, 0)
    if (bytes.length < WORTH_KEEPING || this.#free.length >= MOST_BUFFERS || held + bytes.length > MOST_BYTES) return
    this.#free.push(bytes)
  }
}

/** A body that several holders look into; the last one who lets go gives it back. */
export class SharedBody {
  readonly #bytes: Uint8Array
  readonly #memory: AnswerMemory
  #holders = 1

  constructor(bytes: Uint8Array, memory: AnswerMemory) {
    this.#bytes = bytes
    this.#memory = memory
  }

  hold(): () => void {
    this.#holders++
    return () => this.letGo()
  }

  letGo(): void {
    if (--this.#holders === 0) this.#memory.give(this.#bytes)
  }
}
