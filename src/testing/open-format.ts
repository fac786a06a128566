import { join } from 'node:path'
import { builtins } from '../connectors/builtin.ts'
import type { Connector, ConnectorContext, Sink, SinkContext, Source, SourceContext, Warning } from '../connectors/contract.ts'
import { MemoryTables } from '../connectors/memory/index.ts'
import { Registry } from '../connectors/registry.ts'
import { MillraceError } from '../errors/index.ts'
import { nodePlatform, type Platform } from '../platform/index.ts'
import { localStore } from '../storage/index.ts'
import type { StructType } from '../types/index.ts'

/** How a format is opened without a query around it. */
export interface OpenFormat {
  readonly options?: Readonly<Record<string, string>>
  /** Stands for the checkpoint: a source opened again on it goes on, as after a restart. */
  readonly directory: string
  readonly paths?: readonly string[]
  readonly schema?: StructType
  readonly platform?: Platform
  readonly warn?: (warning: Warning) => void
}

const registry = new Registry()
for (const [name, load] of Object.entries(builtins({ memoryTables: new MemoryTables(), print: () => {} }))) registry.add(name, load)

function contextOf({ options = {}, paths = [], schema, platform = nodePlatform, warn = () => {} }: OpenFormat): ConnectorContext {
  const store = async (uri: string) => localStore(uri, platform)
  return { platform, options, paths, ...(schema && { schema }), conf: () => undefined, store, warn }
}

async function schemaOf(connector: Connector, context: ConnectorContext): Promise<StructType | undefined> {
  return connector.fixedSchema?.(context) ?? (await connector.schema?.(context)) ?? context.schema
}

/**
 * Opens the source of a format, built in or registered, as a query does: for `sourceContract` and tests of one's own.
 *
 * @example
 * const source = await openSource('rate', { directory: 'checkpoint/', options: { rowsPerSecond: '10' } })
 * await source.close()
 */
export async function openSource(format: string, how: OpenFormat): Promise<Source> {
  const connector = await registry.find(format)
  if (!connector.source) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format, side: 'readStream' })
  const context = { ...contextOf(how), streaming: true }
  const schema = await schemaOf(connector, context)
  const log = {
    store: localStore(join(how.directory, 'checkpoint'), context.platform),
    path: 'sources/0',
    millracePath: 'millrace/sources/0',
  }
  return connector.source({ ...context, ...(schema && { schema }), log, sourceIndex: 0 } satisfies SourceContext)
}

/** Opens the sink of a format, built in or registered, as a query does: for `sinkContract` and tests of one's own. */
export async function openSink(format: string, how: OpenFormat & Partial<Omit<SinkContext, keyof ConnectorContext>>): Promise<Sink> {
  const connector = await registry.find(format)
  if (!connector.sink) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format, side: 'writeStream' })
  const { queryId = 'query', runId = 'run', partitionBy = [], outputMode = 'append', newCheckpoint = true, lastCommitted = -1 } = how
  const { queryName, uncommitted } = how
  if (how.schema) connector.checkColumns?.(how.schema, partitionBy)
  const more = { ...(queryName !== undefined && { queryName }), ...(uncommitted && { uncommitted }) }
  return connector.sink({ ...contextOf(how), queryId, runId, partitionBy, outputMode, newCheckpoint, lastCommitted, ...more })
}
