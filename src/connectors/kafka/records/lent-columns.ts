import { ByteColumn } from './byte-column.ts'

/** Columns of bytes that whoever reads only looks at until the next table: each is filled again and again in the same memory. */
export class LentColumns {
  readonly #lent: ReadonlySet<number>
  readonly #made = new Map<number, ByteColumn>()

  /** `lent`: where they stand in the Kafka schema. */
  constructor(lent: ReadonlySet<number>) {
    this.#lent = lent
  }

  has(column: number): boolean {
    return this.#lent.has(column)
  }

  /** An empty column: the last one again where it was lent. */
  take(column: number, rows: number, bytes: number): ByteColumn {
    if (!this.has(column)) return new ByteColumn(rows, bytes)
    const made = this.#made.get(column) ?? new ByteColumn(rows, bytes)
    made.clear()
    this.#made.set(column, made)
    return made
  }
}

export const NOTHING_LENT = new LentColumns(new Set())
