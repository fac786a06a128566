import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext } from '../contract.ts'
import { isGlob } from './glob.ts'
import type { ListingOptions } from './listing.ts'
import { isRemote, localPath } from './uri.ts'

/** The paths of a read or write as a person wrote them: those given, or the option `path`. */
export function givenPaths(format: string, context: Pick<ConnectorContext, 'paths' | 'options'>): readonly string[] {
  const option = Object.entries(context.options).find(([k]) => k.toLowerCase() === 'path')?.[1]
  const given = context.paths.length > 0 ? context.paths : option === undefined ? [] : [option]
  if (given.length === 0 || given.some(p => p === '')) throw new MillraceError('MISSING_PATH', { format })
  return given
}

export const trimmed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** A path that is no glob must exist when a read is opened. */
export async function mustExist(path: string, context: ConnectorContext): Promise<void> {
  if (isGlob(path) || (await context.platform.files.stat(path))) return
  throw new MillraceError('PATH_NOT_FOUND', { path })
}

/** Avro's own way to leave out files with other names. */
const ignoresOthers = ({ options }: Pick<ConnectorContext, 'options'>): boolean =>
  Object.entries(options).some(([k, v]) => k.toLowerCase() === 'ignoreextension' && v.toLowerCase() === 'false')

export interface ListingChoice {
  readonly recursiveFileLookup: boolean
  readonly pathGlobFilter?: string | undefined
  readonly basePath?: string | undefined
}

/** What of a listing the options of a read ask for. */
export function listingOptions(path: string, context: ConnectorContext, options: ListingChoice): ListingOptions {
  const nameGlob = options.pathGlobFilter ?? (ignoresOthers(context) ? '*.avro' : undefined)
  const given = options.basePath
  const base = given === undefined ? undefined : trimmed(isRemote(given) ? given : localPath(given, context.platform.process.cwd))
  if (base !== undefined && path !== base && !path.startsWith(`${base}/`))
    throw new MillraceError('INVALID_OPTION', { option: 'basePath', format: 'files', value: base, expected: `a directory above ${path}` })
  return {
    recursive: options.recursiveFileLookup,
    ...(nameGlob !== undefined && { nameGlob }),
    ...(base !== undefined && { base }),
  }
}
