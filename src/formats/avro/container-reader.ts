import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { avroToSpark, parseAvro, type RowBatch, type StructType, toSparkOptions } from '../../types/index.ts'
import { type InputFile, openBytes } from '../open-bytes.ts'
import { type FormatOptions, flag } from '../record-mode.ts'
import { namedByPosition } from './by-position.ts'
import { codecOfHeader } from './container-codec.ts'
import { type ContainerHeader, Cursor, readHeader, SYNC } from './container-header.ts'
import { type AvroDecoder, avroDecoder } from './decoder.ts'

const broken = (path: string, why: string): MillraceError => new MillraceError('INVALID_AVRO_FILE', { path, why })

/** Rows of a batch are made of this many unpacked bytes, or a block's where that has more. */
const BATCH_BYTES = 4 << 20
const LARGEST_BLOCK = 1 << 30

interface Block {
  readonly rows: number
  readonly bytes: Uint8Array
}

function joined(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (rest.length === 0) return chunk
  const all = new Uint8Array(rest.length + chunk.length)
  all.set(rest)
  all.set(chunk, rest.length)
  return all
}

/** The next whole block, still packed, with the bytes it took; undefined where more bytes are needed. */
function nextBlock(bytes: Uint8Array, at: number, sync: Uint8Array, path: string): (Block & { readonly end: number }) | undefined {
  const c = new Cursor(bytes, at)
  const rows = c.number()
  const size = rows === undefined ? undefined : c.number()
  if (rows === undefined || size === undefined) {
    if (bytes.length - at > 20) throw broken(path, 'a block says neither its rows nor its size')
    return undefined
  }
  if (rows < 0 || size < 0 || size > LARGEST_BLOCK || rows > 0x7fffffff) throw broken(path, `a block claims ${rows} rows in ${size} bytes`)
  const body = c.take(size)
  const mark = body && c.take(SYNC)
  if (!body || !mark) return undefined
  if (!sync.every((b, i) => mark[i] === b)) throw broken(path, 'a block does not end with the file’s mark')
  return { rows, bytes: body, end: c.at }
}

function unpacked(unpack: (bytes: Uint8Array) => Uint8Array, bytes: Uint8Array, path: string): Uint8Array {
  try {
    return unpack(bytes)
  } catch (cause) {
    if (!isMillraceError(cause, 'DECOMPRESSION_FAILED')) throw cause
    throw new MillraceError('INVALID_AVRO_FILE', { path, why: cause.message.split('\n')[0]! }, { cause })
  }
}

/** Each file's blocks, unpacked; the header comes first. */
async function* blocks(file: InputFile, platform: Platform): AsyncGenerator<{ header: ContainerHeader; block?: Block }> {
  let rest: Uint8Array = new Uint8Array(0)
  let header: ContainerHeader | undefined
  let unpack: ((bytes: Uint8Array) => Uint8Array) | undefined
  for await (const chunk of openBytes(file, platform)) {
    rest = joined(rest, chunk)
    let at = 0
    if (!header) {
      header = readHeader(rest, file.path)
      if (!header) continue
      unpack = (await codecOfHeader(header.codec, file.path)).unpack
      at = header.length
      yield { header }
    }
    for (let block = nextBlock(rest, at, header.sync, file.path); block; block = nextBlock(rest, at, header.sync, file.path)) {
      at = block.end
      yield { header, block: { rows: block.rows, bytes: unpacked(unpack!, block.bytes, file.path) } }
    }
    rest = rest.subarray(at)
  }
  if (!header) throw broken(file.path, file.size === 0 ? 'it is empty' : 'it ends in its header')
  if (rest.length > 0) throw broken(file.path, 'it ends in the middle of a block')
}

/** Reads the files of one set, each with the schema in its header. */
export interface AvroFiles {
  /** The rows of a file, in columns of the schema's fields. */
  read(file: InputFile): AsyncGenerator<RowBatch>
}

/**
 * Avro object container files into columns of a schema, fields matched by name (with `positionalFieldMatching` by place). The option `avroSchema` is what files are read by, with its defaults and
 * aliases; without it each file by its own schema. Columns that it does not have are null.
 *
 * @throws INVALID_AVRO_FILE, UNSUPPORTED_CODEC, INCOMPATIBLE_AVRO_SCHEMAS, AVRO_INCOMPATIBLE_TYPE, and what `openBytes` throws
 */
export function avroFiles(schema: StructType, options: FormatOptions, platform: Platform, used?: ReadonlySet<number>): AvroFiles {
  const given = options['avroschema'] === undefined ? undefined : parseAvro(options['avroschema'])
  const byPosition = flag(options, 'positionalfieldmatching', false)
  const decoders = new Map<string, AvroDecoder>()
  const decoderOf = (header: ContainerHeader): AvroDecoder => {
    const known = decoders.get(header.schemaText)
    if (known) return known
    const reader = given ?? header.schema
    const type = byPosition ? (namedByPosition(schema, reader) as StructType) : schema
    const fields = used && new Set(type.fields.filter((_, i) => used.has(i)).map(f => f.name))
    const made = avroDecoder({ writers: [header.schema], reader, type, ...(fields && { fields }) })
    decoders.set(header.schemaText, made)
    return made
  }
  const decoded = (decode: AvroDecoder, held: readonly Block[], path: string): RowBatch => {
    const bytes = held.length === 1 ? held[0]!.bytes : new Uint8Array(Buffer.concat(held.map(b => b.bytes)))
    const length = held.reduce((n, b) => n + b.rows, 0)
    const { column, bad, end } = decode({ bytes, length })
    if (bad.length > 0 || end !== bytes.length) throw broken(path, 'its rows do not fit its schema')
    return { schema, length, columns: column.children! }
  }
  return {
    async *read(file) {
      let held: Block[] = []
      let size = 0
      let decode: AvroDecoder | undefined
      for await (const { header, block } of blocks(file, platform)) {
        decode ??= decoderOf(header)
        if (!block || block.rows === 0) continue
        held.push(block)
        size += block.bytes.length
        if (size < BATCH_BYTES) continue
        yield decoded(decode, held, file.path)
        held = []
        size = 0
      }
      if (held.length > 0) yield decoded(decode!, held, file.path)
    },
  }
}

/** The columns of files: those of `avroSchema`, or of the first file. @throws UNABLE_TO_INFER_SCHEMA, INVALID_AVRO_FILE */
export async function inferAvro(files: readonly InputFile[], options: FormatOptions, platform: Platform): Promise<StructType> {
  const schema = options['avroschema'] === undefined ? await firstSchema(files, platform) : parseAvro(options['avroschema'])
  const { dataType } = avroToSpark(schema, toSparkOptions(options))
  if (dataType.kind !== 'struct')
    throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `files hold records, not values of type ${schema.type}` })
  return dataType
}

async function firstSchema(files: readonly InputFile[], platform: Platform) {
  for (const file of files) {
    try {
      for await (const { header } of blocks(file, platform)) return header.schema
    } catch (error) {
      if (file.size > 0 || !isMillraceError(error, 'INVALID_AVRO_FILE')) throw error
    }
  }
  throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: 'avro' })
}
