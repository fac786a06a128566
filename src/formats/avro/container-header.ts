import { MillraceError } from '../../errors/index.ts'
import { type AvroSchema, parseAvro } from '../../types/index.ts'
import { readLong } from './runtime.ts'
import { writeLong } from './write-runtime.ts'

/** `Obj` and the version. */
export const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 1)
export const SYNC = 16

export interface ContainerHeader {
  readonly schema: AvroSchema
  /** As it stands in the file. */
  readonly schemaText: string
  readonly codec: string
  readonly sync: Uint8Array
  /** Bytes it takes. */
  readonly length: number
}

const broken = (path: string, why: string): MillraceError => new MillraceError('INVALID_AVRO_FILE', { path, why })

/** Numbers and byte strings one after another; `undefined` where the bytes end too early. */
export class Cursor {
  readonly bytes: Uint8Array
  at: number
  readonly #words = new Int32Array(2)

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** A number of at most 53 bits. */
  number(): number | undefined {
    const end = readLong(this.bytes, this.at, this.#words, 0)
    if (end > this.bytes.length) return undefined
    this.at = end
    return this.#words[1]! * 4_294_967_296 + (this.#words[0]! >>> 0)
  }

  take(length: number): Uint8Array | undefined {
    if (length < 0 || this.at + length > this.bytes.length) return undefined
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

function metadata(c: Cursor, path: string): ReadonlyMap<string, Uint8Array> | undefined {
  const found = new Map<string, Uint8Array>()
  for (;;) {
    let count = c.number()
    if (count === undefined) return undefined
    if (count === 0) return found
    if (count < 0) {
      if (c.number() === undefined) return undefined
      count = -count
    }
    if (count > 10_000) throw broken(path, 'its header is none')
    for (let i = 0; i < count; i++) {
      const pair = [0, 1].map(() => {
        const length = c.number()
        if (length !== undefined && length < 0) throw broken(path, 'its header is none')
        return length === undefined ? undefined : c.take(length)
      })
      if (!pair[0] || !pair[1]) return undefined
      found.set(text(pair[0]), pair[1])
    }
  }
}

/** Reads a header; undefined where more bytes are needed. @throws INVALID_AVRO_FILE */
export function readHeader(bytes: Uint8Array, path: string): ContainerHeader | undefined {
  if (!MAGIC.subarray(0, bytes.length).every((b, i) => bytes[i] === b)) throw broken(path, 'it does not begin as one')
  if (bytes.length < MAGIC.length) return undefined
  const c = new Cursor(bytes, MAGIC.length)
  const found = metadata(c, path)
  const sync = found && c.take(SYNC)
  if (!found || !sync) return undefined
  const schema = found.get('avro.schema')
  if (!schema) throw broken(path, 'its header has no schema')
  const codec = found.get('avro.codec')
  return {
    schema: parseAvro(text(schema)),
    schemaText: text(schema),
    codec: codec && codec.length > 0 ? text(codec) : 'null',
    sync: Uint8Array.from(sync),
    length: c.at,
  }
}

/** A number in zigzag form. */
export function numberBytes(n: number): Uint8Array {
  const out = new Uint8Array(10)
  return out.slice(0, writeLong(out, 0, n | 0, Math.floor(n / 4_294_967_296)))
}

export function headerBytes(schema: string, codec: string, sync: Uint8Array): Uint8Array {
  const entry = (key: string, value: string): Uint8Array[] =>
    [key, value].flatMap(x => [numberBytes(Buffer.byteLength(x)), new Uint8Array(Buffer.from(x))])
  return Buffer.concat([MAGIC, numberBytes(2), ...entry('avro.codec', codec), ...entry('avro.schema', schema), numberBytes(0), sync])
}
