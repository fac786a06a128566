import { createHash } from 'node:crypto'
import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { told } from '../storage/index.ts'
import { ownerText, type RunNote } from './runs.ts'

/**
 * One living run a checkpoint, for checkpoints in local directories: a socket named by a hash of the real path.
 * The operating system drops it with its process, so a dead owner never stands in the way. On other stores the conditional puts of the log decide.
 */
export async function takeOwnership(store: FileStore, platform: Platform, note: RunNote): Promise<() => Promise<void>> {
  if (store.localRoot === undefined) return async () => {}
  await told('make', store.localRoot, platform.files.makeDir(store.localRoot))
  const real = await platform.files.realPath(store.localRoot)
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32)
  const lock = await platform.locks.take(name, JSON.stringify(note))
  if (lock.kind === 'taken') return () => lock.release()
  throw new MillraceError('CHECKPOINT_IN_USE', { checkpoint: store.uri, owner: holder(lock.note) })
}

function holder(note: string): string {
  try {
    return ownerText(JSON.parse(note) as RunNote)
  } catch {
    return 'another living process'
  }
}
