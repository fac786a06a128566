import { MillraceError } from '../../errors/index.ts'
import { arrayType, type DataType, field, mapType, type StructType, stringType, structType } from '../../types/index.ts'
import type { ConnectorContext } from '../contract.ts'
import type { FormatName } from './format-options.ts'
import { type FoundFile, partitionColumns } from './partition.ts'

const TEXT_SCHEMA = structType([field('value', stringType)])

function nullable(type: DataType): DataType {
  if (type.kind === 'array') return arrayType(nullable(type.elementType), true)
  if (type.kind === 'map') return mapType(nullable(type.keyType), nullable(type.valueType), true)
  return type.kind === 'struct' ? asNullable(type) : type
}

/** Files promise nothing: every field may be null, as in Spark. */
export const asNullable = (schema: StructType): StructType =>
  structType(schema.fields.map(f => field(f.name, nullable(f.dataType), true, f.metadata)))

/** Infers the data columns from files, in the form of the format. */
export type Infer = (files: readonly FoundFile[]) => Promise<StructType>

export interface FileSchema {
  /** Data columns, then partition columns. */
  readonly schema: StructType
  readonly partitionColumns: readonly string[]
}

/** The schema of a read: the one given, or inferred where that is allowed; with the partition columns of the directories at the end. */
export async function fileSchema(
  format: FormatName,
  context: ConnectorContext,
  files: readonly FoundFile[],
  infer: Infer,
): Promise<FileSchema> {
  const inferTypes = context.conf('spark.sql.sources.partitionColumnTypeInference.enabled') !== 'false'
  const found = partitionColumns(files, inferTypes)
  const data = await dataSchema(format, context, files, infer)
  const given = new Map(data.fields.map(f => [f.name.toLowerCase(), f]))
  const partition = found.map(p => given.get(p.name.toLowerCase()) ?? p)
  const names = new Set(partition.map(p => p.name.toLowerCase()))
  const columns = data.fields.filter(f => !names.has(f.name.toLowerCase()))
  return { schema: asNullable(structType([...columns, ...partition])), partitionColumns: partition.map(p => p.name) }
}

async function dataSchema(format: FormatName, context: ConnectorContext, files: readonly FoundFile[], infer: Infer): Promise<StructType> {
  if (context.schema) return context.schema
  if (format === 'text') return TEXT_SCHEMA
  if (context.streaming && context.conf('spark.sql.streaming.schemaInference') !== 'true')
    throw new MillraceError('SCHEMA_REQUIRED', { format })
  if (files.length === 0) throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format })
  return infer(files)
}

/** The schema known without looking: given, or that of text. Partition columns may still come. */
export const schemaNow = (format: FormatName, given: StructType | undefined): StructType | undefined =>
  given ? asNullable(given) : format === 'text' ? TEXT_SCHEMA : undefined
