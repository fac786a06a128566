import type { ColumnValues } from './row-batch.ts'

/** A typed array that doubles when it is full. */
export class Growing<T extends ColumnValues> {
  array: T
  length = 0

  constructor(first: T) {
    this.array = first
  }

  /** Room for `more` values behind `length`. */
  reserve(more: number): void {
    const wanted = this.length + more
    if (wanted <= this.array.length) return
    const larger = new (this.array.constructor as new (n: number) => T)(Math.max(wanted, this.array.length * 2))
    larger.set(this.array as never)
    this.array = larger
  }

  /** The filled part, without a copy. */
  taken(): T {
    return this.array.subarray(0, this.length) as T
  }
}

/** A bitmap, least significant bit first, made only once a null has come. */
export class Validity {
  #bits: Growing<Uint8Array> | undefined

  /** Says that value `i` is null; all before it that were not said to be null are values. */
  setNull(i: number): void {
    this.#bits ??= new Growing(new Uint8Array(64).fill(0xff))
    const bits = this.#bits
    const byte = i >> 3
    if (byte >= bits.array.length) {
      const before = bits.array.length
      bits.length = before
      bits.reserve(byte + 1 - before)
      bits.array.fill(0xff, before)
    }
    bits.array[byte]! &= ~(1 << (i & 7))
  }

  /** Bits for `length` values, or undefined when none is null. */
  finish(length: number): Uint8Array | undefined {
    if (!this.#bits) return undefined
    const bytes = (length + 7) >> 3
    const all = new Uint8Array(bytes).fill(0xff)
    all.set(this.#bits.array.subarray(0, Math.min(bytes, this.#bits.array.length)))
    if (length & 7) all[bytes - 1]! &= (1 << (length & 7)) - 1
    return all
  }
}
