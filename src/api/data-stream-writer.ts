import type { ExplainMode, ForeachWriter, QueryPreview, StreamWrite, Trigger } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import type { Relation } from '../plan/index.ts'
import { durationMicros, parseInterval } from '../types/index.ts'
import type { AlertRows } from '../wiring.ts'
import type { DataFrame } from './data-frame.ts'
import { type CheckedName, type CheckedOptions, refuseWrongSide } from './format-options.ts'
import type { Batch, FrameBase, FrameState } from './frame-base.ts'
import { flattenOptions, type OptionsObject, type OptionValue, withOption } from './options.ts'
import { callerLine } from './origin.ts'
import type { StreamingQuery } from './streaming-query.ts'

export type OutputModeName = 'append' | 'update' | 'complete'
/** Modes a frame's type leaves open: append needs groups that close, complete needs an aggregate. */
export type ModesOf<S extends FrameState> = 0 extends 1 & S
  ? OutputModeName
  : { no: 'append' | 'update'; bounded: OutputModeName; unbounded: 'update' | 'complete' }[S['grouped']]
type Startable<S extends FrameState, M extends string> = 0 extends 1 & S
  ? unknown
  : S['grouped'] extends 'unbounded'
    ? M extends 'append'
      ? 'append cannot be: these groups never close. Use withWatermark and a window, or outputMode("update" or "complete")'
      : unknown
    : unknown

/** When batches run. A bare number is milliseconds. */
export type TriggerOptions =
  | { readonly processingTime: string | number }
  | { readonly once: true }
  | { readonly availableNow: true }
  | { readonly continuous: string }

/** The batch handed to `foreachBatch`: it may be read as often as needed, until the function ends. */
export type ForeachBatchFunction<Row> = (
  batch: DataFrame<Row, Batch>,
  batchId: number,
  context: { readonly signal: AbortSignal; readonly late?: DataFrame<any, Batch>; readonly duplicates?: DataFrame<any, Batch> },
) => void | Promise<void>
/** As Spark's ForeachWriter, each step synchronous or not; or only the function for a row. */
export interface ForeachRow<Row> {
  open?(partitionId: number, epochId: number, context: { readonly signal: AbortSignal }): boolean | undefined | Promise<boolean | undefined>
  process(row: Row, context: { readonly signal: AbortSignal }): void | Promise<void>
  close?(error: unknown): void | Promise<void>
}

interface Draft {
  readonly format?: string
  readonly outputMode: OutputModeName
  readonly options: Readonly<Record<string, string>>
  readonly partitionBy: readonly string[]
  readonly trigger: Trigger
  readonly queryName?: string
  readonly foreach?: ForeachWriter
  readonly foreachBatch?: ForeachBatchFunction<any>
}
const FRESH: Draft = { outputMode: 'append', options: {}, partitionBy: [], trigger: { kind: 'processingTime', intervalMs: 0 } }

/** For `writeStreams`: what a writer would start beside others, and the trigger where one was chosen. */
export let writeOf: (
  writer: DataStreamWriter<any, any, any, any>,
  shared: { readonly checkpointLocation?: string; readonly queryName?: string; readonly trigger?: TriggerOptions },
  origin: string | undefined,
) => { readonly plan: Relation; readonly write: StreamWrite; readonly trigger?: Trigger }

/**
 * Says where a stream's rows go, how and when, and starts it.
 *
 * @example
 * await stream.writeStream.outputMode('append').format('csv').option('checkpointLocation', 'chk')
 *   .trigger({ processingTime: '10 seconds' }).start('lake/')
 */
export class DataStreamWriter<Row, S extends FrameState, F extends string = string, M extends string = 'append'> {
  readonly #frame: FrameBase
  readonly #draft: Draft

  static {
    writeOf = (writer, { checkpointLocation, queryName, trigger }, origin) => {
      const draft = writer.#draft
      const options = checkpointLocation === undefined ? draft.options : withOption(draft.options, 'checkpointLocation', checkpointLocation)
      const shared = writer.#with({
        options,
        ...(queryName !== undefined && draft.queryName === undefined && { queryName }),
        ...(trigger && { trigger: toTrigger(trigger) }),
      })
      const said = draft.trigger === FRESH.trigger ? {} : { trigger: draft.trigger }
      return { plan: writer.#frame.plan, write: shared.#write({}, origin), ...said }
    }
  }

  constructor(frame: FrameBase, draft: Draft = FRESH) {
    this.#frame = frame
    this.#draft = draft
  }
  #with<G extends string = F, N extends string = M>(change: Partial<Draft>): DataStreamWriter<Row, S, G, N> {
    return new DataStreamWriter<Row, S, G, N>(this.#frame, Object.freeze({ ...this.#draft, ...change }))
  }

  /**
   * append (default): rows that will not change any more; update: groups that changed; complete: the whole result each time.
   * @throws OUTPUT_MODE_NOT_POSSIBLE at start, where the plan cannot do it; where the type shows it, it does not compile
   * @example stream.groupBy('STATION').count().writeStream.outputMode('complete')
   */
  outputMode<const N extends ModesOf<S>>(mode: N): DataStreamWriter<Row, S, F, N> {
    const name = String(mode).toLowerCase()
    if (!['append', 'update', 'complete'].includes(name))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'outputMode', value: mode, expected: 'append, update or complete' })
    return this.#with<F, N>({ outputMode: name as OutputModeName })
  }
  format<const G extends string>(name: G): DataStreamWriter<Row, S, G, M> {
    return this.#with<G>({ format: name })
  }
  option<const K extends string>(name: CheckedName<K, F, 'sink'>, value: OptionValue): DataStreamWriter<Row, S, F, M> {
    refuseWrongSide(this.#draft.format, name, 'sink')
    return this.#with({ options: withOption(this.#draft.options, name, value) })
  }
  options<const O extends OptionsObject>(options: O & CheckedOptions<O, F, 'sink'>): DataStreamWriter<Row, S, F, M> {
    return Object.entries(flattenOptions(options)).reduce<DataStreamWriter<Row, S, F, M>>((w, [k, v]) => w.option(k as never, v), this)
  }
  partitionBy(...columns: readonly (0 extends 1 & Row ? string : keyof Row & string)[]): DataStreamWriter<Row, S, F, M> {
    return this.#with({ partitionBy: columns as readonly unknown[] as string[] })
  }
  /** A name for listeners and logs, unique among the running queries; `memory` makes a table of this name. */
  queryName(name: string): DataStreamWriter<Row, S, F, M> {
    if (name.trim() === '') throw new MillraceError('INVALID_ARGUMENT', { name: 'queryName', value: name, expected: 'a name' })
    return this.#with({ queryName: name })
  }
  /**
   * When batches run: `{ processingTime: '10 seconds' }` (0 = as soon as possible, the default), `{ availableNow: true }` (all that is there now, in
   * batches, then end), `{ once: true }` (in one batch). A bare number is milliseconds.
   * @example stream.writeStream.trigger({ availableNow: true })
   */
  trigger(trigger: TriggerOptions): DataStreamWriter<Row, S, F, M> {
    return this.#with({ trigger: toTrigger(trigger) })
  }
  /** Calls a function, or a writer's open, process and close, for each row. */
  foreach(
    writer: ForeachRow<Row> | ((row: Row, context: { readonly signal: AbortSignal }) => void | Promise<void>),
  ): DataStreamWriter<Row, S, F, M> {
    return this.#with({ foreach: (typeof writer === 'function' ? { process: writer } : writer) as ForeachWriter })
  }
  /**
   * Calls a function with each batch as a frame of its own, computed once however often it is used; `late` and `duplicates` hold what the batch
   * dropped. It may run again with the same `batchId` and the same rows after a crash: name what it writes by the id. Abort when `signal` does.
   * @example
   * stream.writeStream.foreachBatch(async (batch, batchId) => {
   *   if (!(await batch.isEmpty())) await batch.write.mode('overwrite').csv(`out/batch_${batchId}`)
   * })
   */
  foreachBatch(fn: ForeachBatchFunction<Row>): DataStreamWriter<Row, S, F, M> {
    if (typeof fn !== 'function') throw new MillraceError('NOT_A_FUNCTION', { what: 'foreachBatch' })
    return this.#with({ foreachBatch: fn })
  }

  /**
   * Checks the query and starts it; resolves when it runs.
   * @throws what the streaming rules, the sink's options or the checkpoint refuse; nothing was started then
   */
  start(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, path?: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#start(path === undefined ? {} : { path })
  }
  /**
   * Starts into a named table, a Delta table unless `format()` says otherwise: found again by `session.table(table)` and `readStream.table(table)`.
   * It is made with the first batch, below `spark.sql.warehouse.dir` or where the option `path` says.
   * @example
   * const counts = stream.groupBy('STATION').count()
   * const running = await counts.writeStream.outputMode('complete').option('checkpointLocation', 'checkpoint/stations').toTable('stations')
   * await running.stop()
   */
  toTable(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, table: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#start({ table })
  }
  csv(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, path: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#with({ format: 'csv' }).#start({ path })
  }
  json(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, path: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#with({ format: 'json' }).#start({ path })
  }
  parquet(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, path: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#with({ format: 'parquet' }).#start({ path })
  }
  text(this: DataStreamWriter<Row, S, F, M> & Startable<S, M>, path: string): Promise<StreamingQuery> {
    return (this as DataStreamWriter<Row, S, F, M>).#with({ format: 'text' }).#start({ path })
  }

  /**
   * What `start` would do: sources, what is delivered, and whether the checkpoint starts new, goes on or is refused. Starts nothing and writes nothing.
   * @throws what `start` refuses, but for what the checkpoint is refused for
   */
  preview(path?: string): Promise<QueryPreview> {
    const { context, plan } = this.#frame
    context.tracker.used(plan)
    return context.engine.preview(plan, this.#write(path === undefined ? {} : { path }, callerLine()))
  }

  /** What would run, and what it delivers: exactly once or at least once, and which part limits that. Starts nothing. */
  explainString(mode: ExplainMode = 'simple', path?: string): Promise<string> {
    const { context, plan } = this.#frame
    return context.engine.explain(plan, mode, this.#write(path === undefined ? {} : { path }, callerLine()))
  }
  /** Prints `explainString`. */
  async explain(mode: ExplainMode = 'simple', path?: string): Promise<void> {
    this.#frame.context.wiring.print(`${await this.explainString(mode, path)}\n`)
  }

  async #start(target: { readonly path?: string; readonly table?: string }): Promise<StreamingQuery> {
    const origin = callerLine()
    const { context, plan } = this.#frame
    const write = this.#write(target, origin)
    context.tracker.used(plan)
    return startWatched(this.#frame, plan, write)
  }

  #write(target: { readonly path?: string; readonly table?: string }, origin: string | undefined): StreamWrite {
    const { outputMode, options, partitionBy, trigger, queryName, foreach, foreachBatch } = this.#draft
    const method = foreachBatch ? 'foreachBatch' : foreach ? 'foreach' : undefined
    if (method) refuseSinkBeside(method, this.#draft, target)
    const { settings } = this.#frame.context
    const format = method ?? this.#draft.format ?? (target.table ? '' : settings.lookup('spark.sql.sources.default')!)
    const name = queryName ?? optionOf(options, 'queryname') ?? (format === 'memory' ? target.table : undefined)
    if (!name) refuseUnnamed(format, options, settings.lookup('spark.sql.streaming.checkpointLocation'))
    const path = target.path ?? optionOf(options, 'path')
    return Object.freeze({
      format,
      outputMode,
      options,
      partitionBy,
      trigger,
      ...(path !== undefined && { path }),
      ...(target.table && { table: target.table }),
      ...(name && { queryName: name }),
      ...(foreach && { foreach }),
      ...(foreachBatch && { foreachBatch: wrapped(this.#frame, foreachBatch, origin) }),
      ...(origin && { origin }),
    })
  }
}

const optionOf = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(options).find(([k]) => k.toLowerCase() === name)?.[1]

function toTrigger(given: TriggerOptions): Trigger {
  const entries = Object.entries(given)
  if (entries.length !== 1)
    throw new MillraceError('INVALID_ARGUMENT', {
      name: 'trigger',
      value: given,
      expected: 'one of processingTime, once, availableNow and continuous',
    })
  if ('once' in given) return { kind: 'once' }
  if ('availableNow' in given) return { kind: 'availableNow' }
  if ('continuous' in given) return { kind: 'continuous', interval: given.continuous }
  return { kind: 'processingTime', intervalMs: triggerMillis(given.processingTime) }
}

function triggerMillis(interval: string | number): number {
  const parts = typeof interval === 'string' ? parseInterval(interval) : undefined
  const ms = typeof interval === 'number' ? interval : parts ? Number(durationMicros(parts) / 1000n) : Number.NaN
  if (!Number.isFinite(ms) || ms < 0)
    throw new MillraceError('INVALID_ARGUMENT', {
      name: 'processingTime',
      value: interval,
      expected: 'an interval such as "10 seconds", or milliseconds',
    })
  return ms
}

/** Options of the query itself, which any sink may stand beside. */
const QUERY_OPTIONS = new Set(['checkpointlocation', 'queryname'])

function refuseSinkBeside(method: string, draft: Draft, target: { readonly path?: string; readonly table?: string }): void {
  if (draft.format && draft.format.toLowerCase() !== method.toLowerCase())
    throw new MillraceError('FORMAT_WITH_FOREACH', { method, format: draft.format })
  const options = Object.keys(draft.options).filter(k => !QUERY_OPTIONS.has(k.toLowerCase()))
  if (target.path !== undefined && !options.some(o => o.toLowerCase() === 'path')) options.push('path')
  if (draft.partitionBy.length > 0) options.push('partitionBy')
  if (options.length > 0) throw new MillraceError('OPTIONS_WITH_FOREACH', { method, options })
}

/** Sinks that keep nothing: a new checkpoint at each start loses nothing. */
const PASSING = new Set(['console', 'memory', 'noop'])

function refuseUnnamed(format: string, options: Readonly<Record<string, string>>, root: string | undefined): void {
  if (root === undefined || PASSING.has(format) || optionOf(options, 'checkpointlocation') !== undefined) return
  throw new MillraceError('UNNAMED_QUERY_UNDER_CHECKPOINT_ROOT', { root, format })
}

/** Starts a query, and tells those of it who watch the session. */
export async function startWatched(frame: FrameBase, plan: Relation, write: StreamWrite): Promise<StreamingQuery> {
  const { engine, streams, watching } = frame.context
  const driver = await engine.start(plan, withRowAlerts(frame, write))
  const outputs = [write, ...(write.also ?? [])].map(({ path, ...target }) => ({ ...target, paths: path === undefined ? [] : [path] }))
  void watching?.lineage?.started(driver, { plan, outputs, schema: () => engine.schema(plan) })
  return streams.started(driver)
}

/** Beside a query's sinks stands what looks at its rows for alerts, where rules are about them. */
function withRowAlerts(frame: FrameBase, write: StreamWrite): StreamWrite {
  const { watching, settings } = frame.context
  const root = settings.lookup('spark.sql.streaming.checkpointLocation')
  const location = optionOf(write.options, 'checkpointlocation')
  const checkpoint = location ?? (root === undefined || write.queryName === undefined ? undefined : `${root}/${write.queryName}`)
  const look = watching?.rows?.of(write.queryName, checkpoint)
  if (!look) return write
  const options: StreamWrite['options'] = location === undefined ? {} : { checkpointLocation: location }
  const foreachBatch = wrapped(frame, batch => look(batch as unknown as AlertRows), undefined)
  return Object.freeze({ ...write, also: [...(write.also ?? []), { format: 'foreachBatch', options, partitionBy: [], foreachBatch }] })
}

/** Hands each batch to the person's function as frames that close when it ends. */
function wrapped(frame: FrameBase, fn: ForeachBatchFunction<any>, line: string | undefined): NonNullable<StreamWrite['foreachBatch']> {
  const { context } = frame
  const Frame = frame.constructor as new (session: typeof context, plan: Relation) => DataFrame<any, any>
  const written = new Map()
  const call: NonNullable<StreamWrite['foreachBatch']> = async (batch, batchId, { signal, late, duplicates, warn = context.warn }) => {
    const nodes = [batch, late, duplicates].filter(n => n !== undefined)
    await context.scopes.during(nodes, { batchId, line, warn, written }, async () => {
      const side = { ...(late && { late: new Frame(context, late) }), ...(duplicates && { duplicates: new Frame(context, duplicates) }) }
      await fn(new Frame(context, batch), batchId, { signal, ...side })
    })
  }
  // Messages name the person's function, not this one.
  return Object.defineProperty(call, 'name', { value: fn.name })
}
