import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How far each partition has been read: the offset behind its last record. */
export type Ends = Readonly<Record<number, number>>

/**
 * What the checkpoint's log says each batch reads, gathered by eyes of its own and kept beyond what the query keeps. An entry is made once: one that
 * says something else than before, or is gone before its time, is a difference.
 */
export class Ledger {
  readonly #directory: string
  readonly #topic: string
  readonly #entries: string[] = []
  readonly differences: string[] = []

  constructor(checkpoint: string, topic: string) {
    this.#directory = join(checkpoint, 'offsets')
    this.#topic = topic
  }

  /** The number of the newest batch that is logged, or -1. */
  look(): number {
    const ids = numbersIn(this.#directory)
    for (const id of ids) {
      const text = readFileSync(join(this.#directory, `${id}`), 'utf8')
      const before = this.#entries[id]
      if (before !== undefined && before !== text) this.differences.push(`offsets/${id} was\n${before}\nand became\n${text}`)
      this.#entries[id] = text
    }
    const newest = ids.at(-1) ?? -1
    if (newest < this.#entries.length - 1) this.differences.push(`offsets/${this.#entries.length - 1} is gone, the newest is ${newest}`)
    return newest
  }

  /** Where each batch ends, by its number. */
  get batches(): readonly Ends[] {
    return Array.from(this.#entries, (text, id) => {
      if (text === undefined) throw new Error(`offsets/${id} was removed before anybody saw it`)
      return this.#endsIn(text)
    })
  }

  /** Where the newest batch ends. */
  get ends(): Ends {
    const last = this.#entries.at(-1)
    return last === undefined ? {} : this.#endsIn(last)
  }

  #endsIn(text: string): Ends {
    return (JSON.parse(text.split('\n')[2]!) as Record<string, Ends>)[this.#topic]!
  }
}

/** Files whose names are numbers, in order. */
function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory)
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}
