import { MillraceError } from '../../../errors/index.ts'
import type { Sink, SinkContext } from '../../contract.ts'
import { appendsAgain, loggedIn } from '../earlier.ts'
import type { SnowflakeSettings } from '../login/settings.ts'
import { matchColumns } from '../prepare-target.ts'
import { inSession } from '../sql/in-session.ts'
import { type ObjectName, objectName, shownName } from '../sql/names.ts'
import type { Session } from '../sql/session.ts'
import { StreamingClient } from './client.ts'
import { StreamingSink } from './streaming-sink.ts'

/** Opens the sink over Snowpipe Streaming. The table is looked at by SQL first: the service itself would leave out, row by row, what does not fit. */
export async function openStreaming(context: SinkContext, settings: SnowflakeSettings, table: ObjectName): Promise<Sink> {
  const { login, values, timeZone } = settings
  const { platform, queryId, warn } = context
  if (login.proof.kind !== 'key') throw new MillraceError('SNOWFLAKE_WRITE_METHOD', { problem: 'it takes key pairs only' })
  if (values.keyColumns !== undefined)
    throw new MillraceError('SNOWFLAKE_WRITE_METHOD', { problem: 'it only adds rows, and keyColumns asks to replace them' })
  // Whether the table has rows would need a warehouse.
  if (appendsAgain(context, 'add', values.reprocess)) throw new MillraceError('SNOWFLAKE_REPROCESS', { table: shownName(table) })
  if (login.role !== undefined) {
    const message = 'Snowpipe Streaming writes with the default role of the user; sfRole is used to look at the table only'
    warn({ code: 'SNOWFLAKE_DEFAULT_ROLE', message })
  }
  const pipe =
    values.streamingPipe === undefined
      ? { ...table, name: `${table.name}-STREAMING` }
      : objectName('streamingPipe', values.streamingPipe, table)
  const channel = `MILLRACE_${queryId.replaceAll('-', '_').toUpperCase()}`
  const look = (session: Session, signal: AbortSignal) => matchColumns(session, table, context.schema!, values, signal)
  const pairs = await inSession(context, settings, `look at ${shownName(table)}`, look, { bare: true })
  const client = new StreamingClient(platform, login, login.proof.key, pipe, channel)
  const sink = new StreamingSink({
    platform,
    client,
    url: login.url,
    table,
    channel,
    pairs,
    timeZone,
    retryMs: values.retryTimeout,
    uncommitted: context.uncommitted?.last ?? -1,
    logged: loggedIn(context),
    rejectedRows: values.rejectedRows as 'fail' | 'warn',
    warn,
  })
  await sink.open(new AbortController().signal)
  return sink
}
