import { MillraceError } from '../../../errors/index.ts'
import { type ObjectName, shownName, shownSchema } from '../sql/names.ts'
import { allowed, type Session } from '../sql/session.ts'
import { BATCHES } from '../sql/statements.ts'

/** The query's row in the table of batches: who runs it, and the last batch that counts. */
export class BatchRecord {
  readonly #table: ObjectName
  readonly #target: ObjectName
  readonly #query: string
  readonly #run: string

  constructor(table: ObjectName, target: ObjectName, query: { readonly queryId: string; readonly runId: string }) {
    this.#table = table
    this.#target = target
    this.#query = query.queryId
    this.#run = query.runId
  }

  /**
   * Takes over: from now on no older run can mark a batch. `lastCommitted` is where a query begins that has no row, `logged` the last batch the checkpoint
   * knows of. Answers whether there was a row.
   *
   * @throws SNOWFLAKE_AHEAD where the row is further than the checkpoint: its next batches would be taken for written
   */
  async claim(session: Session, lastCommitted: number, logged: number, signal: AbortSignal): Promise<{ readonly known: boolean }> {
    const schema = shownSchema(this.#table)
    await allowed(
      session,
      BATCHES.create(this.#table),
      `make the table ${shownName(this.#table)}`,
      `GRANT CREATE TABLE ON SCHEMA ${schema}`,
      signal,
    )
    const row = await this.#look(session, signal)
    if (row && row.batch > logged) {
      throw new MillraceError('SNOWFLAKE_AHEAD', { table: shownName(this.#target), place: shownName(this.#table), has: row.batch, logged })
    }
    await session.connection.run(BATCHES.claim(this.#table), signal, [this.#query, this.#run, lastCommitted])
    return { known: row !== undefined }
  }

  /** Does the batch count already? @throws SNOWFLAKE_FENCED where another run took over */
  async isWritten(session: Session, batchId: number, signal: AbortSignal): Promise<boolean> {
    const row = await this.#look(session, signal)
    if (row?.run !== this.#run) {
      throw new MillraceError('SNOWFLAKE_FENCED', {
        table: shownName(this.#target),
        batchTable: shownName(this.#table),
        run: row?.run ?? '(none)',
      })
    }
    return row.batch >= batchId
  }

  /** Marks the batch as written, in the transaction that is open; false when another run took over or it is marked already. */
  async mark(session: Session, batchId: number, signal: AbortSignal): Promise<boolean> {
    const { affected } = await session.connection.run(BATCHES.mark(this.#table), signal, [batchId, this.#query, this.#run, batchId])
    return affected === 1
  }

  async #look({ connection }: Session, signal: AbortSignal): Promise<{ readonly run: string; readonly batch: number } | undefined> {
    const { rows } = await connection.run(BATCHES.look(this.#table), signal, [this.#query])
    return rows[0] && { run: String(rows[0]['RUN']), batch: Number(rows[0]['BATCH']) }
  }
}
