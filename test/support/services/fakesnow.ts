import { randomBytes } from 'node:crypto'
import { type FakesnowAddresses, fakesnowService } from '../../../scripts/services/fakesnow.ts'
import { snowflakeLibrary } from '../../../src/connectors/snowflake/library.ts'
import { shared } from './shared.ts'

/** The Snowflake of this test run: DuckDB behind Snowflake's protocol. */
export const fakesnow = async (): Promise<FakesnowAddresses> => (await shared(fakesnowService)).addresses

/** A database that no other test has; it is made by the first login. */
export const databaseName = (name = 'TEST'): string => `${name}_${randomBytes(4).toString('hex')}`.toUpperCase()

export type SqlRow = Record<string, unknown>

/** Snowflake's own driver, without anything of ours in between: statements one after the other. */
export interface SqlClient extends AsyncDisposable {
  run(sql: string): Promise<SqlRow[]>
}

export async function sqlClient(database: string, url?: string): Promise<SqlClient> {
  const library = await snowflakeLibrary()
  const accessUrl = url ?? (await fakesnow()).url
  const connection = library.createConnection({ account: 'test', username: 'tester', password: 'x', accessUrl, database, schema: 'PUBLIC' })
  await new Promise<void>((resolve, reject) => connection.connect(error => (error ? reject(error) : resolve())))
  return {
    run: sqlText =>
      new Promise((resolve, reject) => {
        connection.execute({ sqlText, complete: (error, _, rows) => (error ? reject(error) : resolve((rows ?? []) as SqlRow[])) })
      }),
    [Symbol.asyncDispose]: () => new Promise(resolve => connection.destroy(() => resolve())),
  }
}
