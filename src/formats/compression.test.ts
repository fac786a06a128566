import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodecName, codecNow, loadCodec } from './compression.ts'

const NAMES: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** 70,000 bytes `abab…` as the lz4 program writes them: two linked blocks with checksums; independent blocks with the content's size. */
const LINKED = `BCJNGFRArgwBAAAvYWICAP${'/'.repeat(341)}mUGJhYmFiGviEKR0AAAAvYWICAP//////////////////////Z1BiYWJhYvJzwXEAAAAA8eGfUA==`
const SIZED = `BCJNGGBAggwBAAAvYWICAP${'/'.repeat(341)}mUGJhYmFiHQAAAC9hYgIA//////////////////////9nUGJhYmFiAAAAAA==`
const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
const ABAB = 'ab'.repeat(35_000)
const text = (b: Uint8Array): string => Buffer.from(b).toString('latin1')
const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

describe.each(NAMES)('%s', name => {
  test('gives back what was put in', async () => {
    const codec = await loadCodec(name)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(200), (part, times) => {
        const data = concat(...Array.from({ length: times }, () => part))
        expect(Buffer.compare(codec.decompress(codec.compress(data)), data)).toBe(0)
      }),
      { numRuns: 40 },
    )
    expect(codecNow(name)).toBe(codec)
  })

  test.skipIf(name === 'none')('says so when bytes are damaged or cut short', async () => {
    const codec = await loadCodec(name)
    const whole = codec.compress(Buffer.from(Array.from({ length: 3000 }, (_, i) => `${i * 7919}`).join()))
    for (const bad of [Buffer.from('these bytes come from somewhere else'), whole.subarray(0, whole.length >> 1), new Uint8Array(0)])
      expect(() => codec.decompress(bad)).toThrow(
        expect.objectContaining({ condition: 'DECOMPRESSION_FAILED', params: expect.objectContaining({ codec: name }) }),
      )
  })
})

test('lz4 reads linked blocks, checksums, content sizes, several frames and frames to be skipped', async () => {
  const lz4 = await loadCodec('lz4')
  expect(text(lz4.decompress(bytes(LINKED)))).toBe(ABAB)
  expect(text(lz4.decompress(bytes(SIZED)))).toBe(ABAB)
  const skipped = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
  expect(text(lz4.decompress(concat(bytes(SIZED), skipped, bytes(LINKED))))).toBe(ABAB + ABAB)
})

test('gzip and zstd read what was written in several pieces', async () => {
  for (const name of ['gzip', 'zstd'] as const) {
    const codec = await loadCodec(name)
    const [a, b] = [codec.compress(Buffer.from('first, ')), codec.compress(Buffer.from('second'), 3)]
    expect(text(codec.decompress(concat(a, b)))).toBe('first, second')
    expect(text(codec.decompress(concat(codec.compress(new Uint8Array(0)), a, b)))).toBe('first, second')
  }
})

test('zstd reads every kind of block and header', async () => {
  const zstd = await loadCodec('zstd')
  for (const length of [1, 255, 256, 70_000, 400_000])
    for (const data of [Buffer.alloc(length, 'x'), Buffer.from(Array.from({ length }, (_, i) => (i * i * 2654435761) >>> 24))]) {
      const { ZSTD_c_contentSizeFlag, ZSTD_c_checksumFlag } = constants
      for (const params of [{}, { [ZSTD_c_checksumFlag]: 1 }, { [ZSTD_c_contentSizeFlag]: 0 }])
        expect(Buffer.compare(zstd.decompress(zstdCompressSync(data, { params })), data)).toBe(0)
    }
  const skipped = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9)
  expect(text(zstd.decompress(concat(skipped, zstd.compress(Buffer.from('behind it')))))).toBe('behind it')
})

test('snappy reads the framing of Java streams, also of several put together', async () => {
  const snappy = await loadCodec('snappy')
  const header = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1)
  const block = (content: string): Uint8Array => {
    const packed = snappy.compress(Buffer.from(content))
    return concat(Uint8Array.of(0, 0, packed.length >> 8, packed.length & 255), packed)
  }
  const stream = concat(header, block('one '), block('two '))
  expect(text(snappy.decompress(stream))).toBe('one two ')
  expect(text(snappy.decompress(concat(stream, header, block('three'))))).toBe('one two three')
  expect(text(snappy.decompress(header))).toBe('')
  expect(() => snappy.decompress(stream.subarray(0, stream.length - 1))).toThrow(/cut short in a block/)
})
