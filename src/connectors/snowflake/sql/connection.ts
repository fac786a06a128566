import { MillraceError } from '../../../errors/index.ts'
import { snowflakeLibrary } from '../library.ts'
import type { Login, Proof } from '../login/settings.ts'
import { refusalOf } from './refusal.ts'

type Driver = import('snowflake-sdk').Connection
type Statement = import('snowflake-sdk').RowStatement
export type Bind = string | number | null
export type Row = Readonly<Record<string, unknown>>

export interface Ran {
  readonly rows: readonly Row[]
  /** Rows inserted, updated and deleted; 0 for other statements. */
  readonly affected: number
}
/** A column of a result, as the driver describes it. */
export interface ResultColumn {
  readonly name: string
  /** `fixed`, `text`, `timestamp_ntz`, … */
  readonly type: string
  readonly precision: number | undefined
  readonly scale: number | undefined
  readonly nullable: boolean
}
export interface Rows {
  readonly columns: readonly ResultColumn[]
  readonly rows: AsyncIterable<readonly unknown[]>
}

/** One login. Statements run one after the other; every failure is a Refusal. */
export class Connection {
  readonly #driver: Driver
  #broken = false

  private constructor(driver: Driver) {
    this.#driver = driver
  }

  /** @throws SNOWFLAKE_LOGIN_REFUSED; a passing Refusal where nobody answered */
  static async open(login: Login, signal: AbortSignal): Promise<Connection> {
    const library = await snowflakeLibrary()
    const { url, account, user, database, schema, warehouse, role, proof } = login
    const options = {
      account,
      accessUrl: url,
      username: user,
      database,
      schema,
      application: 'Millrace',
      // Whoever opens a connection tries again by itself.
      sfRetryMaxLoginRetries: 0,
      ...(warehouse !== undefined && { warehouse }),
      ...(role !== undefined && { role }),
      ...PROOFS[proof.kind](proof as never),
    }
    const driver = library.createConnection(options)
    await until(
      new Promise<void>((resolve, reject) => {
        driver.connect(error => (error ? reject(refusedLogin(error, login)) : resolve()))
      }),
      signal,
    )
    return new Connection(driver)
  }

  /** False once a statement failed in a way that another one would, too. */
  get usable(): boolean {
    return !this.#broken
  }

  /** Runs a statement to its end. @throws Refusal, or the signal's reason: the statement is then cancelled and the connection not to be used again */
  run(sql: string, signal: AbortSignal, binds: readonly Bind[] = []): Promise<Ran> {
    return this.#execute(sql, signal, binds, {}, (statement, rows) => {
      const affected = statement.getNumUpdatedRows?.() ?? 0
      return { rows: (rows ?? []) as Row[], affected: Math.max(0, affected ?? 0) }
    })
  }

  /** Runs a query; rows come in parts, as arrays: exact numbers, semi-structured values and bytes (hex) as text, times with all their digits. */
  read(sql: string, signal: AbortSignal): Promise<Rows> {
    const how = { streamResult: true, rowMode: 'array', fetchAsString: ['Number', 'JSON', 'Buffer'] }
    return this.#execute(sql, signal, [], how, statement => {
      const columns = (statement.getColumns() ?? []).map(c => ({
        name: c.getName(),
        type: c.getType(),
        precision: known(c.getPrecision()),
        scale: known(c.getScale()),
        nullable: c.isNullable(),
      }))
      return { columns, rows: told(statement.streamRows() as AsyncIterable<readonly unknown[]>) }
    })
  }

  #execute<T>(
    sql: string,
    signal: AbortSignal,
    binds: readonly Bind[],
    how: object,
    done: (s: Statement, rows?: unknown[]) => T,
  ): Promise<T> {
    signal.throwIfAborted()
    let statement: Statement | undefined
    const ran = new Promise<T>((resolve, reject) => {
      const complete = (error: unknown, s: unknown, rows?: unknown[]): void => {
        if (error) {
          const refusal = refusalOf(error)
          this.#broken ||= refusal.passing
          reject(refusal)
        } else resolve(done(s as Statement, rows))
      }
      const options = { sqlText: sql, ...(binds.length > 0 && { binds: [...binds] }), ...how, complete }
      statement = this.#driver.execute(options as never) as Statement
    })
    return until(ran, signal, () => {
      this.#broken = true
      statement?.cancel(() => {})
    })
  }

  /** Ends the session; what it had open is rolled back. Never fails, and waits a moment at most. */
  async close(signal: AbortSignal): Promise<void> {
    this.#broken = true
    const closed = new Promise<void>(resolve => {
      if (this.#driver.isUp()) this.#driver.destroy(() => resolve())
      else resolve()
    })
    await until(closed, signal).catch(() => {})
  }
}

const PROOFS: { readonly [K in Proof['kind']]: (proof: Extract<Proof, { kind: K }>) => object } = {
  key: ({ key }) => ({ authenticator: 'SNOWFLAKE_JWT', privateKey: key.export({ type: 'pkcs8', format: 'pem' }) as string }),
  password: ({ password }) => ({ password }),
  token: ({ token }) => ({ authenticator: 'OAUTH', token }),
}

const known = (n: number | null | undefined): number | undefined => n ?? undefined

async function* told<T>(rows: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* rows
  } catch (error) {
    throw refusalOf(error)
  }
}

function refusedLogin(error: unknown, login: Login): Error {
  const refusal = refusalOf(error)
  if (refusal.passing) return refusal
  const { user, account, url } = login
  if (refusal.code === '390189' && login.role !== undefined) {
    const remedy = `GRANT ROLE ${login.role} TO USER ${user};`
    return new MillraceError('SNOWFLAKE_NOT_THERE', { kind: 'role', name: login.role, role: `user "${user}"`, remedy })
  }
  const reason = refusal.message === 'ENOTFOUND' ? `no host is called ${new URL(url).hostname}` : refusal.message
  return new MillraceError('SNOWFLAKE_LOGIN_REFUSED', {
    user,
    account,
    reason,
    code: refusal.code,
    ...(login.fingerprint !== undefined && { fingerprint: login.fingerprint }),
  })
}

/** The promise, or the signal's reason as soon as it aborts; what is left behind is told. */
async function until<T>(promise: Promise<T>, signal: AbortSignal, left?: () => void): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => {
    left?.()
    aborted.reject(signal.reason)
  }
  promise.catch(() => {})
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
