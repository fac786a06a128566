import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { Action, Metadata, Protocol } from '../log/actions.ts'
import { newProtocol, protocolFor } from '../log/protocol.ts'
import { mappingMode, schemaText, withMapping } from '../log/schema.ts'
import type { TableState } from '../log/table-state.ts'
import type { Target } from './data-files.ts'
import { fitSchema, newSchema } from './fit-schema.ts'

/** What a writer was asked for. */
export interface WriteOptions {
  readonly path: string
  readonly partitionBy: readonly string[]
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
  readonly compression: string
  /** `delta.*` of a table that is made. */
  readonly properties: Readonly<Record<string, string>>
}
/** The table that rows are written to, and what the commit has to change about it first. */
export interface Head {
  readonly target: Target
  readonly actions: readonly Action[]
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((c, i) => c.toLowerCase() === b[i]!.toLowerCase())

/** Fits rows to a table, or to one that is made for them. `replaces`: nothing of the old rows stays. */
export function headFor(
  rows: StructType,
  state: TableState | undefined,
  options: WriteOptions,
  platform: Platform,
  replaces = false,
): Head {
  if (!state) return newTable(rows, options, platform)
  const { metadata } = state
  if (replaces && options.overwriteSchema) {
    const schema = newSchema(rows)
    return changed(state, schema, checkPartitions(options.partitionBy, schema), options, platform)
  }
  const partitions = metadata.partitionColumns ?? []
  if (options.partitionBy.length > 0 && !same(options.partitionBy, partitions)) {
    throw new MillraceError('DELTA_PARTITIONING_MISMATCH', { path: options.path, given: options.partitionBy, is: partitions })
  }
  return changed(state, fitSchema(rows, state.schema, options.mergeSchema, options.path), partitions, options, platform)
}

function newTable(rows: StructType, options: WriteOptions, platform: Platform): Head {
  const schema = newSchema(rows)
  const partitionColumns = checkPartitions(options.partitionBy, schema)
  const metadata: Metadata = {
    id: platform.ids.uuid(),
    format: { provider: 'parquet', options: {} },
    schemaString: schemaText(schema),
    partitionColumns,
    configuration: options.properties,
    createdTime: platform.clock.now(),
  }
  const protocol: Protocol = newProtocol(schema, options.properties)
  return { target: targetOf(metadata, schema, options), actions: [{ protocol }, { metaData: metadata }] }
}

function checkPartitions(columns: readonly string[], schema: StructType): readonly string[] {
  const known = schema.fields.map(f => f.name)
  const found = columns.map(column => {
    const f = schema.fields.find(f => f.name.toLowerCase() === column.toLowerCase())
    if (!f) throw new MillraceError('PARTITION_COLUMN_NOT_FOUND', { column, known })
    if (f.dataType.kind === 'struct' || f.dataType.kind === 'array' || f.dataType.kind === 'map')
      throw new MillraceError('DELTA_COLUMN_TYPE', { column: `${column} (a partition column)`, type: f.dataType.kind })
    return f.name
  })
  if (columns.length > 0 && columns.length === known.length) throw new MillraceError('ALL_PARTITION_COLUMNS', {})
  return found
}

function changed(
  state: TableState,
  schema: StructType,
  partitionColumns: readonly string[],
  options: WriteOptions,
  platform: Platform,
): Head {
  const { metadata } = state
  const text = schemaText(schema)
  if (text === metadata.schemaString || (schema === state.schema && same(partitionColumns, metadata.partitionColumns ?? [])))
    return { target: targetOf(metadata, state.schema, options), actions: [] }
  const mapped = withMapping(schema, metadata, () => platform.ids.uuid())
  const configuration = {
    ...metadata.configuration,
    ...(mapped.maxId !== undefined && { 'delta.columnMapping.maxColumnId': String(mapped.maxId) }),
  }
  const next: Metadata = { ...metadata, schemaString: schemaText(mapped.schema), partitionColumns, configuration }
  const protocol = protocolFor(state.protocol, mapped.schema)
  const actions: Action[] = [...(protocol === state.protocol ? [] : [{ protocol }]), { metaData: next }]
  return { target: targetOf(next, mapped.schema, options), actions }
}

export const targetOf = (metadata: Metadata, schema: StructType, options: Pick<WriteOptions, 'path' | 'compression'>): Target => ({
  path: options.path,
  schema,
  partitionColumns: metadata.partitionColumns ?? [],
  mode: mappingMode(metadata),
  compression: options.compression,
  indexed: Number(metadata.configuration?.['delta.dataSkippingNumIndexedCols'] ?? 32),
})
