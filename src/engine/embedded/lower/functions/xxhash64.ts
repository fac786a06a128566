import type { Hasher } from './spark-hash.ts'

const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n

const u = (n: bigint): bigint => BigInt.asUintN(64, n)
const rotate = (n: bigint, by: bigint): bigint => u((n << by) | (n >> (64n - by)))
const round = (acc: bigint, input: bigint): bigint => u(rotate(u(acc + u(input * P2)), 31n) * P1)
function finish(h: bigint): bigint {
  let x = u((h ^ (h >> 33n)) * P2)
  x = u((x ^ (x >> 29n)) * P3)
  return x ^ (x >> 32n)
}
const mixInt = (h: bigint, k: bigint): bigint => u(rotate(h ^ u(k * P1), 23n) * P2 + P3)
const mixLong = (h: bigint, k: bigint): bigint => u(rotate(h ^ round(0n, k), 27n) * P1 + P4)

function stripes(view: DataView, length: number, seed: bigint): { h: bigint; at: number } {
  let at = 0
  let v = [u(seed + P1 + P2), u(seed + P2), u(seed), u(seed - P1)]
  for (; at + 32 <= length; at += 32) v = v.map((acc, i) => round(acc, view.getBigUint64(at + 8 * i, true)))
  let h = u(rotate(v[0]!, 1n) + rotate(v[1]!, 7n) + rotate(v[2]!, 12n) + rotate(v[3]!, 18n))
  for (const acc of v) h = u((h ^ round(0n, acc)) * P1 + P4)
  return { h, at }
}

/** xxHash, 64 bit, as in Spark's `XXH64`. */
export const XXHASH64: Hasher<bigint> = {
  int: (value, seed) => finish(mixInt(u(u(seed) + P5 + 4n), BigInt(value >>> 0))),
  long: (value, seed) => finish(mixLong(u(u(seed) + P5 + 8n), u(value))),
  bytes: (value, seed) => {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
    const { length } = value
    let { h, at } = length >= 32 ? stripes(view, length, u(seed)) : { h: u(u(seed) + P5), at: 0 }
    h = u(h + BigInt(length))
    for (; at + 8 <= length; at += 8) h = mixLong(h, view.getBigUint64(at, true))
    if (at + 4 <= length) {
      h = mixInt(h, BigInt(view.getUint32(at, true)))
      at += 4
    }
    for (; at < length; at++) h = u(rotate(h ^ u(BigInt(value[at]!) * P5), 11n) * P1)
    return finish(h)
  },
}
