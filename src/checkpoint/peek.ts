import type { FileStore } from '../storage/contract.ts'
import { type CommitEntry, parseCommit } from './commit-entry.ts'
import type { LedgerFacts } from './ledger.ts'
import { textOf } from './log-text.ts'
import { readQueryId } from './metadata.ts'
import { type OffsetEntry, parseOffsets } from './offset-entry.ts'
import { idOf, PATHS } from './paths.ts'

/** What a checkpoint's logs say, for whoever only looks: nothing is written, taken over or mended. */
export async function peekLedger(store: FileStore): Promise<{ readonly queryId: string | undefined; readonly facts: LedgerFacts }> {
  const [queryId, offsets, commits] = await Promise.all([readQueryId(store), idsOf(store, PATHS.offsets), idsOf(store, PATHS.commits)])
  const offsetAt = (id: number | undefined) => entryAt<OffsetEntry>(store, PATHS.offsets, id, parseOffsets)
  const planned = await lastWhole(offsets, offsetAt)
  const committed = await lastWhole(commits, id => entryAt<CommitEntry>(store, PATHS.commits, id, parseCommit))
  const previous = planned && planned.batchId > 0 ? await offsetAt(planned.batchId - 1) : undefined
  return { queryId, facts: { ...(planned && { planned }), ...(previous && { previous }), ...(committed && { committed }) } }
}

async function idsOf(store: FileStore, path: string): Promise<readonly number[]> {
  return (await store.list(path, { shallow: true })).flatMap(object => idOf(object.path) ?? []).sort((a, b) => a - b)
}

/** A last entry that a crash cut off was never written. */
async function lastWhole<T>(ids: readonly number[], at: (id: number) => Promise<T | undefined>): Promise<T | undefined> {
  const last = ids.at(-1)
  if (last === undefined) return undefined
  return (await at(last).catch(() => undefined)) ?? (ids.length > 1 ? at(ids.at(-2)!) : undefined)
}

async function entryAt<T>(
  store: FileStore,
  path: string,
  id: number | undefined,
  parse: (path: string, id: number, text: string) => T,
): Promise<T | undefined> {
  if (id === undefined) return undefined
  const name = `${store.uri}/${path}/${id}`
  const bytes = await store.read(`${path}/${id}`)
  return bytes && parse(name, id, textOf(name, bytes))
}
