import { MillraceError } from '../../errors/index.ts'
import { type AvroSchema, type ColumnData, type DataType, isValid } from '../../types/index.ts'
import type { ColumnFunction } from '../json/functions.ts'
import { type AvroDecoder, avroDecoder, type Messages } from './decoder.ts'

export interface AvroColumnsOptions {
  readonly writer: AvroSchema
  readonly reader: AvroSchema
  readonly type: DataType
  readonly mode: 'permissive' | 'failfast'
  /** Of a struct, the fields that are read; the others come out without buffers. Absent = all. */
  readonly fields?: ReadonlySet<string>
}

/** What stands before a registry's messages: a zero byte and the schema's id. */
export const FRAME = 5

/** The first bytes of a message, for people. */
export function shownBytes(bytes: Uint8Array): string {
  const most = 32
  return `${Buffer.from(bytes.subarray(0, most)).toString('hex')}${bytes.length > most ? `… (${bytes.length} bytes)` : ''}`
}

/** Which rows have a message: -1 for nulls. Undefined where all have one. */
export function present(column: ColumnData, length: number): Int32Array | undefined {
  if (!column.validity) return undefined
  const which = new Int32Array(length)
  for (let i = 0; i < length; i++) if (!isValid(column, i)) which[i] = -1
  return which
}

/** Where a bad message of a plain schema looks like one of a registry: it reads to its end behind the frame. */
function looksFramed(decode: AvroDecoder, bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < FRAME || bytes[start] !== 0) return undefined
  const id = new DataView(bytes.buffer, bytes.byteOffset + start).getInt32(1)
  const from = start + FRAME
  const { bad } = decode({ bytes, starts: Int32Array.of(from), ends: Int32Array.of(end), length: 1 })
  return id > 0 && bad.length === 0 ? id : undefined
}

/**
 * `from_avro`: bytes into values. A null stays null. A message that is none gives, in mode PERMISSIVE, a struct of nulls (null where the schema is no
 * record), in FAILFAST the error MALFORMED_AVRO_MESSAGE. Bytes behind a message are passed over, as Spark does.
 *
 * Unlike Spark it never takes a registry's frame for data. Where a message begins with a zero byte, has five bytes or more and either is none or leaves
 * bytes over:
 * - if it can be read from the sixth byte on, and bytes two to five are a positive number, the query ends with AVRO_LOOKS_FRAMED, in every mode;
 * - otherwise it is a message that is none.
 */
export function avroColumns(options: AvroColumnsOptions): ColumnFunction {
  const decode = avroDecoder({ ...options, writers: [options.writer] })
  return (column, length) => {
    const offsets = column.offsets!
    const bytes = column.values as Uint8Array
    const which = present(column, length)
    const messages: Messages = { bytes, starts: offsets, ends: offsets.subarray(1), length, ...(which && { which }) }
    const { column: decoded, bad } = decode(messages)
    for (const row of bad) {
      const [start, end] = [offsets[row]!, offsets[row + 1]!]
      const id = looksFramed(decode, bytes, start, end)
      if (id !== undefined) throw new MillraceError('AVRO_LOOKS_FRAMED', { id })
      if (options.mode === 'failfast') throw malformed(bytes.subarray(start, end))
    }
    return withNulls(decoded, column)
  }
}

export const malformed = (bytes: Uint8Array, why = 'it does not fit the schema'): MillraceError =>
  new MillraceError('MALFORMED_AVRO_MESSAGE', { bytes: shownBytes(bytes), why })

/** A struct is null where the bytes are; of other values the decoder says it. */
export const withNulls = (decoded: ColumnData, bytes: ColumnData): ColumnData =>
  decoded.values === undefined && decoded.offsets === undefined && decoded.children && bytes.validity
    ? { ...decoded, validity: bytes.validity }
    : decoded
