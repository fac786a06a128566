import type { Attribute } from '../../analyze/resolved.ts'
import { field, type StructType, structType } from '../../types/index.ts'

/** The columns of an analysed node as a schema. */
export const schemaOf = (attributes: readonly Attribute[]): StructType =>
  structType(attributes.map(a => field(a.name, a.dataType, a.nullable)))
