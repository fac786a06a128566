import { expect, test } from 'vitest'
import { readPositions } from './roaring.ts'
import { uuidOfZ85, z85 } from './z85.ts'

/** One 64-bit bitmap with one 32-bit one under key 0. */
function wrapped(bitmap: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(16))
  head.setInt32(0, 1681511377, true)
  head.setBigInt64(4, 1n, true)
  return Buffer.concat([Buffer.from(head.buffer), bitmap])
}
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer)
const longs = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer)

test('a list of positions', () => {
  const bitmap = Buffer.concat([longs(12346, 1), words(0, 2), longs(16), words(3, 4, 1000)])
  expect([...readPositions(wrapped(bitmap))]).toEqual([3n, 4n, 1000n])
})

test('runs, and bits beyond the first 65536', () => {
  const bits = new Uint8Array(8192)
  bits[0] = 0b101
  const bitmap = Buffer.concat([words(12347, 1), Uint8Array.of(0b01), words(0, 5, 1, 4999), words(2, 10, 3, 100, 1), bits])
  const found = [...readPositions(wrapped(bitmap))]
  expect(found).toEqual([10n, 11n, 12n, 13n, 100n, 101n, 65536n, 65538n])
})

test('bytes that are none, or end too early, are no vector', () => {
  expect(() => readPositions(new Uint8Array(16))).toThrow(RangeError)
  expect(() => readPositions(wrapped(Uint8Array.of(58, 48, 0, 0)))).toThrow(RangeError)
})

test('Z85 as its authors show it, and a name', () => {
  expect(Buffer.from(z85('HelloWorld')).toString('hex')).toBe('864fd26fb559f75b')
  expect(uuidOfZ85('HelloWorldHelloWorld')).toBe('864fd26f-b559-f75b-864f-d26fb559f75b')
  expect(() => z85('abc')).toThrow(RangeError)
})
