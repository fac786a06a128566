import { MillraceError } from '../../errors/index.ts'
import { arrayType, integerType, isIntegral, isString, type StructType, sqlName, typeName } from '../../types/index.ts'
import { implicitCast } from '../coercion/implicit-cast.ts'
import type { TCall, TGetField, Typed } from '../resolved.ts'
import { castTo, constantOf } from './literal.ts'
import { mismatch, quotedType } from './mismatch.ts'
import { sameName } from './names.ts'

/** `child.name`: a field of a struct, of each struct of an array, or the value of a map at that key. */
export function getField(child: Typed, name: string): Typed {
  const t = child.dataType
  if (t.kind === 'struct') {
    const { ordinal, field } = fieldOf(t, name)
    return made(child, ordinal, field.name, field.dataType, child.nullable || field.nullable)
  }
  if (t.kind === 'array' && t.elementType.kind === 'struct') {
    const { ordinal, field } = fieldOf(t.elementType, name)
    return made(child, ordinal, field.name, arrayType(field.dataType, t.containsNull || field.nullable), child.nullable)
  }
  if (t.kind === 'map') return item(child, { node: 'literal', value: name, dataType: { kind: 'string' }, nullable: false })
  throw new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', { base: `a value (field "${name}")`, other: typeName(t) })
}

const made = (child: Typed, ordinal: number, field: string, dataType: TGetField['dataType'], nullable: boolean): TGetField => ({
  node: 'getField',
  child,
  ordinal,
  field,
  dataType,
  nullable,
})

function fieldOf(struct: StructType, name: string): { ordinal: number; field: StructType['fields'][number] } {
  const hits = struct.fields.flatMap((field, ordinal) => (sameName(field.name, name) ? [{ field, ordinal }] : []))
  if (hits.length === 0) throw new MillraceError('FIELD_NOT_FOUND', { name, known: struct.fields.map(f => f.name) })
  if (hits.length > 1) throw new MillraceError('AMBIGUOUS_REFERENCE_TO_FIELDS', { name, count: hits.length })
  return hits[0]!
}

/** `child[key]`: by the child's type a field, an item of an array (from 0), or a value of a map. */
export function extract(child: Typed, key: Typed): Typed {
  const t = child.dataType
  if (t.kind === 'struct' || (t.kind === 'array' && t.elementType.kind === 'struct' && isString(key.dataType))) {
    const name = constantOf(key)
    if (typeof name !== 'string') throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: 'getField', argument: 'name' })
    return getField(child, name)
  }
  return item(child, key)
}

function item(child: Typed, key: Typed): TCall {
  const t = child.dataType
  if (t.kind === 'array') {
    const index = isIntegral(key.dataType) ? key : implicitCast(key.dataType, 'integral') ? castTo(key, integerType) : undefined
    if (!index) throw mismatch('UNEXPECTED_INPUT_TYPE', 'getItem', `the index must be INTEGRAL, not ${quotedType(key.dataType)}`)
    return { node: 'call', fn: 'getItem', args: [child, index], dataType: t.elementType, nullable: true }
  }
  if (t.kind === 'map') {
    const wanted = implicitCast(key.dataType, t.keyType)
    if (!wanted)
      throw mismatch('UNEXPECTED_INPUT_TYPE', 'getItem', `the key must be ${quotedType(t.keyType)}, not ${quotedType(key.dataType)}`)
    return { node: 'call', fn: 'getItem', args: [child, castTo(key, t.keyType)], dataType: t.valueType, nullable: true }
  }
  throw new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', { base: 'this value', other: sqlName(t) })
}
