import { MillraceError } from '../../../errors/index.ts'
import type { Login } from '../login/settings.ts'
import { Connection } from './connection.ts'
import { type ObjectName, quoted, shownName, shownPart, shownSchema, sqlName } from './names.ts'
import { isForbidden, isMissing } from './refusal.ts'
import { columnOf, type SnowflakeColumn } from './types.ts'

/** A connection that stands where the options say, and the role it works as. */
export interface Session {
  readonly connection: Connection
  /** For GRANT. */
  readonly role: string
}

const CLOSE_MS = 3000
export const closeQuietly = (connection: Connection | undefined): Promise<void> =>
  connection === undefined ? Promise.resolve() : connection.close(AbortSignal.timeout(CLOSE_MS))

/**
 * Logs in and looks whether role, warehouse, database and schema are there; `bare`: no warehouse is needed.
 *
 * @throws SNOWFLAKE_LOGIN_REFUSED, SNOWFLAKE_NOT_THERE, SNOWFLAKE_NO_WAREHOUSE; a passing Refusal
 */
export async function openSession(login: Login, signal: AbortSignal, { bare = false } = {}): Promise<Session> {
  const connection = await Connection.open(login, signal)
  try {
    const found = await connection.run('SELECT CURRENT_ROLE() AS "ROLE", CURRENT_WAREHOUSE() AS "WAREHOUSE"', signal)
    const role = login.role ?? textOf(found.rows[0]?.['ROLE']) ?? 'PUBLIC'
    const session = { connection, role }
    const { warehouse, database, schema } = login
    if (warehouse !== undefined) {
      await there(
        session,
        `USE WAREHOUSE ${quoted(warehouse)}`,
        'warehouse',
        warehouse,
        `GRANT USAGE ON WAREHOUSE ${shownPart(warehouse)}`,
        signal,
      )
    } else if (!bare && textOf(found.rows[0]?.['WAREHOUSE']) === undefined) {
      throw new MillraceError('SNOWFLAKE_NO_WAREHOUSE', { user: login.user })
    }
    await there(session, `USE DATABASE ${quoted(database)}`, 'database', database, `GRANT USAGE ON DATABASE ${shownPart(database)}`, signal)
    const within = `${shownPart(database)}.${shownPart(schema)}`
    await there(session, `USE SCHEMA ${quoted(database)}.${quoted(schema)}`, 'schema', within, `GRANT USAGE ON SCHEMA ${within}`, signal)
    return session
  } catch (error) {
    await closeQuietly(connection)
    throw error
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

async function there(
  { connection, role }: Session,
  sql: string,
  kind: string,
  name: string,
  grant: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.run(sql, signal)
  } catch (error) {
    if (!isMissing(error) && !isForbidden(error)) throw error
    throw missing(kind, name, role, grant)
  }
}

export const missing = (kind: string, name: string, role: string, grant: string): MillraceError =>
  new MillraceError('SNOWFLAKE_NOT_THERE', { kind, name, role: `role ${shownPart(role)}`, remedy: `${grant} TO ROLE ${shownPart(role)};` })

/** Runs a statement that needs a right. @throws SNOWFLAKE_NOT_ALLOWED with the GRANT */
export async function allowed({ connection, role }: Session, sql: string, what: string, grant: string, signal: AbortSignal): Promise<void> {
  try {
    await connection.run(sql, signal)
  } catch (error) {
    if (!isForbidden(error) && !isMissing(error)) throw error
    const reason = (error as Error).message
    throw new MillraceError('SNOWFLAKE_NOT_ALLOWED', {
      what,
      role: `role ${shownPart(role)}`,
      reason,
      remedy: `${grant} TO ROLE ${shownPart(role)};`,
    })
  }
}

/** A temporary stage of this session. @throws SNOWFLAKE_NOT_ALLOWED with the GRANT */
export function makeStage(
  session: Session,
  name: string,
  within: Pick<ObjectName, 'database' | 'schema'>,
  signal: AbortSignal,
): Promise<void> {
  const sql = `CREATE TEMPORARY STAGE IF NOT EXISTS ${quoted(name)}`
  return allowed(session, sql, 'make a temporary stage', `GRANT CREATE STAGE ON SCHEMA ${shownSchema(within)}`, signal)
}

/** The columns of a table; undefined where there is none, or it may not be seen. */
export async function describeTable(
  { connection }: Session,
  table: ObjectName,
  signal: AbortSignal,
): Promise<readonly SnowflakeColumn[] | undefined> {
  try {
    const { rows } = await connection.run(`DESCRIBE TABLE ${sqlName(table)}`, signal)
    return rows
      .filter(row => (row['kind'] ?? 'COLUMN') === 'COLUMN')
      .map(row => {
        const preset = textOf(row['default'])
        return columnOf({
          name: String(row['name']),
          type: String(row['type']),
          nullable: row['null?'] !== 'N',
          hasDefault: preset !== undefined,
          generated: textOf(row['expression']) !== undefined,
        })
      })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** For whoever finds no table: how it would be made for these rows. */
export function missingTable(table: ObjectName, columns: readonly (readonly [string, string])[], role: string): MillraceError {
  const lines = columns.map(([name, type]) => `${shownPart(name.toUpperCase())} ${type}`).join(', ')
  const remedy = `GRANT SELECT, INSERT ON TABLE ${shownName(table)} TO ROLE ${shownPart(role)}; or make it: CREATE TABLE ${shownName(table)} (${lines});`
  return new MillraceError('SNOWFLAKE_NOT_THERE', { kind: 'table', name: shownName(table), role: `role ${shownPart(role)}`, remedy })
}
