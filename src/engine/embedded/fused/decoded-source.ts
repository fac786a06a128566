import type { Attribute, RSource, TCall } from '../../../analyze/resolved.ts'
import type { ColumnFunction } from '../../../formats/index.ts'

/**
 * A function of one column of a source (`from_json(cast(value as string), …)`) that runs on the rows as they come in: once a row however often it
 * stands in the plan, and DuckDB sees what came of it instead of the text.
 */
export interface Decoder {
  readonly call: TCall
  /** The source's column it reads. */
  readonly column: number
  /** The column holds bytes and the function reads text. */
  readonly castsToText: boolean
  /** What is read of its result, each a further column of the source, in order. */
  readonly parts: readonly DecodedPart[]
  /** The function; `fields` = names of the struct's fields that are read. */
  readonly make: (fields: ReadonlySet<string> | undefined) => ColumnFunction
}
export interface DecodedPart {
  /** Ordinals of fields within fields; empty = the whole value. */
  readonly path: readonly number[]
  readonly attribute: Attribute
}

/** A source with decoders: its output goes on behind the columns of its schema with the parts of all decoders, in order. */
export interface DecodedSource extends RSource {
  readonly decoders: readonly Decoder[]
}

export const decodersOf = (slot: object): readonly Decoder[] => ('decoders' in slot ? (slot as DecodedSource).decoders : [])
