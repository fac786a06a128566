import type { ColumnData, DataType, RowBatch } from '../../../types/index.ts'
import { VECTOR_SIZE } from '../duck/bindings.ts'
import type { BatchToBe } from '../duck/feed.ts'
import { takeRows } from '../duck/read-vector.ts'
import { ShortCutFailed } from '../short-cut.ts'
import { DecodeFailed } from './decode.ts'

type Decode = (batch: RowBatch) => RowBatch

/** As many rows as DuckDB takes at a time, decoded when it takes them: one of its threads works on the piece before meanwhile. */
export class PieceToDecode implements BatchToBe {
  readonly length: number
  #decode: Decode | undefined
  #batch: RowBatch

  constructor(encoded: RowBatch, decode: Decode) {
    this.length = encoded.length
    this.#decode = decode
    this.#batch = encoded
  }

  /** What it takes in memory, about: what is decoded is less than half of the text it came from, which goes. */
  get bytes(): number {
    return this.#batch.columns.reduce((n, c) => n + bytesOf(c), 0) >> 1
  }

  /** A bad record ends the query only if it reaches the function, which the plan as it was will tell. */
  readonly made = (): RowBatch => {
    if (!this.#decode) return this.#batch
    try {
      this.#batch = this.#decode(this.#batch)
    } catch (error) {
      throw error instanceof DecodeFailed ? new ShortCutFailed('a column could not be decoded', { cause: error.error }) : error
    }
    this.#decode = undefined
    return this.#batch
  }
}

export async function* piecesToDecode(
  batches: AsyncIterable<RowBatch> | Iterable<RowBatch>,
  decode: Decode,
): AsyncGenerator<PieceToDecode, void, undefined> {
  for await (const batch of batches)
    for (let from = 0; from < batch.length; from += VECTOR_SIZE) yield new PieceToDecode(rows(batch, from), decode)
}

/** The rows of one vector; `from` is a multiple of its size. */
function rows(batch: RowBatch, from: number): RowBatch {
  const length = Math.min(VECTOR_SIZE, batch.length - from)
  const { fields } = batch.schema
  return {
    ...batch,
    length,
    columns: batch.columns.map((c, i) => (c.length < batch.length ? c : part(c, fields[i]!.dataType, from, length))),
  }
}

/** Rows of a column, in its memory but for lists; `from` is a multiple of 8. */
function part(column: ColumnData, type: DataType, from: number, length: number): ColumnData {
  if (type.kind === 'array' || type.kind === 'map') {
    const wanted = Int32Array.from({ length }, (_, i) => from + i)
    return takeRows(column, type, wanted)
  }
  const { validity, values, offsets } = column
  const head = { length, ...(validity && { validity: validity.subarray(from >> 3, (from + length + 7) >> 3) }) }
  if (type.kind === 'struct') return { ...head, children: type.fields.map((f, i) => part(column.children![i]!, f.dataType, from, length)) }
  if (offsets) return { ...head, offsets: offsets.subarray(from, from + length + 1), ...(values && { values }) }
  if (!values) return head
  if (type.kind === 'boolean') return { ...head, values: values.subarray(from >> 3, (from + length + 7) >> 3) }
  const words = type.kind === 'decimal' || type.kind === 'calendarInterval' ? 2 : 1
  return { ...head, values: values.subarray(from * words, (from + length) * words) }
}

const bytesOf = ({ length, offsets, values, children = [] }: ColumnData): number =>
  offsets && values ? offsets[length]! - offsets[0]! : (values?.byteLength ?? 0) + children.reduce((n, c) => n + bytesOf(c), 0)
