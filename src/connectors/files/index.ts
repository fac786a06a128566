import type { Connector } from '../contract.ts'
import { withSchemaText } from './avro-schema-url.ts'
import { checkColumns } from './columns.ts'
import { FORMAT_OPTIONS, type FormatName } from './format-options.ts'
import { openSink } from './open-sink.ts'
import { openSource } from './open-source.ts'
import { fileOptions } from './options.ts'
import { saveFiles } from './save.ts'
import { readSchema, scanFiles } from './scan.ts'
import { schemaNow } from './schema.ts'

const SUMMARY: Readonly<Record<FormatName, string>> = {
  csv: 'Files of comma-separated lines.',
  json: 'Files of one JSON object a line.',
  text: 'Files of lines, one column "value".',
  parquet: 'Parquet files.',
  avro: 'Avro object container files.',
}

const connector = (format: FormatName): Connector => ({
  name: format,
  summary: SUMMARY[format],
  options: fileOptions(format),
  fixedSchema: context => schemaNow(format, context.schema),
  schema: async context => readSchema(format, await withSchemaText(context)),
  source: async context => openSource(format, await withSchemaText(context)),
  scan: async context => scanFiles(format, await withSchemaText(context)),
  sink: async context => openSink(format, await withSchemaText(context)),
  checkColumns: (schema, partitionBy) => checkColumns(format, schema, partitionBy),
  save: async (context, output) => saveFiles(format, await withSchemaText(context), output),
  delivers: () => ({ delivery: 'exactly-once' }),
  rowsThere: () => 'they stay, and a new checkpoint is refused beside them',
  outputModes: ['append'],
  replayable: true,
})

/** One connector a file format. */
export const connectors: Readonly<Record<FormatName, Connector>> = {
  csv: connector('csv'),
  json: connector('json'),
  text: connector('text'),
  parquet: connector('parquet'),
  avro: connector('avro'),
}
export { FORMAT_OPTIONS, type FormatName }
