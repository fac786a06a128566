import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { lockName, told } from '../storage/index.ts'
import { ownerText, type RunNote } from './runs.ts'

/**
 * One living run of this machine a checkpoint: a socket named by a hash of where it is. The operating system drops it with its process, so a dead
 * owner never stands in the way. Between machines that share a store the conditional puts of the log decide.
 */
export async function takeOwnership(store: FileStore, platform: Platform, note: RunNote): Promise<() => Promise<void>> {
  if (store.localRoot !== undefined) await told('make', store.localRoot, platform.files.makeDir(store.localRoot))
  const lock = await platform.locks.take(await lockName(store, platform), JSON.stringify(note))
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
