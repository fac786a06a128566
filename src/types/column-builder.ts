import type { ArrayType, DataType, MapType, StructType } from './data-type.ts'
import { Growing, Validity } from './growing.ts'
import { refuseValue, toFixed, toWide } from './js-values.ts'
import type { ColumnData } from './row-batch.ts'

/** Takes JS values one by one and gives a column. What JS values a type takes is the table in `js-values.ts`. */
export interface ColumnBuilder {
  readonly length: number
  /** @throws VALUE_NOT_OF_TYPE */
  append(value: unknown): void
  appendNull(): void
  finish(): ColumnData
}

/** An empty column of a type. null and undefined inside arrays, maps and structs are nulls. */
export function columnBuilder(type: DataType): ColumnBuilder {
  switch (type.kind) {
    case 'null':
      return new NullBuilder()
    case 'boolean':
      return new BooleanBuilder(type)
    case 'string':
    case 'char':
    case 'varChar':
    case 'binary':
    case 'variant':
      return new BytesBuilder(type)
    case 'decimal':
    case 'calendarInterval':
      return new WideBuilder(type)
    case 'array':
      return new ArrayBuilder(type)
    case 'map':
      return new MapBuilder(type)
    case 'struct':
      return new StructBuilder(type)
    default:
      return new FixedBuilder(type)
  }
}

const appendOrNull = (builder: ColumnBuilder, value: unknown): void =>
  value === null || value === undefined ? builder.appendNull() : builder.append(value)

class NullBuilder implements ColumnBuilder {
  length = 0
  append(value: unknown): void {
    if (value !== null && value !== undefined) refuseValue(value, { kind: 'null' })
    this.length++
  }
  appendNull(): void {
    this.length++
  }
  finish(): ColumnData {
    return { length: this.length }
  }
}

class BooleanBuilder implements ColumnBuilder {
  length = 0
  readonly #type: DataType
  readonly #bits = new Growing(new Uint8Array(64))
  readonly #validity = new Validity()

  constructor(type: DataType) {
    this.#type = type
  }
  append(value: unknown): void {
    if (typeof value !== 'boolean') refuseValue(value, this.#type)
    const i = this.#next()
    if (value) this.#bits.array[i >> 3]! |= 1 << (i & 7)
  }
  appendNull(): void {
    this.#validity.setNull(this.#next())
  }
  #next(): number {
    const i = this.length++
    this.#bits.length = i >> 3
    this.#bits.reserve(1)
    return i
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { values: this.#bits.array.slice(0, (this.length + 7) >> 3) })
  }
}

type FixedArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array
/** The array that holds values of a type in one number each; every other fixed type has a BigInt64Array. */
export const FIXED_ARRAYS = {
  byte: Int8Array,
  short: Int16Array,
  integer: Int32Array,
  date: Int32Array,
  yearMonthInterval: Int32Array,
  float: Float32Array,
  double: Float64Array,
} as const satisfies Partial<Record<DataType['kind'], unknown>>
const ARRAYS: Readonly<Partial<Record<DataType['kind'], new (n: number) => FixedArray>>> = FIXED_ARRAYS

class FixedBuilder implements ColumnBuilder {
  readonly #to: (value: unknown) => number | bigint
  readonly #values: Growing<FixedArray>
  readonly #validity = new Validity()

  constructor(type: DataType) {
    this.#to = toFixed(type)
    this.#values = new Growing(new (ARRAYS[type.kind] ?? BigInt64Array)(64))
  }
  get length(): number {
    return this.#values.length
  }
  append(value: unknown): void {
    const raw = this.#to(value)
    this.#values.reserve(1)
    this.#values.array[this.#values.length++] = raw as never
  }
  appendNull(): void {
    this.#values.reserve(1)
    this.#validity.setNull(this.#values.length++)
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { values: this.#values.taken() })
  }
}

/** Two 64-bit words a value: decimals and calendar intervals. */
class WideBuilder implements ColumnBuilder {
  readonly #write: (value: unknown, into: BigInt64Array, at: number) => void
  readonly #words = new Growing(new BigInt64Array(64))
  readonly #validity = new Validity()

  constructor(type: DataType) {
    this.#write = toWide(type)
  }
  get length(): number {
    return this.#words.length >> 1
  }
  append(value: unknown): void {
    this.#words.reserve(2)
    this.#write(value, this.#words.array, this.#words.length)
    this.#words.length += 2
  }
  appendNull(): void {
    this.#words.reserve(2)
    this.#validity.setNull(this.length)
    this.#words.length += 2
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { values: this.#words.taken() })
  }
}

class BytesBuilder implements ColumnBuilder {
  readonly #type: DataType
  readonly #bytes = new Growing(new Uint8Array(1024))
  readonly #offsets = new Growing(new Int32Array(64))
  readonly #validity = new Validity()
  #view = Buffer.from(this.#bytes.array.buffer)

  constructor(type: DataType) {
    this.#type = type
    this.#offsets.length = 1
  }
  get length(): number {
    return this.#offsets.length - 1
  }
  append(value: unknown): void {
    if (this.#type.kind === 'binary') {
      if (!(value instanceof Uint8Array)) refuseValue(value, this.#type)
      this.#reserve(value.length)
      this.#bytes.array.set(value, this.#bytes.length)
      this.#bytes.length += value.length
    } else if (this.#type.kind === 'variant') this.#text(JSON.stringify(value) ?? refuseValue(value, this.#type))
    else if (typeof value === 'string') this.#text(value)
    else refuseValue(value, this.#type)
    this.#end()
  }
  appendNull(): void {
    this.#validity.setNull(this.length)
    this.#end()
  }
  #text(text: string): void {
    this.#reserve(text.length * 3)
    this.#bytes.length += this.#view.write(text, this.#bytes.length, 'utf8')
  }
  #reserve(more: number): void {
    this.#bytes.reserve(more)
    if (this.#view.buffer !== this.#bytes.array.buffer) this.#view = Buffer.from(this.#bytes.array.buffer)
  }
  #end(): void {
    this.#offsets.reserve(1)
    this.#offsets.array[this.#offsets.length++] = this.#bytes.length
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { values: this.#bytes.taken(), offsets: this.#offsets.taken() })
  }
}

class ArrayBuilder implements ColumnBuilder {
  readonly #type: ArrayType
  readonly #element: ColumnBuilder
  readonly #offsets = new Growing(new Int32Array(64))
  readonly #validity = new Validity()

  constructor(type: ArrayType) {
    this.#type = type
    this.#element = columnBuilder(type.elementType)
    this.#offsets.length = 1
  }
  get length(): number {
    return this.#offsets.length - 1
  }
  append(value: unknown): void {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) refuseValue(value, this.#type)
    for (const v of value as readonly unknown[]) appendOrNull(this.#element, v)
    this.#end()
  }
  appendNull(): void {
    this.#validity.setNull(this.length)
    this.#end()
  }
  #end(): void {
    this.#offsets.reserve(1)
    this.#offsets.array[this.#offsets.length++] = this.#element.length
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { offsets: this.#offsets.taken(), children: [this.#element.finish()] })
  }
}

class MapBuilder implements ColumnBuilder {
  readonly #type: MapType
  readonly #key: ColumnBuilder
  readonly #value: ColumnBuilder
  readonly #offsets = new Growing(new Int32Array(64))
  readonly #validity = new Validity()

  constructor(type: MapType) {
    this.#type = type
    this.#key = columnBuilder(type.keyType)
    this.#value = columnBuilder(type.valueType)
    this.#offsets.length = 1
  }
  get length(): number {
    return this.#offsets.length - 1
  }
  append(value: unknown): void {
    const entries =
      value instanceof Map
        ? value
        : typeof value === 'object' && !Array.isArray(value)
          ? Object.entries(value!)
          : refuseValue(value, this.#type)
    for (const [k, v] of entries) {
      this.#key.append(k)
      appendOrNull(this.#value, v)
    }
    this.#end()
  }
  appendNull(): void {
    this.#validity.setNull(this.length)
    this.#end()
  }
  #end(): void {
    this.#offsets.reserve(1)
    this.#offsets.array[this.#offsets.length++] = this.#key.length
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { offsets: this.#offsets.taken(), children: [this.#key.finish(), this.#value.finish()] })
  }
}

class StructBuilder implements ColumnBuilder {
  length = 0
  readonly #type: StructType
  readonly #fields: readonly ColumnBuilder[]
  readonly #validity = new Validity()

  constructor(type: StructType) {
    this.#type = type
    this.#fields = type.fields.map(f => columnBuilder(f.dataType))
  }
  append(value: unknown): void {
    if (typeof value !== 'object') refuseValue(value, this.#type)
    const { fields } = this.#type
    for (let f = 0; f < fields.length; f++) {
      appendOrNull(this.#fields[f]!, Array.isArray(value) ? value[f] : (value as Record<string, unknown>)[fields[f]!.name])
    }
    this.length++
  }
  appendNull(): void {
    this.#validity.setNull(this.length++)
    for (const f of this.#fields) f.appendNull()
  }
  finish(): ColumnData {
    return column(this.length, this.#validity, { children: this.#fields.map(f => f.finish()) })
  }
}

function column(length: number, validity: Validity, rest: Omit<ColumnData, 'length' | 'validity'>): ColumnData {
  const bits = validity.finish(length)
  return bits ? { length, validity: bits, ...rest } : { length, ...rest }
}
