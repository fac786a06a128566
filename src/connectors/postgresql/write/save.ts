import { MillraceError } from '../../../errors/index.ts'
import type { Output, SaveContext } from '../../contract.ts'
import { findTable } from '../catalog.ts'
import { type Connection, connect } from '../connection.ts'
import { asMillraceError } from '../failure.ts'
import { tableOption } from '../identifiers.ts'
import { type PostgresSettings, readSettings } from '../settings.ts'
import { checkRights } from './privileges.ts'
import { levelOf, neededTable } from './sink.ts'
import { resolveTarget, type TargetRequest } from './target.ts'
import { writeRows } from './write-rows.ts'

/** A batch write in one transaction: whole or not at all, for readers and after a crash. */
export async function saveRows(context: SaveContext, output: Output, format: string): Promise<void> {
  const settings = await readSettings(context, { format, side: 'sink', mode: 'batch' })
  const { server, options } = settings
  const name = tableOption('dbtable', neededTable(settings), format)
  const signal = new AbortController().signal
  const connection = await connect(server, context.platform, { signal })
  try {
    await connection.query(`BEGIN ISOLATION LEVEL ${levelOf(options.isolationLevel)}`)
    const kind = context.mode === 'append' && options.keyColumns !== undefined ? 'upsert' : 'append'
    const request: TargetRequest = { name, schema: output.schema, kind, options, create: true }
    if (await prepare(connection, request, context.mode, settings)) {
      const target = await resolveTarget(connection, request)
      await checkRights(connection, target)
      await writeRows(connection, target, output, context.conf('spark.sql.session.timeZone') ?? 'UTC')
      await connection.query('COMMIT')
    }
  } catch (error) {
    throw asMillraceError(error, `write to ${name.sql}`, server)
  } finally {
    await connection.close(context.platform.clock)
  }
}

/** What the mode says of a table that is there; false when there is nothing to do. */
async function prepare(
  connection: Connection,
  { name }: TargetRequest,
  mode: SaveContext['mode'],
  { options }: PostgresSettings,
): Promise<boolean> {
  const found = mode === 'append' ? undefined : await findTable(connection, name)
  if (!found) return true
  if (mode === 'ignore') return false
  if (mode === 'error') throw new MillraceError('POSTGRES_TABLE_EXISTS', { table: found.name.sql })
  const { sql } = found.name
  await connection.query(options.truncate ? `TRUNCATE TABLE ${sql}${options.cascadeTruncate ? ' CASCADE' : ''}` : `DROP TABLE ${sql}`)
  return true
}
