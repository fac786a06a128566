import type { ConnectorContext } from '../contract.ts'
import { CompactibleLog } from './compactible-log.ts'
import { partitionsOf } from './listing.ts'
import { DEFAULT_POLICY } from './log-policy.ts'
import type { FoundFile } from './partition.ts'
import { fileUri, localPath } from './uri.ts'

/** Where a file sink keeps which files count. */
export const SINK_LOG = '_spark_metadata'

/** One file as Spark's file sink logs it; `path` is a URI, `action` always "add". */
export interface SinkEntry {
  readonly path: string
  readonly size: number
  readonly isDir: boolean
  readonly modificationTime: number
  readonly blockReplication: number
  readonly blockSize: number
  readonly action: string
}

export const sinkEntry = (path: string, size: number, modificationTime: number): SinkEntry => ({
  path: fileUri(path),
  size,
  isDir: false,
  modificationTime,
  blockReplication: 1,
  blockSize: 33_554_432,
  action: 'add',
})

/** The files that the sink's log of this directory says are there; undefined when the directory has no such log. */
export async function loggedFiles(
  directory: string,
  context: Pick<ConnectorContext, 'platform' | 'store'>,
): Promise<readonly FoundFile[] | undefined> {
  if (!(await context.platform.files.stat(directory))?.isDirectory) return undefined
  const stat = await context.platform.files.stat(`${directory}/${SINK_LOG}`)
  if (!stat?.isDirectory) return undefined
  const log = await CompactibleLog.open<SinkEntry>(await context.store(directory), SINK_LOG, {
    policy: DEFAULT_POLICY,
    writer: { run: 'reader', attempt: 0 },
  })
  return (await log.all()).map(e => {
    const path = localPath(e.path, context.platform.process.cwd)
    const partition = partitionsOf(path.slice(directory.length, path.lastIndexOf('/')))
    return { path, size: e.size, mtimeMs: e.modificationTime, isDirectory: false, partition, logged: true }
  })
}
