import { MillraceError } from '../../errors/index.ts'
import {
  batchFromRows,
  field,
  type RowBatch,
  type StructType,
  stringType,
  structType,
  Timestamp,
  timestampType,
} from '../../types/index.ts'
import { ArrivalLog } from '../arrivals/log.ts'
import type { Arrival } from '../arrivals/segment.ts'
import { ArrivalSource } from '../arrivals/source.ts'
import type { Connector, ConnectorContext, SourceContext } from '../contract.ts'
import { readOptions } from '../options.ts'
import { headersOf, openClient, secretsOf, urlOf } from '../web/client-options.ts'
import { shownUrl } from '../web/shown-url.ts'
import { Listener } from './listener.ts'
import { SSE_OPTIONS } from './options.ts'

const FORMAT = 'sse'

export const SSE_SCHEMA: StructType = structType([
  field('id', stringType),
  field('event', stringType, false),
  field('data', stringType, false),
  field('receivedAt', timestampType, false),
])

const decoder = new TextDecoder()
const rowsOf = (arrivals: readonly Arrival[]): RowBatch =>
  batchFromRows(
    SSE_SCHEMA,
    arrivals.map(({ at, head, body }) => {
      const [id, event] = JSON.parse(head) as [string, string]
      return [id === '' ? null : id, event, decoder.decode(body), Timestamp.fromMicros(BigInt(at) * 1000n)]
    }),
  )

const read = ({ options }: Pick<ConnectorContext, 'options'>) =>
  readOptions(SSE_OPTIONS, options, { format: FORMAT, side: 'source', mode: 'stream' })

async function openSse(context: SourceContext): Promise<ArrivalSource> {
  const values = read(context)
  const { platform, warn } = context
  const url = urlOf(values.url, context.paths, FORMAT)
  const names = values.events?.split(',').map(name => name.trim())
  const headers = headersOf(values, FORMAT)
  const parts = {
    client: await openClient(values, FORMAT, platform),
    platform,
    url,
    headers,
    secrets: [...secretsOf(values), ...url.searchParams.values()],
    events: names && new Set(names),
    lastEventId: values.lastEventId,
    timeoutMs: values.timeout,
    idleTimeoutMs: values.idleTimeout,
    retryForMs: values.retryFor,
    warn,
  }
  const log = await ArrivalLog.open(context.log, platform, warn)
  return ArrivalSource.open({
    description: `EventStream[${shownUrl(url)}]`,
    schema: SSE_SCHEMA,
    log,
    openFeed: async query => new Listener(parts, log, query),
    rowsOf,
    maxEventsPerTrigger: values.maxEventsPerTrigger,
    maxLogBytes: values.maxLogBytes,
  })
}

/** Events of a server that keeps a connection open: `text/event-stream`. */
export const connector: Connector = {
  name: FORMAT,
  summary:
    'Server-sent events. After a broken connection or a restart it goes on from the last event in the checkpoint, where the server names ids.',
  options: SSE_OPTIONS,
  fixedSchema: context => {
    if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: FORMAT })
    read(context)
    return SSE_SCHEMA
  },
  source: openSse,
  replayable: true,
  gaps: 'what the server sends while nobody is connected, where it names no event ids to go on from',
}
