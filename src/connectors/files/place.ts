import type { FileStore } from '../../storage/index.ts'
import type { ConnectorContext } from '../contract.ts'
import { isGlob, segments } from './glob.ts'
import { givenPaths, trimmed } from './paths.ts'
import { localPath, scheme } from './uri.ts'

/** Where a read or write goes. `path`: absolute, or a URI; with globs where they were given. */
export type FilesPlace = { readonly kind: 'local'; readonly path: string } | RemotePlace
export interface RemotePlace {
  readonly kind: 'remote'
  readonly path: string
  /** Over the path, as far as it has no globs. */
  readonly store: FileStore
  /** Over all of the bucket: the path may be an object itself. */
  readonly bucket: FileStore
  /** Globs of the names below that, one a directory. */
  readonly globs: readonly string[]
}

/** The paths of a read or write: those given, or the option `path`; mounts applied. @throws MISSING_PATH, UNKNOWN_SCHEME */
export const placesOf = (format: string, context: ConnectorContext): Promise<readonly FilesPlace[]> =>
  Promise.all(givenPaths(format, context).map(path => placeOf(path, context)))

export async function placeOf(path: string, context: Pick<ConnectorContext, 'platform' | 'store'>): Promise<FilesPlace> {
  const named = scheme(path)
  if (named === undefined || named === 'file') return { kind: 'local', path: trimmed(localPath(path, context.platform.process.cwd)) }
  const { base, globs } = split(path)
  const store = await context.store(base)
  const found = [store.localRoot ?? store.uri, ...globs].join('/')
  if (store.localRoot !== undefined) return { kind: 'local', path: found }
  return { kind: 'remote', path: found, store, bucket: await context.store(inBucket(store.uri).root), globs }
}

/** `s3://lake/in/a.csv`: the bucket, and the key in it. */
export function inBucket(uri: string): { readonly root: string; readonly key: string } {
  const [, root = uri, key = ''] = /^([a-z0-9.+-]+:\/\/[^/]+)(?:\/(.*?)\/*)?$/i.exec(uri) ?? []
  return { root, key }
}

/** `s3://lake/in/2026-*\/x.csv`: the part before the first glob, and the names from there on. */
function split(path: string): { readonly base: string; readonly globs: readonly string[] } {
  const [, root, below] = /^([a-z0-9.+-]+:\/*[^/]*)(?:\/+(.*))?$/i.exec(path)!
  const names = segments(below ?? '')
  const first = names.findIndex(isGlob)
  const plain = first < 0 ? names : names.slice(0, first)
  return { base: [root, ...plain].join('/'), globs: first < 0 ? [] : names.slice(first) }
}
