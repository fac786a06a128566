import { schemeOf } from './uri.ts'

/** Places by the beginning of paths: `{ 'dbfs:/FileStore': './data' }`. */
export type Mounts = Readonly<Record<string, string>>

/** `dbfs:///x` and `dbfs:/x` are one path; where a host stands between the slashes it counts. */
const plain = (path: string): string => path.replace(/^([a-z][a-z0-9+.-]+):\/{3,}/i, '$1:/').replace(/\/+$/, '')

/** Where a path lies: below the longest mount that it begins with, name by name; as it is where there is none. */
export function mounted(path: string, mounts: Mounts): string {
  const wanted = plain(path)
  const found = Object.keys(mounts)
    .map(key => ({ key, from: plain(key) }))
    .filter(({ from }) => wanted === from || wanted.startsWith(from.endsWith(':') ? from : `${from}/`))
    .sort((a, b) => b.from.length - a.from.length)[0]
  if (!found) return path
  const target = mounts[found.key]!.replace(/\/+$/, '')
  const rest = wanted.slice(found.from.length).replace(/^\/+/, '')
  if (rest === '') return target
  // the rest of a path is no URI yet
  const below = schemeOf(target) === 'file' ? rest.split('/').map(encodeURIComponent).join('/') : rest
  return `${target}/${below}`
}
