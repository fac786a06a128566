import type { Ids } from '../platform/index.ts'
import type { FileStore, Writer } from '../storage/contract.ts'
import { malformed, objectLine, textOf, toBytes } from './log-text.ts'
import { PATHS } from './paths.ts'

/** The query's id, kept for good in `metadata`: `{"id":"<uuid>"}`, no version line, no newline. */
export async function readQueryId(store: FileStore): Promise<string | undefined> {
  const path = `${store.uri}/${PATHS.metadata}`
  const bytes = await store.read(PATHS.metadata)
  if (!bytes) return undefined
  if (bytes.length === 0 && (await store.crashLeaves?.()) === 'torn') return undefined
  const { id } = objectLine(path, textOf(path, bytes))
  if (typeof id !== 'string' || id === '') throw malformed(path, '"id" must be text')
  return id
}

/** Gives a new checkpoint its id; when another process was faster, that one's. */
export async function createQueryId(store: FileStore, ids: Ids, writer: Writer): Promise<string> {
  const id = ids.uuid()
  const bytes = toBytes(JSON.stringify({ id }))
  if ((await store.writeIfAbsent(PATHS.metadata, bytes, writer)) === 'written') return id
  const other = await readQueryId(store)
  if (other !== undefined) return other
  await store.write(PATHS.metadata, bytes, writer)
  return id
}
