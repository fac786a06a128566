import { isUtf8 } from 'node:buffer'
import type { ColumnData, ColumnValues } from '../types/index.ts'

/** A column being filled row by row, whose last values can be taken back. */
export interface Builder {
  length: number
  appendNull(): void
  /** Forgets every value from `length` on. */
  rollback(length: number): void
  /** The column; the builder is empty afterwards. */
  take(): ColumnData
}

/** The validity bitmap: made only when the first null comes. */
class Nulls {
  #bits: Uint8Array | undefined
  #count = 0

  mark(i: number): void {
    this.#bits ??= new Uint8Array(Math.max(1024, (i >> 3) + 1)).fill(255)
    if (i >> 3 >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(this.#bits.length * 2, (i >> 3) + 1)).fill(255)
      larger.set(this.#bits)
      this.#bits = larger
    }
    this.#bits[i >> 3]! &= ~(1 << (i & 7))
    this.#count++
  }

  clear(from: number, to: number): void {
    if (!this.#bits) return
    for (let i = from; i < to && i >> 3 < this.#bits.length; i++) {
      if ((this.#bits[i >> 3]! & (1 << (i & 7))) === 0) this.#count--
      this.#bits[i >> 3]! |= 1 << (i & 7)
    }
  }

  take(length: number): Uint8Array | undefined {
    const bits = this.#count === 0 ? undefined : this.#bits
    this.#bits = undefined
    this.#count = 0
    if (!bits) return undefined
    const size = (length + 7) >> 3
    if (bits.length >= size) return bits.subarray(0, size)
    const whole = new Uint8Array(size).fill(255)
    whole.set(bits)
    return whole
  }
}

const FIRST = 1024
/** As much as the last slice had and a little more: slices are about equal, and doubling for a few values more would waste half the memory. */
const withRoom = (last: number): number => Math.max(FIRST, last + (last >> 4))

type FixedValues = Exclude<ColumnValues, Uint8Array>

/** Numbers of a fixed width; `width` words a value. */
export class FixedBuilder<T extends FixedValues> implements Builder {
  length = 0
  values: T
  readonly #make: new (
    n: number,
  ) => T
  readonly #width: number
  readonly #nulls = new Nulls()
  #capacity = FIRST

  constructor(make: new (n: number) => T, width = 1) {
    this.#make = make
    this.#width = width
    this.values = new make(FIRST * width)
  }

  /** Where the next value goes (times the width); there is room for it, and it counts. */
  next(): number {
    if (this.length === this.#capacity) this.#grow()
    return this.length++
  }

  appendNull(): void {
    const i = this.next()
    this.#nulls.mark(i)
  }

  rollback(length: number): void {
    this.#nulls.clear(length, this.length)
    const none = this.values instanceof BigInt64Array ? 0n : 0
    this.values.fill(none as never, length * this.#width, this.length * this.#width)
    this.length = length
  }

  take(): ColumnData {
    const validity = this.#nulls.take(this.length)
    const values = this.values.subarray(0, this.length * this.#width) as T
    const column = { length: this.length, values, ...(validity && { validity }) }
    this.#capacity = withRoom(this.length)
    this.values = new this.#make(this.#capacity * this.#width)
    this.length = 0
    return column
  }

  #grow(): void {
    this.#capacity *= 2
    const larger = new this.#make(this.#capacity * this.#width)
    larger.set(this.values as never)
    this.values = larger
  }
}

/** 64-bit numbers; `append` takes whole numbers below 2^53 without making a BigInt of each. */
export class LongBuilder extends FixedBuilder<BigInt64Array> {
  #viewed: BigInt64Array | undefined
  #halves: Int32Array = new Int32Array(0)

  constructor() {
    super(BigInt64Array)
  }

  append(n: number): void {
    const i = this.next()
    const values = this.values
    if (values !== this.#viewed) {
      this.#viewed = values
      this.#halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    }
    this.#halves[2 * i] = n % 4_294_967_296
    this.#halves[2 * i + 1] = Math.floor(n / 4_294_967_296)
  }
}

export class BooleanBuilder implements Builder {
  length = 0
  #bits = new Uint8Array(FIRST)
  readonly #nulls = new Nulls()

  append(value: boolean): void {
    const i = this.#next()
    if (value) this.#bits[i >> 3]! |= 1 << (i & 7)
  }

  appendNull(): void {
    this.#nulls.mark(this.#next())
  }

  rollback(length: number): void {
    for (let i = length; i < this.length; i++) this.#bits[i >> 3]! &= ~(1 << (i & 7))
    this.#nulls.clear(length, this.length)
    this.length = length
  }

  take(): ColumnData {
    const validity = this.#nulls.take(this.length)
    const column = { length: this.length, values: this.#bits.subarray(0, (this.length + 7) >> 3), ...(validity && { validity }) }
    this.#bits = new Uint8Array(FIRST)
    this.length = 0
    return column
  }

  #next(): number {
    if (this.length >> 3 >= this.#bits.length) {
      const larger = new Uint8Array(this.#bits.length * 2)
      larger.set(this.#bits)
      this.#bits = larger
    }
    return this.length++
  }
}

/** Text and binary: all bytes in one buffer, and where each value ends. */
export class BytesBuilder implements Builder {
  length = 0
  #offsets = new Int32Array(FIRST + 1)
  #bytes = new Uint8Array(FIRST * 16)
  #used = 0
  readonly #nulls = new Nulls()
  readonly #text: boolean

  constructor(text: boolean) {
    this.#text = text
  }

  /** Copies `from[start, end)` as the next value. */
  append(from: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.#room(size)
    const bytes = this.#bytes
    const at = this.#used
    // Short values are the rule, and a loop beats a call for them.
    if (size < 48) for (let i = 0; i < size; i++) bytes[at + i] = from[start + i]!
    else bytes.set(from.subarray(start, end), at)
    this.#end(at + size)
  }

  appendNull(): void {
    this.#nulls.mark(this.length)
    this.#end(this.#used)
  }

  /** Bytes so far, for knowing when a slice is full. */
  get size(): number {
    return this.#used
  }

  rollback(length: number): void {
    this.#nulls.clear(length, this.length)
    this.length = length
    this.#used = this.#offsets[length]!
  }

  take(): ColumnData {
    const validity = this.#nulls.take(this.length)
    const column: ColumnData = {
      length: this.length,
      offsets: this.#offsets.subarray(0, this.length + 1),
      values: this.#bytes.subarray(0, this.#used),
      ...(validity && { validity }),
    }
    this.#offsets = new Int32Array(withRoom(this.length) + 1)
    this.#bytes = new Uint8Array(Math.max(FIRST * 16, withRoom(this.#used)))
    this.#used = 0
    this.length = 0
    return this.#text && !isUtf8(column.values!) ? validText(column) : column
  }

  #end(used: number): void {
    this.#used = used
    if (++this.length === this.#offsets.length) {
      const larger = new Int32Array(this.#offsets.length * 2)
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    this.#offsets[this.length] = used
  }

  #room(size: number): void {
    if (this.#used + size <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + size))
    larger.set(this.#bytes.subarray(0, this.#used))
    this.#bytes = larger
  }
}

/** Bytes that are no UTF-8 become U+FFFD, as Java's decoder does it; nothing behind the decoder can hold them. */
export function validText(column: ColumnData): ColumnData {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const encoder = new TextEncoder()
  const clean = new BytesBuilder(false)
  const bytes = column.values as Uint8Array
  for (let i = 0; i < column.length; i++) {
    const value = bytes.subarray(column.offsets![i]!, column.offsets![i + 1]!)
    const text = isUtf8(value) ? value : encoder.encode(decoder.decode(value))
    clean.append(text, 0, text.length)
  }
  return { ...clean.take(), ...(column.validity && { validity: column.validity }) }
}

/** Arrays and maps: children in line, and where each value ends. */
export class ListBuilder implements Builder {
  length = 0
  readonly children: readonly Builder[]
  #offsets = new Int32Array(FIRST + 1)
  readonly #nulls = new Nulls()

  constructor(children: readonly Builder[]) {
    this.children = children
  }

  /** Ends a value: what the children got since the last one is in it. */
  close(): void {
    if (++this.length === this.#offsets.length) {
      const larger = new Int32Array(this.#offsets.length * 2)
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    this.#offsets[this.length] = this.children[0]!.length
  }

  appendNull(): void {
    this.#nulls.mark(this.length)
    this.close()
  }

  /** Takes back the elements of a value that was not closed. */
  reopen(): void {
    for (const child of this.children) child.rollback(this.#offsets[this.length]!)
  }

  rollback(length: number): void {
    this.#nulls.clear(length, this.length)
    this.length = length
    this.reopen()
  }

  take(): ColumnData {
    const validity = this.#nulls.take(this.length)
    const offsets = this.#offsets.subarray(0, this.length + 1)
    const column = { length: this.length, offsets, children: this.children.map(c => c.take()), ...(validity && { validity }) }
    this.#offsets = new Int32Array(FIRST + 1)
    this.length = 0
    return column
  }
}

export class StructBuilder implements Builder {
  length = 0
  readonly children: readonly Builder[]
  readonly #nulls = new Nulls()

  constructor(children: readonly Builder[]) {
    this.children = children
  }

  /** Ends a value; children that got nothing get null. */
  close(): void {
    const length = ++this.length
    for (const child of this.children) if (child.length < length) child.appendNull()
  }

  appendNull(): void {
    this.#nulls.mark(this.length)
    this.close()
  }

  rollback(length: number): void {
    this.#nulls.clear(length, this.length)
    this.length = length
    for (const child of this.children) if (child.length > length) child.rollback(length)
  }

  take(): ColumnData {
    const validity = this.#nulls.take(this.length)
    const column = { length: this.length, children: this.children.map(c => c.take()), ...(validity && { validity }) }
    this.length = 0
    return column
  }
}

/** A column nobody reads: it only counts. */
export const UNREAD: ColumnData = Object.freeze({ length: 0 })

/** A column of nulls. */
export class NullBuilder implements Builder {
  length = 0
  appendNull(): void {
    this.length++
  }
  rollback(length: number): void {
    this.length = length
  }
  take(): ColumnData {
    const column = { length: this.length }
    this.length = 0
    return column
  }
}
