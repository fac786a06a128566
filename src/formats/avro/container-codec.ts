import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { MillraceError } from '../../errors/index.ts'
import { loadCodec } from '../compression.ts'

/** One codec of container files, on a block's bytes. */
export interface ContainerCodec {
  /** As the file's header names it. */
  readonly name: string
  pack(bytes: Uint8Array): Uint8Array
  unpack(bytes: Uint8Array): Uint8Array
}

const LARGEST_BLOCK = 1 << 30

/** Snappy's blocks end with the sum of what is in them. */
async function snappy(): Promise<ContainerCodec> {
  const codec = await loadCodec('snappy')
  return {
    name: 'snappy',
    pack(bytes) {
      const packed = codec.compress(bytes)
      const all = new Uint8Array(packed.length + 4)
      all.set(packed)
      new DataView(all.buffer).setUint32(packed.length, crc32(bytes))
      return all
    },
    unpack(bytes) {
      if (bytes.length < 4) throw new MillraceError('DECOMPRESSION_FAILED', { codec: 'snappy', why: 'a block has no checksum' })
      const unpacked = codec.decompress(bytes.subarray(0, -4))
      const sum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0)
      if (crc32(unpacked) !== sum)
        throw new MillraceError('DECOMPRESSION_FAILED', { codec: 'snappy', why: 'the checksum of a block is wrong' })
      return unpacked
    },
  }
}

async function zstandard(): Promise<ContainerCodec> {
  const codec = await loadCodec('zstd')
  return { name: 'zstandard', pack: bytes => codec.compress(bytes, 3), unpack: bytes => codec.decompress(bytes) }
}

const CODECS: Readonly<Record<string, () => Promise<ContainerCodec>>> = {
  null: async () => ({ name: 'null', pack: bytes => bytes, unpack: bytes => bytes }),
  deflate: async () => ({
    name: 'deflate',
    pack: bytes => deflateRawSync(bytes),
    unpack(bytes) {
      try {
        return inflateRawSync(bytes, { maxOutputLength: LARGEST_BLOCK })
      } catch (cause) {
        throw new MillraceError('DECOMPRESSION_FAILED', { codec: 'deflate', why: (cause as Error).message }, { cause })
      }
    },
  }),
  snappy,
  zstandard,
}

/** The codec that a file's header names. @throws UNSUPPORTED_CODEC (bzip2, xz), MISSING_DEPENDENCY (snappy) */
export function codecOfHeader(name: string, path: string): Promise<ContainerCodec> {
  const make = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined
  if (!make) throw new MillraceError('UNSUPPORTED_CODEC', { codec: name, path })
  return make()
}

/** Spark's names of the codecs that are written. */
export const WRITTEN_CODECS: Readonly<Record<string, string>> = {
  uncompressed: 'null',
  none: 'null',
  null: 'null',
  deflate: 'deflate',
  snappy: 'snappy',
  zstandard: 'zstandard',
  zstd: 'zstandard',
}
