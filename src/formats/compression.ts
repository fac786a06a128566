import * as zlib from 'node:zlib'
import { MillraceError } from '../errors/index.ts'
import { lz4Frames, zstdFrames } from './frames.ts'

/** Codecs of Kafka's record batches and of Avro's container files. */
export type CodecName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** Both ways of one codec, on whole buffers. Throws DECOMPRESSION_FAILED on bytes that are not the codec's. */
export interface Codec {
  readonly name: CodecName
  /** `level` where the codec has levels (gzip 1-9, zstd 1-22). */
  compress(bytes: Uint8Array, level?: number): Uint8Array
  decompress(bytes: Uint8Array): Uint8Array
}

type WasmUtils = typeof import('@platformatic/wasm-utils')
let wasm: Promise<WasmUtils> | undefined

function loadWasm(purpose: string): Promise<WasmUtils> {
  wasm ??= import('@platformatic/wasm-utils').catch(cause => {
    wasm = undefined
    throw new MillraceError('MISSING_DEPENDENCY', { package: '@platformatic/wasm-utils', for: purpose }, { cause })
  })
  return wasm
}

/** The package wants Node's Buffer; this is the same memory. */
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)

const plain = (name: CodecName, compress: Codec['compress'], decompress: Codec['decompress']) => async (): Promise<Codec> => ({
  name,
  compress,
  decompress: bytes => telling(name, () => decompress(bytes)),
})

function telling(codec: CodecName, decompress: () => Uint8Array): Uint8Array {
  try {
    return decompress()
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    // WebAssembly says "unreachable" of any fault, which tells a person nothing.
    const why = (cause as Error).name === 'RuntimeError' ? 'its blocks cannot be decoded' : (cause as Error).message
    throw new MillraceError('DECOMPRESSION_FAILED', { codec, why }, { cause })
  }
}

async function snappy(): Promise<Codec> {
  const { snappyCompress, snappyDecompress } = await loadWasm('snappy compression')
  const block = (bytes: Uint8Array): Uint8Array => snappyDecompress(buffer(bytes))
  return {
    name: 'snappy',
    compress: bytes => snappyCompress(buffer(bytes)),
    decompress: bytes => telling('snappy', () => (isJavaFramed(bytes) ? joined(javaBlocks(bytes).map(block)) : block(bytes))),
  }
}

async function lz4(): Promise<Codec> {
  const { lz4Compress, lz4Decompress } = await loadWasm('lz4 compression')
  return {
    name: 'lz4',
    compress: bytes => lz4Compress(buffer(bytes)),
    decompress: bytes => telling('lz4', () => joined(lz4Frames(bytes).map(frame => lz4Decompress(buffer(frame))))),
  }
}

const CODECS: Readonly<Record<CodecName, () => Promise<Codec>>> = {
  none: plain(
    'none',
    bytes => bytes,
    bytes => bytes,
  ),
  gzip: plain(
    'gzip',
    (bytes, level) => zlib.gzipSync(bytes, level === undefined ? {} : { level }),
    bytes => zlib.gunzipSync(bytes),
  ),
  snappy,
  lz4,
  zstd: plain(
    'zstd',
    (bytes, level) =>
      zlib.zstdCompressSync(bytes, level === undefined ? {} : { params: { [zlib.constants.ZSTD_c_compressionLevel]: level } }),
    bytes => joined(zstdFrames(bytes).map(frame => zlib.zstdDecompressSync(frame))),
  ),
}

const loaded = new Map<CodecName, Codec>()

/**
 * The codec of that name. gzip and zstd are Node's; snappy and lz4 load `@platformatic/wasm-utils` on first use (MISSING_DEPENDENCY without it).
 * Snappy is written raw and read raw or in Java's framing; lz4 is the frame format (blocks independent or linked, checksums or none, several
 * frames); gzip may have several members, zstd several frames and no content size.
 *
 * @example
 * const zstd = await loadCodec('zstd')
 * zstd.decompress(zstd.compress(bytes))
 */
export async function loadCodec(name: CodecName): Promise<Codec> {
  const known = loaded.get(name)
  if (known) return known
  const codec = Object.freeze(await CODECS[name]())
  loaded.set(name, codec)
  return codec
}

/** The codec if it was loaded before: so that a loop over batches need not await. */
export const codecNow = (name: CodecName): Codec | undefined => loaded.get(name)

/** Java's snappy stream: 8 bytes of magic, version, compatible version, then blocks that each begin with their length. */
const JAVA_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
const JAVA_HEADER = 16

const isJavaFramed = (bytes: Uint8Array): boolean => bytes.length >= JAVA_HEADER && JAVA_MAGIC.every((b, i) => bytes[i] === b)

function javaBlocks(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blocks: Uint8Array[] = []
  let at = JAVA_HEADER
  while (at < bytes.length) {
    // Streams that were put together carry their header again.
    if (isJavaFramed(bytes.subarray(at))) {
      at += JAVA_HEADER
      continue
    }
    if (at + 4 > bytes.length) throw new Error('it is cut short in the length of a block')
    const end = at + 4 + view.getUint32(at)
    if (end > bytes.length) throw new Error('it is cut short in a block')
    blocks.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blocks
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
