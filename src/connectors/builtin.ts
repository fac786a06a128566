import type { Connector } from './contract.ts'
import type { MemoryTables } from './memory/tables.ts'

/** What a session lends to its connectors. */
export interface Lent {
  /** Where `memory` sinks keep their rows. */
  readonly memoryTables: MemoryTables
  /** Where the console sink writes, e.g. to standard output. */
  readonly print: (text: string) => void
}

/** Every connector of this package by name; nothing is loaded until asked for. */
export function builtins(lent: Lent): Readonly<Record<string, () => Promise<Connector>>> {
  const files = (format: 'csv' | 'json' | 'text' | 'parquet' | 'avro') => async () => (await import('./files/index.ts')).connectors[format]
  const snowflake = async () => (await import('./snowflake/index.ts')).connector
  return {
    csv: files('csv'),
    json: files('json'),
    text: files('text'),
    parquet: files('parquet'),
    avro: files('avro'),
    delta: async () => (await import('./delta/index.ts')).connector,
    rate: async () => (await import('./rate/index.ts')).connector,
    'rate-micro-batch': async () => (await import('./rate/index.ts')).microBatchConnector,
    socket: async () => (await import('./socket/index.ts')).connector,
    kafka: async () => (await import('./kafka/index.ts')).connector,
    'http-poll': async () => (await import('./http-poll/index.ts')).connector,
    sse: async () => (await import('./sse/index.ts')).connector,
    websocket: async () => (await import('./websocket/index.ts')).connector,
    http: async () => (await import('./http/index.ts')).connector,
    webhook: async () => (await import('./webhook/index.ts')).connector,
    postgresql: async () => (await import('./postgresql/index.ts')).connector,
    jdbc: async () => (await import('./postgresql/index.ts')).jdbcConnector,
    snowflake,
    'net.snowflake.spark.snowflake': snowflake,
    memory: async () => (await import('./memory/index.ts')).memoryConnector(lent.memoryTables),
    console: async () => (await import('./console/index.ts')).consoleConnector(lent.print),
    noop: async () => (await import('./noop/index.ts')).connector,
  }
}
