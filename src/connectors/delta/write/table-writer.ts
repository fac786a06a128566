import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { FileStore, Writer } from '../../../storage/contract.ts'
import type { ConnectorContext, Warning } from '../../contract.ts'
import { type CommitInfo, printActions } from '../log/actions.ts'
import { type Commit, DeltaLog } from '../log/delta-log.ts'
import { commitPath } from '../log/file-path.ts'
import { checkWritable } from '../log/protocol.ts'
import { TableState } from '../log/table-state.ts'
import { Checkpointer } from './checkpoint.ts'
import { type Intent, judge } from './conflict.ts'

/** How often work is done anew because another writer changed what it was made from. */
const ATTEMPTS = 10
const ENGINE = 'Millrace/0.1'

/** Says what to commit on a state of the table (undefined: there is none); 'done' when there is nothing to do. */
export type Work = (state: TableState | undefined) => Promise<Intent | 'done'>
export interface Committed {
  readonly version: number
  readonly intent: Intent
}

export interface WriterContext extends Pick<ConnectorContext, 'store' | 'platform' | 'warn'> {
  readonly compute?: ConnectorContext['compute']
  readonly runId?: string
}

/** Commits to one table, each version by one conditional put; keeps its state from commit to commit. */
export class TableWriter {
  readonly log: DeltaLog
  readonly writer: Writer
  readonly platform: Platform
  readonly checkpointer: Checkpointer
  readonly #warn: (warning: Warning) => void
  #state: TableState | undefined
  #looked = false

  private constructor(log: DeltaLog, context: WriterContext) {
    this.log = log
    this.platform = context.platform
    this.#warn = context.warn
    this.writer = { run: context.runId ?? context.platform.ids.uuid(), attempt: 0 }
    this.checkpointer = new Checkpointer(log, this.writer, context)
  }

  static async open(path: string, context: WriterContext): Promise<TableWriter> {
    return new TableWriter(await DeltaLog.open(path, context), context)
  }

  get store(): FileStore {
    return this.log.store
  }

  /** The table as this writer last saw it; undefined when there is none. */
  async state(): Promise<TableState | undefined> {
    if (!this.#looked) {
      this.#state = await this.log.find()
      this.#looked = true
    }
    return this.#state
  }

  /** Brings the state to the newest version. */
  async refresh(): Promise<TableState | undefined> {
    const known = this.#looked
    const state = await this.state()
    if (!known) return state
    if (state) await this.log.update(state)
    else this.#state = await this.log.find()
    return this.#state
  }

  /** Does the work and commits it; anew where another writer was first and changed what it was made from. @throws DELTA_CONCURRENT_CHANGE */
  async commit(work: Work): Promise<Committed | 'done'> {
    let last = { version: 0, why: '' }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const state = attempt === 0 ? await this.state() : await this.refresh()
      if (state) checkWritable(state.protocol, state.metadata, state.schema, this.log.path)
      const intent = await work(state)
      if (intent === 'done') return 'done'
      const put = await this.#put(state, intent)
      if (put === 'done' || 'intent' in put) return put
      last = put
      await this.#discard(intent)
    }
    throw new MillraceError('DELTA_CONCURRENT_CHANGE', { path: this.log.path, ...last, tries: ATTEMPTS })
  }

  /** Puts the commit under the next free version that does not contradict it. */
  async #put(
    state: TableState | undefined,
    intent: Intent,
  ): Promise<Committed | 'done' | { readonly version: number; readonly why: string }> {
    let version = (state?.version ?? -1) + 1
    const into = state ?? new TableState(this.log.path)
    for (;;) {
      const actions = [{ commitInfo: this.#info(into, intent, version) }, ...intent.actions]
      const bytes = new TextEncoder().encode(printActions(actions))
      if ((await this.store.writeIfAbsent(commitPath(version), bytes, this.writer)) === 'written') {
        into.apply(intent.actions, version, actions[0]!.commitInfo!.timestamp!)
        this.#state = into
        this.checkpointer.committed(into)
        return { version, intent }
      }
      if (!state) return { version, why: 'it made the table' }
      const theirs = await this.#theirs(version)
      const verdict = judge(intent, theirs, state.property('delta.isolationLevel') === 'Serializable')
      if (verdict.is === 'redo') return { version, why: verdict.why }
      state.apply(theirs.actions, theirs.version, theirs.timestamp)
      if (verdict.is === 'done') {
        await this.#discard(intent)
        return 'done'
      }
      version++
    }
  }

  async #theirs(version: number): Promise<Commit> {
    const commit = await this.log.commit(version)
    if (commit) return commit
    throw new MillraceError('DELTA_LOG_BROKEN', { path: this.log.path, why: `${commitPath(version)} was there and is gone` })
  }

  #info(state: TableState, intent: Intent, version: number): CommitInfo {
    const now = this.platform.clock.now()
    const ordered = version > 0 && state.property('delta.enableInCommitTimestamps') === 'true'
    const made = intent.actions.find(a => a.metaData)?.metaData?.configuration['delta.enableInCommitTimestamps'] === 'true'
    const inCommitTimestamp = Math.max(now, state.timestamp + 1)
    return {
      ...((ordered || made) && { inCommitTimestamp }),
      timestamp: now,
      operation: intent.operation,
      operationParameters: intent.parameters ?? {},
      ...(version > 0 && { readVersion: version - 1 }),
      isolationLevel: state.version >= 0 ? state.property('delta.isolationLevel', 'WriteSerializable') : 'WriteSerializable',
      isBlindAppend: intent.blind,
      ...(intent.userMetadata !== undefined && { userMetadata: intent.userMetadata }),
      operationMetrics: Object.fromEntries(Object.entries(intent.metrics ?? {}).map(([k, v]) => [k, String(v)])),
      engineInfo: ENGINE,
      txnId: this.platform.ids.uuid(),
    }
  }

  /** Data files of work that is done anew: nobody knows them. */
  async #discard(intent: Intent): Promise<void> {
    const known = new Set(intent.actions.flatMap(a => (a.remove ? [a.remove.path] : [])))
    const made = intent.actions.flatMap(a => a.cdc ?? (a.add && !known.has(a.add.path) ? a.add : []))
    const files = made.map(f => decodeURIComponent(f.path))
    await this.store.delete(files).catch((error: Error) => {
      this.#warn({
        code: 'DELTA_LEFT_OVER',
        message: `${files.length} files without a commit stay in ${this.log.path}: ${error.message}`,
        hint: 'vacuum() removes them.',
      })
    })
  }

  async close(): Promise<void> {
    await this.checkpointer.close()
  }
}
