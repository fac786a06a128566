import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client, ClientConfig, QueryResult } from 'pg'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { asMillraceError, isPassing, isTlsFailure, reasonOf } from './failure.ts'
import { type PostgresLibrary, postgresLibrary } from './library.ts'
import type { Server } from './settings.ts'
import type { TlsChoice } from './tls.ts'
import type { Host } from './url.ts'

/** How long a session may take to end politely. */
const END_WITHIN_MS = 2000
/** A session of ours that holds a transaction open and says nothing is of a process that stands still. */
const IDLE_IN_TRANSACTION_MS = 60_000
const AGAIN_MS = 250

export interface OpenOptions {
  readonly signal: AbortSignal
  /** Instead of the one in the settings. */
  readonly applicationName?: string
  /** Of the client, absent = the settings' `connectMs`. */
  readonly withinMs?: number
}

/** One session of a server. Values come as text where PostgreSQL's type is wider than a number. */
export class Connection {
  readonly server: Server
  readonly #client: Client
  readonly #library: PostgresLibrary
  readonly #unlisten: () => void
  #lost: Error | undefined

  constructor(client: Client, library: PostgresLibrary, server: Server, signal: AbortSignal) {
    this.#client = client
    this.#library = library
    this.server = server
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', error => {
      this.#lost ??= error
    })
    client.on('end', () => {
      this.#lost ??= new Error('Connection terminated')
    })
    const abort = (): void => this.destroy()
    signal.addEventListener('abort', abort, { once: true })
    this.#unlisten = () => signal.removeEventListener('abort', abort)
  }

  /** No statement can be run any more. */
  get lost(): boolean {
    return this.#lost !== undefined
  }

  async query<Row extends object = Record<string, never>>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row & Record<string, any>>> {
    if (this.#lost) throw this.#lost
    return values ? this.#client.query(sql, [...values]) : this.#client.query(sql)
  }

  /** `COPY … FROM STDIN`; gives how many rows the server took. Nothing is kept when `chunks` throws. */
  async copyIn(sql: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    if (this.#lost) throw this.#lost
    const into = this.#client.query(this.#library.copyFrom(sql) as never) as unknown as ReturnType<PostgresLibrary['copyFrom']>
    await pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 1 << 20 }), into)
    return into.rowCount
  }

  /** The bytes of `COPY … TO STDOUT`, as fast as they are asked for. */
  async *copyOut(sql: string): AsyncGenerator<Buffer, void, undefined> {
    if (this.#lost) throw this.#lost
    const from = this.#client.query(this.#library.copyTo(sql) as never) as unknown as ReturnType<PostgresLibrary['copyTo']>
    let whole = false
    try {
      for await (const chunk of from) yield chunk as Buffer
      whole = true
    } finally {
      // Who stops half-way leaves a server that goes on sending.
      if (!whole) this.destroy()
    }
  }

  /** Cuts the line; the server undoes what was not committed. */
  destroy(): void {
    this.#lost ??= new Error('Connection terminated')
    this.#unlisten()
    streamOf(this.#client).destroy()
  }

  async close(clock: Platform['clock']): Promise<void> {
    this.#unlisten()
    if (this.#lost) return this.destroy()
    this.#lost = new Error('the session is closed')
    const over = new AbortController()
    const timeUp = clock.sleep(END_WITHIN_MS, over.signal).then(
      () => this.destroy(),
      () => {},
    )
    await Promise.race([this.#client.end().catch(() => {}), timeUp])
    over.abort()
  }
}

const streamOf = (client: Client): import('node:net').Socket =>
  (client as unknown as { connection: { stream: import('node:net').Socket } }).connection.stream

/**
 * Opens a session, waiting for a server that is away as long as `connectTimeout` says.
 * @throws POSTGRES_UNREACHABLE, POSTGRES_LOGIN_REFUSED, POSTGRES_NO_DATABASE, POSTGRES_TLS_FAILED, MISSING_DEPENDENCY
 */
export async function connect(server: Server, platform: Platform, options: OpenOptions): Promise<Connection> {
  const library = await postgresLibrary()
  const { clock } = platform
  const withinMs = options.withinMs ?? server.connectMs
  const until = clock.ticks() + withinMs
  for (;;) {
    options.signal.throwIfAborted()
    const left = until - clock.ticks()
    try {
      return await connectAny(library, server, platform, { ...options, withinMs: Math.max(left, 1) })
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      if (!isPassing(error)) throw asMillraceError(error, 'log in', server)
      if (until - clock.ticks() <= AGAIN_MS) {
        throw new MillraceError(
          'POSTGRES_UNREACHABLE',
          { server: server.shown, what: 'log in', withinMs, tried: [reasonOf(error)] },
          { cause: error },
        )
      }
      await clock.sleep(AGAIN_MS, options.signal)
    }
  }
}

type Role = Server['role']
/** Which hosts will do, the best first: by whether they are in recovery. */
const WANTED: Readonly<Record<Role, readonly ((standby: boolean) => boolean)[]>> = {
  any: [() => true],
  primary: [standby => !standby],
  master: [standby => !standby],
  secondary: [standby => standby],
  slave: [standby => standby],
  preferPrimary: [standby => !standby, () => true],
  preferSecondary: [standby => standby, () => true],
  preferSlave: [standby => standby, () => true],
}

/** The first of the hosts that answers and has the role that is wanted. */
async function connectAny(
  library: PostgresLibrary,
  server: Server,
  platform: Platform,
  options: Required<Pick<OpenOptions, 'withinMs'>> & OpenOptions,
): Promise<Connection> {
  const hosts = server.anyOrder ? shuffled(server.hosts, platform.ids.random) : server.hosts
  const tried: string[] = []
  let last: unknown
  for (const fits of WANTED[server.role]!) {
    for (const host of hosts) {
      try {
        const connection = await connectHost(library, server, host, options)
        if (server.role === 'any' || fits(await inRecovery(connection))) return connection
        await connection.close(platform.clock)
        tried.push(`${host.host}:${host.port} is not ${server.role}`)
      } catch (error) {
        options.signal.throwIfAborted()
        // A login that is refused is refused on every host of the cluster.
        if (!isPassing(error)) throw error
        last = error
        tried.push(hosts.length > 1 ? `${host.host}:${host.port}: ${reasonOf(error)}` : reasonOf(error))
      }
    }
  }
  throw new MillraceError(
    'POSTGRES_UNREACHABLE',
    { server: server.shown, what: 'log in', withinMs: options.withinMs, tried },
    { cause: last },
  )
}

const inRecovery = async (connection: Connection): Promise<boolean> =>
  (await connection.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')).rows[0]!.standby

async function connectHost(
  library: PostgresLibrary,
  server: Server,
  host: Host,
  options: Required<Pick<OpenOptions, 'withinMs'>> & OpenOptions,
): Promise<Connection> {
  const [first, second] = server.tls
  try {
    return await session(library, server, host, first!, options)
  } catch (error) {
    if (second === undefined || options.signal.aborted || !wantsOther(first!, error as Error & { code?: string })) throw error
    return session(library, server, host, second, options)
  }
}

/** `prefer`: the server has no TLS. `allow`: it lets nobody in without. */
const wantsOther = (tried: TlsChoice, error: Error & { code?: string }): boolean =>
  tried === false ? error.code === '28000' : isTlsFailure(error)

async function session(
  library: PostgresLibrary,
  server: Server,
  host: Host,
  tls: TlsChoice,
  options: Required<Pick<OpenOptions, 'withinMs'>> & OpenOptions,
): Promise<Connection> {
  const client = new library.pg.Client(clientConfig(server, host, tls, options))
  const connection = new Connection(client, library, server, options.signal)
  try {
    await client.connect()
    if (server.silentMs > 0) streamOf(client).setTimeout(server.silentMs, () => connection.destroy())
    await client.query(beginnings(server))
    if (server.searchPath !== undefined) await client.query("SELECT set_config('search_path', $1, false)", [server.searchPath])
  } catch (error) {
    connection.destroy()
    throw error
  }
  if (server.initStatement === undefined) return connection
  try {
    await client.query(server.initStatement)
    return connection
  } catch (error) {
    connection.destroy()
    throw isPassing(error) ? error : asMillraceError(error, 'run the sessionInitStatement', server)
  }
}

function clientConfig(
  server: Server,
  { host, port }: Host,
  tls: TlsChoice,
  { withinMs, applicationName }: Required<Pick<OpenOptions, 'withinMs'>> & OpenOptions,
): ClientConfig {
  const name = applicationName ?? server.applicationName ?? 'millrace'
  return {
    host,
    port,
    database: server.database,
    user: server.user,
    ...(server.password !== undefined && { password: server.password }),
    ...(server.startOptions !== undefined && { options: server.startOptions }),
    ssl: tls === false ? false : { ...tls, ...({ host } as object) },
    application_name: name,
    connectionTimeoutMillis: Math.ceil(withinMs),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
}

/** What all that is read and written relies on. */
const beginnings = ({ statementMs }: Server): string =>
  [
    "SET client_encoding = 'UTF8'",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    `SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
    `SET statement_timeout = ${statementMs}`,
  ].join('; ')

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map(item => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
