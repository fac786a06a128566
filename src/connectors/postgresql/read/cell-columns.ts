import { FIXED_ARRAYS } from '../../../types/column-builder.ts'
import { Growing, Validity } from '../../../types/growing.ts'
import type { ColumnData, DataType, DecimalType } from '../../../types/index.ts'
import { columnBuilder, writeInt128 } from '../../../types/index.ts'
import { CellError } from './cell-error.ts'
import { arrayReader } from './cells.ts'
import { daysAt, timestampReader } from './epoch.ts'
import { readNumeric } from './numeric.ts'
import type { Wire } from './relation.ts'

/** Takes the cells of a column one by one, in the server's binary form, and gives the column. */
export interface CellColumn {
  append(bytes: Buffer, start: number, length: number): void
  appendNull(): void
  finish(): ColumnData
}

type Number32 = (bytes: Buffer, at: number) => number
type Number64 = (bytes: Buffer, at: number) => bigint

const NUMBERS: Readonly<Partial<Record<Wire['name'], Number32>>> = {
  int2: (bytes, at) => bytes.readInt16BE(at),
  int4: (bytes, at) => bytes.readInt32BE(at),
  float4: (bytes, at) => bytes.readFloatBE(at),
  float8: (bytes, at) => bytes.readDoubleBE(at),
  date: daysAt,
}

export function cellColumn(wire: Wire, type: DataType, timeZone: string): CellColumn {
  if (wire.array) return new BuiltColumn(wire, type, timeZone)
  switch (wire.name) {
    case 'text':
    case 'bytea':
      return new BytesColumn()
    case 'bool':
      return new BoolColumn()
    case 'numeric':
      return new DecimalColumn(type as DecimalType)
    case 'int8':
      return new LongColumn((bytes, at) => bytes.readBigInt64BE(at))
    case 'timestamp':
    case 'timestamptz':
      return new LongColumn(timestampReader(wire.name, type, timeZone))
    case 'time':
      return new LongColumn(type.kind === 'time' ? (bytes, at) => bytes.readBigInt64BE(at) : timestampReader('time', type, timeZone))
    default:
      return new NumberColumn(type, NUMBERS[wire.name]!)
  }
}

class NumberColumn implements CellColumn {
  readonly #read: Number32
  readonly #byte: boolean
  readonly #values: Growing<Int8Array | Int16Array | Int32Array | Float32Array | Float64Array>
  readonly #validity = new Validity()

  constructor(type: DataType, read: Number32) {
    this.#read = read
    this.#byte = type.kind === 'byte'
    this.#values = new Growing(new FIXED_ARRAYS[type.kind as keyof typeof FIXED_ARRAYS](1024))
  }
  append(bytes: Buffer, start: number): void {
    const value = this.#read(bytes, start)
    if (this.#byte && (value > 127 || value < -128)) throw new CellError(`${value} is no tinyint`)
    this.#values.reserve(1)
    this.#values.array[this.#values.length++] = value
  }
  appendNull(): void {
    this.#values.reserve(1)
    this.#validity.setNull(this.#values.length++)
  }
  finish(): ColumnData {
    return finished(this.#values.length, this.#validity, { values: this.#values.taken() })
  }
}

class LongColumn implements CellColumn {
  readonly #read: Number64
  readonly #values = new Growing(new BigInt64Array(1024))
  readonly #validity = new Validity()

  constructor(read: Number64) {
    this.#read = read
  }
  append(bytes: Buffer, start: number): void {
    this.#values.reserve(1)
    this.#values.array[this.#values.length++] = this.#read(bytes, start)
  }
  appendNull(): void {
    this.#values.reserve(1)
    this.#validity.setNull(this.#values.length++)
  }
  finish(): ColumnData {
    return finished(this.#values.length, this.#validity, { values: this.#values.taken() })
  }
}

class DecimalColumn implements CellColumn {
  readonly #type: DecimalType
  readonly #limit: bigint
  readonly #words = new Growing(new BigInt64Array(1024))
  readonly #validity = new Validity()

  constructor(type: DecimalType) {
    this.#type = type
    this.#limit = 10n ** BigInt(type.precision)
  }
  append(bytes: Buffer, start: number): void {
    const value = readNumeric(bytes, start, this.#type.scale)
    if (value >= this.#limit || value <= -this.#limit) {
      throw new CellError(`it has more digits than decimal(${this.#type.precision},${this.#type.scale}) holds`)
    }
    this.#words.reserve(2)
    writeInt128(value, this.#words.array, this.#words.length)
    this.#words.length += 2
  }
  appendNull(): void {
    this.#words.reserve(2)
    this.#validity.setNull(this.#words.length >> 1)
    this.#words.length += 2
  }
  finish(): ColumnData {
    return finished(this.#words.length >> 1, this.#validity, { values: this.#words.taken() })
  }
}

class BytesColumn implements CellColumn {
  readonly #bytes = new Growing(new Uint8Array(16 * 1024))
  readonly #offsets = new Growing(new Int32Array(1025))
  readonly #validity = new Validity()

  constructor() {
    this.#offsets.length = 1
  }
  append(bytes: Buffer, start: number, length: number): void {
    this.#bytes.reserve(length)
    bytes.copy(this.#bytes.array, this.#bytes.length, start, start + length)
    this.#bytes.length += length
    this.#end()
  }
  appendNull(): void {
    this.#validity.setNull(this.#offsets.length - 1)
    this.#end()
  }
  #end(): void {
    this.#offsets.reserve(1)
    this.#offsets.array[this.#offsets.length++] = this.#bytes.length
  }
  finish(): ColumnData {
    return finished(this.#offsets.length - 1, this.#validity, { values: this.#bytes.taken(), offsets: this.#offsets.taken() })
  }
}

class BoolColumn implements CellColumn {
  #length = 0
  readonly #bits = new Growing(new Uint8Array(128))
  readonly #validity = new Validity()

  append(bytes: Buffer, start: number): void {
    const i = this.#next()
    if (bytes[start] !== 0) this.#bits.array[i >> 3]! |= 1 << (i & 7)
  }
  appendNull(): void {
    this.#validity.setNull(this.#next())
  }
  #next(): number {
    const i = this.#length++
    this.#bits.length = i >> 3
    this.#bits.reserve(1)
    return i
  }
  finish(): ColumnData {
    return finished(this.#length, this.#validity, { values: this.#bits.array.slice(0, (this.#length + 7) >> 3) })
  }
}

/** Arrays: values of JavaScript on the way. */
class BuiltColumn implements CellColumn {
  readonly #builder: ReturnType<typeof columnBuilder>
  readonly #read: (bytes: Buffer, start: number, length: number) => unknown

  constructor(wire: Wire, type: DataType, timeZone: string) {
    this.#builder = columnBuilder(type)
    this.#read = arrayReader(wire, type, timeZone)
  }
  append(bytes: Buffer, start: number, length: number): void {
    this.#builder.append(this.#read(bytes, start, length))
  }
  appendNull(): void {
    this.#builder.appendNull()
  }
  finish(): ColumnData {
    return this.#builder.finish()
  }
}

function finished(length: number, validity: Validity, rest: Omit<ColumnData, 'length' | 'validity'>): ColumnData {
  const bits = validity.finish(length)
  return bits ? { length, validity: bits, ...rest } : { length, ...rest }
}
