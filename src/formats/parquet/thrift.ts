/** A thrift struct by field id: numbers, bigint-free (footers hold none that matter), bytes, lists, structs. */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct
export type ThriftStruct = ReadonlyMap<number, ThriftValue>

const TRUE = 1
const FALSE = 2
const BYTE = 3
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const MAP = 11
const STRUCT = 12

/** Reads thrift's compact protocol, as Parquet footers are written in. */
export class ThriftReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  struct(): ThriftStruct {
    const fields = new Map<number, ThriftValue>()
    let id = 0
    for (;;) {
      const head = this.#byte()
      if (head === 0) return fields
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4)
      const type = head & 15
      fields.set(id, type === TRUE || type === FALSE ? type === TRUE : this.#value(type))
    }
  }

  #value(type: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return this.#byte() === TRUE
      case BYTE:
        return (this.#byte() << 24) >> 24
      case DOUBLE:
        this.#at += 8
        return 0
      case BINARY:
        return this.#binary()
      case LIST:
      case SET:
        return this.#list()
      case MAP:
        return this.#map()
      case STRUCT:
        return this.struct()
      default:
        return this.#zigzag()
    }
  }

  #list(): readonly ThriftValue[] {
    const head = this.#byte()
    const size = head >> 4 === 15 ? this.#varint() : head >> 4
    return Array.from({ length: size }, () => this.#value(head & 15))
  }

  #map(): readonly ThriftValue[] {
    const size = this.#varint()
    if (size === 0) return []
    const types = this.#byte()
    return Array.from({ length: size }, () => [this.#value(types >> 4), this.#value(types & 15)])
  }

  #binary(): Uint8Array {
    const size = this.#varint()
    const bytes = this.#bytes.subarray(this.#at, this.#at + size)
    if (bytes.length < size) throw new RangeError('the footer ends too early')
    this.#at += size
    return bytes
  }

  #byte(): number {
    const b = this.#bytes[this.#at++]
    if (b === undefined) throw new RangeError('the footer ends too early')
    return b
  }

  #varint(): number {
    let n = 0
    let unit = 1
    for (;;) {
      const b = this.#byte()
      n += (b & 127) * unit
      if (b < 128) return n
      unit *= 128
    }
  }

  #zigzag(): number {
    const n = this.#varint()
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2
  }
}
