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
  const children = async (path: string): Promise<string[]> => (await platform.files.list(join(root, path))).map(name => join(path, name))
  const sources = (await Promise.all([SOURCES, join(OURS, SOURCES)].map(children))).flat()
  const directories = ['', PATHS.offsets, PATHS.commits, ...sources, OURS, PATHS.plans, PATHS.runs].map(path => join(root, path))
  await sweepTemporaries(directories, platform, alone ? 0 : DAY_MS)
}
