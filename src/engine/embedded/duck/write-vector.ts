import type { ArrayType, ColumnData, DataType, MapType, StructType } from '../../../types/index.ts'
import { native, type Vector } from './bindings.ts'
import { type Storage, storageOf } from './logical-type.ts'
import { writeStrings } from './string-cells.ts'

/** Rows [from, from + count) of a column. */
interface Slice {
  readonly column: ColumnData
  readonly from: number
  readonly count: number
}
type Write = (vector: Vector, type: never, slice: Slice, storage: Storage) => void

const WRITERS: Record<Storage['kind'], Write> = {
  fixed: (vector, _type, { column, from, count }, storage) => {
    const width = (storage as { bytes: number }).bytes
    copy(vector, column.values!, from * width, count * width)
  },
  bool: (vector, _type, { column, from, count }) => {
    const bits = column.values as Uint8Array
    const bytes = new Uint8Array(count)
    for (let i = 0, r = from; i < count; i++, r++) bytes[i] = (bits[r >> 3]! >> (r & 7)) & 1
    copy(vector, bytes, 0, count)
  },
  decimal: (vector, _type, slice, storage) => writeDecimals(vector, slice, (storage as { bytes: number }).bytes),
  text: (vector, type: DataType, { column, from, count }) =>
    writeStrings(vector, column.values as Uint8Array, column.offsets!, from, count, type.kind !== 'binary'),
  list: (vector, type: ArrayType, slice) => {
    const inner = writeEntries(vector, slice)
    writeVector(native.list_vector_get_child(vector), type.elementType, slice.column.children![0]!, inner.from, inner.count)
  },
  map: (vector, type: MapType, slice) => {
    const { from, count } = writeEntries(vector, slice)
    const entries = native.list_vector_get_child(vector)
    const [keys, values] = slice.column.children!
    writeVector(native.struct_vector_get_child(entries, 0), type.keyType, keys!, from, count)
    writeVector(native.struct_vector_get_child(entries, 1), type.valueType, values!, from, count)
  },
  struct: (vector, type: StructType, { column, from, count }) => {
    type.fields.forEach((f, i) => {
      writeVector(native.struct_vector_get_child(vector, i), f.dataType, column.children![i]!, from, count, column.validity)
    })
    if (type.fields.length === 0) copy(native.struct_vector_get_child(vector, 0), new Int32Array(count), 0, count * 4)
  },
  null: (vector, _type, { count }) => writeBits(vector, new Uint8Array((count + 7) >> 3), 0, count),
}

/**
 * Fills a vector with rows [from, from + count) of a column. `outer` is the validity of the struct around it: a null struct's fields must be
 * null too, DuckDB looks only at the field.
 */
export function writeVector(vector: Vector, type: DataType, column: ColumnData, from: number, count: number, outer?: Uint8Array): void {
  if (count === 0) return
  if (!column.values && !column.children && type.kind !== 'null' && !(type.kind === 'struct' && type.fields.length === 0)) {
    // A column nobody reads: DuckDB asks for one even for count(*).
    writeBits(vector, new Uint8Array((count + 7) >> 3), 0, count)
    return
  }
  const storage = storageOf(type)
  const inner = storage.kind === 'struct' && outer ? { ...column, validity: both(column.validity, outer) } : column
  WRITERS[storage.kind](vector, type as never, { column: inner, from, count }, storage)
  const validity = outer && column.validity ? both(column.validity, outer) : (column.validity ?? outer)
  if (validity && storage.kind !== 'null') writeBits(vector, validity, from, count)
}

function both(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  return a ? a.map((bits, i) => bits & (b[i] ?? 0)) : b
}

function copy(vector: Vector, source: ArrayBufferView, from: number, bytes: number): void {
  native.copy_data_to_vector(vector, 0, source.buffer as ArrayBuffer, source.byteOffset + from, bytes)
}

function writeBits(vector: Vector, bits: Uint8Array, from: number, count: number): void {
  const bytes = (count + 7) >> 3
  native.vector_ensure_validity_writable(vector)
  if ((from & 7) === 0) {
    native.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset + (from >> 3), bytes)
    return
  }
  const shifted = new Uint8Array(bytes)
  for (let i = 0, r = from; i < count; i++, r++) shifted[i >> 3]! |= ((bits[r >> 3]! >> (r & 7)) & 1) << (i & 7)
  native.copy_data_to_vector_validity(vector, 0, shifted.buffer as ArrayBuffer, 0, bytes)
}

const NARROW = { 2: Int16Array, 4: Int32Array, 8: BigInt64Array } as const

function writeDecimals(vector: Vector, { column, from, count }: Slice, width: number): void {
  const words = column.values as BigInt64Array
  if (width === 16) {
    copy(vector, words, from * 16, count * 16)
    return
  }
  const narrow = new NARROW[width as 2 | 4 | 8](count)
  if (narrow instanceof BigInt64Array) for (let i = 0; i < count; i++) narrow[i] = words[2 * (from + i)]!
  else for (let i = 0; i < count; i++) narrow[i] = Number(words[2 * (from + i)]!)
  copy(vector, narrow, 0, count * width)
}

/** Writes a list vector's (offset, length) entries; answers the rows of the child that belong to it. */
function writeEntries(vector: Vector, { column, from, count }: Slice): { from: number; count: number } {
  const offsets = column.offsets!
  const start = offsets[from]!
  const inner = offsets[from + count]! - start
  const entries = new BigUint64Array(2 * count)
  for (let i = 0; i < count; i++) {
    entries[2 * i] = BigInt(offsets[from + i]! - start)
    entries[2 * i + 1] = BigInt(offsets[from + i + 1]! - offsets[from + i]!)
  }
  native.list_vector_reserve(vector, inner)
  native.list_vector_set_size(vector, inner)
  copy(vector, entries, 0, count * 16)
  return { from: start, count: inner }
}
