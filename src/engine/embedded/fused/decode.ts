import { isMillraceError, type MillraceError } from '../../../errors/index.ts'
import { type ColumnData, field, type RowBatch, type StructType, structType } from '../../../types/index.ts'
import type { DecodedPart, Decoder } from './decoded-source.ts'
import { textOfBytes } from './text-of-bytes.ts'

/** The source's columns, then the decoders' parts. */
export const decodedSchema = (schema: StructType, decoders: readonly Decoder[]): StructType =>
  structType([...schema.fields, ...decoders.flatMap(d => d.parts.map(p => field(p.attribute.name, p.attribute.dataType)))])

/** The columns of the source itself that must be there when of the decoded schema `used` are read. */
export function columnsBelow(schema: StructType, decoders: readonly Decoder[], used: ReadonlySet<number>): ReadonlySet<number> {
  const width = schema.fields.length
  const own = [...used].filter(i => i < width)
  return new Set([...own, ...active(width, decoders, used).map(a => a.decoder.column)])
}

/** A decoder some parts of which are read, with the columns they become. */
interface Active {
  readonly decoder: Decoder
  readonly parts: readonly { readonly part: DecodedPart; readonly column: number }[]
}

function active(width: number, decoders: readonly Decoder[], used: ReadonlySet<number>): readonly Active[] {
  let column = width
  return decoders
    .map(decoder => ({ decoder, parts: decoder.parts.map(part => ({ part, column: column++ })).filter(p => used.has(p.column)) }))
    .filter(a => a.parts.length > 0)
}

/** A column could not be decoded: it holds a record that its mode does not take. */
export class DecodeFailed extends Error {
  readonly error: MillraceError
  readonly decoder: Decoder

  constructor(error: MillraceError, decoder: Decoder) {
    super(error.message, { cause: error })
    this.error = error
    this.decoder = decoder
  }
}

/**
 * What puts the decoders' parts behind the columns of a batch; parts nobody reads come empty.
 *
 * @throws DecodeFailed
 */
export function decoding(schema: StructType, decoders: readonly Decoder[], used: ReadonlySet<number>): (batch: RowBatch) => RowBatch {
  const whole = decodedSchema(schema, decoders)
  const work = active(schema.fields.length, decoders, used).map(({ decoder, parts }) => ({
    decoder,
    parts,
    run: decoder.make(fieldsRead(decoder, parts)),
  }))
  return batch => {
    const columns: ColumnData[] = whole.fields.map((_, i) => batch.columns[i] ?? { length: 0 })
    for (const { decoder, parts, run } of work) {
      const value = attempt(decoder, () => {
        const bytes = batch.columns[decoder.column]!
        return run(decoder.castsToText ? textOfBytes(bytes, batch.length) : bytes, batch.length)
      })
      for (const { part, column } of parts) columns[column] = partOf(value, part.path)
    }
    return { schema: whole, length: batch.length, columns }
  }
}

function attempt<T>(decoder: Decoder, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isMillraceError(error) ? new DecodeFailed(error, decoder) : error
  }
}

/** Names of the fields of the value that are read; undefined = all of it. */
function fieldsRead({ call }: Decoder, parts: Active['parts']): ReadonlySet<string> | undefined {
  if (call.dataType.kind !== 'struct' || parts.some(p => p.part.path.length === 0)) return undefined
  const { fields } = call.dataType
  return new Set(parts.map(p => fields[p.part.path[0]!]!.name))
}

/** A field within a value; null where a struct around it is. */
function partOf(value: ColumnData, path: readonly number[]): ColumnData {
  let column = value
  let validity = value.validity
  for (const i of path) {
    column = column.children![i]!
    validity = both(column.validity, validity)
  }
  return validity === column.validity ? column : { ...column, ...(validity && { validity }) }
}

function both(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  return a && b ? a.map((bits, i) => bits & (b[i] ?? 0)) : (a ?? b)
}
