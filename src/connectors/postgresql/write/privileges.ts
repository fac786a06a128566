import { MillraceError } from '../../../errors/index.ts'
import type { Connection } from '../connection.ts'
import { quoted } from '../identifiers.ts'
import type { Target, WriteKind } from './target.ts'

type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'

const NEEDED: Readonly<Record<WriteKind, readonly Right[]>> = {
  append: ['INSERT'],
  upsert: ['SELECT', 'INSERT', 'UPDATE'],
  replace: ['INSERT', 'DELETE'],
}

/** Refuses a user who may not do what the writing does, with what an owner would run. @throws POSTGRES_NOT_PERMITTED */
export async function checkRights(connection: Connection, { table, pairs, kind }: Target): Promise<void> {
  const columns = pairs.map(pair => pair.column.name)
  const missing: Right[] = []
  for (const right of NEEDED[kind]) if (!(await hasRight(connection, table.oid, columns, right))) missing.push(right)
  const grants: string[] = []
  const user = quoted(connection.server.user)
  if (missing.length > 0) grants.push(`GRANT ${missing.join(', ')} ON ${table.name.sql} TO ${user};`)
  if (kind === 'upsert' && !(await mayMakeTemporary(connection))) {
    grants.push(`GRANT TEMPORARY ON DATABASE ${quoted(connection.server.database)} TO ${user};`)
  }
  if (grants.length === 0) return
  const reason = missing.length > 0 ? `${missing.join(', ')} on ${table.name.sql} is missing` : 'it may not make temporary tables'
  throw new MillraceError('POSTGRES_NOT_PERMITTED', { what: `write to ${table.name.sql}`, user: connection.server.user, reason, grants })
}

/** On the whole table, or on each column that is written. Rows are deleted whole. */
async function hasRight(connection: Connection, table: number, columns: readonly string[], right: Right): Promise<boolean> {
  const each = right === 'DELETE' ? 'false' : '(SELECT bool_and(has_column_privilege($1::oid, name, $2)) FROM unnest($3::text[]) AS name)'
  const values = right === 'DELETE' ? [table, right] : [table, right, columns]
  const { rows } = await connection.query<{ has: boolean | null }>(`SELECT has_table_privilege($1::oid, $2) OR ${each} AS has`, values)
  return rows[0]!.has === true
}

async function mayMakeTemporary(connection: Connection): Promise<boolean> {
  const { rows } = await connection.query<{ may: boolean }>("SELECT has_database_privilege(current_database(), 'TEMPORARY') AS may")
  return rows[0]!.may
}
