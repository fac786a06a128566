import { type AvroSchema, arrayType, type DataType, field, mapType, structType } from '../../types/index.ts'

const withoutNull = (schema: AvroSchema): AvroSchema => {
  const branches = schema.type === 'union' ? schema.branches.filter(b => b.type !== 'null') : []
  return branches.length === 1 ? branches[0]! : schema
}

/**
 * The type with the names of the Avro fields that stand at the same places, in records at every depth: what is matched by name then is matched by position.
 * Fields behind the last one of Avro get names that it has not.
 */
export function namedByPosition(type: DataType, avro: AvroSchema): DataType {
  const schema = withoutNull(avro)
  if (type.kind === 'array' && schema.type === 'array') return arrayType(namedByPosition(type.elementType, schema.items), type.containsNull)
  if (type.kind === 'map' && schema.type === 'map')
    return mapType(type.keyType, namedByPosition(type.valueType, schema.values), type.valueContainsNull)
  if (type.kind !== 'struct' || schema.type !== 'record') return type
  return structType(
    type.fields.map((f, i) => {
      const at = schema.fields[i]
      return at
        ? field(at.name, namedByPosition(f.dataType, at.schema), f.nullable, f.metadata)
        : field(`${f.name} (field ${i + 1})`, f.dataType, f.nullable, f.metadata)
    }),
  )
}
