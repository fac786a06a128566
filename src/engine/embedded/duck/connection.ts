import { MillraceError } from '../../../errors/index.ts'
import { type Connection, type DataChunk, native, type PreparedStatement, type Result } from './bindings.ts'
import { engineError } from './errors.ts'
import type { Thrown } from './thrown.ts'

/** A finished statement: all its rows are in memory. */
export interface Answer {
  readonly rowCount: number
  readonly rowsChanged: number
  chunks(): Generator<DataChunk, void, undefined>
}

export interface RunOptions {
  readonly signal?: AbortSignal
  /**
   * Plan the statement once for all times it comes with this text. Only for one that reads no table, but feeds: DuckDB goes on with a plan made from what
   * a table held when it was planned, and answers wrong rows. Planning is most of what a small statement costs.
   */
  readonly keepPlan?: boolean
}

/** Plans kept a connection; a text that never comes again (it holds the time) pushes nothing out but its like. */
const PLANS = 16

/** Runs a statement of a transaction. */
export type RunIn = (sql: string, options?: Pick<RunOptions, 'keepPlan'>) => Promise<Answer>

/** Runs a statement before the next one; nobody needs its answer. */
export type Later = (sql: string) => void

/**
 * One connection, one statement at a time: a streamed result ends early and silently when another statement runs beside it.
 * What stands in the queue runs in order; a failure or an interrupt inside `transaction` rolls back.
 */
export class DuckConnection {
  readonly #native: Connection
  readonly #thrown: Thrown
  /** By text, oldest first; undefined = seen once. */
  readonly #plans = new Map<string, PreparedStatement | undefined>()
  #tail: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(connection: Connection, thrown: Thrown) {
    this.#native = connection
    this.#thrown = thrown
  }

  get native(): Connection {
    return this.#native
  }

  /** Runs one or more statements (`;` between them); answers the last one's rows. */
  run(sql: string, options: RunOptions = {}): Promise<Answer> {
    return this.#exclusive(() => this.#query(sql, options))
  }

  /**
   * Several statements as one transaction. A call costs more than a small statement: what `later` is given runs in one call with the next statement,
   * or with the commit.
   */
  transaction<T>(work: (run: RunIn, later: Later) => Promise<T>, options: RunOptions = {}): Promise<T> {
    return this.#exclusive(async () => {
      let waiting = 'BEGIN TRANSACTION; '
      const run: RunIn = async (sql, how) => {
        const text = waiting
        waiting = ''
        if (!how?.keepPlan) return this.#query(text + sql, options)
        if (text !== '') await this.#query(text, options)
        return this.#query(sql, { ...options, ...how })
      }
      try {
        const value = await work(run, sql => {
          waiting += `${sql}; `
        })
        await run('COMMIT')
        return value
      } catch (error) {
        await this.#query('ROLLBACK', {}).catch(() => {})
        throw error
      }
    })
  }

  /** Rows in chunks as DuckDB makes them. The connection is busy until the generator ends or is returned. */
  async *stream(sql: string, options: RunOptions = {}): AsyncGenerator<DataChunk, void, undefined> {
    let release = (): void => {}
    const mine = new Promise<void>(resolve => {
      release = resolve
    })
    const before = this.#tail
    this.#tail = mine
    await before.catch(() => {})
    try {
      this.#open()
      const result = await this.#guard(sql, options, async () => {
        const statement = await native.prepare(this.#native, sql)
        return native.execute_prepared_streaming(statement)
      })
      for (;;) {
        options.signal?.throwIfAborted()
        const chunk = await this.#guard(sql, options, () => native.fetch_chunk(result))
        if (!chunk || native.data_chunk_get_size(chunk) === 0) return
        yield chunk
      }
    } finally {
      release()
    }
  }

  /** Waits for what runs, then closes. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#plans.clear()
    await this.#tail.catch(() => {})
    native.disconnect_sync(this.#native)
  }

  #open(): void {
    if (this.#closed) throw new MillraceError('INTERNAL', { what: 'a statement on a closed connection' })
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#open()
    const mine = this.#tail.then(work, work)
    this.#tail = mine.catch(() => {})
    return mine
  }

  async #query(sql: string, options: RunOptions): Promise<Answer> {
    const work = async (): Promise<Result> => {
      const plan = options.keepPlan ? await this.#plan(sql) : undefined
      return plan ? native.execute_prepared(plan) : native.query(this.#native, sql)
    }
    return answer(await this.#guard(sql, options, work))
  }

  /** The kept plan of a text that has come before. */
  async #plan(sql: string): Promise<PreparedStatement | undefined> {
    const known = this.#plans.has(sql)
    const plan = this.#plans.get(sql) ?? (known ? await native.prepare(this.#native, sql) : undefined)
    this.#plans.delete(sql)
    this.#plans.set(sql, plan)
    if (this.#plans.size > PLANS) this.#plans.delete(this.#plans.keys().next().value!)
    return plan
  }

  async #guard<T>(sql: string, { signal }: RunOptions, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const stop = (): void => native.interrupt(this.#native)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw engineError(error, sql, this.#thrown.behind(error))
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
}

function answer(result: Result): Answer {
  const chunks = native.result_chunk_count(result)
  return {
    rowCount: native.row_count(result),
    rowsChanged: native.rows_changed(result),
    *chunks() {
      for (let i = 0; i < chunks; i++) yield native.result_get_chunk(result, i)
    },
  }
}
