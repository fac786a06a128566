import { createHash } from 'node:crypto'
import { MillraceError } from '../../../errors/index.ts'
import type { Output, Sink, SinkContext, SinkResult, SinkWriteOptions } from '../../contract.ts'
import { type Connection, connect } from '../connection.ts'
import { isLost } from '../failure.ts'
import { type TableName, tableName, tableOption } from '../identifiers.ts'
import { retried } from '../retry.ts'
import { type PostgresSettings, readSettings } from '../settings.ts'
import { BatchTable, type Turn } from './batch-table.ts'
import { checkRights } from './privileges.ts'
import { kindOf, resolveTarget, type Target } from './target.ts'
import { writeRows } from './write-rows.ts'

const BATCH_TABLE = 'millrace_batches'
/** Longest name of an application that the server keeps whole. */
const NAME_BYTES = 63

/**
 * Opens the sink of a streaming query: login, table, columns, keys and rights are looked at before the first batch, and a process that wrote for this
 * query before is shut out.
 */
export async function openSink(context: SinkContext, format: string): Promise<Sink> {
  const settings = await readSettings(context, { format, side: 'sink', mode: 'stream' })
  const name = tableOption('dbtable', neededTable(settings), settings.format)
  const sink = new PostgresSink(context, settings, name)
  const signal = new AbortController().signal
  await retried(
    { what: 'open the sink', server: settings.server, platform: context.platform, signal, withinMs: settings.server.connectMs },
    () => sink.open(signal),
  )
  return sink
}

export function neededTable({ options, format }: PostgresSettings): string {
  if (options.dbtable !== undefined) return options.dbtable
  throw new MillraceError('MISSING_OPTION', { option: 'dbtable', format, describe: 'the table to write to' })
}

class PostgresSink implements Sink {
  readonly delivery = 'exactly-once'
  readonly #context: SinkContext
  readonly #settings: PostgresSettings
  readonly #name: TableName
  readonly #timeZone: string
  #connection: Connection | undefined
  #target!: Target
  #batches!: BatchTable
  #turn!: Turn

  constructor(context: SinkContext, settings: PostgresSettings, name: TableName) {
    this.#context = context
    this.#settings = settings
    this.#name = name
    this.#timeZone = context.conf('spark.sql.session.timeZone') ?? 'UTC'
  }

  get description(): string {
    return `PostgreSQL[${this.#settings.server.shown}, ${this.#target?.table.name.sql ?? this.#name.sql}]`
  }

  /** One attempt; may be repeated. */
  async open(signal: AbortSignal): Promise<void> {
    const { outputMode, schema, queryId, runId } = this.#context
    const { options } = this.#settings
    const connection = await this.#connected(signal)
    try {
      const kind = kindOf(outputMode, options.keyColumns)
      this.#target = await resolveTarget(connection, { name: this.#name, schema: schema!, kind, options, create: options.createTable })
      await checkRights(connection, this.#target)
      await this.#checkReprocess(connection)
      const { name } = this.#target.table
      const batchTable =
        options.batchTable === undefined
          ? tableName(BATCH_TABLE, name.schema)
          : tableOption('batchTable', options.batchTable, this.#settings.format)
      this.#batches = new BatchTable(batchTable, { queryId, runId, target: name.sql })
      await this.#batches.make(connection)
      await this.#takeTurn(connection, batchTable)
      this.#compareWithLedger(batchTable)
    } catch (error) {
      this.#drop()
      throw error
    }
  }

  async write(batchId: number, output: Output, { signal }: SinkWriteOptions): Promise<SinkResult> {
    const { server, options } = this.#settings
    const what = `write batch ${batchId} to ${this.#target.table.name.sql}`
    const failing = (reason: string): void =>
      this.#context.warn({ code: 'POSTGRES_RETRY', message: `${server.shown}: ${reason}; batch ${batchId} is tried again` })
    await retried({ what, server, platform: this.#context.platform, signal, withinMs: options.retryTimeout, failing }, () =>
      this.#attempt(batchId, output, signal),
    )
    return { numOutputRows: output.rowCount }
  }

  /** One transaction: the batch's mark and its rows. */
  async #attempt(batchId: number, output: Output, signal: AbortSignal): Promise<void> {
    const connection = await this.#connected(signal)
    const cut = (): void => connection.destroy()
    signal.addEventListener('abort', cut, { once: true })
    try {
      await connection.query(`BEGIN ISOLATION LEVEL ${levelOf(this.#settings.options.isolationLevel)}`)
      if (await this.#batches.mark(connection, this.#turn, batchId)) {
        await writeRows(connection, this.#target, output, this.#timeZone)
        await connection.query('COMMIT')
      } else await connection.query('ROLLBACK')
    } catch (error) {
      if (isLost(error) || connection.lost) this.#drop()
      else await connection.query('ROLLBACK').catch(() => this.#drop())
      throw error
    } finally {
      signal.removeEventListener('abort', cut)
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close(this.#context.platform.clock)
  }

  async #connected(signal: AbortSignal): Promise<Connection> {
    if (this.#connection && !this.#connection.lost) return this.#connection
    const { server } = this.#settings
    const opened = await connect(server, this.#context.platform, { signal, applicationName: this.#session })
    this.#connection = opened
    // A line that broke may have left the server with a transaction of ours that waits for its rest.
    await endSessions(opened, this.#session)
    return opened
  }

  #drop(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }

  /** The names of sessions begin alike for all runs of the query on the table, so that a run finds what another one has left open. */
  get #sessions(): string {
    return `millrace-${digest(`${this.#context.queryId}\n${this.#settings.server.database}\n${this.#name.sql}`, 20)}-`
  }
  get #session(): string {
    const own = `${this.#sessions}${digest(this.#context.runId, 8)}`
    const given = this.#settings.server.applicationName?.slice(0, NAME_BYTES - own.length - 1)
    return given === undefined ? own : `${given} ${own}`
  }

  /** Shuts out who wrote before: a process that stands still may hold a transaction open, on which this one would wait. */
  async #takeTurn(connection: Connection, batchTable: TableName): Promise<void> {
    await endSessions(connection, this.#sessions)
    await connection.query(`SET lock_timeout = ${this.#settings.server.connectMs}`)
    try {
      this.#turn = await this.#batches.register(connection)
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error
      const what = `the turn to write to ${this.#target.table.name.sql}`
      throw new MillraceError('POSTGRES_LOCKED', { what, holders: await holdersOf(connection, batchTable) }, { cause: error })
    }
    await connection.query('SET lock_timeout = 0')
  }

  /** Rows of a time that is read again would stand there twice: somebody has to say that this is meant. */
  async #checkReprocess(connection: Connection): Promise<void> {
    const { newCheckpoint, replays } = this.#context
    const { table, kind } = this.#target
    if (!newCheckpoint || !replays || kind !== 'append' || this.#settings.options.reprocess === 'append') return
    const { rows } = await connection.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM ${table.name.sql}) AS found`)
    if (rows[0]!.found) throw new MillraceError('POSTGRES_REPROCESS', { table: table.name.sql })
  }

  /** What the table holds of this query, beside what the checkpoint says. */
  #compareWithLedger(batchTable: TableName): void {
    const { uncommitted, lastCommitted, warn } = this.#context
    const { epoch, batchId } = this.#turn
    const table = this.#target.table.name.sql
    const logged = uncommitted?.last ?? lastCommitted
    // Its batches would be taken for those that are there, and left out.
    if (batchId > logged) throw new MillraceError('POSTGRES_AHEAD', { table, batches: batchTable.sql, has: batchId, logged })
    const hint = `Keep ${batchTable.sql} with the data, in backups as well.`
    if (uncommitted && epoch === 1n) {
      const message = `${batchTable.sql} knows nothing of this query’s batches in ${table}: if batch ${uncommitted.last} was written before, it is there twice now`
      warn({ code: 'POSTGRES_NO_MARK', message, hint })
    }
    if (batchId >= 0 && batchId < lastCommitted) {
      const message = `${table} holds this query’s batches up to ${batchId}, and the checkpoint says that ${lastCommitted} was written: those between are missing`
      warn({ code: 'POSTGRES_BEHIND', message, hint })
    }
  }
}

const digest = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length)

/** Ends other sessions of this user whose name holds these words. */
async function endSessions(connection: Connection, words: string): Promise<void> {
  await connection.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE position($1 IN application_name) > 0 AND pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()`,
    [words],
  )
}

async function holdersOf(connection: Connection, { sql }: TableName): Promise<readonly string[]> {
  const { rows } = await connection.query<{ who: string }>(
    `SELECT DISTINCT format('pid %s (%s)', a.pid, coalesce(nullif(a.application_name, ''), a.usename)) AS who FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.relation = to_regclass($1) AND l.granted AND a.pid <> pg_backend_pid()`,
    [sql],
  )
  return rows.map(row => row.who)
}

const LEVELS: Readonly<Record<string, string>> = { NONE: 'READ COMMITTED' }
export const levelOf = (level: string): string => LEVELS[level] ?? level.replace('_', ' ')
