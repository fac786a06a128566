import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

/** Bit by bit, as the polynomial says. */
function plain(bytes: Uint8Array): number {
  let c = -1
  for (const byte of bytes) {
    c ^= byte
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  }
  return ~c >>> 0
}

test('the sums that the standard gives', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(new Uint8Array(0))).toBe(0)
})

test('any bytes, any range', () => {
  const noise = Uint8Array.from({ length: 400_000 }, (_, i) => (i * i * 2654435761) >>> 23)
  fc.assert(
    fc.property(fc.nat(2000), fc.nat(3000), (from, length) => {
      expect(crc32c(noise, from, from + length)).toBe(plain(noise.subarray(from, from + length)))
    }),
  )
  for (const length of [511, 512, 131_072, 131_073, 399_000])
    expect(crc32c(noise, 7, 7 + length)).toBe(plain(noise.subarray(7, 7 + length)))
})
