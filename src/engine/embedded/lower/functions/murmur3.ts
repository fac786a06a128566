import type { Hasher } from './spark-hash.ts'

const mixK = (k: number): number => {
  const x = Math.imul(k, 0xcc9e2d51)
  return Math.imul((x << 15) | (x >>> 17), 0x1b873593)
}
const mixH = (h: number, k: number): number => {
  const x = h ^ k
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0
}
function finish(h: number, length: number): number {
  let x = h ^ length
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

/** Spark's Murmur3 (x86, 32 bit); unlike the original, each byte behind the last whole word is mixed in as a word of its own. */
export const MURMUR3: Hasher<number> = {
  int: (value, seed) => finish(mixH(seed, mixK(value | 0)), 4),
  long: (value, seed) => {
    const low = Number(BigInt.asIntN(32, value))
    const high = Number(BigInt.asIntN(32, value >> 32n))
    return finish(mixH(mixH(seed, mixK(low)), mixK(high)), 8)
  },
  bytes: (value, seed) => {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
    const aligned = value.length - (value.length % 4)
    let h = seed
    for (let i = 0; i < aligned; i += 4) h = mixH(h, mixK(view.getInt32(i, true)))
    for (let i = aligned; i < value.length; i++) h = mixH(h, mixK(view.getInt8(i)))
    return finish(h, value.length)
  },
}
