import type { FileStore, WriteOptions, Writer } from '../storage/contract.ts'
import { textOf, toBytes } from './log-text.ts'
import { idOf } from './paths.ts'

/** A directory of entries named by batch id: `offsets/`, `commits/`. */
export interface BatchLog<T> {
  readonly path: string
  /** Ids there, ascending. */
  ids(): readonly number[]
  read(id: number): Promise<T | undefined>
  /** Durable when it answers; `existed` = somebody else wrote this id. */
  add(id: number, entry: T, writer: Writer, options?: WriteOptions): Promise<'written' | 'existed'>
  /** Removes ids below `oldest`. */
  purge(oldest: number): Promise<void>
}

export interface Format<T> {
  readonly parse: (path: string, id: number, text: string) => T
  readonly print: (entry: T) => string
}

const MOST_REMEMBERED = 1000

export async function openBatchLog<T>(store: FileStore, path: string, format: Format<T>): Promise<BatchLog<T>> {
  const listed = await store.list(path, { shallow: true })
  const ids = listed.flatMap(object => idOf(object.path) ?? []).sort((a, b) => a - b)
  const name = (id: number): string => `${path}/${id}`
  /** Small entries of this run: state that is folded asks for every commit again. */
  const mine = new Map<number, T>()
  await dropTorn(store, name, ids, format)
  return {
    path,
    ids: () => ids,
    read: async id => {
      const known = mine.get(id)
      if (known !== undefined) return known
      const bytes = await store.read(name(id))
      return bytes && format.parse(`${store.uri}/${name(id)}`, id, textOf(`${store.uri}/${name(id)}`, bytes))
    },
    add: async (id, entry, writer, options) => {
      const bytes = toBytes(format.print(entry))
      const answer = await store.writeIfAbsent(name(id), bytes, writer, options)
      if (answer === 'written') ids.push(id)
      if (answer === 'written' && bytes.length <= MOST_REMEMBERED) mine.set(id, entry)
      return answer
    },
    purge: async oldest => {
      const gone = ids.filter(id => id < oldest)
      if (gone.length === 0) return
      // in a directory a checksum file of Hadoop's may lie beside each, which would be stale
      const checked = store.localRoot !== undefined
      await store.delete(gone.flatMap(id => [name(id), ...(checked ? [`${path}/.${id}.crc`] : [])]))
      ids.splice(0, gone.length)
      for (const id of gone) mine.delete(id)
    },
  }
}

/** Where a crash can leave a name with cut-off bytes, a last entry that does not end as an entry ends was never written. */
async function dropTorn<T>(store: FileStore, name: (id: number) => string, ids: number[], format: Format<T>): Promise<void> {
  const last = ids.at(-1)
  if (last === undefined || !store.crashLeaves || (await store.crashLeaves()) === 'whole') return
  const bytes = await store.read(name(last))
  if (bytes && isWhole(bytes, text => format.parse(name(last), last, text))) return
  await store.delete([name(last)])
  ids.pop()
}

/** Entries end with a closing brace, a bare number (offsets of some sources) or `-`. */
function isWhole(bytes: Uint8Array, parse: (text: string) => unknown): boolean {
  const text = new TextDecoder().decode(bytes)
  const lines = text.split('\n')
  if (lines.length < 2 || !/(\}|^\d+|^-)$/.test(lines.at(-1)!)) return false
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
