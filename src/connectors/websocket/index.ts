import { MillraceError } from '../../errors/index.ts'
import {
  batchFromRows,
  binaryType,
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
import { type OptionValues, readOptions } from '../options.ts'
import { clientOptions, headersOf, urlOf } from '../web/client-options.ts'
import { shownUrl } from '../web/shown-url.ts'
import { type ListenerParts, SocketListener } from './listener.ts'

const FORMAT = 'websocket'
const { bearerToken, user, password, 'header.*': header } = clientOptions('source')
const source = <const T extends object>(spec: T) => ({ side: 'source', ...spec }) as const

const OPTIONS = {
  url: source({ type: 'string', describe: 'Where, `ws://` or `wss://`; may stand in load() instead.', example: 'wss://feed.example/v1' }),
  subscribe: source({
    type: 'string',
    describe: 'Sent when a connection opens: one message, or a JSON array of texts for several.',
    example: '{"op":"subscribe","channel":"trades"}',
  }),
  protocols: source({ type: 'string', describe: 'Subprotocols that are offered, comma separated.', example: 'graphql-transport-ws' }),
  payload: source({
    type: 'enum',
    values: ['text', 'binary'],
    default: 'text',
    describe: 'Is the column `data` string or binary? Both kinds of messages go into it.',
  }),
  pingMessage: source({
    type: 'string',
    describe: 'Sent every `pingInterval`, for services that want to hear something.',
    example: '{"op":"ping"}',
  }),
  pingInterval: source({ type: 'interval', describe: 'How often `pingMessage` is sent.', default: '30 seconds' }),
  idleTimeout: source({
    type: 'interval',
    describe:
      'A connection on which no message comes for so long is made anew; 0 = never. A quiet one is cut too, so choose more than its longest pause.',
    default: '0',
    example: '1 minute',
  }),
  bearerToken,
  user,
  password,
  'header.*': header,
  timeout: source({ type: 'interval', describe: 'How long opening a connection may take.', default: '30 seconds' }),
  retryFor: source({ type: 'interval', describe: 'How long connecting is tried before the query ends.', default: '5 minutes' }),
  maxLogBytes: source({
    type: 'integer',
    describe: 'When so much waits the connection is closed until batches have taken some on.',
    default: '268435456',
    min: 1,
  }),
  maxEventsPerTrigger: source({ type: 'integer', describe: 'At most so many messages a batch.', min: 1 }),
} as const
type Values = OptionValues<typeof OPTIONS>

const read = ({ options }: Pick<ConnectorContext, 'options'>): Values =>
  readOptions(OPTIONS, options, { format: FORMAT, side: 'source', mode: 'stream' })

const schemaOf = ({ payload }: Values): StructType =>
  structType([field('data', payload === 'binary' ? binaryType : stringType, false), field('receivedAt', timestampType, false)])

const decoder = new TextDecoder()
const rowsIn =
  (schema: StructType, binary: boolean) =>
  (arrivals: readonly Arrival[]): RowBatch =>
    batchFromRows(
      schema,
      arrivals.map(({ at, body }) => [binary ? body : decoder.decode(body), Timestamp.fromMicros(BigInt(at) * 1000n)]),
    )

/** `["a","b"]` is two messages; any other text is one. */
function messagesOf(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list) && list.every(item => typeof item === 'string')) return list
  } catch {
    // not JSON: a text like any other
  }
  return [text]
}

function partsOf(values: Values, { paths, platform, warn }: SourceContext): ListenerParts {
  return {
    platform,
    url: urlOf(values.url, paths, FORMAT, ['ws:', 'wss:']),
    headers: headersOf({ ...values }, FORMAT),
    protocols: values.protocols?.split(',').map(p => p.trim()) ?? [],
    subscribe: messagesOf(values.subscribe),
    ping: values.pingMessage === undefined ? undefined : { message: values.pingMessage, everyMs: Math.max(1, values.pingInterval) },
    idleTimeoutMs: values.idleTimeout,
    timeoutMs: Math.max(1, values.timeout),
    retryForMs: values.retryFor,
    binary: values.payload === 'binary',
    warn,
  }
}

async function openWebSocket(context: SourceContext): Promise<ArrivalSource> {
  const values = read(context)
  const parts = partsOf(values, context)
  const log = await ArrivalLog.open(context.log, context.platform, context.warn)
  if (log.end >= 0) {
    context.warn({
      code: 'WEBSOCKET_GAP',
      message: `what ${shownUrl(parts.url)} sent since the query was stopped is lost`,
      hint: 'WebSocket has no way to go on where one was.',
    })
  }
  const schema = schemaOf(values)
  return ArrivalSource.open({
    description: `WebSocket[${shownUrl(parts.url)}]`,
    schema,
    log,
    openFeed: async query => new SocketListener(parts, log, query),
    rowsOf: rowsIn(schema, parts.binary),
    maxEventsPerTrigger: values.maxEventsPerTrigger,
    maxLogBytes: values.maxLogBytes,
  })
}

/** Messages of a WebSocket server. */
export const connector: Connector = {
  name: FORMAT,
  summary:
    'Messages of a WebSocket server. What came is kept in the checkpoint; what is sent while nobody is connected is lost, as the protocol has no way to go on: each gap is told.',
  options: OPTIONS,
  fixedSchema: context => {
    if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: FORMAT })
    return schemaOf(read(context))
  },
  source: openWebSocket,
  replayable: true,
  gaps: 'what the server sends while nobody is connected: WebSocket has no way to go on where one was',
}
