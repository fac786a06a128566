/** Lines that scroll by, above one table that is drawn again in place. Off a terminal the table is printed when it is asked for, in full. */
export class Screen {
  readonly #out: NodeJS.WriteStream
  #table: readonly string[] = []
  #drawn = 0

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  line(text: string): void {
    this.#erase()
    this.#out.write(`${text}\n`)
    if (this.#out.isTTY) this.#draw()
  }

  table(text: string): void {
    this.#table = text.trimEnd().split('\n')
    if (this.#out.isTTY) {
      this.#erase()
      this.#draw()
    }
  }

  /** Leaves the last table standing. */
  end(): void {
    if (!this.#out.isTTY) this.#draw()
    this.#drawn = 0
    this.#table = []
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[J`)
    this.#drawn = 0
  }

  #draw(): void {
    const width = this.#out.columns ?? 200
    for (const row of this.#table) this.#out.write(`${row.slice(0, width)}\n`)
    this.#drawn = this.#table.length
  }
}
