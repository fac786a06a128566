import { MillraceError } from '../../errors/index.ts'
import { type DataType, isString, type StructType, typeName } from '../../types/index.ts'
import type { FormatName } from './format-options.ts'

const FLAT = (t: DataType): boolean => !['struct', 'array', 'map', 'calendarInterval', 'variant', 'null', 'binary'].includes(t.kind)

function every(type: DataType, fits: (t: DataType) => boolean): boolean {
  if (type.kind === 'array') return every(type.elementType, fits)
  if (type.kind === 'map') return every(type.keyType, fits) && every(type.valueType, fits)
  if (type.kind === 'struct') return type.fields.every(f => every(f.dataType, fits))
  return fits(type)
}

const HOLDS: Readonly<Record<FormatName, (t: DataType) => boolean>> = {
  csv: FLAT,
  text: isString,
  json: t => every(t, x => x.kind !== 'calendarInterval'),
  avro: t => every(t, x => !['calendarInterval', 'variant', 'char', 'varChar'].includes(x.kind)),
  parquet: t => every(t, x => x.kind !== 'calendarInterval' && x.kind !== 'null'),
}

/**
 * Refuses columns that a format cannot hold: UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE names the column, and for a window what to select instead.
 * Partition columns stand in directory names and must be flat.
 */
export function checkColumns(format: FormatName, schema: StructType, partitionBy: readonly string[]): void {
  const partitions = new Set(partitionBy.map(p => p.toLowerCase()))
  for (const name of partitionBy) {
    if (schema.fields.some(f => f.name.toLowerCase() === name.toLowerCase())) continue
    throw new MillraceError('PARTITION_COLUMN_NOT_FOUND', { column: name, known: schema.fields.map(f => f.name) })
  }
  const data = schema.fields.filter(f => !partitions.has(f.name.toLowerCase()))
  if (data.length === 0 && partitionBy.length > 0) throw new MillraceError('ALL_PARTITION_COLUMNS', {})
  if (format === 'text' && data.length !== 1) throw new MillraceError('TEXT_NEEDS_ONE_STRING', { columns: data.length })
  for (const f of schema.fields) {
    const holds = partitions.has(f.name.toLowerCase()) ? FLAT : HOLDS[format]
    if (!holds(f.dataType))
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', { format, column: f.name, type: typeName(f.dataType) })
  }
}
