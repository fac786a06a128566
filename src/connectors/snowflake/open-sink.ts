import { MillraceError } from '../../errors/index.ts'
import type { Sink, SinkContext } from '../contract.ts'
import { appendsAgain, loggedIn } from './earlier.ts'
import { readSettings, type SnowflakeSettings } from './login/settings.ts'
import { prepareTarget, type Target } from './prepare-target.ts'
import { inSession } from './sql/in-session.ts'
import { type ObjectName, objectName, shownName, shownSchema, sqlName } from './sql/names.ts'
import { allowed, makeStage, type Session } from './sql/session.ts'
import { createStaged, stagePath } from './sql/statements.ts'
import { BatchRecord } from './stage/batch-record.ts'
import { StageSink } from './stage/stage-sink.ts'
import { writeMethod } from './write-method.ts'

/** A stage and a table that show whether such may be made; both end with their session. */
const TRIAL = 'MILLRACE_TRIAL'

/** Opens the sink of a streaming query: login, table, columns and rights are looked at before the first batch. */
export async function openSink(context: SinkContext): Promise<Sink> {
  const settings = await readSettings(context, { side: 'sink', mode: 'stream' })
  const { login, values, table } = settings
  if (!table) throw new MillraceError('SNOWFLAKE_TABLE_NEEDED', { problem: 'dbtable is not given' })
  const method = writeMethod({ ...values, proof: login.proof.kind, outputMode: context.outputMode })
  if (method === 'streaming') return (await import('./streaming/open-streaming.ts')).openStreaming(context, settings, table)
  return openStage(context, settings, table)
}

async function openStage(context: SinkContext, settings: SnowflakeSettings, table: ObjectName): Promise<Sink> {
  const { login, values, timeZone } = settings
  const batchTable = objectName('batchTable', values.batchTable, table)
  const record = new BatchRecord(batchTable, table, context)
  const named =
    values.streaming_stage === undefined ? undefined : objectName('streaming_stage', values.streaming_stage.replace(/^@/, ''), login)
  const stage = named && { sql: sqlName(named), shown: shownName(named) }
  const path = `millrace/${context.queryId}`
  const target = await inSession(context, settings, `look at ${shownName(table)}`, async (session, signal): Promise<Target> => {
    const found = await prepareTarget(session, table, context.schema!, settings, context.outputMode, signal)
    if (stage) {
      // What died runs left behind; and it tells whether the stage is there.
      const grant = `GRANT READ, WRITE ON STAGE ${stage.shown}`
      await allowed(session, `REMOVE ${stagePath(stage.sql, path)}`, `use the stage ${stage.shown}`, grant, signal)
    } else await makeStage(session, TRIAL, login, signal)
    const grant = `GRANT CREATE TABLE ON SCHEMA ${shownSchema(login)}`
    await allowed(session, createStaged(TRIAL, 1), 'make a temporary table', grant, signal)
    if (appendsAgain(context, found.effect.kind, values.reprocess) && (await hasRows(session, table, signal))) {
      throw new MillraceError('SNOWFLAKE_REPROCESS', { table: shownName(table) })
    }
    const { known } = await record.claim(session, context.lastCommitted, loggedIn(context), signal)
    if (!known && context.uncommitted) context.warn(forgotten(shownName(batchTable), context.uncommitted.last))
    return found
  })
  const { platform } = context
  return new StageSink({ platform, login, table, ...target, record, stage, path, timeZone, retryMs: values.retryTimeout, batchTable })
}

async function hasRows({ connection }: Session, table: ObjectName, signal: AbortSignal): Promise<boolean> {
  return (await connection.run(`SELECT 1 AS X FROM ${sqlName(table)} LIMIT 1`, signal)).rows.length > 0
}

const forgotten = (batchTable: string, batch: number) => ({
  code: 'SNOWFLAKE_BATCH_UNKNOWN',
  message: `${batchTable} has no row of this query, so nobody knows whether batch ${batch} was written: it is written now`,
  hint: 'Where the table was dropped or another batchTable is named, look whether rows of that batch are there twice.',
})
