import type { ArrayType, MapType, StructType } from '../../../../types/index.ts'
import { type CastJob, lowerCast } from '../cast.ts'
import { packStruct } from '../literal.ts'
import { once } from '../once.ts'

/** Element by element; null containers stay null. */
export function castNested({ v, from, to, mode, ctx }: CastJob): string | undefined {
  if (from.kind === 'array' && to.kind === 'array') {
    return `list_transform(${v}, lambda mr_c: ${lowerCast('mr_c', (from as ArrayType).elementType, (to as ArrayType).elementType, mode, ctx)})`
  }
  if (from.kind === 'map' && to.kind === 'map') {
    const [f, t] = [from as MapType, to as MapType]
    const key = lowerCast('mr_c.key', f.keyType, t.keyType, mode, ctx)
    const value = lowerCast('mr_c.value', f.valueType, t.valueType, mode, ctx)
    return `map_from_entries(list_transform(map_entries(${v}), lambda mr_c: struct_pack("key" := ${key}, "value" := ${value})))`
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    const [f, t] = [from as StructType, to as StructType]
    if (f.fields.length !== t.fields.length) return undefined
    return once(v, x => {
      const fields = t.fields.map((field, i) =>
        lowerCast(`struct_extract_at(${x}, ${i + 1})`, f.fields[i]!.dataType, field.dataType, mode, ctx),
      )
      return `CASE WHEN ${x} IS NOT NULL THEN ${packStruct(fields, t)} END`
    })
  }
  return undefined
}
