import type { ConnectorContext } from '../contract.ts'
import { isGlob } from './glob.ts'
import { partitionOf } from './partition.ts'
import { localPath, scheme } from './uri.ts'

/**
 * May directories add columns to this read? So may those of a glob, and one that holds a directory named `column=value`.
 * Looks at the names of one directory a path, at once; where a platform cannot do that the answer is `otherwise`.
 */
export function mayBePartitioned(
  { platform, paths, options }: Pick<ConnectorContext, 'platform' | 'paths' | 'options'>,
  otherwise: boolean,
): boolean {
  const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  if (given.get('recursivefilelookup')?.toLowerCase() === 'true') return false
  if (given.has('basepath')) return true
  const all = paths.length > 0 ? paths : [given.get('path') ?? []].flat()
  return all.some(path => {
    const remote = scheme(path)
    if (remote !== undefined && remote !== 'file') return false
    if (isGlob(path)) return true
    if (!platform.files.namesNow) return otherwise
    return platform.files.namesNow(localPath(path, platform.process.cwd)).some(name => partitionOf(name) !== undefined)
  })
}
