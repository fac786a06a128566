import type { DataType, StructType } from '../../../types/index.ts'
import type { PartitionValues } from '../log/actions.ts'
import { type MappingMode, physicalName } from '../log/schema.ts'

const escapedBytes = (text: string): string =>
  [...Buffer.from(text)].map(b => `\\x${b.toString(16).padStart(2, '0').toUpperCase()}`).join('')

/** A value of the log as the text that a cast takes; the log writes null as '' as well. */
function valueFromLog(text: string | null | undefined, type: DataType): string | null {
  if (text === null || text === undefined || text === '') return null
  return type.kind === 'binary' ? escapedBytes(text) : text
}

/** Values of the partition columns by the names people use. */
export function partitionOf(
  values: PartitionValues | undefined,
  columns: readonly string[],
  schema: StructType,
  mode: MappingMode,
): Readonly<Record<string, string | null>> {
  const wanted = new Set(columns.map(c => c.toLowerCase()))
  const found = schema.fields.filter(f => wanted.has(f.name.toLowerCase()))
  return Object.fromEntries(found.map(f => [f.name, valueFromLog(values?.[physicalName(f, mode)], f.dataType)]))
}
