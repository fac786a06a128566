import type { ArrayType, MapType, StructType } from '../../../../types/index.ts'
import { packStruct } from '../literal.ts'
import { once } from '../once.ts'
import type { CastJob } from './job.ts'

/** Element by element; null containers stay null. */
export function castNested({ v, from, to, inner }: CastJob): string | undefined {
  if (from.kind === 'array' && to.kind === 'array') {
    return `list_transform(${v}, lambda mr_c: ${inner('mr_c', (from as ArrayType).elementType, (to as ArrayType).elementType)})`
  }
  if (from.kind === 'map' && to.kind === 'map') {
    const [f, t] = [from as MapType, to as MapType]
    const key = inner('mr_c.key', f.keyType, t.keyType)
    const value = inner('mr_c.value', f.valueType, t.valueType)
    return `map_from_entries(list_transform(map_entries(${v}), lambda mr_c: struct_pack("key" := ${key}, "value" := ${value})))`
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    const [f, t] = [from as StructType, to as StructType]
    if (f.fields.length !== t.fields.length) return undefined
    return once(v, x => {
      const fields = t.fields.map((field, i) => inner(`struct_extract_at(${x}, ${i + 1})`, f.fields[i]!.dataType, field.dataType))
      return `CASE WHEN ${x} IS NOT NULL THEN ${packStruct(fields, t)} END`
    })
  }
  return undefined
}
