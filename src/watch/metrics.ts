import { type QueryFacts, watermarkLagMs } from './book.ts'

type Labels = Readonly<Record<string, string>>
interface Sample {
  readonly labels?: Labels
  readonly value: number | undefined
}
interface Metric {
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Samples without a value are left out. */
  readonly of: (query: QueryFacts, nowMs: number) => number | undefined | readonly Sample[]
}

/** Behind a query that waits or has ended the rates of its last batch mean nothing. */
const rate = (query: QueryFacts, of: (last: NonNullable<QueryFacts['last']>) => number | undefined): number | undefined =>
  query.last && (query.idle ? 0 : (of(query.last) ?? 0))
const seconds = (ms: number | undefined): number | undefined => ms && ms / 1000
const operators = ({ last }: QueryFacts, value: 'numRowsTotal' | 'memoryUsedBytes'): readonly Sample[] =>
  (last?.stateOperators ?? []).map((o, i) => ({ labels: { operator: o.operatorName, number: String(i) }, value: o[value] }))

/** Metrics of sources that count how far behind they are. */
const LAGS = { min: 'minOffsetsBehindLatest', avg: 'avgOffsetsBehindLatest', max: 'maxOffsetsBehindLatest' } as const
const lags = ({ last }: QueryFacts): readonly Sample[] =>
  (last?.sources ?? []).flatMap((source, i) =>
    Object.entries(LAGS).flatMap(([over, name]): readonly Sample[] => {
      const value = source.metrics?.[name]
      return value === undefined ? [] : [{ labels: { source: source.description, number: String(i), over }, value: Number(value) }]
    }),
  )

/** Every metric by its name; each has the label `query`. */
export const METRICS: Readonly<Record<string, Metric>> = {
  millrace_query_active: {
    type: 'gauge',
    help: '1 while the query runs, 0 when it was stopped or has failed.',
    of: q => Number(q.state === 'running'),
  },
  millrace_query_failed: { type: 'gauge', help: '1 when an error has ended the query.', of: q => Number(q.state === 'failed') },
  millrace_query_restarts_total: { type: 'counter', help: 'Starts of the query after its first one.', of: q => q.restarts },
  millrace_query_batches_total: { type: 'counter', help: 'Batches committed.', of: q => q.batches },
  millrace_query_input_rows_total: { type: 'counter', help: 'Rows read from the sources.', of: q => q.inputRows },
  millrace_query_late_rows_total: { type: 'counter', help: 'Rows dropped because they came behind the watermark.', of: q => q.lateRows },
  millrace_query_input_rows_per_second: {
    type: 'gauge',
    help: 'Rows of the last batch over the time since the batch before it; 0 while the query waits for data.',
    of: q => rate(q, last => last.inputRowsPerSecond),
  },
  millrace_query_processed_rows_per_second: {
    type: 'gauge',
    help: 'Rows of the last batch over the time it took; 0 while the query waits for data.',
    of: q => rate(q, last => last.processedRowsPerSecond),
  },
  millrace_query_batch_duration_seconds: {
    type: 'gauge',
    help: 'How long the last batch took.',
    of: q => q.last && q.last.batchDuration / 1000,
  },
  millrace_query_last_batch_id: { type: 'gauge', help: 'Id of the last batch that was committed.', of: q => q.last?.batchId },
  millrace_query_last_moved_timestamp_seconds: {
    type: 'gauge',
    help: 'When the query last committed a batch or found nothing to do, in seconds since 1970.',
    of: q => seconds(q.movedMs),
  },
  millrace_query_watermark_lag_seconds: {
    type: 'gauge',
    help: 'How far the watermark is behind the clock.',
    of: (q, now) => seconds(watermarkLagMs(q, now)),
  },
  millrace_query_state_rows: { type: 'gauge', help: 'Rows an operator keeps between batches.', of: q => operators(q, 'numRowsTotal') },
  millrace_query_state_bytes: {
    type: 'gauge',
    help: 'Bytes of memory an operator keeps between batches.',
    of: q => operators(q, 'memoryUsedBytes'),
  },
  millrace_query_kafka_lag_records: {
    type: 'gauge',
    help: 'Records between what the last batch read and the newest, over the partitions of a source.',
    of: lags,
  },
}

/** `text/plain; version=0.0.4` of Prometheus. */
export function metricsText(queries: readonly QueryFacts[], nowMs: number): string {
  const blocks = Object.entries(METRICS).map(([name, metric]) => {
    const lines = queries.flatMap(query => linesOf(name, metric, query, nowMs))
    return [`# HELP ${name} ${escaped(metric.help, /[\\\n]/g)}`, `# TYPE ${name} ${metric.type}`, ...lines].join('\n')
  })
  return `${blocks.join('\n')}\n`
}

function linesOf(name: string, { of }: Metric, query: QueryFacts, nowMs: number): readonly string[] {
  const found = of(query, nowMs)
  const samples = typeof found === 'object' ? found : [{ value: found }]
  return samples.flatMap(({ labels, value }: Sample) =>
    value === undefined ? [] : [`${name}{${labelsText({ query: query.key, ...labels })}} ${numberText(value)}`],
  )
}

const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${escaped(value, /[\\\n"]/g)}"`)
    .join(',')

/** Line breaks, backslashes and, in values, quotes would end what they stand in. */
const escaped = (text: string, characters: RegExp): string => text.replace(characters, c => (c === '\n' ? '\\n' : `\\${c}`))

const numberText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
