import { MillraceError } from '../../errors/index.ts'
import { typeName } from '../../types/index.ts'
import type { Connector } from '../contract.ts'
import { POSTGRES_OPTIONS } from './options.ts'
import { columnTypeFor } from './types.ts'

/** Tables of PostgreSQL: batch reads, batch writes and exactly-once sinks. The client is loaded with the first of them that is opened. */
const connectorNamed = (name: string, summary: string): Connector => ({
  name,
  summary,
  options: POSTGRES_OPTIONS,
  schema: async context => {
    if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: name })
    return (await import('./read/scan.ts')).readSchema(context, name)
  },
  scan: async context => (await import('./read/scan.ts')).openScan(context, name),
  sink: async context => (await import('./write/sink.ts')).openSink(context, name),
  delivers: () => ({ delivery: 'exactly-once' }),
  rowsThere: ({ outputMode, options }) => {
    const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
    const keys = given.get('keycolumns')
    if (outputMode === 'complete') return 'all are replaced by each batch'
    if (outputMode === 'update' || keys !== undefined)
      return `each is replaced by a row with the same ${keys ?? 'primary key'}, the others stay`
    if (given.get('reprocess')?.toLowerCase() === 'append') return 'they stay, and rows that come again are written again (reprocess)'
    return "they stay; a new checkpoint with startingTimestamp is refused beside them without reprocess: 'append'"
  },
  save: async (context, output) => (await import('./write/save.ts')).saveRows(context, output, name),
  checkColumns: (schema, partitionBy) => {
    if (partitionBy.length > 0) {
      throw new MillraceError('NOT_SUPPORTED', {
        what: `partitionBy with format "${name}"`,
        why: 'a table says itself how it is partitioned',
        instead: 'Leave out partitionBy; create the table with PARTITION BY.',
      })
    }
    for (const { name: column, dataType } of schema.fields) {
      if (columnTypeFor(dataType) === undefined && dataType.kind !== 'null')
        throw new MillraceError('POSTGRES_TYPE', { column, type: typeName(dataType) })
    }
  },
})

export const connector: Connector = connectorNamed('postgresql', 'Tables of PostgreSQL.')
export const jdbcConnector: Connector = connectorNamed(
  'jdbc',
  'Tables of PostgreSQL by Spark’s JDBC options; url may be any jdbc:postgresql: URL.',
)
