import { join } from 'node:path'
import type { Platform } from '../../platform/index.ts'

/** How often a run looks whether somebody wants one of its streams to end. */
const EVERY_MS = 500

const directoryOf = (store: string, runId: string): string => join(store, 'control', runId)

/** Asks a running run to stop one of its streams: a file that it finds and takes away. */
export async function askToStop(store: string, runId: string, query: string, { files }: Platform): Promise<void> {
  const directory = directoryOf(store, runId)
  await files.makeDir(directory)
  await files.write(join(directory, encodeURIComponent(query)), new Uint8Array())
}

/** Calls back with the names of streams that somebody wants to end; gives how to stop listening. */
export function listenForStops(store: string, runId: string, platform: Platform, stop: (query: string) => void): () => Promise<void> {
  const { files, clock } = platform
  const directory = directoryOf(store, runId)
  const over = new AbortController()
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const name of await files.list(directory)) {
        await files.remove(join(directory, name))
        stop(decodeURIComponent(name))
      }
      await clock.sleep(EVERY_MS, over.signal)
    }
  }
  // The end of listening wakes the sleeper; a store that cannot be read has no requests.
  const looking = look().catch(() => undefined)
  return async () => {
    over.abort()
    await looking
    await files.removeTree(directory).catch(() => undefined)
  }
}
