import { MillraceError } from '../../../errors/index.ts'
import { columnBuilder, concatBatches, type RowBatch, type StructType } from '../../../types/index.ts'
import { type DataChunk, native } from './bindings.ts'
import type { Answer, DuckConnection, RunOptions } from './connection.ts'
import { readVector, takeRows } from './read-vector.ts'

/** A chunk's columns from `first` on as a batch. The SQL types must be those of the schema (see `duckType`). */
function batchOfChunk(chunk: DataChunk, schema: StructType, first = 0): RowBatch {
  const length = native.data_chunk_get_size(chunk)
  return {
    schema,
    length,
    columns: schema.fields.map((f, i) => readVector(native.data_chunk_get_vector(chunk, first + i), f.dataType, length)),
  }
}

/** All rows of a finished statement. */
export function batchOfAnswer(answer: Answer, schema: StructType): RowBatch {
  const parts: RowBatch[] = []
  for (const chunk of answer.chunks()) parts.push(batchOfChunk(chunk, schema))
  return joined(parts, schema)
}

const joined = (parts: readonly RowBatch[], schema: StructType): RowBatch =>
  parts.length === 1 ? parts[0]! : parts.length === 0 ? emptyBatch(schema) : concatBatches(schema, parts)

export const emptyBatch = (schema: StructType): RowBatch => ({
  schema,
  length: 0,
  columns: schema.fields.map(f => columnBuilder(f.dataType).finish()),
})

/** Chunks are joined into batches of about this many rows. */
const ROWS = 65_536

/** Streams a statement's rows; `expected` is the row count they must add up to, where it is known. */
export async function* streamBatches(
  connection: DuckConnection,
  sql: string,
  schema: StructType,
  options: RunOptions & { readonly expected?: number } = {},
): AsyncGenerator<RowBatch, void, undefined> {
  let parts: RowBatch[] = []
  let held = 0
  let total = 0
  for await (const chunk of connection.stream(sql, options)) {
    const batch = batchOfChunk(chunk, schema)
    parts.push(batch)
    held += batch.length
    total += batch.length
    if (held >= ROWS) {
      yield joined(parts, schema)
      parts = []
      held = 0
    }
  }
  if (options.expected !== undefined && total !== options.expected) {
    throw new MillraceError('INTERNAL', { what: `a result ended after ${total} of ${options.expected} rows` })
  }
  if (held > 0) yield joined(parts, schema)
}

/** One row of plain values, for counts and statistics: bigints, numbers, texts and nulls, by JSON. */
export function firstText(answer: Answer): string | undefined {
  for (const chunk of answer.chunks()) {
    if (native.data_chunk_get_size(chunk) === 0) continue
    const column = readVector(native.data_chunk_get_vector(chunk, 0), { kind: 'string' }, 1)
    return Buffer.from(column.values as Uint8Array).toString('utf8')
  }
  return undefined
}

/** The rows for which `drop` says no. */
export function withoutRows(batch: RowBatch, drop: (i: number) => boolean): RowBatch {
  const kept: number[] = []
  for (let i = 0; i < batch.length; i++) if (!drop(i)) kept.push(i)
  if (kept.length === batch.length) return batch
  const rows = Int32Array.from(kept)
  return {
    schema: batch.schema,
    length: kept.length,
    columns: batch.schema.fields.map((f, c) => takeRows(batch.columns[c]!, f.dataType, rows)),
  }
}
