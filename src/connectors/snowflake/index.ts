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
  delivers: () => ({ delivery: 'exactly-once' }),
  rowsThere: ({ outputMode, options }) => rowsThere(outputMode, options),
  save: async (context, output) => (await import('./save.ts')).saveToSnowflake(context, output),
}

/** What becomes of a table's rows when rows are written again. */
function rowsThere(outputMode: string, options: Readonly<Record<string, string>>): string {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  if (outputMode === 'complete') return 'all are replaced by each batch'
  const keys = given.get('keycolumns')
  if (keys !== undefined) return `each is replaced by a row with the same ${keys}, the others stay`
  if (given.get('reprocess')?.toLowerCase() === 'append') return 'they stay, and rows that come again are written again (reprocess)'
  return "they stay; a new checkpoint with startingTimestamp is refused beside them without reprocess: 'append'"
}
