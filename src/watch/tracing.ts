import { MillraceError } from '../errors/index.ts'
import type { QueryListener, StreamingQueryProgress } from '../observe/index.ts'
import type { Clock } from '../platform/index.ts'
import { lateRowsOf, type QueryBook } from './book.ts'

type Attributes = Readonly<Record<string, string | number | boolean>>
/** What of an OpenTelemetry span is used. */
export interface Span {
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  end(endTime?: number): void
}
/** What of an OpenTelemetry tracer is used: every `Tracer` of `@opentelemetry/api` fits. Times are milliseconds since 1970. */
export interface Tracer {
  startSpan(name: string, options?: { startTime?: number; attributes?: Record<string, string | number | boolean> }): Span
}

/** `SpanStatusCode.ERROR` */
const ERROR = 2
const API = '@opentelemetry/api'

/** The tracer of the program's own OpenTelemetry. @throws MISSING_DEPENDENCY */
export async function globalTracer(): Promise<Tracer> {
  // Named by a variable, so that nobody who bundles or type-checks needs the package.
  const name: string = API
  try {
    const api = (await import(name)) as { readonly trace: { getTracer(name: string): Tracer } }
    return api.trace.getTracer('millrace')
  } catch (cause) {
    throw new MillraceError('MISSING_DEPENDENCY', { package: API, for: 'tracer: true' }, { cause })
  }
}

/** A span `millrace.batch` for each batch, from its trigger to its commit, and `millrace.query.failed` where a query ends by an error. */
export const tracing = (tracer: Tracer, book: QueryBook, clock: Clock): QueryListener => ({
  onQueryProgress({ progress }) {
    const startTime = Date.parse(progress.timestamp)
    tracer.startSpan('millrace.batch', { startTime, attributes: attributesOf(progress) }).end(startTime + progress.batchDuration)
  },
  onQueryTerminated({ id, runId, exception, errorClassOnException: condition }) {
    if (exception === undefined) return
    const { key = id, last } = book.byRun(runId) ?? {}
    const attributes = {
      'millrace.query.name': key,
      'millrace.query.id': id,
      'millrace.query.run_id': runId,
      ...(last && { 'millrace.batch.id': last.batchId + 1 }),
      ...(condition !== undefined && { 'error.type': condition }),
    }
    const span = tracer.startSpan('millrace.query.failed', { startTime: clock.now(), attributes })
    span.setStatus({ code: ERROR, message: exception.split('\n', 1)[0]! })
    span.end(clock.now())
  },
})

function attributesOf(progress: StreamingQueryProgress): Record<string, string | number | boolean> {
  const { id, runId, name, batchId, numInputRows, sink, eventTime, durationMs } = progress
  const phases = Object.entries(durationMs).map(([phase, ms]) => [`millrace.duration_ms.${phase}`, ms] as const)
  const attributes: Attributes = {
    'millrace.query.name': name ?? id,
    'millrace.query.id': id,
    'millrace.query.run_id': runId,
    'millrace.batch.id': batchId,
    'millrace.input_rows': numInputRows,
    'millrace.late_rows': lateRowsOf(progress),
    'millrace.sink': sink.description,
    ...(sink.numOutputRows >= 0 && { 'millrace.output_rows': sink.numOutputRows }),
    ...(eventTime?.['watermark'] !== undefined && { 'millrace.watermark': eventTime['watermark'] }),
    ...Object.fromEntries(phases),
  }
  return { ...attributes }
}
