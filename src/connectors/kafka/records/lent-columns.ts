import { ByteColumn } from './byte-column.ts'

/**
 * Columns of bytes that whoever reads gives back by reading again: the memory of one batch serves the next one. Memory that comes and goes with every
 * batch would stay in the process long after it is free.
 */
export class ColumnPool {
  readonly #columns = new Map<number, ByteColumn[]>()
  readonly #taken = new Map<number, number>()

  /** All columns are free again. */
  restart(): void {
    this.#taken.clear()
  }

  /** The next free column, empty. */
  take(column: number, rows: number, bytes: number): ByteColumn {
    const columns = this.#columns.get(column) ?? []
    const at = this.#taken.get(column) ?? 0
    this.#columns.set(column, columns)
    this.#taken.set(column, at + 1)
    const known = columns[at]
    known?.clear()
    columns[at] = known ?? new ByteColumn(rows, bytes)
    return columns[at]
  }
}

/** Which columns of a read come from the pool; the others are made. */
export class LentColumns {
  readonly #lent: ReadonlySet<number>
  readonly #pool: ColumnPool

  /** `lent`: where they stand in the Kafka schema. */
  constructor(lent: ReadonlySet<number>, pool: ColumnPool) {
    this.#lent = lent
    this.#pool = pool
    if (lent.size > 0) pool.restart()
  }

  has(column: number): boolean {
    return this.#lent.has(column)
  }

  take(column: number, rows: number, bytes: number): ByteColumn {
    return this.has(column) ? this.#pool.take(column, rows, bytes) : new ByteColumn(rows, bytes)
  }
}

export const NOTHING_LENT = new LentColumns(new Set(), new ColumnPool())
