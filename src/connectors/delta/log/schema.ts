import {
  arrayType,
  type DataType,
  type Field,
  field,
  fromSparkJson,
  mapType,
  type StructType,
  structType,
  toSparkJson,
} from '../../../types/index.ts'
import type { Metadata } from './actions.ts'

const NAME = 'delta.columnMapping.physicalName'
const ID = 'delta.columnMapping.id'
export type MappingMode = 'none' | 'name' | 'id'

export const schemaOfMetadata = (metadata: Metadata): StructType => fromSparkJson(metadata.schemaString) as StructType
export const schemaText = (schema: StructType): string => JSON.stringify(toSparkJson(schema))

export function mappingMode(metadata: Metadata): MappingMode {
  const mode = metadata.configuration['delta.columnMapping.mode']
  return mode === 'name' || mode === 'id' ? mode : 'none'
}

/** How files call a column. */
export const physicalName = (f: Field, mode: MappingMode): string => {
  const name = f.metadata?.[NAME]
  return mode !== 'none' && typeof name === 'string' ? name : f.name
}

function mapped(type: DataType, change: (f: Field) => Field): DataType {
  if (type.kind === 'struct') return structType(type.fields.map(change))
  if (type.kind === 'array') return arrayType(mapped(type.elementType, change), type.containsNull)
  if (type.kind === 'map') return mapType(mapped(type.keyType, change), mapped(type.valueType, change), type.valueContainsNull)
  return type
}

/** A schema as files have it: physical names, ids as Parquet's field ids where the table maps columns. */
export function fileField(f: Field, mode: MappingMode): Field {
  const id = f.metadata?.[ID]
  const ids = mode !== 'none' && typeof id === 'number' ? { 'parquet.field.id': id } : undefined
  return field(
    physicalName(f, mode),
    mapped(f.dataType, g => fileField(g, mode)),
    f.nullable,
    ids,
  )
}

/** Files are found by name, except in id mode. */
export function fileSchema(schema: StructType, mode: MappingMode): StructType {
  const files = schema.fields.map(f => fileField(f, mode))
  return structType(mode === 'id' ? files : files.map(withoutIds))
}
const withoutIds = (f: Field): Field => field(f.name, mapped(f.dataType, withoutIds), f.nullable)

/** A schema as people see it: what Delta notes about columns left out, every column may be null as files promise nothing. */
export const shownSchema = (schema: StructType): StructType => structType(schema.fields.map(shown))
function shown(f: Field): Field {
  const kept = Object.entries(f.metadata ?? {}).filter(([key]) => !key.startsWith('delta.') && !key.startsWith('parquet.'))
  return field(f.name, mapped(f.dataType, shown), f.nullable, Object.fromEntries(kept))
}

/** Gives new columns physical names and ids where the table maps columns. */
export function withMapping(
  schema: StructType,
  metadata: Metadata,
  uuid: () => string,
): { readonly schema: StructType; readonly maxId?: number } {
  if (mappingMode(metadata) === 'none') return { schema }
  let last = Number(metadata.configuration['delta.columnMapping.maxColumnId'] ?? 0)
  const name = (f: Field): Field => {
    const type = mapped(f.dataType, name)
    if (f.metadata?.[ID] !== undefined) return field(f.name, type, f.nullable, f.metadata)
    return field(f.name, type, f.nullable, { ...f.metadata, [ID]: ++last, [NAME]: `col-${uuid()}` })
  }
  const named = structType(schema.fields.map(name))
  return { schema: named, maxId: last }
}
