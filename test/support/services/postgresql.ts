import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { type PostgresAddresses, postgresService, type RunningPostgres } from '../../../scripts/services/postgresql.ts'
import { stopProcess } from '../../../scripts/services/server-process.ts'
import { runDirectory } from './run-directory.ts'
import { shared } from './shared.ts'

/** The server of this test run. */
export const postgresql = async (): Promise<PostgresAddresses> => (await shared(postgresService)).addresses

/** A database of one test's own, with a session of a foreign client in it. */
export interface Database extends AsyncDisposable {
  readonly name: string
  readonly server: PostgresAddresses
  /** `jdbc:postgresql://…`, without a login. */
  readonly url: string
  /** What a connector needs to get in. */
  readonly options: { readonly url: string; readonly user: string; readonly password: string }
  /** Rows of the last statement. */
  run<Row extends object = Record<string, any>>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** @example await using db = await database() */
export async function database(on?: PostgresAddresses): Promise<Database> {
  const server = on ?? (await postgresql())
  const name = `test_${randomBytes(5).toString('hex')}`
  const admin = await client(server, 'postgres')
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  let inside = await client(server, name)
  const url = `jdbc:postgresql://${server.host}:${server.port}/${name}`
  return {
    name,
    server,
    url,
    options: { url, user: server.user, password: server.password },
    run: async (sql, values) => {
      // A server that was restarted has hung up.
      const answer = await inside.query(sql, values && [...values]).catch(async (error: Error & { code?: string }) => {
        if (error.code !== undefined && !error.code.startsWith('57P')) throw error
        inside = await client(server, name)
        return inside.query(sql, values && [...values])
      })
      return [answer].flat().at(-1)!.rows
    },
    [Symbol.asyncDispose]: async () => {
      await inside.end().catch(() => {})
      const last = await client(server, 'postgres').catch(() => undefined)
      await last?.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await last?.end()
    },
  }
}

async function client({ host, port, user, password }: PostgresAddresses, database: string): Promise<pg.Client> {
  const made = new pg.Client({ host, port: Number(port), user, password, database })
  made.on('error', () => {})
  await made.connect()
  return made
}

/** A server that one test has to itself: it may be stopped, killed and started again on the same port with the same data. */
export interface OwnPostgres extends AsyncDisposable {
  readonly addresses: PostgresAddresses
  stop(): Promise<void>
  /** As `kill -9`. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** @example await using server = await ownPostgres() */
export async function ownPostgres(): Promise<OwnPostgres> {
  const dir = join(runDirectory(), `own-postgresql-${randomBytes(4).toString('hex')}`)
  let running: RunningPostgres = await postgresService.start({ dir })
  const end = (signal: 'SIGINT' | 'SIGKILL') => stopProcess(running.process, signal)
  return {
    addresses: running.addresses,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    start: async () => {
      running = await postgresService.start({ dir, ports: running.ports })
    },
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  }
}
