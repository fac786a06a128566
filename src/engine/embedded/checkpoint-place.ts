import { join } from 'node:path'
import type { Connector } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { StreamWrite } from '../contract.ts'
import type { EmbeddedConfig } from './config.ts'

/** Where a query keeps its progress; no `uri`: in a directory that is removed when it ends. */
export function checkpointPlace(
  write: StreamWrite,
  sink: Connector | undefined,
  config: Pick<EmbeddedConfig, 'conf'>,
): { readonly uri?: string } {
  const given = Object.entries(write.options).find(([key]) => key.toLowerCase() === 'checkpointlocation')?.[1]
  if (given) return { uri: given }
  const root = config.conf('spark.sql.streaming.checkpointLocation')
  const temporary = sink === undefined || sink.temporaryCheckpoint === true
  if (root && write.queryName)
    return { uri: root.includes('://') ? `${root.replace(/\/$/, '')}/${write.queryName}` : join(root, write.queryName) }
  if (temporary) return {}
  if (root) throw new MillraceError('CHECKPOINT_UNNAMED', { root })
  throw new MillraceError('CHECKPOINT_LOCATION_NEEDED', { format: write.format })
}
