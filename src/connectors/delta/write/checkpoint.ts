import { join } from 'node:path'
import type { Writer } from '../../../storage/contract.ts'
import { batchFromRows } from '../../../types/index.ts'
import type { BatchesScan, Compute } from '../../contract.ts'
import type { Action, Metadata, Protocol } from '../log/actions.ts'
import { CHECKPOINT } from '../log/checkpoint-rows.ts'
import type { DeltaLog } from '../log/delta-log.ts'
import { beforeVersion, checkpointPath, LAST_CHECKPOINT, LOG, logName } from '../log/file-path.ts'
import type { TableState } from '../log/table-state.ts'
import { retentionMs } from './retention.ts'
import type { WriterContext } from './table-writer.ts'

const DAY = 86_400_000
const CLEAN_EVERY = 100

/** Rows that stand for a state: what a reader needs to begin here. */
function rowsOf(
  state: Pick<TableState, 'files' | 'tombstones' | 'txns' | 'domains'>,
  heads: { protocol: Protocol; metadata: Metadata },
  since: number,
): readonly Action[] {
  return [
    { protocol: heads.protocol },
    { metaData: heads.metadata },
    ...[...state.txns.values()].map(txn => ({ txn })),
    ...[...state.domains.values()].map(domainMetadata => ({ domainMetadata })),
    ...[...state.tombstones.values()]
      .filter(r => (r.deletionTimestamp ?? 0) > since)
      .map(remove => ({ remove: { ...remove, dataChange: false } })),
    ...[...state.files.values()].map(add => ({ add: { ...add, dataChange: false } })),
  ]
}

/** Writes a checkpoint every `delta.checkpointInterval` versions, beside the work; a failure is said and harms nothing. */
export class Checkpointer {
  readonly #log: DeltaLog
  readonly #writer: Writer
  readonly #context: WriterContext
  readonly #compute: Compute
  #running: Promise<void> | undefined

  constructor(log: DeltaLog, writer: Writer, context: WriterContext) {
    this.#log = log
    this.#writer = writer
    this.#context = context
    this.#compute = context.compute!
  }

  /** Told of every version that was committed. */
  committed(state: TableState): void {
    const every = Number(state.property('delta.checkpointInterval', '10'))
    // A table that wants checkpoints of the second version is left to those who write them; none at all is right as well.
    if (state.version === 0 || this.#running || state.version % every !== 0 || state.property('delta.checkpointPolicy') === 'v2') return
    const copy = state.copy()
    this.#running = this.write(copy)
      .catch((error: Error) => {
        this.#context.warn({
          code: 'DELTA_CHECKPOINT_FAILED',
          message: `no checkpoint of ${this.#log.path} at version ${copy.version}: ${error.message}`,
        })
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Writes the checkpoint of a state, then the hint to it. */
  async write(state: TableState): Promise<void> {
    const { platform } = this.#context
    const since = platform.clock.now() - retentionMs(state)
    const actions = rowsOf(state, { protocol: state.protocol, metadata: state.metadata }, since)
    const path = checkpointPath(state.version)
    if (!(await this.#log.store.stat(path))) await this.#put(actions, path)
    const hint = { version: state.version, size: actions.length, numOfAddFiles: state.files.size }
    await this.#log.store.write(LAST_CHECKPOINT, new TextEncoder().encode(JSON.stringify(hint)), this.#writer)
    await this.#clean(state)
  }

  async #put(actions: readonly Action[], path: string): Promise<void> {
    const { files, ids } = this.#context.platform
    const { store } = this.#log
    const name = `.${ids.uuid()}.checkpoint.parquet`
    const directory = store.localRoot === undefined ? await files.tempDir('millrace-delta-') : join(store.localRoot, LOG)
    const scan: BatchesScan = { kind: 'batches', schema: CHECKPOINT, batches: [batchFromRows(CHECKPOINT, actions)] }
    const rows = await this.#compute([scan], ([all]) => all!)
    try {
      const columns = CHECKPOINT.fields.map((f, from) => ({ from, name: f.name, dataType: f.dataType, file: f }))
      const [written] = await rows.toFiles({ format: 'parquet', directory, name: () => name, partitionBy: [], options: {}, columns })
      await store.put(join(directory, written!.path), path, this.#writer)
    } finally {
      await rows.close()
      if (store.localRoot === undefined) await files.removeTree(directory)
    }
  }

  /** Removes what lies before the checkpoint and is older than the log is kept. */
  async #clean(state: TableState): Promise<void> {
    if (state.property('delta.enableExpiredLogCleanup') === 'false') return
    const days = /^(?:interval\s+)?(\d+)\s+days?$/i.exec(state.property('delta.logRetentionDuration', 'interval 30 days')!)?.[1]
    if (days === undefined) return
    const until = this.#context.platform.clock.now() - Number(days) * DAY
    // A listing of the whole log is dear: now and then is enough.
    if (state.version % CLEAN_EVERY !== 0) return
    const listed = await this.#log.store.list(LOG, { shallow: true })
    const old = listed.filter(o => o.path < beforeVersion(state.version) && o.mtimeMs < until)
    // Versions behind a checkpoint can be read as long as it is there: only what lies before one that is old itself goes.
    const anchor = Math.max(-1, ...old.flatMap(o => (logName(o.path)?.kind === 'checkpoint' ? [logName(o.path)!.version] : [])))
    await this.#log.store.delete(old.filter(o => (logName(o.path)?.version ?? anchor) < anchor).map(o => o.path))
  }

  /** Waits for the one that is being written. */
  async close(): Promise<void> {
    await this.#running
  }
}
