import { MillraceError } from '../../../errors/index.ts'
import { batchFromRows, type RowBatch, type StructType } from '../../../types/index.ts'
import type { BatchesScan, ConnectorContext } from '../../contract.ts'
import { readSettings, type SnowflakeSettings } from '../login/settings.ts'
import { inSession } from '../sql/in-session.ts'
import { sqlName } from '../sql/names.ts'
import { again } from '../sql/retry.ts'
import { closeQuietly, openSession } from '../sql/session.ts'
import { exactTimes, rowReader, schemaOf } from './values.ts'

const ROWS_A_BATCH = 8192

/** What is read, as a query. @throws SNOWFLAKE_TABLE_NEEDED, CONFLICTING_OPTIONS */
function queryOf({ values, table }: SnowflakeSettings): string {
  if (values.query !== undefined && table) {
    throw new MillraceError('CONFLICTING_OPTIONS', {
      options: ['dbtable', 'query'],
      format: 'snowflake',
      why: 'one table or one query is read',
    })
  }
  if (values.query !== undefined) return values.query.replace(/;\s*$/, '')
  if (!table) throw new MillraceError('SNOWFLAKE_TABLE_NEEDED', { problem: 'neither dbtable nor query is given' })
  return `SELECT * FROM ${sqlName(table)}`
}

/** The columns of a table or query. */
export async function readSchema(context: ConnectorContext): Promise<StructType> {
  if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: 'snowflake' })
  const settings = await readSettings(context, { side: 'source', mode: 'batch' })
  const query = queryOf(settings)
  return inSession(context, settings, 'look at the columns', async ({ connection }, signal) => {
    const { columns, rows } = await connection.read(`SELECT * FROM (${query}) AS Q LIMIT 0`, signal)
    for await (const _ of rows) break
    return schemaOf(columns)
  })
}

/** A batch read: rows in parts, as the server gives them. */
export async function openScan(context: ConnectorContext): Promise<BatchesScan> {
  const settings = await readSettings(context, { side: 'source', mode: 'batch' })
  const query = queryOf(settings)
  const schema = context.schema ?? (await readSchema(context))
  return { kind: 'batches', schema, batches: { [Symbol.asyncIterator]: () => readBatches(context, settings, query, schema) } }
}

async function* readBatches(
  context: ConnectorContext,
  { login, values }: SnowflakeSettings,
  query: string,
  schema: StructType,
): AsyncGenerator<RowBatch> {
  const { signal } = new AbortController()
  const retry = { platform: context.platform, url: login.url, what: 'read', timeoutMs: values.retryTimeout, signal }
  // Only the beginning is tried again: rows that were handed on cannot be taken back.
  const begun = await again(async () => {
    const session = await openSession(login, signal)
    try {
      const { columns, rows } = await session.connection.read(query, signal)
      const exact = exactTimes(query, columns)
      if (exact === undefined) return { session, columns, rows }
      for await (const _ of rows) break
      return { session, columns, rows: (await session.connection.read(exact, signal)).rows }
    } catch (error) {
      await closeQuietly(session.connection)
      throw error
    }
  }, retry)
  try {
    const read = rowReader(begun.columns)
    let waiting: (readonly unknown[])[] = []
    for await (const row of begun.rows) {
      waiting.push(read(row))
      if (waiting.length < ROWS_A_BATCH) continue
      yield batchFromRows(schema, waiting)
      waiting = []
    }
    if (waiting.length > 0) yield batchFromRows(schema, waiting)
  } finally {
    await closeQuietly(begun.session.connection)
  }
}
