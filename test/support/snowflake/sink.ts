import { randomUUID } from 'node:crypto'
import type { Output, Sink, SinkContext, Warning } from '../../../src/connectors/contract.ts'
import { connector } from '../../../src/connectors/snowflake/index.ts'
import { nodePlatform } from '../../../src/platform/index.ts'
import { outputOf } from '../../../src/testing/index.ts'
import { parseDdl, type StructType } from '../../../src/types/index.ts'

/** What a sink is opened with here; the rest is as in a first run. */
export interface Given
  extends Partial<Pick<SinkContext, 'queryId' | 'runId' | 'outputMode' | 'lastCommitted' | 'uncommitted' | 'replays'>> {
  readonly options: Readonly<Record<string, string>>
  /** DDL of the rows. */
  readonly ddl: string
  readonly warnings?: Warning[]
}

const context = (given: Given): SinkContext => ({
  platform: nodePlatform,
  paths: [],
  conf: () => undefined,
  store: () => Promise.reject(new Error('no store')),
  warn: warning => given.warnings?.push(warning),
  queryId: given.queryId ?? randomUUID(),
  runId: given.runId ?? randomUUID(),
  partitionBy: [],
  outputMode: given.outputMode ?? 'append',
  newCheckpoint: given.lastCommitted === undefined,
  lastCommitted: given.lastCommitted ?? -1,
  ...(given.replays !== undefined && { replays: given.replays }),
  ...(given.uncommitted && { uncommitted: given.uncommitted }),
  streaming: true,
  options: given.options,
  schema: parseDdl(given.ddl),
})

export const openSink = (given: Given): Promise<Sink> => connector.sink!(context(given))

/** Writes rows as one batch. */
export const write = (
  sink: Sink,
  batchId: number,
  ddl: string,
  rows: readonly object[],
  outputMode: SinkContext['outputMode'] = 'append',
) => sink.write(batchId, rowsOf(ddl, rows), { signal: AbortSignal.timeout(120_000), outputMode, noData: false })

export const rowsOf = (ddl: string, rows: readonly object[]): Output => outputOf(parseDdl(ddl) as StructType, rows)
