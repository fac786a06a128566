import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { parseCommit } from './commit-entry.ts'
import { textOf } from './log-text.ts'
import { parseOffsets } from './offset-entry.ts'
import { takeOwnership } from './ownership.ts'
import { idOf, PATHS } from './paths.ts'
import { peekLedger } from './peek.ts'
import { latestPlanRecord } from './plan-record.ts'
import { noteOf } from './runs.ts'

/** What a checkpoint says of itself, for people; changes nothing. @throws CHECKPOINT_NOT_THERE */
export async function inspectCheckpoint(store: FileStore) {
  const [offsets, commits] = await Promise.all([idsOf(store, PATHS.offsets), idsOf(store, PATHS.commits)])
  const { queryId, facts } = await peekLedger(store)
  if (queryId === undefined && offsets.length + commits.length === 0)
    throw new MillraceError('CHECKPOINT_NOT_THERE', { checkpoint: store.uri })
  const { planned, committed } = facts
  const record = await latestPlanRecord(store)
  const problems = [
    ...(queryId === undefined ? [`there is no file "${PATHS.metadata}", which names the query`] : []),
    ...gaps(PATHS.offsets, offsets),
    ...gaps(PATHS.commits, commits),
    ...commits.filter(id => id > (offsets.at(-1) ?? -1)).map(id => `batch ${id} is committed, and was never planned`),
    ...(await unreadable(store, PATHS.offsets, offsets, parseOffsets)),
    ...(await unreadable(store, PATHS.commits, commits, parseCommit)),
  ]
  const time = (ms: number): string => new Date(ms).toISOString()
  return {
    location: store.uri,
    ...(queryId !== undefined && { queryId }),
    ...(planned && {
      planned: { batchId: planned.batchId, at: time(planned.timestamp), ends: planned.ends, watermark: time(planned.watermark) },
    }),
    ...(committed && { committed: { batchId: committed.batchId, nextWatermark: time(committed.nextWatermark) } }),
    ...(offsets.length > 0 && { offsets: [offsets[0]!, offsets.at(-1)!] as const }),
    ...(commits.length > 0 && { commits: [commits[0]!, commits.at(-1)!] as const }),
    stateful: record?.shape.operators.map(o => o.name) ?? [],
    problems,
  }
}

/** Takes a whole checkpoint away. @throws CHECKPOINT_IN_USE while a query of this machine runs on it */
export async function removeCheckpoint(store: FileStore, platform: Platform): Promise<void> {
  const release = await takeOwnership(store, platform, noteOf('reset', platform))
  try {
    if (store.localRoot !== undefined) await platform.files.removeTree(store.localRoot)
    else await store.delete((await store.list('')).map(object => object.path))
  } finally {
    await release()
  }
}

async function idsOf(store: FileStore, path: string): Promise<readonly number[]> {
  return (await store.list(path, { shallow: true })).flatMap(object => idOf(object.path) ?? []).sort((a, b) => a - b)
}

const gaps = (log: string, ids: readonly number[]): readonly string[] =>
  ids.flatMap((id, i) => (i > 0 && id !== ids[i - 1]! + 1 ? [`${log}: between ${ids[i - 1]} and ${id} entries are missing`] : []))

/** A last entry that a crash cut off is dropped at the next start and does no harm. */
async function unreadable(
  store: FileStore,
  log: string,
  ids: readonly number[],
  parse: (path: string, id: number, text: string) => unknown,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const id of ids) {
    const name = `${log}/${id}`
    try {
      const bytes = await store.read(name)
      if (bytes) parse(name, id, textOf(name, bytes))
    } catch (error) {
      const last = id === ids.at(-1) ? ' (the last entry: a crash may have cut it off)' : ''
      problems.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0]!.replace(/^\[[^\]]*\] /, '') : String(error)}${last}`)
    }
  }
  return problems
}
