import type { Connector, Sink } from '../contract.ts'
import { readOptions } from '../options.ts'

const OPTIONS = {} as const

const DELIVERED = { delivery: 'exactly-once' } as const
const sink: Sink = {
  ...DELIVERED,
  description: 'org.apache.spark.sql.execution.datasources.noop.NoopTable$',
  write: async (_, output) => ({ numOutputRows: output.rowCount }),
  close: async () => {},
}

/** Computes every batch and keeps nothing: for measuring. */
export const connector: Connector = {
  name: 'noop',
  summary: 'Computes everything and keeps nothing.',
  options: OPTIONS,
  sink: async context => {
    readOptions(OPTIONS, context.options, { format: 'noop', side: 'sink', mode: 'stream' })
    return sink
  },
  delivers: () => DELIVERED,
  save: async context => void readOptions(OPTIONS, context.options, { format: 'noop', side: 'sink', mode: 'batch' }),
  temporaryCheckpoint: true,
}
