import { MillraceError } from '../../errors/index.ts'
import { type StructType, typeName } from '../../types/index.ts'
import type { Entry } from '../catalog/index.ts'

/** Formats that know columns by their place alone. */
const BY_PLACE: ReadonlySet<string> = new Set(['csv', 'text'])

/** What a node writes must be what the entry declares: readers of the data go by that. @throws DATASET_SCHEMA_DIFFERS */
export function checkWritten(entry: Entry, node: string, written: StructType): void {
  if (!entry.schema) return
  const differences = differencesOf(entry.schema, written, BY_PLACE.has(entry.format.toLowerCase()))
  if (differences.length > 0) throw new MillraceError('DATASET_SCHEMA_DIFFERS', { name: entry.name, node, differences })
}

export function differencesOf(declared: StructType, written: StructType, byPlace: boolean): readonly string[] {
  const find = (of: StructType, name: string) => of.fields.find(f => f.name.toLowerCase() === name.toLowerCase())
  const missing = declared.fields.filter(f => !find(written, f.name)).map(f => `no column "${f.name}"`)
  const more = written.fields.filter(f => !find(declared, f.name)).map(f => `a column "${f.name}" that is not declared`)
  const types = declared.fields.flatMap(f => {
    const other = find(written, f.name)
    const [is, was] = [other && typeName(other.dataType), typeName(f.dataType)]
    return is === undefined || is === was ? [] : [`"${f.name}" is ${is}, declared as ${was}`]
  })
  const all = [...missing, ...more, ...types]
  const names = (of: StructType): string => of.fields.map(f => f.name).join(', ')
  if (all.length === 0 && byPlace && names(declared).toLowerCase() !== names(written).toLowerCase())
    return [`the order is ${names(written)}, declared as ${names(declared)}`]
  return all
}
