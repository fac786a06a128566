import { MillraceError } from '../errors/index.ts'
import type { QueryDriver } from '../observe/index.ts'
import type { QueryConfig } from './query-config.ts'

export { type ActiveQueries, activeQueries } from './active-queries.ts'
export type * from './contract.ts'
export type { CheckpointConfig, Opened, QueryConfig, SinkBinding } from './query-config.ts'
export type { Trigger } from './trigger.ts'

/** Starts a query; resolves when its sources, sinks and state are open and the loop runs. */
export async function startQuery(config: QueryConfig): Promise<QueryDriver> {
  throw new MillraceError('NOT_SUPPORTED', { what: `starting "${config.name ?? 'a query'}"` })
}
