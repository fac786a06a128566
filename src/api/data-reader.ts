import { MillraceError } from '../errors/index.ts'
import { type RowOfDdl, type Schema, type StructType, type Timestamp, schema as toSchema } from '../types/index.ts'
import type { OpenRow } from './column-types.ts'
import type { SessionContext } from './context.ts'
import { DataFrame } from './data-frame.ts'
import { type CheckedName, type CheckedOptions, refuseWrongSide } from './format-options.ts'
import { type Batch, type FrameState, type Streaming, stamped } from './frame-base.ts'
import { flattenOptions, type OptionsObject, type OptionValue, withOption } from './options.ts'
import { readTexts } from './read-texts.ts'
import { tableFrame } from './tables.ts'

/** Rows of formats whose columns are always the same. */
interface FixedRows {
  text: { value: string }
  rate: { timestamp: Timestamp; value: bigint }
  'rate-micro-batch': { timestamp: Timestamp; value: bigint }
  socket: { value: string }
  webhook: {
    /** Uint8Array with the option `body` binary. */
    body: any
    headers: Map<string, string>
    method: string
    path: string
    query: Map<string, string>
    remoteAddress: string
    receivedAt: Timestamp
    id: string
  }
  sse: { id: string | null; event: string; data: string; receivedAt: Timestamp }
  /** `data` is a Uint8Array with the option `payload` binary. */
  websocket: { data: any; receivedAt: Timestamp }
  kafka: {
    key: Uint8Array
    value: Uint8Array
    topic: string
    partition: number
    offset: bigint
    timestamp: Timestamp
    timestampType: number
  }
}
type RowOfFormat<F extends string> = F extends keyof FixedRows ? FixedRows[F] : OpenRow
type RowOfSchema<S> = S extends Schema<infer Row> ? Row : S extends string ? RowOfDdl<S> : OpenRow
/** What was declared wins over what the format always has. */
type Chosen<Row, F extends string> = unknown extends Row ? (0 extends 1 & Row ? OpenRow : RowOfFormat<F>) : Row

/** The option `badRecords`: where dead letters go; further options are those of the sink that takes them. */
export interface BadRecordsOptions extends OptionsObject {
  /** Default: kafka where a topic is given, else parquet. */
  readonly format?: string
  /** Directory, for formats of files. */
  readonly path?: string
  /** For Kafka, on the source's brokers unless `kafka.bootstrap.servers` says otherwise. */
  readonly topic?: string
  /** More bad records in one batch end the query. */
  readonly maxPerBatch?: number
}

interface Draft {
  readonly format?: string
  readonly schema?: StructType
  readonly options: Readonly<Record<string, string>>
}

/** Common to batch and stream reads: format, schema, options, load. */
export class DataReader<F extends string, Row, S extends FrameState> {
  readonly #session: SessionContext
  readonly #streaming: boolean
  readonly #draft: Draft

  constructor(session: SessionContext, streaming: boolean, draft: Draft = { options: {} }) {
    this.#session = session
    this.#streaming = streaming
    this.#draft = draft
  }
  #with<G extends string, R>(change: Partial<Draft>): DataReader<G, R, S> {
    return new DataReader<G, R, S>(this.#session, this.#streaming, Object.freeze({ ...this.#draft, ...change }))
  }

  /** csv, json, text, parquet, rate, rate-micro-batch, socket, memory, … */
  format<const G extends string>(name: G): DataReader<G, Row, S> {
    return this.#with<G, Row>({ format: name })
  }
  /** The columns: a schema, DDL (`'CA string, ENTRIES int'`), or Spark's JSON form. The row type follows from it. */
  schema<const D extends string | Schema<any> | StructType>(schema: D): DataReader<F, RowOfSchema<D>, S> {
    return this.#with<F, RowOfSchema<D>>({ schema: toSchema(schema as string) })
  }
  /**
   * Where records go that cannot be parsed and rows that an expression fails on, instead of ending the query or becoming null: a stream's dead letters.
   *
   *     session.readStream.format('kafka').option('badRecords', { format: 'kafka', topic: 'clicks-dead' })
   *     session.readStream.format('csv').option('badRecords', { format: 'json', path: 'dead/' })
   */
  option(name: 'badRecords', to: BadRecordsOptions): DataReader<F, Row, S>
  /** One option; names of built-in formats are checked. Case does not count. */
  option<const K extends string>(name: CheckedName<K, F, 'source'>, value: OptionValue): DataReader<F, Row, S>
  option(name: string, value: OptionValue | BadRecordsOptions): DataReader<F, Row, S> {
    if (typeof value === 'object') {
      if (name.toLowerCase() !== 'badrecords')
        throw new MillraceError('INVALID_ARGUMENT', { name, value, expected: 'a text, a number, or true or false' })
      const options = Object.entries(flattenOptions(value, 'badRecords.')).reduce(
        (all, [k, v]) => withOption(all, k, v),
        this.#draft.options,
      )
      return this.#with<F, Row>({ options })
    }
    refuseWrongSide(this.#draft.format, name, 'source')
    return this.#with<F, Row>({ options: withOption(this.#draft.options, name, value) })
  }
  /** Several options; nested objects are flattened with dots. */
  options<const O extends OptionsObject>(options: O & CheckedOptions<O, F, 'source'>): DataReader<F, Row, S> {
    return Object.entries(flattenOptions(options)).reduce<DataReader<F, Row, S>>((r, [k, v]) => r.option(k as never, v), this)
  }
  /** The rows at a path (a directory, a file, a glob), or of a source without one. Nothing is read yet. */
  load(...paths: readonly string[]): DataFrame<Chosen<Row, F>, S> {
    const { options, schema } = this.#draft
    if (this.#streaming && paths.length > 1)
      throw new MillraceError('INVALID_ARGUMENT', { name: 'load', value: paths, expected: 'one path; a glob takes several directories' })
    const format = this.#draft.format ?? this.#session.settings.lookup('spark.sql.sources.default')!
    const plan = stamped({
      kind: 'read',
      dataSource: Object.freeze({
        format,
        options,
        ...(schema && { schema: JSON.stringify(toSchema(schema)) }),
        ...(paths.length > 0 && { paths: Object.freeze([...paths]) }),
      }),
      ...(this.#streaming && { isStreaming: true }),
    })
    this.#session.use()
    return new DataFrame(this.#session, plan)
  }
  csv(path: string, options?: OptionsObject): DataFrame<Chosen<Row, 'csv'>, S>
  /** The rows in the texts of a batch frame's one column, each text a record. Without a schema the texts are looked through first. */
  csv(texts: DataFrame<any, Batch>, options?: OptionsObject): Promise<DataFrame<Chosen<Row, 'csv'>, S>>
  csv(from: string | DataFrame<any, any>, options: OptionsObject = {}): any {
    const reader = this.format('csv').options(options as never)
    return typeof from === 'string' ? reader.load(from) : reader.#texts('csv', from)
  }
  json(path: string, options?: OptionsObject): DataFrame<Chosen<Row, 'json'>, S>
  /** The rows in the texts of a batch frame's one column, each text a record. Without a schema the texts are looked through first. */
  json(texts: DataFrame<any, Batch>, options?: OptionsObject): Promise<DataFrame<Chosen<Row, 'json'>, S>>
  json(from: string | DataFrame<any, any>, options: OptionsObject = {}): any {
    const reader = this.format('json').options(options as never)
    return typeof from === 'string' ? reader.load(from) : reader.#texts('json', from)
  }
  #texts(format: 'csv' | 'json', frame: DataFrame<any, any>): Promise<DataFrame<any, any>> {
    if (this.#streaming) {
      throw new MillraceError('NOT_SUPPORTED', { what: `readStream.${format}(frame)`, instead: `Use session.read.${format}(frame).` })
    }
    return readTexts(this.#session, { ...this.#draft, format }, frame)
  }
  parquet(path: string, options: OptionsObject = {}): DataFrame<Chosen<Row, 'parquet'>, S> {
    return this.format('parquet')
      .options(options as never)
      .load(path)
  }
  /**
   * A table of PostgreSQL; `options` are those of format jdbc: user, password, partitionColumn, …
   *
   *     session.read.jdbc('jdbc:postgresql://localhost/shop', 'public.users', { user: 'bob' })
   */
  jdbc(url: string, table: string, options: OptionsObject = {}): DataFrame<Chosen<Row, 'jdbc'>, S> {
    return this.format('jdbc')
      .options({ ...options, url, dbtable: table } as never)
      .load()
  }
  /** One column `value`, a row a line. */
  text(path: string, options: OptionsObject = {}): DataFrame<Chosen<Row, 'text'>, S> {
    return this.format('text')
      .options(options as never)
      .load(path)
  }
  /** `timestamp` and `value`, so many rows a second. */
  rate(
    options: { readonly rowsPerSecond?: number; readonly rampUpTime?: string; readonly numPartitions?: number } = {},
  ): DataFrame<FixedRows['rate'], S> {
    return this.format('rate')
      .options(options as never)
      .load() as never
  }
  /**
   * A table of the catalog (`saveAsTable`, `toTable`) or a view. Options are those of its format.
   * @example
   * await frame.write.mode('append').saveAsTable('rides')
   * await session.read.option('versionAsOf', 0).table('rides').count()
   */
  table(name: string): DataFrame<OpenRow, S> {
    const { options, schema, format } = this.#draft
    if (schema || format)
      throw new MillraceError('NOT_SUPPORTED', {
        what: `${schema ? 'schema()' : 'format()'} before table("${name}")`,
        why: 'a table has its own',
        instead: 'Leave it out.',
      })
    return tableFrame(this.#session, name, this.#streaming, options)
  }
}
export type DataFrameReader = DataReader<string, unknown, Batch>
export type DataStreamReader = DataReader<string, unknown, Streaming>
