import {
  type ArrayType,
  type ColumnData,
  type ColumnValues,
  type DataType,
  FIXED_ARRAYS,
  type MapType,
  type StructType,
} from '../../../types/index.ts'
import { native, type Vector } from './bindings.ts'
import { type Storage, storageOf } from './logical-type.ts'
import { readStrings } from './string-cells.ts'

type Read = (vector: Vector, type: never, count: number, validity: Uint8Array | undefined, storage: Storage) => ColumnData

const READERS: Record<Storage['kind'], Read> = {
  fixed: (vector, type: DataType, count, validity, storage) => {
    const bytes = native.vector_get_data(vector, count * (storage as { bytes: number }).bytes)
    return column(count, validity, typed(type, bytes))
  },
  bool: (vector, _type, count, validity) => {
    const bytes = native.vector_get_data(vector, count)
    const bits = new Uint8Array((count + 7) >> 3)
    for (let i = 0; i < count; i++) if (bytes[i]) bits[i >> 3]! |= 1 << (i & 7)
    return column(count, validity, bits)
  },
  decimal: (vector, _type, count, validity, storage) =>
    column(count, validity, readDecimals(vector, count, (storage as { bytes: number }).bytes)),
  text: (vector, _type, count, validity) => {
    const { values, offsets } = readStrings(vector, count, i => !validity || bit(validity, i))
    return { length: count, ...(validity && { validity }), values, offsets }
  },
  list: (vector, type: ArrayType, count, validity) => {
    const rows = entries(vector, count, validity)
    const child = readVector(native.list_vector_get_child(vector), type.elementType, native.list_vector_get_size(vector))
    return { length: count, ...(validity && { validity }), offsets: rows.offsets, children: [arranged(child, type.elementType, rows)] }
  },
  map: (vector, type: MapType, count, validity) => {
    const rows = entries(vector, count, validity)
    const pairs = native.list_vector_get_child(vector)
    const size = native.list_vector_get_size(vector)
    const children = [type.keyType, type.valueType].map((t, i) =>
      arranged(readVector(native.struct_vector_get_child(pairs, i), t, size), t, rows),
    )
    return { length: count, ...(validity && { validity }), offsets: rows.offsets, children }
  },
  struct: (vector, type: StructType, count, validity) => ({
    length: count,
    ...(validity && { validity }),
    children: type.fields.map((f, i) => readVector(native.struct_vector_get_child(vector, i), f.dataType, count)),
  }),
  null: (_vector, _type, count) => ({ length: count, validity: new Uint8Array((count + 7) >> 3) }),
}

/** Copies the first `count` rows of a flat vector; the SQL type must be `duckType(type)`. */
export function readVector(vector: Vector, type: DataType, count: number): ColumnData {
  const storage = storageOf(type)
  const validity = readValidity(vector, count)
  return READERS[storage.kind](vector, type as never, count, validity, storage)
}

const bit = (bits: Uint8Array, i: number): boolean => (bits[i >> 3]! & (1 << (i & 7))) !== 0
const column = (length: number, validity: Uint8Array | undefined, values: ColumnValues): ColumnData => ({
  length,
  ...(validity && { validity }),
  values,
})

function readValidity(vector: Vector, count: number): Uint8Array | undefined {
  const bytes = (count + 7) >> 3
  const raw = native.vector_get_validity(vector, ((count + 63) >> 6) << 3)
  if (!raw) return undefined
  const bits = raw.slice(0, bytes)
  const spare = count & 7
  for (let i = 0; i < bytes; i++) {
    const full = i === bytes - 1 && spare ? (1 << spare) - 1 : 255
    if ((bits[i]! & full) !== full) return bits
  }
  return undefined
}

const ARRAYS: Partial<Record<DataType['kind'], new (buffer: ArrayBuffer, offset: number, length: number) => ColumnValues>> = FIXED_ARRAYS

function typed(type: DataType, bytes: Uint8Array): ColumnValues {
  const Typed = ARRAYS[type.kind] ?? BigInt64Array
  const width = (Typed as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  return new Typed(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / width)
}

const NARROW = { 2: Int16Array, 4: Int32Array, 8: BigInt64Array } as const

function readDecimals(vector: Vector, count: number, width: number): BigInt64Array {
  const bytes = native.vector_get_data(vector, count * width).slice()
  if (width === 16) return new BigInt64Array(bytes.buffer, 0, 2 * count)
  const narrow = new NARROW[width as 2 | 4 | 8](bytes.buffer, 0, count)
  const words = new BigInt64Array(2 * count)
  for (let i = 0; i < count; i++) {
    const value = BigInt(narrow[i]!)
    words[2 * i] = value
    words[2 * i + 1] = value >> 63n
  }
  return words
}

interface Entries {
  readonly offsets: Int32Array
  /** Rows of the child in order; undefined when they already stand so. */
  readonly rows?: Int32Array
}

/** A list vector's entries may point anywhere into the child: says which child rows belong to the list, in order. */
function entries(vector: Vector, count: number, validity: Uint8Array | undefined): Entries {
  const raw = native.vector_get_data(vector, count * 16).slice()
  const words = new BigUint64Array(raw.buffer, 0, 2 * count)
  const offsets = new Int32Array(count + 1)
  let straight = true
  for (let i = 0; i < count; i++) {
    const length = !validity || bit(validity, i) ? Number(words[2 * i + 1]!) : 0
    if (length > 0 && Number(words[2 * i]!) !== offsets[i]) straight = false
    offsets[i + 1] = offsets[i]! + length
  }
  if (straight) return { offsets }
  const rows = new Int32Array(offsets[count]!)
  for (let i = 0, at = 0; i < count; i++) {
    const start = Number(words[2 * i]!)
    for (let k = 0; k < offsets[i + 1]! - offsets[i]!; k++) rows[at++] = start + k
  }
  return { offsets, rows }
}

const arranged = (child: ColumnData, type: DataType, { offsets, rows }: Entries): ColumnData =>
  rows ? takeRows(child, type, rows) : child.length === offsets.at(-1) ? child : { ...child, length: offsets.at(-1)! }

/** The given rows of a column, in that order. */
export function takeRows(source: ColumnData, type: DataType, rows: Int32Array): ColumnData {
  const length = rows.length
  const valid = source.validity
  let validity: Uint8Array | undefined
  if (valid) {
    validity = new Uint8Array((length + 7) >> 3)
    for (let i = 0; i < length; i++) if (bit(valid, rows[i]!)) validity[i >> 3]! |= 1 << (i & 7)
  }
  const head = { length, ...(validity && { validity }) }
  const storage = storageOf(type)
  if (storage.kind === 'null') return head
  if (type.kind === 'struct') return { ...head, children: type.fields.map((f, i) => takeRows(source.children![i]!, f.dataType, rows)) }
  if (source.offsets) return { ...head, ...takeLists(source, type, rows) }
  if (storage.kind === 'bool') {
    const bits = new Uint8Array((length + 7) >> 3)
    for (let i = 0; i < length; i++) if (bit(source.values as Uint8Array, rows[i]!)) bits[i >> 3]! |= 1 << (i & 7)
    return { ...head, values: bits }
  }
  const words = type.kind === 'decimal' || type.kind === 'calendarInterval' ? 2 : 1
  const from = source.values!
  const values = new (from.constructor as new (n: number) => ColumnValues)(length * words)
  for (let i = 0; i < length; i++) for (let w = 0; w < words; w++) values[i * words + w] = from[rows[i]! * words + w]!
  return { ...head, values }
}

function takeLists(source: ColumnData, type: DataType, rows: Int32Array): Pick<ColumnData, 'offsets' | 'values' | 'children'> {
  const old = source.offsets!
  const offsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) offsets[i + 1] = offsets[i]! + old[rows[i]! + 1]! - old[rows[i]!]!
  if (!source.children) {
    const from = source.values as Uint8Array
    const values = new Uint8Array(offsets[rows.length]!)
    for (let i = 0; i < rows.length; i++) values.set(from.subarray(old[rows[i]!]!, old[rows[i]! + 1]!), offsets[i]!)
    return { offsets, values }
  }
  const inner = new Int32Array(offsets[rows.length]!)
  for (let i = 0, at = 0; i < rows.length; i++) for (let k = old[rows[i]!]!; k < old[rows[i]! + 1]!; k++) inner[at++] = k
  const types = type.kind === 'map' ? [type.keyType, type.valueType] : [(type as ArrayType).elementType]
  return { offsets, children: source.children.map((c, i) => takeRows(c, types[i]!, inner)) }
}
