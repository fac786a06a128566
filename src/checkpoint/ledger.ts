import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore, WriteOptions, Writer } from '../storage/contract.ts'
import { type BatchLog, openBatchLog } from './batch-log.ts'
import { type CommitEntry, parseCommit, printCommit } from './commit-entry.ts'
import { sweepLeftovers } from './leftovers.ts'
import { createQueryId, readQueryId } from './metadata.ts'
import { type OffsetEntry, parseOffsets, printOffsets } from './offset-entry.ts'
import { takeOwnership } from './ownership.ts'
import { PATHS } from './paths.ts'
import { addRun, noteOf, otherRun } from './runs.ts'

/** What the two logs say at start; input of the loop's recovery decision. */
export interface LedgerFacts {
  /** The latest offsets entry, and the one before it where it is there. */
  readonly planned?: OffsetEntry
  readonly previous?: OffsetEntry
  /** The latest commits entry. */
  readonly committed?: CommitEntry
}

/** The write-ahead log of one query, owned by one run. */
export interface Ledger {
  readonly queryId: string
  readonly runId: string
  readonly store: FileStore
  readonly facts: LedgerFacts
  /** A writer of this run, a new attempt each time. */
  writer(): Writer
  /** With `after`, the entry is made ready at once and there only after that; not at all when that rejects. */
  writeOffsets(entry: OffsetEntry, options?: WriteOptions): Promise<void>
  writeCommit(entry: CommitEntry, options?: WriteOptions): Promise<void>
  readCommit(batchId: number): Promise<CommitEntry | undefined>
  /** The oldest id either log holds. */
  oldest(): number | undefined
  purge(oldest: number): Promise<void>
  /** Gives the checkpoint back. */
  close(): Promise<void>
}

export async function openLedger(store: FileStore, platform: Platform, runId: string): Promise<Ledger> {
  const note = noteOf(runId, platform)
  let attempt = 0
  const writer = (): Writer => ({ run: runId, attempt: ++attempt })
  const release = await takeOwnership(store, platform, note)
  try {
    await sweepLeftovers(store, platform)
    const [known, offsets, commits] = await Promise.all([
      readQueryId(store),
      openBatchLog(store, PATHS.offsets, { parse: parseOffsets, print: printOffsets }),
      openBatchLog(store, PATHS.commits, { parse: parseCommit, print: printCommit }),
    ])
    await checkStart(store, known, offsets, commits)
    const queryId = known ?? (await createQueryId(store, platform.ids, writer()))
    await addRun(store, note, writer())
    const facts = await readFacts(offsets, commits)

    /** Adds an entry or says who was faster. */
    const add = async <T extends { readonly batchId: number }>(log: BatchLog<T>, entry: T, options?: WriteOptions): Promise<void> => {
      if ((await log.add(entry.batchId, entry, writer(), options)) === 'written') return
      const owner = await otherRun(store, runId)
      throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: entry.batchId, log: `${store.uri}/${log.path}`, owner })
    }
    return {
      queryId,
      runId,
      store,
      facts,
      writer,
      writeOffsets: (entry, options) => add(offsets, entry, options),
      writeCommit: (entry, options) => add(commits, entry, options),
      readCommit: id => commits.read(id),
      oldest: () => smallest(offsets.ids()[0], commits.ids()[0]),
      purge: async oldest => void (await Promise.all([offsets.purge(oldest), commits.purge(oldest)])),
      close: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

const smallest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

async function checkStart(
  store: FileStore,
  id: string | undefined,
  offsets: BatchLog<OffsetEntry>,
  commits: BatchLog<CommitEntry>,
): Promise<void> {
  const entries = offsets.ids().length + commits.ids().length
  if (id === undefined && entries > 0) throw new MillraceError('STREAMING_CHECKPOINT_MISSING_METADATA_FILE', { checkpoint: store.uri })
  if (entries > 0 || (await store.list(PATHS.sparkState)).length === 0) return
  throw new MillraceError('STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY', { checkpoint: store.uri, directory: PATHS.sparkState })
}

async function readFacts(offsets: BatchLog<OffsetEntry>, commits: BatchLog<CommitEntry>): Promise<LedgerFacts> {
  const latest = offsets.ids().at(-1)
  const lastCommit = commits.ids().at(-1)
  const [planned, previous, committed] = await Promise.all([
    latest === undefined ? undefined : offsets.read(latest),
    latest === undefined || latest === 0 ? undefined : offsets.read(latest - 1),
    lastCommit === undefined ? undefined : commits.read(lastCommit),
  ])
  return { ...(planned && { planned }), ...(previous && { previous }), ...(committed && { committed }) }
}
