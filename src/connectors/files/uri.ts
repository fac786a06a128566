import { resolve } from 'node:path'

/** What a URI cannot hold is escaped, letters of other scripts stay, as Spark writes it. */
const escaped = (path: string): string =>
  path.replace(/[\u0000-\u0020%"<>^`{|}[\]#?\\\u007f]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** `file:///abs/with%20space.csv` for a local path; `s3://lake/with%20space.csv` for one in a store. */
export const fileUri = (path: string): string => (isRemote(path) ? escaped(path) : `file://${escaped(path)}`)

/** The path that `fileUri` was given. */
export const pathOfUri = (uri: string, cwd: string): string => (isRemote(uri) ? decodeURIComponent(uri) : localPath(uri, cwd))

/** The local path of `file:///…`, `file:/…` or a plain path. */
export function localPath(uri: string, cwd: string): string {
  if (!uri.startsWith('file:')) return resolve(cwd, uri)
  return decodeURIComponent(uri.slice('file:'.length).replace(/^\/\/+/, '/'))
}

/** `s3://bucket/x` and the like; local paths and `file:` have none. */
export const scheme = (path: string): string | undefined => /^([a-z][a-z0-9+.-]+):/i.exec(path)?.[1]?.toLowerCase()

/** In an object store, or below a mount. */
export function isRemote(path: string): boolean {
  const named = scheme(path)
  return named !== undefined && named !== 'file'
}
