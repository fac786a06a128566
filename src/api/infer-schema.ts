import { MillraceError } from '../errors/index.ts'
import {
  arrayType,
  type DataType,
  doubleType,
  field,
  longType,
  mapType,
  nullType,
  type StructType,
  sameType,
  stringType,
  structType,
  typeName,
} from '../types/index.ts'
import { toLiteral } from './literal.ts'

/** The columns of rows without a schema: names by first sight, types by value (numbers are bigint when all are whole bigints, else double). */
export function inferSchema(rows: readonly object[]): StructType {
  if (rows.length === 0)
    throw new MillraceError('INVALID_ARGUMENT', { name: 'createDataFrame', value: [], expected: 'rows, or a schema beside them' })
  const types = new Map<string, DataType>()
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) types.set(name, merge(name, types.get(name) ?? nullType, typeOf(value)))
  return structType([...types].map(([name, type]) => field(name, type.kind === 'null' ? stringType : type)))
}

/** JS numbers are doubles, as TypeScript says `number` of them; bigints are long. */
function typeOf(value: unknown): DataType {
  if (typeof value === 'number') return doubleType
  if (typeof value === 'bigint') return longType
  if (Array.isArray(value)) return arrayType(value.map(typeOf).reduce((a, b) => merge('element', a, b), nullType))
  if (value instanceof Map) {
    const side = (items: Iterable<unknown>) => [...items].map(typeOf).reduce((a, b) => merge('map', a, b), nullType)
    return mapType(side(value.keys()), side(value.values()))
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return structType(Object.entries(value).map(([name, v]) => field(name, typeOf(v))))
  }
  return toLiteral(value).dataType
}

function merge(name: string, a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b
  if (b.kind === 'null' || sameType(a, b)) return a
  if (a.kind === 'array' && b.kind === 'array') return arrayType(merge(name, a.elementType, b.elementType))
  if ((a.kind === 'long' && b.kind === 'double') || (a.kind === 'double' && b.kind === 'long')) return doubleType
  throw new MillraceError('INVALID_ARGUMENT', {
    name,
    value: `${typeName(a)}, ${typeName(b)}`,
    expected: 'values of one type; or declare a schema',
  })
}
