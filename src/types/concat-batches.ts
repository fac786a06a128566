import type { DataType, StructType } from './data-type.ts'
import { type ColumnData, type ColumnValues, isValid, type RowBatch } from './row-batch.ts'

/** One batch out of several with the same schema. One batch is handed back as it is. */
export function concatBatches(schema: StructType, batches: readonly RowBatch[]): RowBatch {
  if (batches.length === 1) return batches[0]!
  const length = batches.reduce((n, b) => n + b.length, 0)
  return {
    schema,
    length,
    columns: schema.fields.map((f, c) =>
      concatColumns(
        batches.map(b => b.columns[c]!),
        f.dataType,
      ),
    ),
  }
}

function concatColumns(parts: readonly ColumnData[], type: DataType): ColumnData {
  const length = parts.reduce((n, p) => n + p.length, 0)
  const validity = parts.some(p => p.validity) ? joinBits(parts, length, isValid) : undefined
  return { length, ...(validity && { validity }), ...body(parts, type, length) }
}

function body(parts: readonly ColumnData[], type: DataType, length: number): Partial<ColumnData> {
  switch (type.kind) {
    case 'null':
      return {}
    case 'boolean':
      return { values: joinBits(parts, length, (p, i) => ((p.values as Uint8Array)[i >> 3]! & (1 << (i & 7))) !== 0) }
    case 'string':
    case 'char':
    case 'varChar':
    case 'binary':
    case 'variant':
      return {
        offsets: joinOffsets(parts, length),
        values: joinValues(parts, p => p.values!.subarray(p.offsets![0]!, p.offsets![p.length]!)),
      }
    case 'struct':
      return {
        children: type.fields.map((f, c) =>
          concatColumns(
            parts.map(p => p.children![c]!),
            f.dataType,
          ),
        ),
      }
    case 'array':
      return {
        offsets: joinOffsets(parts, length),
        children: [
          concatColumns(
            parts.map(p => child(p, 0)),
            type.elementType,
          ),
        ],
      }
    case 'map':
      return {
        offsets: joinOffsets(parts, length),
        children: [
          concatColumns(
            parts.map(p => child(p, 0)),
            type.keyType,
          ),
          concatColumns(
            parts.map(p => child(p, 1)),
            type.valueType,
          ),
        ],
      }
    default: {
      const words = type.kind === 'decimal' || type.kind === 'calendarInterval' ? 2 : 1
      return { values: joinValues(parts, p => p.values!.subarray(0, p.length * words)) }
    }
  }
}

/** Arrays and maps start at offset 0 of their children, as every builder makes them. */
const child = (p: ColumnData, c: number): ColumnData => p.children![c]!

function joinBits(parts: readonly ColumnData[], length: number, bit: (p: ColumnData, i: number) => boolean): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  let at = 0
  for (const p of parts) for (let i = 0; i < p.length; i++, at++) if (bit(p, i)) bits[at >> 3]! |= 1 << (at & 7)
  return bits
}

function joinValues(parts: readonly ColumnData[], values: (p: ColumnData) => ColumnValues): ColumnValues {
  const pieces = parts.map(values)
  const first = pieces[0]
  if (!first) return new Uint8Array(0)
  const all = new (first.constructor as new (n: number) => ColumnValues)(pieces.reduce((n, v) => n + v.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece as never, at)
    at += piece.length
  }
  return all
}

function joinOffsets(parts: readonly ColumnData[], length: number): Int32Array {
  const offsets = new Int32Array(length + 1)
  let at = 0
  let base = 0
  for (const p of parts) {
    const from = p.children ? 0 : p.offsets![0]!
    for (let i = 0; i < p.length; i++) offsets[++at] = base + p.offsets![i + 1]! - from
    base += p.children ? p.children[0]!.length : p.offsets![p.length]! - from
  }
  return offsets
}
