import { MillraceError } from '../../errors/index.ts'
import { ArrivalLog } from '../arrivals/log.ts'
import { ArrivalSource } from '../arrivals/source.ts'
import type { Connector, ConnectorContext, SourceContext } from '../contract.ts'
import { type OptionValues, readOptions } from '../options.ts'
import { identityFiles } from '../web/tls-files.ts'
import type { BodyForm } from './body.ts'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import { WEBHOOK_OPTIONS } from './options.ts'
import { webhookRows, webhookSchema } from './rows.ts'
import type { SchemeName } from './signature.ts'

const FORMAT = 'webhook'
const USE = { format: FORMAT, side: 'source', mode: 'stream' } as const
type Values = OptionValues<typeof WEBHOOK_OPTIONS>

/** Ids of deliveries as services send them. */
const ID_HEADERS = ['x-github-delivery', 'webhook-id', 'x-shopify-webhook-id', 'idempotency-key', 'x-request-id']

const invalid = (option: string, value: string, expected: string) =>
  new MillraceError('INVALID_OPTION', { option, format: FORMAT, value, expected })
const missing = (option: string, describe: string) => new MillraceError('MISSING_OPTION', { option, format: FORMAT, describe })

/** The options, with what they must be together. Needs no I/O. */
function checked(context: Pick<ConnectorContext, 'options'>): Values {
  const values = readOptions(WEBHOOK_OPTIONS, context.options, USE)
  if (values.port > 65_535) throw invalid('port', String(values.port), 'a port from 0 to 65535')
  if (!values.path.startsWith('/')) throw invalid('path', values.path, 'a path that begins with /')
  if (!/^[A-Za-z]+(\s*,\s*[A-Za-z]+)*$/.test(values.method)) throw invalid('method', values.method, 'methods such as POST,PUT')
  if (values.signature !== undefined && !values.signatureSecret) throw missing('signatureSecret', 'What requests are signed with.')
  if (values.signature === undefined && values.signatureSecret !== undefined) {
    throw missing('signature', 'Which service signs the requests.')
  }
  if (values.token === '') throw missing('token', 'Senders must show it; an empty one shows nothing.')
  if (values.tokenHeader !== undefined && values.token === undefined) throw missing('token', `What "tokenHeader" holds.`)
  if ((values.tlsCertFile === undefined) !== (values.tlsKeyFile === undefined)) {
    throw missing(values.tlsCertFile === undefined ? 'tlsCertFile' : 'tlsKeyFile', 'HTTPS needs a certificate and its key.')
  }
  return values
}

const isLoopback = (host: string): boolean => /^(localhost|127\.|::1$|\[::1\]$)/.test(host)

async function endpointOptions(values: Values, { platform }: SourceContext): Promise<EndpointOptions> {
  const secrets = [values.signatureSecret, values.previousSignatureSecret].filter(s => s !== undefined && s !== '') as string[]
  const tls =
    values.tlsCertFile === undefined
      ? undefined
      : await identityFiles(
          platform.files,
          { cert: 'tlsCertFile', key: 'tlsKeyFile' },
          { cert: values.tlsCertFile, key: values.tlsKeyFile!, passphrase: values.tlsKeyPassphrase },
        )
  return {
    host: values.host,
    port: values.port,
    path: values.path,
    methods: values.method.toUpperCase().split(/\s*,\s*/),
    form: values.body as BodyForm,
    token: values.token === undefined ? undefined : { value: values.token, header: values.tokenHeader },
    signature:
      values.signature === undefined
        ? undefined
        : { scheme: values.signature as SchemeName, secrets, toleranceMs: values.signatureTolerance },
    idHeaders: values.idHeader === undefined ? ID_HEADERS : [values.idHeader.toLowerCase()],
    maxBodyBytes: values.maxBodyBytes,
    maxHeaderBytes: values.maxHeaderBytes,
    maxConnections: values.maxConnections,
    requestTimeoutMs: values.requestTimeout,
    retryAfterMs: values.retryAfter,
    tls,
  }
}

async function openWebhook(context: SourceContext): Promise<ArrivalSource> {
  const values = checked(context)
  const options = await endpointOptions(values, context)
  if (!isLoopback(values.host) && !options.token && !options.signature) {
    context.warn({
      code: 'WEBHOOK_OPEN_TO_ALL',
      message: `the webhook on ${values.host}:${values.port} takes requests of anybody who reaches it`,
      hint: 'Set "token", or "signature" and "signatureSecret".',
    })
  }
  const log = await ArrivalLog.open(context.log, context.platform, context.warn)
  const schema = webhookSchema(options.form)
  return ArrivalSource.open({
    description: `Webhook[${values.tlsCertFile === undefined ? 'http' : 'https'}://${values.host}:${values.port}${values.path}]`,
    schema,
    log,
    openFeed: query => Endpoint.open(options, log, query, context.platform),
    rowsOf: webhookRows(schema, options.form),
    maxEventsPerTrigger: values.maxEventsPerTrigger,
    maxLogBytes: values.maxLogBytes,
  })
}

/** An HTTP endpoint others send events to. */
export const connector: Connector = {
  name: FORMAT,
  summary:
    'An HTTP endpoint that others send events to. A request is answered 2xx once it is durable in the checkpoint, so what was acknowledged is never lost.',
  options: WEBHOOK_OPTIONS,
  fixedSchema: context => {
    if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: FORMAT })
    return webhookSchema(checked(context).body as BodyForm)
  },
  // the path of a URL may be that of a directory too: it is none
  schema: async context => webhookSchema(checked(context).body as BodyForm),
  source: openWebhook,
  replayable: true,
}
