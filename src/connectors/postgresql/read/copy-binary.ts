import { MillraceError } from '../../../errors/index.ts'
import type { RowBatch, StructType } from '../../../types/index.ts'
import { type CellColumn, cellColumn } from './cell-columns.ts'
import { CellError } from './cell-error.ts'
import type { ReadColumn } from './relation.ts'

/** Signature, flags, length of an extension of the header. */
const HEADER_BYTES = 19

export interface BinaryRows {
  readonly columns: readonly ReadColumn[]
  /** Of the batches: those columns, and empty ones in place of others. */
  readonly schema: StructType
  /** Where each of `columns` stands in it. */
  readonly places: readonly number[]
  readonly timeZone: string
  /** A batch ends at so many rows or bytes. */
  readonly rows: number
  readonly bytes: number
}

const EMPTY = { length: 0 }

/** Batches from the bytes of `COPY … (FORMAT binary)`. @throws POSTGRES_VALUE naming column and row */
export async function* binaryBatches(chunks: AsyncIterable<Buffer>, to: BinaryRows): AsyncGenerator<RowBatch, void, undefined> {
  const { columns, schema, places, timeZone } = to
  let cells = columns.map(column => cellColumn(column.wire, column.field.dataType, timeZone))
  let held: Buffer = Buffer.alloc(0)
  let [length, bytes, row, begun] = [0, 0, 0, false]
  const batch = (): RowBatch => {
    const all: RowBatch['columns'][number][] = schema.fields.map(() => EMPTY)
    for (const [i, cell] of cells.entries()) all[places[i]!] = cell.finish()
    const made = { schema, length, columns: all }
    cells = columns.map(column => cellColumn(column.wire, column.field.dataType, timeZone))
    length = bytes = 0
    return made
  }
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    let at = 0
    if (!begun) {
      if (held.length < HEADER_BYTES) continue
      at = HEADER_BYTES + held.readInt32BE(HEADER_BYTES - 4)
      if (held.length < at) continue
      begun = true
    }
    for (;;) {
      const end = endOfRow(held, at)
      if (end === undefined) break
      if (end === at) {
        // The end of all rows.
        at = held.length
        break
      }
      takeRow(held, at, cells, (i, reason) => refuse(columns[i]!, row, reason))
      bytes += end - at
      at = end
      length++
      row++
      if (length >= to.rows || bytes >= to.bytes) yield batch()
    }
    held = held.subarray(at)
  }
  if (length > 0) yield batch()
}

function refuse(column: ReadColumn, row: number, reason: string): never {
  throw new MillraceError('POSTGRES_VALUE', { column: column.field.name, row, reason })
}

/** Where the row that begins at `at` ends; `at` itself for the mark behind the last one; undefined when not all of it has come. */
function endOfRow(bytes: Buffer, at: number): number | undefined {
  if (at + 2 > bytes.length) return undefined
  const fields = bytes.readInt16BE(at)
  if (fields < 0) return at
  let end = at + 2
  for (let i = 0; i < fields; i++) {
    if (end + 4 > bytes.length) return undefined
    end += 4 + Math.max(bytes.readInt32BE(end), 0)
  }
  return end > bytes.length ? undefined : end
}

function takeRow(bytes: Buffer, start: number, cells: readonly CellColumn[], refuse: (column: number, reason: string) => never): void {
  let at = start + 2
  for (let i = 0; i < cells.length; i++) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) cells[i]!.appendNull()
    else {
      try {
        cells[i]!.append(bytes, at, length)
      } catch (error) {
        if (error instanceof CellError) refuse(i, error.message)
        throw error
      }
      at += length
    }
  }
}
