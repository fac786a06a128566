import { MillraceError } from '../../errors/index.ts'
import { type StructType, toSparkJson } from '../../types/index.ts'
import { ArrivalLog } from '../arrivals/log.ts'
import type { Arrival } from '../arrivals/segment.ts'
import { ArrivalSource } from '../arrivals/source.ts'
import type { BatchesScan, Connector, ConnectorContext, SourceContext } from '../contract.ts'
import { asNullable } from '../files/schema.ts'
import { type OptionValues, readOptions } from '../options.ts'
import { headersOf, openClient, secretsOf, urlOf } from '../web/client-options.ts'
import { jsonPath } from '../web/json-path.ts'
import { shownUrl } from '../web/shown-url.ts'
import { POLL_OPTIONS } from './options.ts'
import { type Pagination, paginations } from './pages.ts'
import { type PollPlan, pollPages } from './poll.ts'
import { Poller } from './poller.ts'
import { polledRows, TEXT_SCHEMA } from './rows.ts'

const FORMAT = 'http-poll'
type Values = OptionValues<typeof POLL_OPTIONS>

const missing = (option: string, describe: string) => new MillraceError('MISSING_OPTION', { option, format: FORMAT, describe })

function read(context: ConnectorContext | Pick<ConnectorContext, 'options' | 'streaming'>): Values {
  const values = readOptions(POLL_OPTIONS, context.options, {
    format: FORMAT,
    side: 'source',
    mode: context.streaming ? 'stream' : 'batch',
  })
  if (values.incrementalKey !== undefined && values.incrementalParameter === undefined) {
    throw missing('incrementalParameter', 'The parameter that takes the greatest key.')
  }
  if (values.incrementalParameter !== undefined && values.incrementalKey === undefined) {
    throw missing('incrementalKey', 'The JSONPath to the key in a row.')
  }
  if (values.answer !== 'json' && values.rows !== undefined) {
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['answer', 'rows'], format: FORMAT, why: 'only a JSON answer has paths' })
  }
  return values
}

function paginationOf(values: Values, base: URL): Pagination {
  const { nextPath, cursorPath, cursorParameter, pageParameter, firstPage } = values
  const needed = (option: 'nextPath' | 'cursorPath'): string => {
    const path = values[option]
    if (path === undefined) throw missing(option, POLL_OPTIONS[option].describe)
    return path
  }
  const make: Readonly<Record<string, () => Pagination>> = {
    none: paginations.none,
    link: () => paginations.link(base),
    next: () => paginations.next(base, jsonPath('nextPath', nextPath ?? needed('nextPath'))),
    cursor: () => paginations.cursor(jsonPath('cursorPath', cursorPath ?? needed('cursorPath')), cursorParameter),
    page: () => paginations.page(firstPage, pageParameter),
  }
  return make[values.pagination]!()
}

async function planOf(values: Values, context: ConnectorContext, repeating?: PollPlan['repeating']): Promise<PollPlan> {
  const url = urlOf(values.url, context.paths, FORMAT)
  url.hash = ''
  const key = values.incrementalKey
  const path = values.rows === undefined ? undefined : jsonPath('rows', values.rows)
  const incremental =
    key === undefined
      ? undefined
      : { key: jsonPath('incrementalKey', key), parameter: values.incrementalParameter!, start: values.incrementalStart }
  for (const [name, value] of Object.entries(values['param.*'])) url.searchParams.set(name, value)
  if (values.pagination === 'page') url.searchParams.set(values.pageParameter, String(values.firstPage))
  const headers = headersOf(values, FORMAT)
  return {
    client: await openClient(values, FORMAT, context.platform),
    platform: context.platform,
    url,
    headers,
    secrets: [...secretsOf(values), ...Object.values(values['param.*']), ...url.searchParams.values()],
    answer: values.answer as PollPlan['answer'],
    rows: path,
    pagination: paginationOf(values, url),
    incremental,
    timeoutMs: values.timeout,
    retryForMs: values.retryFor,
    maxAnswerBytes: values.maxAnswerBytes,
    ...(repeating && { repeating }),
  }
}

/** Options of the json format among them. */
function jsonOptions(values: Values, conf: ConnectorContext['conf']): Record<string, string> {
  const { mode, columnNameOfCorruptRecord, timestampFormat, dateFormat } = values
  return {
    timezone: conf('spark.sql.session.timeZone') ?? 'UTC',
    mode,
    columnnameofcorruptrecord: columnNameOfCorruptRecord,
    ...(timestampFormat !== undefined && { timestampformat: timestampFormat }),
    ...(dateFormat !== undefined && { dateformat: dateFormat }),
  }
}

const isOwn = (schema: StructType): boolean => JSON.stringify(toSparkJson(schema)) === JSON.stringify(toSparkJson(TEXT_SCHEMA))

/** The declared schema. Sources are opened with the one they answered: theirs is not declared, and declared columns may be null. */
const schemaOf = ({ schema }: Pick<ConnectorContext, 'schema'>): StructType | undefined =>
  schema === undefined || isOwn(schema) ? undefined : asNullable(schema)

/** Who waits for an answer is told why. */
const repeated =
  ({ warn }: ConnectorContext, shown: string) =>
  (why: string, waitMs: number): void => {
    const hint = `It is asked again after ${Math.ceil(waitMs / 1000)} s, until retryFor is over.`
    warn({ code: 'HTTP_REPEATED', message: `${shown} is asked again: ${why}`, hint })
  }

async function openPoll(context: SourceContext): Promise<ArrivalSource> {
  const values = read({ ...context, streaming: true })
  const shown = shownUrl(urlOf(values.url, context.paths, FORMAT))
  const plan = await planOf(values, context, repeated(context, shown))
  const log = await ArrivalLog.open(context.log, context.platform, context.warn)
  const schema = schemaOf(context)
  return ArrivalSource.open({
    description: `HttpPoll[${shown}]`,
    schema: schema ?? TEXT_SCHEMA,
    log,
    openFeed: async query => new Poller(plan, values.interval, log, query, context.warn),
    rowsOf: polledRows(schema, jsonOptions(values, context.conf), context.platform),
    maxEventsPerTrigger: values.maxEventsPerTrigger,
    maxLogBytes: values.maxLogBytes,
  })
}

/** One poll, all its pages: fetched once, however often it is gone through. */
async function scan(context: ConnectorContext): Promise<BatchesScan> {
  const values = read({ ...context, streaming: false })
  const plan = await planOf(values, context, repeated(context, shownUrl(urlOf(values.url, context.paths, FORMAT))))
  const schema = schemaOf(context)
  const rowsOf = polledRows(schema, jsonOptions(values, context.conf), context.platform)
  const pages: (readonly Arrival[])[] = []
  for await (const { rows } of pollPages(plan, undefined, new AbortController().signal)) {
    const at = context.platform.clock.now()
    pages.push(rows.map(row => ({ at, head: '', body: Buffer.from(row) })))
  }
  plan.client.close()
  const batches = {
    *[Symbol.iterator]() {
      for (const page of pages) yield rowsOf(page)
    },
  }
  return { kind: 'batches', schema: schema ?? TEXT_SCHEMA, batches }
}

/** An API that is asked on an interval. */
export const connector: Connector = {
  name: FORMAT,
  summary:
    'Rows of an HTTP API, asked for on an interval: pages, conditional requests, an incremental key, rate limits. What was read is in the checkpoint before it is planned.',
  options: POLL_OPTIONS,
  fixedSchema: context => {
    read(context)
    return schemaOf(context) ?? TEXT_SCHEMA
  },
  source: openPoll,
  scan,
  replayable: true,
}
