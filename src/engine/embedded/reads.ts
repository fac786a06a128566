import { withoutBadRecords } from '../../connectors/bad-records.ts'
import type { Connector, ConnectorContext, Warning } from '../../connectors/contract.ts'
import { mayBePartitioned } from '../../connectors/files/partitioned.ts'
import { MillraceError } from '../../errors/index.ts'
import type { Read, Relation } from '../../plan/index.ts'
import { walk } from '../../plan/index.ts'
import { fromSparkJson, parseDdl, type StructType } from '../../types/index.ts'
import type { EmbeddedConfig } from './config.ts'

/** A declared schema: DDL, or Spark's JSON form. */
export function declaredSchema(read: Read): StructType | undefined {
  const text = read.dataSource?.schema?.trim()
  if (!text) return undefined
  return text.startsWith('{') ? (fromSparkJson(JSON.parse(text)) as StructType) : parseDdl(text)
}

/** Every read of a plan in pre-order, views unfolded. */
export function readsOf(
  plan: Relation,
  view: (name: string, read: Read) => Relation | undefined,
  within: readonly string[] = [],
): readonly Read[] {
  const found: Read[] = []
  for (const node of walk(plan)) {
    if (!('kind' in node) || node.kind !== 'read') continue
    const name = node.namedTable?.unparsedIdentifier
    if (name === undefined) found.push(node)
    else if (!within.includes(name.toLowerCase())) {
      const plan = view(name, node)
      if (plan) found.push(...readsOf(plan, view, [...within, name.toLowerCase()]))
    }
  }
  return found
}

/** What a connector is opened with, from a read. */
export function readContext(
  read: Pick<Read, 'dataSource' | 'isStreaming'>,
  config: EmbeddedConfig,
  warn: (w: Warning) => void,
): ConnectorContext {
  const schema = declaredSchema(read as Read)
  return {
    platform: config.platform,
    options: withoutBadRecords(read.dataSource?.options ?? {}),
    paths: read.dataSource?.paths ?? [],
    ...(schema && { schema }),
    streaming: read.isStreaming === true,
    conf: config.conf,
    store: config.store,
    ...(config.compute && { compute: config.compute }),
    warn,
  }
}

export const formatOf = (read: Read, config: EmbeddedConfig): string =>
  read.dataSource?.format || config.conf('spark.sql.sources.default') || 'parquet'

/** A source's columns, with I/O where it must be. */
export async function sourceSchema(read: Read, connector: Connector, config: EmbeddedConfig): Promise<StructType> {
  const context = readContext(read, config, config.warn)
  const known = mayBePartitioned(context, true) ? undefined : connector.fixedSchema?.(context)
  if (known) return known
  if (connector.schema) return connector.schema(context)
  if (context.schema) return context.schema
  throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: connector.name, side: 'reading' })
}
