import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext } from '../contract.ts'
import { isGlob } from './glob.ts'
import { Listing } from './listing.ts'
import type { FoundFile } from './partition.ts'
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

/** A listing of one path by the options of the read. */
export const listing = (
  path: string,
  context: ConnectorContext,
  options: { readonly recursiveFileLookup: boolean; readonly pathGlobFilter?: string | undefined },
): Listing =>
  new Listing(
    path,
    { recursive: options.recursiveFileLookup, ...(options.pathGlobFilter !== undefined && { nameGlob: options.pathGlobFilter }) },
    context.platform.files,
    () => context.platform.clock.now(),
  )

/** Partition columns begin below the path that was read, or below `basePath`; directories above it are just directories. */
export const belowBase = (files: readonly FoundFile[], base: string): readonly FoundFile[] => {
  const above = new Set(base.split('/'))
  return files.map(f => ({ ...f, partition: Object.fromEntries(Object.entries(f.partition).filter(([c, v]) => !above.has(`${c}=${v}`))) }))
}
