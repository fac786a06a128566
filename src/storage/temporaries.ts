import { join } from 'node:path'
import type { Platform } from '../platform/index.ts'
import { isTemporary } from './local-paths.ts'

/** Removes what writes that a crash cut off have left in directories of this machine, where it is at least so old. */
export async function sweepTemporaries(directories: readonly string[], platform: Platform, ageMs: number): Promise<void> {
  const { files, clock } = platform
  const sweep = async (path: string): Promise<void> => {
    const stat = ageMs > 0 ? await files.stat(path) : undefined
    if (ageMs === 0 || (stat && clock.now() - stat.mtimeMs >= ageMs)) await files.remove(path)
  }
  await Promise.all(
    directories.map(async directory => {
      const names = await files.list(directory)
      await Promise.all(names.filter(isTemporary).map(name => sweep(join(directory, name))))
    }),
  )
}
