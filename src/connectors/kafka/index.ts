import { MillraceError } from '../../errors/index.ts'
import type { Connector } from '../contract.ts'
import { CLIENT_OPTIONS } from './options/client-options.ts'
import { checkKafkaOptions } from './options/examine.ts'
import { KAFKA_OPTIONS } from './options.ts'
import { kafkaSchema } from './schema.ts'
import { checkSinkColumns } from './sink/columns.ts'
import { deliveredBy } from './sink/delivered.ts'

/** Topics of Apache Kafka, as streams and batches. The client library is loaded with the first of them that is opened. */
export const connector: Connector = {
  name: 'kafka',
  summary: 'Topics of Apache Kafka.',
  options: KAFKA_OPTIONS,
  families: { 'kafka.*': CLIENT_OPTIONS },
  fixedSchema: ({ options, schema, streaming }) => {
    if (schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: 'kafka' })
    const { includeHeaders } = checkKafkaOptions(options, { side: 'source', mode: streaming ? 'stream' : 'batch' })
    return kafkaSchema(includeHeaders)
  },
  source: async context => (await import('./source/open-source.ts')).openSource(context),
  scan: async context => (await import('./source/batch-scan.ts')).openScan(context),
  sink: async context => (await import('./sink/open-sink.ts')).openSink(context),
  save: async (context, output) => (await import('./sink/open-sink.ts')).saveToKafka(context, output),
  delivers: deliveredBy,
  checkColumns: checkSinkColumns,
  replayable: true,
}
