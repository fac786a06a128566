import { MillraceError } from '../../errors/index.ts'
import type { Connector } from '../contract.ts'
import { SNOWFLAKE_OPTIONS } from './options.ts'

/** Tables of Snowflake: sink of streams, batch read and batch write. The driver is loaded with the first of them that is opened. */
export const connector: Connector = {
  name: 'snowflake',
  summary: 'Tables of Snowflake.',
  options: SNOWFLAKE_OPTIONS,
  schema: async context => (await import('./read/scan.ts')).readSchema(context),
  scan: async context => (await import('./read/scan.ts')).openScan(context),
  checkColumns: (_, partitionBy) => {
    if (partitionBy.length > 0) throw new MillraceError('SNOWFLAKE_PARTITION_BY', { columns: partitionBy })
  },
  sink: async context => (await import('./open-sink.ts')).openSink(context),
  save: async (context, output) => (await import('./save.ts')).saveToSnowflake(context, output),
}
