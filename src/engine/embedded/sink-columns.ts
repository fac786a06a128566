import { MillraceError } from '../../errors/index.ts'
import { isNested, type StructType, typeName } from '../../types/index.ts'

const FLAT = new Set(['csv', 'text'])

/** Refuses columns that the format cannot hold, naming what to select instead. */
export function checkColumns(format: string, schema: StructType, partitionBy: readonly string[]): void {
  if (!FLAT.has(format.toLowerCase())) return
  for (const { name, dataType } of schema.fields) {
    if (!isNested(dataType) || partitionBy.includes(name)) continue
    const window = dataType.kind === 'struct' && dataType.fields.map(f => f.name).join() === 'start,end'
    throw new MillraceError('SINK_CANNOT_HOLD_COLUMN', { format, column: name, dataType: typeName(dataType), window })
  }
}
