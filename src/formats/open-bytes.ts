import { Readable, type Transform } from 'node:stream'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'

/** A file to be read, as it was when it was listed. */
export interface InputFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly partition?: Readonly<Record<string, string | null>>
  /** Of what is no file: its bytes. */
  readonly bytes?: () => AsyncIterable<Uint8Array>
}

interface Codec {
  readonly name: string
  readonly stream: () => Transform
  readonly whole: (bytes: Uint8Array) => Promise<Uint8Array>
}
const CODECS: Readonly<Record<string, Codec>> = {
  gz: { name: 'gzip', stream: () => zlib.createGunzip(), whole: promisify<Uint8Array, Uint8Array>(zlib.gunzip) },
  deflate: { name: 'deflate', stream: () => zlib.createInflate(), whole: promisify<Uint8Array, Uint8Array>(zlib.inflate) },
  zst: { name: 'zstd', stream: () => zlib.createZstdDecompress(), whole: promisify<Uint8Array, Uint8Array>(zlib.zstdDecompress) },
}
const REFUSED: Readonly<Record<string, string>> = { bz2: 'bzip2', lz4: 'lz4', snappy: 'snappy', xz: 'xz', br: 'brotli', zip: 'zip' }

/** The codec a file's name tells. Throws UNSUPPORTED_CODEC for those that are not there. */
function codecOf(path: string): Codec | undefined {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  const refused = REFUSED[extension]
  if (refused) throw new MillraceError('UNSUPPORTED_CODEC', { codec: refused, path })
  return CODECS[extension]
}

/** Is a file packed, by its name? */
export const isPacked = (path: string): boolean => codecOf(path) !== undefined

/** Files up to this size are read in one go. */
const WHOLE = 1 << 20

const CUT_SHORT = /unexpected end of (file|stream)|Z_BUF_ERROR|ZSTD_error|truncat/i

function failure(error: unknown, file: InputFile, codec: Codec | undefined): unknown {
  if (error instanceof MillraceError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new MillraceError('SOURCE_FILE_VANISHED', { path: file.path }, { cause: error })
  if (codec && CUT_SHORT.test(`${code} ${message}`))
    return new MillraceError('TRUNCATED_FILE', { path: file.path, codec: codec.name }, { cause: error })
  return new MillraceError('READ_FILE_FAILED', { path: file.path, why: message }, { cause: error })
}

function sameSize(got: number, file: InputFile): void {
  if (got === file.size) return
  throw new MillraceError('SOURCE_FILE_CHANGED', { path: file.path, was: `${file.size} bytes`, is: `${got} bytes` })
}

async function* counted(file: InputFile, platform: Platform): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of platform.files.stream(file.path, { chunkSize: WHOLE })) {
    bytes += chunk.length
    yield chunk
  }
  sameSize(bytes, file)
}

/**
 * The bytes of a file, unpacked by its name's ending, in chunks. Errors name the file: TRUNCATED_FILE, SOURCE_FILE_VANISHED,
 * SOURCE_FILE_CHANGED when it has another size than when it was listed, READ_FILE_FAILED.
 */
export async function* openBytes(file: InputFile, platform: Platform): AsyncGenerator<Uint8Array> {
  if (file.bytes) {
    yield* file.bytes()
    return
  }
  const codec = codecOf(file.path)
  try {
    if (file.size <= WHOLE) {
      const bytes = await platform.files.read(file.path)
      sameSize(bytes.length, file)
      // An empty file is no gzip stream, and holds no rows either.
      if (bytes.length > 0) yield codec ? await codec.whole(bytes) : bytes
    } else if (!codec) yield* counted(file, platform)
    else yield* unpacked(file, platform, codec)
  } catch (error) {
    throw failure(error, file, codec)
  }
}

async function* unpacked(file: InputFile, platform: Platform, codec: Codec): AsyncGenerator<Uint8Array> {
  const source = Readable.from(counted(file, platform))
  const unpack = codec.stream()
  source.on('error', error => unpack.destroy(error))
  for await (const chunk of source.pipe(unpack)) yield chunk as Uint8Array
}

/** Bytes of another character set as UTF-8. Throws UNSUPPORTED_ENCODING. */
export function toUtf8(encoding: string | undefined): ((chunk: Uint8Array | undefined) => Uint8Array) | undefined {
  if (encoding === undefined || /^utf-?8$/i.test(encoding)) return undefined
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(encoding.toLowerCase() === 'utf-16' ? 'utf-16be' : encoding)
  } catch (cause) {
    throw new MillraceError('UNSUPPORTED_ENCODING', { encoding }, { cause })
  }
  const encoder = new TextEncoder()
  return chunk => encoder.encode(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode())
}
