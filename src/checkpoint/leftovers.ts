import { join } from 'node:path'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { sweepTemporaries } from '../storage/index.ts'
import { PATHS } from './paths.ts'
import { readRuns } from './runs.ts'

const DAY_MS = 86_400_000
const SOURCES = 'sources'
const OURS = 'millrace'

/**
 * Removes the temporary files that runs which were killed have left beside log entries. Called by the run that holds the checkpoint's lock: no run that
 * lives on this machine can own them. Where a run of another machine is on record, which no lock keeps away, only those of yesterday go.
 */
export async function sweepLeftovers(store: FileStore, platform: Platform): Promise<void> {
  const root = store.localRoot
  if (root === undefined) return
  const runs = await readRuns(store)
  const alone = runs.every(run => run.host === platform.process.host)
  const sources = (await Promise.all([SOURCES, join(OURS, SOURCES)].map(path => directoriesIn(join(root, path), platform)))).flat()
  const own = ['', PATHS.offsets, PATHS.commits, OURS, join(OURS, SOURCES), PATHS.plans, PATHS.runs].map(path => join(root, path))
  await sweepTemporaries([...own, ...sources], platform, alone ? 0 : DAY_MS)
}

async function directoriesIn(path: string, { files }: Platform): Promise<readonly string[]> {
  const paths = (await files.list(path)).map(name => join(path, name))
  const stats = await Promise.all(paths.map(p => files.stat(p)))
  return paths.filter((_, i) => stats[i]?.isDirectory)
}
