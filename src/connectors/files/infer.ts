import { MillraceError } from '../../errors/index.ts'
import { inferAvro, inferCsv, inferJson, inferParquet } from '../../formats/index.ts'
import type { StructType } from '../../types/index.ts'
import type { ConnectorContext } from '../contract.ts'
import type { FormatName } from './format-options.ts'
import { formatOptions } from './options.ts'
import type { FoundFile } from './partition.ts'

/** The data columns of files, found out from the data. */
export async function inferSchema(format: FormatName, files: readonly FoundFile[], context: ConnectorContext): Promise<StructType> {
  const timeZone = context.conf('spark.sql.session.timeZone') ?? 'UTC'
  const options: Readonly<Record<string, string>> = { timezone: timeZone, ...formatOptions(format, context.options) }
  if (format === 'csv') return inferCsv(files, options, context.platform)
  if (format === 'json') return inferJson(files, options, context.platform)
  if (format === 'parquet') return inferParquet(files, options.mergeschema?.toLowerCase() === 'true', context.platform)
  if (format === 'avro') return inferAvro(files, options, context.platform)
  throw new MillraceError('SCHEMA_REQUIRED', { format })
}
