import type { RowBatch, StructType } from '../../types/index.ts'

/** The rows a query with a memory sink has written, readable by its name. */
export interface MemoryTable {
  readonly schema: StructType
  batches(): readonly RowBatch[]
}

class Rows implements MemoryTable {
  readonly schema: StructType
  #batches: readonly RowBatch[] = []
  #latest = -1

  constructor(schema: StructType) {
    this.schema = schema
  }

  batches(): readonly RowBatch[] {
    return this.#batches
  }

  put(batchId: number, batches: readonly RowBatch[], replace: boolean): void {
    if (batchId <= this.#latest) return
    this.#batches = replace ? batches : [...this.#batches, ...batches]
    this.#latest = batchId
  }
}

/** The memory tables of one session. */
export class MemoryTables {
  readonly #tables = new Map<string, Rows>()

  get(name: string): MemoryTable | undefined {
    return this.#tables.get(name.toLowerCase())
  }

  names(): readonly string[] {
    return [...this.#tables.keys()]
  }

  /** An empty table of this name; an older one is replaced, as Spark replaces the view. */
  create(name: string, schema: StructType): Rows {
    const table = new Rows(schema)
    this.#tables.set(name.toLowerCase(), table)
    return table
  }

  drop(name: string): void {
    this.#tables.delete(name.toLowerCase())
  }
}
