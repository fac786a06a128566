import { posix } from 'node:path'

/** Names of the log, relative to the table. */
export const LOG = '_delta_log'
const padded = (version: number): string => String(version).padStart(20, '0')
export const commitPath = (version: number): string => `${LOG}/${padded(version)}.json`
export const checkpointPath = (version: number): string => `${LOG}/${padded(version)}.checkpoint.parquet`
export const LAST_CHECKPOINT = `${LOG}/_last_checkpoint`
/** What lies behind it in a listing belongs to this version or a later one. */
export const beforeVersion = (version: number): string => `${LOG}/${padded(version)}`

/** One name in the log, taken apart; undefined for what is none of ours. */
export type LogName =
  | { readonly kind: 'commit'; readonly version: number }
  | {
      readonly kind: 'checkpoint'
      readonly version: number
      readonly part: number
      readonly parts: number
      readonly format: 'parquet' | 'json'
    }

const COMMIT = /^(\d{20})\.json$/
const CLASSIC = /^(\d{20})\.checkpoint\.parquet$/
const PARTS = /^(\d{20})\.checkpoint\.(\d{10})\.(\d{10})\.parquet$/
const NAMED = /^(\d{20})\.checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/

export function logName(path: string): LogName | undefined {
  const name = posix.basename(path)
  const commit = COMMIT.exec(name)
  if (commit) return { kind: 'commit', version: Number(commit[1]) }
  const whole = CLASSIC.exec(name)
  if (whole) return { kind: 'checkpoint', version: Number(whole[1]), part: 1, parts: 1, format: 'parquet' }
  const part = PARTS.exec(name)
  if (part) return { kind: 'checkpoint', version: Number(part[1]), part: Number(part[2]), parts: Number(part[3]), format: 'parquet' }
  const named = NAMED.exec(name)
  if (named) return { kind: 'checkpoint', version: Number(named[1]), part: 1, parts: 1, format: named[2] as 'parquet' | 'json' }
  return undefined
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i

/** Where a data file lies: a path below the table as the store knows it, or an absolute URI or path. */
export function fileLocation(path: string): { readonly below: string } | { readonly absolute: string } {
  const plain = decodePath(path)
  return SCHEME.test(path) || path.startsWith('/') ? { absolute: plain } : { below: plain }
}

/** A path of the log with its escapes undone; one with a stray percent sign is taken as it stands. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A file's name as the log takes it: every character that a URI's path cannot have is escaped. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/').replaceAll('%3D', '=')

/** One spelling for the paths of absolute files: `/a`, `file:/a` and `file:///a` are the same. */
export const canonical = (path: string): string =>
  path.startsWith('/') ? `file:///${path.replace(/^\/+/, '')}` : path.replace(/^file:\/*/i, 'file:///')
