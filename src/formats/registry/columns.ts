import { isMillraceError, MillraceError } from '../../errors/index.ts'
import { type AvroSchema, type ColumnData, type DataType, isValid } from '../../types/index.ts'
import { FRAME, malformed, withNulls } from '../avro/columns.ts'
import { type AvroDecoder, avroDecoder } from '../avro/decoder.ts'
import type { ColumnFunction } from '../json/functions.ts'
import type { Registry } from './registry.ts'

/**
 * Thrown where messages carry ids that were not looked up yet: a decoder cannot wait. Who runs it looks them up and runs it again.
 */
export class SchemasNeeded extends Error {
  readonly #lookUp: () => Promise<void>

  constructor(lookUp: () => Promise<void>) {
    super('schemas have to be looked up first')
    this.#lookUp = lookUp
  }
  /** @throws SCHEMA_REGISTRY_UNREACHABLE, SCHEMA_REGISTRY_LOGIN, SCHEMA_REGISTRY_REFUSED */
  lookUp(): Promise<void> {
    return this.#lookUp()
  }
}

/** Runs work that may need schemas, as often as it does. Each round knows more ids, so that it ends. */
export async function lookingUp<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SchemasNeeded) || signal?.aborted) throw error
      await error.lookUp()
    }
  }
}

export interface RegistryColumnsOptions {
  readonly registry: Registry
  readonly reader: AvroSchema
  readonly type: DataType
  readonly mode: 'permissive' | 'failfast'
  readonly fields?: ReadonlySet<string>
}

/** A plain message shorter than this may be one by chance. */
const TELLING = 8

/** Which writer has which id, and decoders for those in use. */
class Writers {
  readonly #options: RegistryColumnsOptions
  /** Places in `#schemas`, or why messages with the id are bad. */
  readonly #byId = new Map<number, number | string>()
  readonly #schemas: AvroSchema[] = []
  readonly #single = new Map<number, AvroDecoder>()
  #all: AvroDecoder | undefined

  constructor(options: RegistryColumnsOptions) {
    this.#options = options
  }

  /** The writer's number, why it cannot be read, or undefined where the registry has to be asked. */
  of(id: number): number | string | undefined {
    const hit = this.#byId.get(id)
    if (typeof hit === 'number') return hit
    const known = this.#options.registry.known(id)
    if (!known) return undefined
    if ('why' in known) return known.why
    if (hit !== undefined) return hit
    const made = this.#add(known.schema)
    this.#byId.set(id, made)
    return made
  }

  #add(schema: AvroSchema): number | string {
    try {
      const decode = avroDecoder({ ...this.#options, writers: [schema] })
      const place = this.#schemas.push(schema) - 1
      this.#single.set(place, decode)
      this.#all = undefined
      return place
    } catch (error) {
      if (!isMillraceError(error)) throw error
      return error.message.split('\n')[0]!
    }
  }

  /** The decoder for one writer, or for all of them. */
  single(place: number): AvroDecoder {
    return this.#single.get(place)!
  }
  get all(): AvroDecoder {
    this.#all ??= avroDecoder({ ...this.#options, writers: this.#schemas })
    return this.#all
  }
}

/**
 * from_avro with a registry: each message says by its id what it was written with, and is read by the reader's schema. Messages with ids not seen
 * before make it throw SchemasNeeded. A message without a frame, with an id the registry does not have, or that is none of its schema gives a struct of
 * nulls in mode PERMISSIVE and ends the query in FAILFAST. Values of eight bytes and more that the reader's schema reads to their last byte without a
 * frame end it in every mode: AVRO_LOOKS_PLAIN.
 */
export function registryColumns(options: RegistryColumnsOptions): ColumnFunction {
  const writers = new Writers(options)
  const plain = avroDecoder({ ...options, writers: [options.reader] })
  const refuse = (bytes: Uint8Array, why: string): void => {
    if (options.mode === 'failfast') throw malformed(bytes, why)
  }
  return (column, length) => {
    const { starts, which, single, unreadable } = places(column, length, writers, options.registry)
    const bytes = column.values as Uint8Array
    const ends = column.offsets!.subarray(1)
    const of = (row: number): Uint8Array => bytes.subarray(column.offsets![row]!, ends[row]!)
    for (const [row, why] of unreadable) {
      if (why === NO_FRAME) refusePlain(plain, bytes, column.offsets![row]!, ends[row]!)
      refuse(of(row), why)
    }
    const messages = { bytes, starts, ends, length, which: single === undefined ? which : which.map(w => (w < 0 ? -1 : 0)) }
    const { column: decoded, bad } = (single === undefined ? writers.all : writers.single(single))(messages)
    for (const row of bad) refuse(of(row), 'it does not fit the schema of its id')
    return withNulls(decoded, column)
  }
}

const NO_FRAME = 'no zero byte and schema id stand before it'

/** Where messages begin behind their frames, and whose they are. */
function places(column: ColumnData, length: number, writers: Writers, registry: Registry) {
  const bytes = column.values as Uint8Array
  const offsets = column.offsets!
  const starts = new Int32Array(length)
  const which = new Int32Array(length).fill(-1)
  const unreadable: (readonly [row: number, why: string])[] = []
  const unknown = new Set<number>()
  let lastId = -1
  let last: number | string | undefined
  let single: number | undefined
  let several = false
  for (let row = 0; row < length; row++) {
    const start = offsets[row]!
    starts[row] = start + FRAME
    if (!isValid(column, row)) continue
    if (offsets[row + 1]! < start + FRAME || bytes[start] !== 0) {
      unreadable.push([row, NO_FRAME])
      continue
    }
    const id = ((bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!) >>> 0
    if (id !== lastId) {
      last = writers.of(id)
      lastId = id
    }
    if (last === undefined) unknown.add(id)
    else if (typeof last === 'string') unreadable.push([row, last])
    else {
      which[row] = last
      several ||= single !== undefined && single !== last
      single ??= last
    }
  }
  if (unknown.size > 0) throw new SchemasNeeded(() => registry.lookUp(unknown))
  return { starts, which, unreadable, single: several || single === undefined ? undefined : single }
}

/** Refuses a value that is a whole message without its frame. */
function refusePlain(decode: AvroDecoder, bytes: Uint8Array, start: number, end: number): void {
  if (end - start < TELLING) return
  const reads = (to: number): boolean =>
    decode({ bytes, starts: Int32Array.of(start), ends: Int32Array.of(to), length: 1 }).bad.length === 0
  if (reads(end) && !reads(end - 1)) throw new MillraceError('AVRO_LOOKS_PLAIN', {})
}
