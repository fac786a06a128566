import { MillraceError } from '../../../errors/index.ts'
import type { ColumnData, RowBatch, StructType } from '../../../types/index.ts'
import { type Connection, type DataChunk, native, VECTOR_SIZE } from './bindings.ts'
import { logicalType } from './logical-type.ts'
import type { Thrown } from './thrown.ts'
import { writeVector } from './write-vector.ts'

/** Rows that are made once, when their turn comes: while one of DuckDB's threads works on those before. */
export interface BatchToBe {
  readonly length: number
  /** Asked again, it gives the same rows, or fails again. */
  readonly made: () => RowBatch
}
export type FedBatch = RowBatch | BatchToBe

/** Rows in memory that SQL may read as `feed(id)`, with columns `f0`, `f1`, … */
interface Fed {
  readonly schema: StructType
  batches: readonly FedBatch[]
  rows: number
  /** Several threads may take rows at once: they come in no order, and faster. */
  anyOrder: boolean
  /** The id stays when the rows go: other rows come under it. */
  readonly stays: boolean
}
interface Cursor {
  readonly fed: Fed
  readonly columns: readonly number[]
  batch: number
  at: number
}

/**
 * The table function `feed(id)` of one instance. Registered once: DuckDB cannot take a function back.
 * It shows only what is in memory already; nothing is awaited inside a callback.
 */
export class Feeds {
  readonly #fed = new Map<number, Fed>()
  readonly #places = new Map<string, number>()
  readonly #thrown: Thrown
  #next = 1

  constructor(thrown: Thrown) {
    this.#thrown = thrown
  }

  /** Shows batches under a new id. Take it back with `remove` when no statement reads it any more. */
  add(schema: StructType, batches: readonly FedBatch[], anyOrder = false): number {
    const id = this.#next++
    this.#fed.set(id, { schema, batches, rows: rowsIn(batches), anyOrder, stays: false })
    return id
  }

  /** As `add`, under the id the place had before, so that a statement's text, and its plan, may stay. One use of a place at a time. */
  addAt(place: string, schema: StructType, batches: readonly FedBatch[], anyOrder = false): number {
    const known = this.#places.get(place)
    const fed = known === undefined ? undefined : this.#fed.get(known)
    if (known !== undefined && fed && sameSchema(fed.schema, schema)) {
      Object.assign(fed, { batches, rows: rowsIn(batches), anyOrder })
      return known
    }
    if (known !== undefined) this.#fed.delete(known)
    const id = this.#next++
    this.#fed.set(id, { schema, batches, rows: rowsIn(batches), anyOrder, stays: true })
    this.#places.set(place, id)
    return id
  }

  remove(id: number): void {
    const fed = this.#fed.get(id)
    if (fed?.stays) Object.assign(fed, { batches: [], rows: 0 })
    else this.#fed.delete(id)
  }

  register(connection: Connection): void {
    const table = native.create_table_function()
    native.table_function_set_name(table, 'feed')
    native.table_function_add_parameter(table, native.create_logical_type(native.Type.BIGINT))
    native.table_function_supports_projection_pushdown(table, true)
    native.table_function_set_bind(table, info =>
      this.#guarded(
        m => native.bind_set_error(info, m),
        () => {
          const id = Number(native.get_int64(native.bind_get_parameter(info, 0)))
          const fed = this.#fed.get(id)
          if (!fed) throw new MillraceError('INTERNAL', { what: `feed ${id} is not there` })
          for (const [i, f] of fed.schema.fields.entries()) native.bind_add_result_column(info, `f${i}`, logicalType(f.dataType))
          if (fed.schema.fields.length === 0) native.bind_add_result_column(info, 'f', native.create_logical_type(native.Type.INTEGER))
          native.bind_set_cardinality(info, fed.rows, true)
          native.bind_set_bind_data(info, { fed })
        },
      ),
    )
    native.table_function_set_init(table, info =>
      this.#guarded(
        m => native.init_set_error(info, m),
        () => {
          const { fed } = native.init_get_bind_data(info) as { fed: Fed }
          const columns = Array.from({ length: native.init_get_column_count(info) }, (_, i) => native.init_get_column_index(info, i))
          native.init_set_max_threads(info, fed.anyOrder ? 64 : 1)
          native.init_set_init_data(info, { fed, columns, batch: 0, at: 0 } satisfies Cursor)
        },
      ),
    )
    native.table_function_set_function(table, (info, chunk) =>
      this.#guarded(
        m => native.function_set_error(info, m),
        () => {
          fill(native.function_get_init_data(info) as Cursor, chunk)
        },
      ),
    )
    native.register_table_function(connection, table)
  }

  #guarded(report: (message: string) => void, work: () => unknown): void {
    try {
      refusePromise(work())
    } catch (error) {
      report(this.#thrown.mark(error))
    }
  }
}

const sameSchema = (a: StructType, b: StructType): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)
const rowsIn = (batches: readonly FedBatch[]): number => batches.reduce((n, b) => n + b.length, 0)

/** DuckDB takes a Promise from a callback for "no rows" or 0. */
export function refusePromise(value: unknown): void {
  if (value !== null && typeof value === 'object' && 'then' in value) {
    throw new MillraceError('INTERNAL', { what: 'a callback of DuckDB returned a Promise' })
  }
}

/** Bytes of strings in one vector at most, so that one `copy` stays small; longer runs of long strings take more calls. */
const MAX_BYTES = 64 << 20

function fill(cursor: Cursor, chunk: DataChunk): void {
  const { fed, columns } = cursor
  while (cursor.batch < fed.batches.length && cursor.at >= fed.batches[cursor.batch]!.length) {
    cursor.batch++
    cursor.at = 0
  }
  const next = fed.batches[cursor.batch]
  if (!next) {
    native.data_chunk_set_size(chunk, 0)
    return
  }
  const batch = 'made' in next ? next.made() : next
  const count = fitting(batch, cursor.at)
  native.data_chunk_set_size(chunk, count)
  columns.forEach((c, i) => {
    // A count(*) asks for the row id only: no column of ours.
    const f = fed.schema.fields[c]
    if (f) writeVector(native.data_chunk_get_vector(chunk, i), f.dataType, batch.columns[c]!, cursor.at, count)
  })
  cursor.at += count
}

function fitting(batch: RowBatch, from: number): number {
  let count = Math.min(VECTOR_SIZE, batch.length - from)
  const bytes = (c: ColumnData): number => (c.offsets && !c.children ? c.offsets[from + count]! - c.offsets[from]! : 0)
  while (count > 1 && batch.columns.some(c => bytes(c) > MAX_BYTES)) count >>= 1
  return count
}
