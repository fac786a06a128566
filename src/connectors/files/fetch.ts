import { MillraceError } from '../../errors/index.ts'
import type { FileStore, StagedObject } from '../../storage/index.ts'
import type { FoundFile } from './partition.ts'

/** How many objects are on their way at a time. */
const AT_ONCE = 8

/** Copies objects to this machine, a few at a time, in their order; undefined for those that are gone. Nothing stays when one fails. */
export async function fetchAll(store: FileStore, paths: readonly string[]): Promise<readonly (StagedObject | undefined)[]> {
  const fetched: (StagedObject | undefined)[] = new Array(paths.length).fill(undefined)
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (next < paths.length && !failed) {
      const i = next++
      try {
        fetched[i] = await store.fetch(paths[i]!)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, paths.length) }, worker))
  const failure = ends.find(end => end.status === 'rejected')
  if (!failure) return fetched
  await store.release(fetched.flatMap(f => f?.localPath ?? []))
  throw failure.reason
}

/** Copies of files that were found in a store: `path` is the copy's, `name` the file's own. */
export async function copies(store: FileStore, files: readonly FoundFile[]): Promise<readonly FoundFile[]> {
  const fetched = await fetchAll(
    store,
    files.map(f => f.path.slice(store.uri.length + 1)),
  )
  return files.map((file, i) => {
    const copy = fetched[i]
    if (!copy) throw new MillraceError('OBJECT_MISSING', { uri: file.path })
    return { ...file, path: copy.localPath, name: file.path }
  })
}
