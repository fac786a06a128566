import { MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import type { Connector, ConnectorContext, SinkContext } from '../contract.ts'
import { type OptionUse, type OptionValues, readOptions } from '../options.ts'
import { headersOf, openClient, secretsOf, urlOf } from '../web/client-options.ts'
import { shownUrl } from '../web/shown-url.ts'
import type { LetterBox } from './dead-letters.ts'
import { HTTP_OPTIONS } from './options.ts'
import type { BodyForm } from './requests.ts'
import { delivered, HttpSink, type HttpSinkParts } from './sink.ts'

const FORMAT = 'http'
type Values = OptionValues<typeof HTTP_OPTIONS>

const CONTENT_TYPES: Readonly<Record<BodyForm, string>> = {
  row: 'application/json',
  array: 'application/json',
  ndjson: 'application/x-ndjson',
  text: 'text/plain; charset=utf-8',
}
/** As for bad records of a source. */
const MOST_LETTERS = 10_000

function acceptedOf(text: string | undefined): ReadonlySet<number> {
  const statuses = text?.split(',').map(s => s.trim()) ?? []
  if (statuses.every(s => /^[1-5]\d\d$/.test(s))) return new Set(statuses.map(Number))
  throw new MillraceError('INVALID_OPTION', { option: 'alsoAccept', format: FORMAT, value: text!, expected: 'statuses such as 409,412' })
}

function checkText(form: string, schema: StructType | undefined): void {
  if (form !== 'text' || !schema) return
  const column = schema.fields.find(f => f.name.toLowerCase() === 'value')
  if (column && ['string', 'binary'].includes(column.dataType.kind)) return
  throw new MillraceError('HTTP_NO_VALUE', { columns: schema.fields.map(f => f.name) })
}

async function lettersOf(values: Values, context: ConnectorContext, url: string, runId: string): Promise<LetterBox | undefined> {
  const path = values['deadLetters.path']
  const most = values['deadLetters.maxPerBatch']
  if (path === undefined) {
    if (most === undefined) return undefined
    throw new MillraceError('MISSING_OPTION', { option: 'deadLetters.path', format: FORMAT, describe: 'Where refused requests go.' })
  }
  return { store: await context.store(path), most: most ?? MOST_LETTERS, mayBeAll: most !== undefined, url, runId }
}

interface Run {
  readonly mode: OptionUse['mode']
  readonly queryId: string
  readonly runId: string
  readonly uncommitted?: SinkContext['uncommitted']
}

async function open(context: ConnectorContext, { mode, queryId, runId, uncommitted }: Run): Promise<HttpSink> {
  const values = readOptions(HTTP_OPTIONS, context.options, { format: FORMAT, side: 'sink', mode })
  const form = values.body as BodyForm
  if (values.secretUrl !== undefined && (values.url !== undefined || context.paths.length > 0)) {
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['secretUrl', 'url'], format: FORMAT, why: 'both say where' })
  }
  const url = urlOf(values.secretUrl ?? values.url, context.paths, FORMAT)
  const shown = values.secretUrl === undefined ? shownUrl(url) : `${url.origin}/…`
  url.hash = ''
  checkText(form, context.schema)
  const parts: HttpSinkParts = {
    client: await openClient(values, FORMAT, context.platform),
    platform: context.platform,
    url,
    shown,
    method: values.method,
    headers: { 'content-type': values.contentType ?? CONTENT_TYPES[form], ...headersOf(values, FORMAT) },
    secrets: [...secretsOf(values), ...url.searchParams.values()],
    shape: {
      form,
      json: { ignorenullfields: String(values.ignoreNullFields), timezone: context.conf('spark.sql.session.timeZone') ?? 'UTC' },
      maxRows: values.maxRowsPerRequest,
      maxBytes: values.maxBytesPerRequest,
      ordered: values.ordered,
    },
    concurrency: values.maxConcurrentRequests,
    keyHeader: values.idempotencyHeader,
    queryId,
    accepted: acceptedOf(values.alsoAccept),
    timeoutMs: values.timeout,
    deadlineMs: values.deadline,
    letters: await lettersOf(values, context, shown, runId),
    uncommitted,
    warn: context.warn,
  }
  return new HttpSink(parts)
}

/** Rows sent to an HTTP server. */
export const connector: Connector = {
  name: FORMAT,
  summary:
    'Sends rows to an HTTP server, one or many a request, with a key that is the same whenever the same rows of a batch are sent again.',
  options: HTTP_OPTIONS,
  sink: context => open(context, { ...context, mode: 'stream' }),
  delivers: options => delivered(readOptions(HTTP_OPTIONS, options, { format: FORMAT, side: 'sink', mode: 'stream' }).idempotencyHeader),
  save: async (context, output) => {
    const id = context.platform.ids.uuid()
    const sink = await open({ ...context, schema: output.schema }, { mode: 'batch', queryId: id, runId: id })
    try {
      await sink.write(0, output, { signal: new AbortController().signal })
    } finally {
      await sink.close()
    }
  },
  checkColumns: (_, partitionBy) => {
    if (partitionBy.length > 0)
      throw new MillraceError('NOT_SUPPORTED', { what: 'partitionBy() with format "http"', instead: 'Leave it out.' })
  },
}
