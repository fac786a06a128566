import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext } from '../contract.ts'
import { isGlob } from './glob.ts'
import { Listing } from './listing.ts'
import { localPath, scheme } from './uri.ts'

/** The paths of a read or write as local absolute paths: those given, or the option `path`. */
export function localPaths(format: string, context: ConnectorContext): readonly string[] {
  const option = Object.entries(context.options).find(([k]) => k.toLowerCase() === 'path')?.[1]
  const given = context.paths.length > 0 ? context.paths : option === undefined ? [] : [option]
  if (given.length === 0 || given.some(p => p === '')) throw new MillraceError('MISSING_PATH', { format })
  for (const path of given) {
    const remote = scheme(path)
    if (remote !== undefined && remote !== 'file') {
      throw new MillraceError('NOT_SUPPORTED', { what: `reading or writing "${remote}:" paths as files`, instead: 'Use a local path.' })
    }
  }
  return given.map(p => trimmed(localPath(p, context.platform.process.cwd)))
}

const trimmed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** A path that is no glob must exist when a read is opened. */
export async function mustExist(path: string, context: ConnectorContext): Promise<void> {
  if (isGlob(path) || (await context.platform.files.stat(path))) return
  throw new MillraceError('PATH_NOT_FOUND', { path })
}

/** Avro's own way to leave out files with other names. */
const ignoresOthers = ({ options }: Pick<ConnectorContext, 'options'>): boolean =>
  Object.entries(options).some(([k, v]) => k.toLowerCase() === 'ignoreextension' && v.toLowerCase() === 'false')

interface ListingChoice {
  readonly recursiveFileLookup: boolean
  readonly pathGlobFilter?: string | undefined
  readonly basePath?: string | undefined
}

/** A listing of one path by the options of the read. */
export function listing(path: string, context: ConnectorContext, options: ListingChoice): Listing {
  const nameGlob = options.pathGlobFilter ?? (ignoresOthers(context) ? '*.avro' : undefined)
  const base = options.basePath === undefined ? undefined : trimmed(localPath(options.basePath, context.platform.process.cwd))
  if (base !== undefined && path !== base && !path.startsWith(`${base}/`))
    throw new MillraceError('INVALID_OPTION', { option: 'basePath', format: 'files', value: base, expected: `a directory above ${path}` })
  const choice = {
    recursive: options.recursiveFileLookup,
    ...(nameGlob !== undefined && { nameGlob }),
    ...(base !== undefined && { base }),
  }
  return new Listing(path, choice, context.platform.files, () => context.platform.clock.now())
}
