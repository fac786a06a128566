import type { DataType, StructType } from '../../types/index.ts'
import { quoteName } from './lower/context.ts'
import { duckType, structField } from './lower/types.ts'

const nameAt = (t: StructType, i: number): string =>
  structField(
    t.fields.map(f => f.name),
    i,
  )

/** Do the structs in two types of one shape call their fields the same? */
function sameNames(a: DataType, b: DataType): boolean {
  if (a.kind === 'struct' && b.kind === 'struct')
    return a.fields.every((f, i) => nameAt(a, i) === nameAt(b, i) && sameNames(f.dataType, b.fields[i]!.dataType))
  if (a.kind === 'array' && b.kind === 'array') return sameNames(a.elementType, b.elementType)
  if (a.kind === 'map' && b.kind === 'map') return sameNames(a.keyType, b.keyType) && sameNames(a.valueType, b.valueType)
  return true
}

/**
 * SQL of type `from` as `to`, which has the same shape and other names of struct fields: a cast goes by name, this by position.
 * Both are what `duckType` makes of them.
 */
export function renamed(sql: string, from: DataType, to: DataType, depth = 0): string {
  if (sameNames(from, to)) return sql
  const x = `x${depth}`
  const below = (value: string, a: DataType, b: DataType): string => renamed(value, a, b, depth + 1)
  if (from.kind === 'struct' && to.kind === 'struct') {
    const fields = from.fields.map((f, i) => {
      const value = `${x}.${quoteName(nameAt(from, i))}`
      return `${quoteName(nameAt(to, i))} := ${below(value, f.dataType, to.fields[i]!.dataType)}`
    })
    // A list of one gives a name to what may be long.
    return `(CASE WHEN ${sql} IS NULL THEN NULL ELSE list_transform([${sql}], lambda ${x}: struct_pack(${fields.join(', ')}))[1] END)`
  }
  if (from.kind === 'array' && to.kind === 'array')
    return `list_transform(${sql}, lambda ${x}: ${below(x, from.elementType, to.elementType)})`
  if (from.kind === 'map' && to.kind === 'map') {
    const key = below(`${x}."key"`, from.keyType, to.keyType)
    const value = below(`${x}."value"`, from.valueType, to.valueType)
    const entries = `list_transform(map_entries(${sql}), lambda ${x}: struct_pack("key" := ${key}, "value" := ${value}))`
    return `(CASE WHEN ${sql} IS NULL THEN NULL ELSE CAST(map_from_entries(${entries}) AS ${duckType(to)}) END)`
  }
  return sql
}
