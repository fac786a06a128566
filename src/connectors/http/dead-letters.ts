import { MillraceError } from '../../errors/index.ts'
import type { FileStore } from '../../storage/contract.ts'

/** A request that the receiver refused for good, as a line of a file. */
export interface DeadLetter {
  readonly status: number
  /** What the receiver said, cut short. */
  readonly answer: string
  readonly key: string
  readonly rows: number
  readonly body: string
  readonly batchId: number
  /** ISO. */
  readonly at: string
}

export interface LetterBox {
  readonly store: FileStore
  readonly most: number
  /** May every request of a large batch be refused? */
  readonly mayBeAll: boolean
  readonly url: string
  readonly runId: string
}

const LARGE = 100
const nameOf = (batchId: number): string => `batch-${String(batchId).padStart(20, '0')}.json`

/** The letters of one batch: a file under the batch's name, so that the batch run again replaces it. */
export class BatchLetters {
  readonly #box: LetterBox
  readonly #batchId: number
  readonly #letters: DeadLetter[] = []

  constructor(box: LetterBox, batchId: number) {
    this.#box = box
    this.#batchId = batchId
  }

  /** @throws HTTP_DEAD_LETTERS_TOO_MANY */
  add(letter: DeadLetter): void {
    this.#letters.push(letter)
    if (this.#letters.length > this.#box.most) throw this.#tooMany(this.#box.most)
  }

  /** Durable when fulfilled. `requests`: of the whole batch. @throws HTTP_DEAD_LETTERS_TOO_MANY when that is all of them */
  async write(requests: number, again: boolean): Promise<void> {
    const { store, runId, mayBeAll } = this.#box
    if (this.#letters.length === 0) {
      if (again) await store.delete([nameOf(this.#batchId)])
      return
    }
    if (!mayBeAll && requests >= LARGE && this.#letters.length === requests) throw this.#tooMany(requests - 1)
    const text = this.#letters.map(letter => `${JSON.stringify(letter)}\n`).join('')
    await store.write(nameOf(this.#batchId), new TextEncoder().encode(text), { run: runId, attempt: this.#batchId })
  }

  #tooMany(most: number): MillraceError {
    const { status } = this.#letters.at(-1)!
    return new MillraceError('HTTP_DEAD_LETTERS_TOO_MANY', { url: this.#box.url, letters: this.#letters.length, most, status })
  }
}
