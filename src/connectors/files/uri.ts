import { resolve } from 'node:path'

/** `file:///abs/with%20space.csv` as Spark writes it: what a URI cannot hold is escaped, letters of other scripts stay. */
export const fileUri = (path: string): string =>
  `file://${path.replace(/[\u0000-\u0020%"<>^`{|}[\]#?\\\u007f]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}`

/** The local path of `file:///…`, `file:/…` or a plain path. */
export function localPath(uri: string, cwd: string): string {
  if (!uri.startsWith('file:')) return resolve(cwd, uri)
  return decodeURIComponent(uri.slice('file:'.length).replace(/^\/\/+/, '/'))
}

/** `s3://bucket/x` and the like; local paths and `file:` have none. */
export const scheme = (path: string): string | undefined => /^([a-z][a-z0-9+.-]+):/i.exec(path)?.[1]?.toLowerCase()
