import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext } from '../contract.ts'

/** The path of the table: the one given, or the option `path`. */
export function tablePath(context: Pick<ConnectorContext, 'paths' | 'options'>): string {
  const option = Object.entries(context.options).find(([k]) => k.toLowerCase() === 'path')?.[1]
  const path = context.paths[0] ?? option
  if (path === undefined || path === '') throw new MillraceError('MISSING_PATH', { format: 'delta' })
  if (context.paths.length > 1)
    throw new MillraceError('NOT_SUPPORTED', { what: 'a read of several Delta tables', instead: 'Read each and union them.' })
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}
