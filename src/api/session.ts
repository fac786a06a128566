import type { CheckpointView, Engine, EngineHost } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import { createBus, type QueryWarning } from '../observe/index.ts'
import { batchFromRows, type RowOfDdl, Schema, type StructType, schema as toSchema } from '../types/index.ts'
import type { WatchSessionOptions } from '../wiring.ts'
import { BatchScopes } from './batch-scope.ts'
import { Catalog } from './catalog.ts'
import type { OpenRow } from './column-types.ts'
import { type SessionContext, wiring } from './context.ts'
import { DataFrame } from './data-frame.ts'
import { type DataFrameReader, DataReader, type DataStreamReader } from './data-reader.ts'
import { type Batch, stamped } from './frame-base.ts'
import { FrameCache } from './frame-cache.ts'
import { FrameTracker } from './frame-tracker.ts'
import { SessionFs } from './fs.ts'
import { inferSchema } from './infer-schema.ts'
import { type ConfValue, parseSize, Settings } from './settings.ts'
import { StreamingQueryManager } from './streaming-query-manager.ts'
import { tableFrame } from './tables.ts'
import { UserFunctionRegistry } from './user-functions.ts'
import { watchSession } from './watch-session.ts'

export type LogLevel = 'ALL' | 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | 'OFF'
const LEVELS: readonly string[] = ['ALL', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'OFF']

export interface SessionOptions extends WatchSessionOptions {
  readonly appName?: string
  /** `local[*]` and its like say nothing here: there is one process. */
  readonly master?: string
  readonly conf?: Readonly<Record<string, ConfValue>>
  /**
   * Where paths lie that begin so: `{ 'dbfs:/FileStore': './data', 'hdfs://namenode': 's3://lake' }`. For schemes that mean nothing here; the longest
   * one that fits counts.
   */
  readonly mounts?: Readonly<Record<string, string>>
  /** From which weight on warnings are printed; default WARN. */
  readonly logLevel?: LogLevel
  /**
   * On Ctrl-C and SIGTERM, stops the running queries instead of ending the process at once: `awaitTermination()` returns and the program goes on
   * behind it. A second Ctrl-C, and one while no query runs, ends the process as always. Off by default; either way nothing is lost, and a restart goes on where it was.
   */
  readonly stopOnSignal?: boolean
}

/**
 * Where everything begins: reads, writes, settings, running queries.
 *
 * @example
 * const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'Europe/Zurich' } })
 * const rides = session.read.schema('STATION string, ENTRIES int, EXITS int, TS timestamp').option('header', true).csv('in/')
 * await rides.groupBy('STATION').sum('ENTRIES').show()
 * await session.close()
 */
export class Session {
  static #current: Promise<Session> | undefined

  readonly #context: SessionContext
  readonly #log: { level: LogLevel }
  #closed = false
  #deafen: (() => void) | undefined

  private constructor(context: (session: Session) => SessionContext, log: { level: LogLevel }) {
    this.#log = log
    this.#context = context(this)
  }

  /** Opens a session with an engine of its own. @throws what a setting refuses */
  static async open(where: SessionOptions | string = {}): Promise<Session> {
    if (typeof where === 'string')
      throw new MillraceError('NOT_SUPPORTED', {
        what: `the engine at "${where}"`,
        why: 'only the embedded engine is here so far',
        instead: 'Call Session.open() without an address.',
      })
    const options = where
    const wired = wiring()
    const { openEngine, sleep, printError } = wired
    const log = { level: options.logLevel ?? 'WARN' }
    const warn = (warning: QueryWarning): void => {
      if (LEVELS.indexOf(log.level) <= LEVELS.indexOf('WARN')) printError(warningText(warning))
    }
    const settings = new Settings(warn)
    for (const [key, value] of Object.entries(named(options))) settings.set(key, value)
    const bus = createBus()
    bus.add({ onQueryWarning: ({ warning }) => warn(warning) })
    const views: SessionContext['views'] = new Map()
    const functions = new UserFunctionRegistry()
    const memoryLimit = parseSize(settings.lookup('millrace.memoryLimit') ?? '')
    const threads = settings.lookup('millrace.threads')
    checkMounts(options.mounts)
    const host: EngineHost = {
      conf: settings.lookup,
      view: name => views.get(name.toLowerCase()),
      functions,
      warn,
      bus,
      ...(memoryLimit !== undefined && { memoryLimit }),
      ...(threads !== undefined && { threads: Number(threads) }),
      ...(options.mounts && { mounts: options.mounts }),
    }
    const engine: Engine = await openEngine(host)
    const stores = wired.stores(host)
    const tracker = new FrameTracker(warn)
    const streams = new StreamingQueryManager(bus, () => tracker.report(), sleep)
    const watching = await watchSession(options, { wired, bus, streams, warn, places: () => stores.places() }).catch(async error => {
      await engine.close()
      await stores.close()
      throw error
    })
    const context = (session: Session): SessionContext =>
      Object.freeze({
        engine,
        wiring: wired,
        stores,
        settings,
        views,
        functions,
        bus,
        tracker,
        cache: new FrameCache(() => engine),
        scopes: new BatchScopes(),
        streams,
        warn,
        watching,
        use: () => session.#use(),
      })
    const session = new Session(context, log)
    if (options.stopOnSignal) session.#stopOnSignal()
    return session
  }

  /** The session that is open, with these settings added, or a new one. */
  static async getOrCreate(options: SessionOptions = {}): Promise<Session> {
    const current = await Session.#current?.catch(() => undefined)
    if (!current || current.#closed) {
      Session.#current = Session.open(options)
      return Session.#current
    }
    for (const [key, value] of Object.entries(named(options))) current.conf.set(key, value)
    if (options.logLevel) current.setLogLevel(options.logLevel)
    return current
  }

  /** Settings: `conf.get(key)`, `conf.set(key, value)`, `conf.unset(key)`. */
  get conf(): Settings {
    return this.#context.settings
  }
  /** The running queries and their listeners. */
  get streams(): StreamingQueryManager {
    return this.#context.streams
  }
  /** Files of every scheme: `fs.put`, `get`, `list`, `copy`, `mkdirs`, `rm`, `exists`. */
  get fs(): SessionFs {
    this.#use()
    return new SessionFs(() => this.#context.stores.places())
  }
  /** Named tables and views: which there are, what is in them, dropping them. */
  get catalog(): Catalog {
    return new Catalog(this.#context)
  }
  /** Where the queries are served (`watch`), e.g. `http://127.0.0.1:9090`; undefined where they are not. */
  get watchUrl(): string | undefined {
    return this.#context.watching?.url
  }
  /** Functions of one's own for SQL text. */
  get udf(): UserFunctionRegistry {
    return this.#context.functions
  }
  /** Reads what is there now. */
  get read(): DataFrameReader {
    return new DataReader(this.#context, false)
  }
  /** Reads what is there and what comes. */
  get readStream(): DataStreamReader {
    return new DataReader(this.#context, true)
  }
  /** A view made by `createTempView`, a table of the catalog (`saveAsTable`, `toTable`), or a `memory` query's rows by its name. */
  table(name: string): DataFrame<OpenRow, any> {
    return tableFrame(this.#context, name, false)
  }

  /**
   * A frame of rows at hand: objects by column name, or arrays. Without a schema the columns and types follow from the rows.
   * @throws VALUE_NOT_OF_TYPE naming column and row
   */
  createDataFrame<const D extends string | Schema<any> | StructType>(rows: Iterable<object>, schema: D): DataFrame<RowIn<D>, Batch>
  createDataFrame<Row extends object>(rows: Iterable<Row>): DataFrame<Row, Batch>
  createDataFrame(rows: Iterable<object>, schema?: string | StructType): DataFrame<any, Batch> {
    const all = [...rows]
    const struct = schema === undefined ? inferSchema(all) : toSchema(schema as string)
    this.#use()
    return new DataFrame(this.#context, stamped({ kind: 'localRelation', batch: batchFromRows(new Schema(struct), all) }))
  }
  /** Whole numbers as column `id`: `range(10)`, `range(5, 10)`, `range(0, 100, 10)`. */
  range(end: number | bigint): DataFrame<{ id: bigint }, Batch>
  range(start: number | bigint, end: number | bigint, step?: number | bigint): DataFrame<{ id: bigint }, Batch>
  range(a: number | bigint, b?: number | bigint, step: number | bigint = 1): DataFrame<{ id: bigint }, Batch> {
    const [start, end] = b === undefined ? [0, a] : [a, b]
    if (BigInt(step) === 0n)
      throw new MillraceError('INVALID_ARGUMENT', { name: 'step', value: 0, expected: 'a whole number other than 0' })
    this.#use()
    return new DataFrame(this.#context, stamped({ kind: 'range', start: String(start), end: String(end), step: String(step) }))
  }
  /** Takes a view away; false when there was none. */
  dropTempView(name: string): boolean {
    return this.#context.views.delete(name.toLowerCase())
  }
  /**
   * A checkpoint, looked at from outside: where its query is, and what is wrong with it. Changes nothing.
   * @throws CHECKPOINT_NOT_THERE
   */
  checkpoint(location: string): Promise<CheckpointView> {
    this.#use()
    return this.#context.engine.checkpoint(location)
  }
  setLogLevel(level: LogLevel): void {
    if (!LEVELS.includes(level))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'logLevel', value: level, expected: `one of ${LEVELS.join(', ')}` })
    this.#log.level = level
  }
  /** As in Spark, where it stands on the context: `session.sparkContext.setLogLevel('WARN')`. */
  get sparkContext(): { setLogLevel(level: LogLevel): void } {
    return this
  }

  /** Listens while queries run, and to one signal: before, between and behind them, and the second time, a signal does what it always does. */
  #stopOnSignal(): void {
    const { streams, wiring } = this.#context
    streams.onBusy(busy => {
      this.#deafen?.()
      this.#deafen = busy
        ? wiring.onStopRequest(() => {
            this.#deafen?.()
            void streams.stopAll()
          })
        : undefined
    })
  }

  /** Stops the queries and frees the engine. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#deafen?.()
    await this.#context.streams.stopAll()
    this.#closed = true
    await this.#context.watching?.close()
    await this.#context.engine.close()
    await this.#context.stores.close()
  }
  stop(): Promise<void> {
    return this.close()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
  #use(): void {
    if (this.#closed) throw new MillraceError('ALREADY_CLOSED', { what: 'the session' })
  }
}

/** Plain paths are this machine's, and stay so. */
function checkMounts(mounts: SessionOptions['mounts'] = {}): void {
  for (const [from, to] of Object.entries(mounts)) {
    if (/^[a-z][a-z0-9+.-]+:/i.test(from) && to !== '') continue
    throw new MillraceError('INVALID_ARGUMENT', {
      name: 'mounts',
      value: { [from]: to },
      expected: 'places by paths with a scheme, e.g. { "dbfs:/FileStore": "./data" }',
    })
  }
}

type RowIn<D> = D extends Schema<infer Row> ? Row : D extends string ? RowOfDdl<D> : OpenRow

const named = ({ appName, master, conf }: SessionOptions): Readonly<Record<string, ConfValue>> => ({
  ...(appName !== undefined && { 'spark.app.name': appName }),
  ...(master !== undefined && { 'spark.master': master }),
  ...conf,
})
const warningText = ({ code, message, hint }: QueryWarning): string => `[${code}] ${message}${hint ? `\n${hint}` : ''}\n`
