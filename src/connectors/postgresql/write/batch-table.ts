import { MillraceError } from '../../../errors/index.ts'
import { findTable } from '../catalog.ts'
import type { Connection } from '../connection.ts'
import { quoted, type TableName } from '../identifiers.ts'

/** Who writes: a query, its place among the writers of one table, and the run that is on. */
export interface Writer {
  readonly queryId: string
  readonly runId: string
  /** The table written to, in full. */
  readonly target: string
}

/** A writer's turn: whoever registers later has a higher one, and only the highest may write. */
export interface Turn {
  readonly epoch: bigint
  /** The last batch that is written, or -1. */
  readonly batchId: number
}

const COLUMNS = `query_id text NOT NULL, target text NOT NULL, epoch bigint NOT NULL, batch_id bigint NOT NULL, run_id text NOT NULL,
  written_at timestamp with time zone NOT NULL DEFAULT now(), PRIMARY KEY (query_id, target)`

/** The small table in which each query keeps, per table it writes to, the last batch that is in it: written in the transaction of the rows. */
export class BatchTable {
  readonly #table: TableName
  readonly #writer: Writer

  constructor(table: TableName, writer: Writer) {
    this.#table = table
    this.#writer = writer
  }

  /** Makes the table where it is missing. @throws POSTGRES_NOT_PERMITTED with what an owner would run */
  async make(connection: Connection): Promise<void> {
    const { sql } = this.#table
    if (!(await findTable(connection, this.#table))) {
      await this.#create(connection)
      return
    }
    const { rows } = await connection.query<{ has: boolean }>(
      "SELECT bool_and(has_table_privilege(to_regclass($1), r)) AS has FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS r",
      [sql],
    )
    if (!rows[0]!.has)
      this.#refuse(
        connection,
        [`GRANT SELECT, INSERT, UPDATE ON ${sql} TO ${quoted(connection.server.user)};`],
        `rights on ${sql} are missing`,
      )
  }

  async #create(connection: Connection): Promise<void> {
    const { sql } = this.#table
    const statement = `CREATE TABLE IF NOT EXISTS ${sql} (${COLUMNS})`
    try {
      await connection.query(statement)
    } catch (error) {
      const { code } = error as { code?: string }
      // Somebody else has made it just now.
      if (code === '23505' || code === '42P07') return
      if (code !== '42501') throw error
      const user = quoted(connection.server.user)
      const grants = [`${statement.replaceAll(/\s+/g, ' ')};`, `GRANT SELECT, INSERT, UPDATE ON ${sql} TO ${user};`]
      this.#refuse(connection, grants, `it may not create the table ${sql}`)
    }
  }

  #refuse(connection: Connection, grants: readonly string[], reason: string): never {
    const what = 'keep which batch was written'
    throw new MillraceError('POSTGRES_NOT_PERMITTED', { what, user: connection.server.user, reason, grants })
  }

  /** Begins this run's turn; waits for a transaction that another run has open on the row. */
  async register(connection: Connection): Promise<Turn> {
    const { queryId, target, runId } = this.#writer
    const { rows } = await connection.query<{ epoch: string; batch_id: string }>(
      `INSERT INTO ${this.#table.sql} AS b (query_id, target, epoch, batch_id, run_id) VALUES ($1, $2, 1, -1, $3)
       ON CONFLICT (query_id, target) DO UPDATE SET epoch = b.epoch + 1, run_id = EXCLUDED.run_id RETURNING epoch::text, batch_id::text`,
      [queryId, target, runId],
    )
    return { epoch: BigInt(rows[0]!.epoch), batchId: Number(rows[0]!.batch_id) }
  }

  /**
   * In the transaction of the rows, before them: says that the batch is written, and keeps every other run out until it ends.
   * False when it was written before. @throws POSTGRES_SINK_FENCED
   */
  async mark(connection: Connection, { epoch }: Turn, batchId: number): Promise<boolean> {
    const { queryId, target } = this.#writer
    const marked = await connection.query(
      `UPDATE ${this.#table.sql} SET batch_id = $4, written_at = now() WHERE query_id = $1 AND target = $2 AND epoch = $3 AND batch_id < $4`,
      [queryId, target, epoch.toString(), batchId],
    )
    if (marked.rowCount === 1) return true
    const { rows } = await connection.query<{ epoch: string; run_id: string }>(
      `SELECT epoch::text, run_id FROM ${this.#table.sql} WHERE query_id = $1 AND target = $2`,
      [queryId, target],
    )
    if (rows[0]?.epoch === epoch.toString()) return false
    throw new MillraceError('POSTGRES_SINK_FENCED', { table: target, batchId, run: rows[0]?.run_id ?? 'unknown: its row is gone' })
  }
}
