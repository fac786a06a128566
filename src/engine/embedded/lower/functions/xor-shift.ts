const u64 = (n: bigint): bigint => BigInt.asUintN(64, n)

/** MurmurHash3 (x86, 32 bit) of whole four-byte words, as Scala's `MurmurHash3.bytesHash`. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let h = seed
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    let k = Math.imul(view.getInt32(i, true), 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h ^= k
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  h ^= bytes.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Spark's `XORShiftRandom`: the numbers of `rand(seed)`, `randn(seed)`, `randstr(n, seed)` in the first partition. */
export class XorShift {
  #state: bigint
  #spare: number | undefined

  constructor(seed: bigint) {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, seed))
    const low = murmur3(bytes, 0x3c074a61)
    const high = murmur3(bytes, low)
    this.#state = u64((BigInt(high) << 32n) | BigInt(low >>> 0))
  }

  next(bits: number): number {
    let s = this.#state
    s ^= u64(s << 21n)
    s ^= s >> 35n
    s ^= u64(s << 4n)
    this.#state = s
    return Number(BigInt.asIntN(32, s & ((1n << BigInt(bits)) - 1n)))
  }

  nextInt(): number {
    return this.next(32)
  }

  /** `java.util.Random.nextDouble`: 53 bits of two draws. */
  nextDouble(): number {
    return (this.next(26) * 2 ** 27 + this.next(27)) / 2 ** 53
  }

  /** The polar method of `java.util.Random.nextGaussian`, two at a time. */
  nextGaussian(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    for (;;) {
      const a = 2 * this.nextDouble() - 1
      const b = 2 * this.nextDouble() - 1
      const s = a * a + b * b
      if (s >= 1 || s === 0) continue
      const factor = Math.sqrt((-2 * Math.log(s)) / s)
      this.#spare = b * factor
      return a * factor
    }
  }
}
