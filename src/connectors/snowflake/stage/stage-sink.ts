import type { Platform } from '../../../platform/index.ts'
import type { Output, Sink, SinkResult, SinkWriteOptions } from '../../contract.ts'
import type { Login } from '../login/settings.ts'
import { type ObjectName, quoted, shownName } from '../sql/names.ts'
import { Refusal } from '../sql/refusal.ts'
import { again } from '../sql/retry.ts'
import { closeQuietly, makeStage, openSession, type Session } from '../sql/session.ts'
import type { TargetPair } from '../target.ts'
import type { BatchRecord } from './batch-record.ts'
import { applyRows, type Effect, type Load, stageRows } from './load.ts'
import { writeStagedFiles } from './staged-files.ts'

export interface StageSinkParts {
  readonly platform: Platform
  readonly login: Login
  readonly table: ObjectName
  readonly pairs: readonly TargetPair[]
  readonly effect: Effect
  readonly record: BatchRecord
  /** Named by a person; undefined = a temporary one of each session. */
  readonly stage: { readonly sql: string; readonly shown: string } | undefined
  /** Within the stage: this query's. */
  readonly path: string
  readonly timeZone: string
  readonly retryMs: number
  readonly batchTable: ObjectName
}

/** How long cleaning up after a failure may take. */
const SETTLE_MS = 3000

/** Each batch is one transaction: its rows and its number count together or not at all. */
export class StageSink implements Sink {
  readonly description: string
  readonly delivery = 'exactly-once'
  readonly why: string
  readonly #parts: StageSinkParts
  readonly #name: string
  #session: Session | undefined
  #attempts = 0

  constructor(parts: StageSinkParts) {
    this.#parts = parts
    this.#name = `MILLRACE_${parts.platform.ids.uuid().replaceAll('-', '').toUpperCase()}`
    const through = parts.stage ? `stage ${parts.stage.shown}` : 'a temporary stage'
    this.description = `Snowflake[${shownName(parts.table)} through ${through}]`
    this.why = `a batch and its number in ${shownName(parts.batchTable)} are one transaction`
  }

  async write(batchId: number, output: Output, { signal }: SinkWriteOptions): Promise<SinkResult> {
    const { platform, login, retryMs, effect, table } = this.#parts
    const result = { numOutputRows: output.rowCount }
    if (output.rowCount === 0 && effect.kind !== 'replace-all') return result
    const directory = await platform.files.tempDir('millrace-snowflake-')
    try {
      const { pairs, timeZone } = this.#parts
      const files = await writeStagedFiles(output, pairs, { directory, files: platform.files, signal, timeZone })
      const what = `write batch ${batchId} to ${shownName(table)}`
      await again(() => this.#attempt(batchId, files, signal), { platform, url: login.url, what, timeoutMs: retryMs, signal })
    } finally {
      await platform.files.removeTree(directory).catch(() => {})
    }
    return result
  }

  async #attempt(batchId: number, files: Load['files'], signal: AbortSignal): Promise<void> {
    const { table, pairs, effect, record, path, stage } = this.#parts
    const session = await this.#open(signal)
    try {
      if (await record.isWritten(session, batchId, signal)) return
      const load: Load = {
        table,
        columns: pairs.map(p => p.column),
        effect,
        files,
        stage: stage?.sql ?? quoted(this.#name),
        path: `${path}/${batchId}-${this.#name.toLowerCase()}-${this.#attempts++}`,
        staged: this.#name,
        batchId,
      }
      await stageRows(session, load, signal)
      await this.#transaction(session, load, signal)
    } catch (error) {
      await this.#settle(session)
      throw error
    }
  }

  /** The mark comes last: the table of batches, which other queries use too, is locked for two statements only. */
  async #transaction(session: Session, load: Load, signal: AbortSignal): Promise<void> {
    const { record } = this.#parts
    await session.connection.run('BEGIN', signal)
    await applyRows(session, load, signal)
    if (await record.mark(session, load.batchId, signal)) {
      await session.connection.run('COMMIT', signal)
      return
    }
    await session.connection.run('ROLLBACK', signal)
    // Says who took over; else it was written meanwhile, by a COMMIT whose answer was lost.
    if (!(await record.isWritten(session, load.batchId, signal))) throw new Refusal('the batch could not be marked', { passing: true })
  }

  async #open(signal: AbortSignal): Promise<Session> {
    if (this.#session?.connection.usable) return this.#session
    await closeQuietly(this.#session?.connection)
    this.#session = undefined
    const { login, stage } = this.#parts
    const session = await openSession(login, signal)
    if (!stage) {
      await makeStage(session, this.#name, login, signal).catch(async error => {
        await closeQuietly(session.connection)
        throw error
      })
    }
    this.#session = session
    return session
  }

  /** Nothing stays open: locks would hold up whoever takes over. */
  async #settle(session: Session): Promise<void> {
    const soon = AbortSignal.timeout(SETTLE_MS)
    if (session.connection.usable) await session.connection.run('ROLLBACK', soon).catch(() => {})
    if (session.connection.usable) return
    this.#session = undefined
    await closeQuietly(session.connection)
  }

  async close(): Promise<void> {
    await closeQuietly(this.#session?.connection)
    this.#session = undefined
  }
}
