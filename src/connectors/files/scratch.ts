import type { ConnectorContext } from '../contract.ts'

/** A new directory of this machine for files on their way into a store: where the session keeps what memory cannot hold. */
export async function scratchDirectory(prefix: string, { platform, conf }: Pick<ConnectorContext, 'platform' | 'conf'>): Promise<string> {
  const within = conf('millrace.tempDirectory')
  if (within === undefined) return platform.files.tempDir(prefix)
  const directory = `${within}/${prefix}${platform.ids.uuid()}`
  await platform.files.makeDir(directory)
  return directory
}
