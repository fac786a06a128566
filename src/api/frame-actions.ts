import type { ExplainMode } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import { concatBatches, drawTable, type RowBatch, rowsOf, treeString, typeName } from '../types/index.ts'
import { alias, call } from './build.ts'
import { DataFrameWriter, writeOneFile } from './data-frame-writer.ts'
import type { FrameState } from './frame-base.ts'
import { FrameRows } from './frame-rows.ts'
import { toLiteral } from './literal.ts'
import { observations } from './observation.ts'

/** For `this:` of actions that read all rows. */
export type BatchOnly<S extends FrameState> = true extends S['streaming']
  ? boolean extends S['streaming']
    ? unknown
    : 0 extends 1 & S
      ? unknown
      : 'this frame is a stream and never ends: start it with writeStream'
  : unknown

export interface ShowArguments {
  readonly truncate?: boolean | number
  readonly vertical?: boolean
}

/** Methods that run the plan or show it. Whatever may need I/O is asynchronous. */
export class FrameActions<Row, S extends FrameState> extends FrameRows<Row, S> {
  /**
   * All rows as objects by column name; bigint for `bigint`, `Timestamp` for `timestamp`, `Decimal`, `Map` and so on. Batch only.
   * @example const rows = await frame.collect()
   */
  async collect(this: FrameActions<Row, S> & BatchOnly<S>): Promise<Row[]> {
    const self = this as FrameActions<Row, S>
    const rows: Row[] = []
    for await (const batch of self.run('collect')) for (const row of rowsOf(batch)) rows.push(row as Row)
    return rows
  }
  /** Rows one by one, a batch of them in memory at a time. */
  async *toLocalIterator(this: FrameActions<Row, S> & BatchOnly<S>): AsyncGenerator<Row, void, undefined> {
    for await (const batch of (this as FrameActions<Row, S>).run('toLocalIterator')) yield* rowsOf(batch) as Generator<Row>
  }
  /** Columns instead of rows, as the engine has them. */
  batches(this: FrameActions<Row, S> & BatchOnly<S>): AsyncIterable<RowBatch> {
    return (this as FrameActions<Row, S>).run('batches')
  }
  /**
   * How many rows there are. Batch only: on a stream use `groupBy().count()`.
   * @example const n = await frame.count()
   */
  async count(this: FrameActions<Row, S> & BatchOnly<S>): Promise<number> {
    const self = this as FrameActions<Row, S>
    self.refuseStream('count')
    const counted = self.derive<FrameActions<{ count: bigint }, any>>(
      {
        kind: 'aggregate',
        input: self.plan,
        groupType: 'GROUP_TYPE_GROUPBY',
        groupingExpressions: [],
        aggregateExpressions: [alias(call('count', toLiteral(1)), 'count')],
      },
      'count',
    )
    return Number((await counted.collect())[0]!.count)
  }
  /**
   * The first `n` rows.
   * @example const some = await frame.take(5)
   */
  async take(this: FrameActions<Row, S> & BatchOnly<S>, n: number): Promise<Row[]> {
    const self = this as FrameActions<Row, S>
    self.refuseStream('take')
    return (self.limit(n) as unknown as FrameActions<Row, any>).collect()
  }
  /** The first row, or the first `n` as an array. */
  async head(this: FrameActions<Row, S> & BatchOnly<S>): Promise<Row | undefined>
  async head(this: FrameActions<Row, S> & BatchOnly<S>, n: number): Promise<Row[]>
  async head(n?: number): Promise<Row | undefined | Row[]> {
    const rows = await (this as FrameActions<Row, any>).take(n ?? 1)
    return n === undefined ? rows[0] : rows
  }
  async first(this: FrameActions<Row, S> & BatchOnly<S>): Promise<Row | undefined> {
    return (await (this as FrameActions<Row, any>).take(1))[0]
  }
  async tail(this: FrameActions<Row, S> & BatchOnly<S>, n: number): Promise<Row[]> {
    const self = this as FrameActions<Row, S>
    self.refuseStream('tail')
    return self.derive<FrameActions<Row, any>>({ kind: 'tail', input: self.plan, limit: n }, 'tail').collect()
  }
  async isEmpty(this: FrameActions<Row, S> & BatchOnly<S>): Promise<boolean> {
    return (await (this as FrameActions<Row, any>).take(1)).length === 0
  }
  /** Calls `fn` for each row, in order, waiting for it. */
  async foreach(this: FrameActions<Row, S> & BatchOnly<S>, fn: (row: Row) => void | Promise<void>): Promise<void> {
    for await (const batch of (this as FrameActions<Row, S>).run('foreach')) for (const row of rowsOf(batch)) await fn(row as Row)
  }

  // ------------------------------------------------------------ looking
  /**
   * Prints the first rows as a table, exactly as Spark draws it. Batch only: a stream goes to `writeStream.format('console')`.
   * @example await frame.show(5, { truncate: false })
   */
  async show(this: FrameActions<Row, S> & BatchOnly<S>, rows = 20, options: ShowArguments = {}): Promise<void> {
    const text = await (this as FrameActions<Row, any>).showString(rows, options)
    ;(this as FrameActions<Row, S>).context.wiring.print(`${text}\n`)
  }
  /** The text that `show` prints. */
  async showString(this: FrameActions<Row, S> & BatchOnly<S>, rows = 20, options: ShowArguments = {}): Promise<string> {
    const self = this as FrameActions<Row, S>
    self.refuseStream('show')
    const some = self.limit(rows + 1) as unknown as FrameActions<Row, any>
    const timeZone = self.context.settings.lookup('spark.sql.session.timeZone')!
    return drawTable(await some.toBatch('show'), { rows, timeZone, ...options })
  }
  /** Prints the columns as a tree. */
  async printSchema(): Promise<void> {
    this.context.wiring.print(`${treeString(await this.schema())}\n\n`)
  }
  async columns(): Promise<string[]> {
    return (await this.schema()).fields.map(f => f.name)
  }
  /** Names and types: `[['CA', 'string'], ['ENTRIES', 'int']]`. */
  async dtypes(): Promise<[name: string, type: string][]> {
    return (await this.schema()).fields.map(f => [f.name, typeName(f.dataType)])
  }
  /** Prints what will run: `simple`, `extended`, `formatted`, … */
  async explain(mode: ExplainMode | boolean = 'simple'): Promise<void> {
    this.context.wiring.print(`${await this.explainString(mode)}\n`)
  }
  async explainString(mode: ExplainMode | boolean = 'simple'): Promise<string> {
    return this.context.engine.explain(this.plan, typeof mode === 'boolean' ? (mode ? 'extended' : 'simple') : mode)
  }

  // ------------------------------------------------------------ keeping and writing
  /** Keeps the rows after the first action that reads them. */
  cache(this: FrameActions<Row, S> & BatchOnly<S>): this {
    const self = this as FrameActions<Row, S>
    self.refuseStream('cache')
    self.context.cache.add(self.plan)
    return this as never
  }
  persist(this: FrameActions<Row, S> & BatchOnly<S>): this {
    return (this as FrameActions<Row, any>).cache() as never
  }
  unpersist(): this {
    this.context.cache.remove(this.plan)
    return this
  }
  get write(): BatchOnly<S> extends string ? BatchOnly<S> : DataFrameWriter<Row> {
    this.refuseStream('write')
    return new DataFrameWriter(this, plan => this.context.cache.resolve(plan)) as never
  }
  /** One file with exactly this name, there whole or not at all; the format follows from the name (`.csv`, `.json.gz`, `.parquet`, …). */
  async writeFile(
    this: FrameActions<Row, S> & BatchOnly<S>,
    path: string,
    options: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<void> {
    const self = this as FrameActions<Row, S>
    self.refuseStream('writeFile')
    await writeOneFile(self, path, options, plan => self.context.cache.resolve(plan))
  }

  /** A view of this name for `session.table`. @throws VIEW_EXISTS */
  createTempView(name: string): void {
    if (this.context.views.has(name.toLowerCase())) throw new MillraceError('VIEW_EXISTS', { name })
    this.createOrReplaceTempView(name)
  }
  createOrReplaceTempView(name: string): void {
    this.context.tracker.used(this.plan)
    this.context.views.set(name.toLowerCase(), this.plan)
  }

  /** @internal */
  async *run(action: string): AsyncGenerator<RowBatch, void, undefined> {
    this.refuseStream(action)
    const { cache, engine } = this.context
    const { batches, observed } = await engine.collect(await cache.resolve(this.plan))
    yield* batches
    if (observed) for (const [name, values] of Object.entries(observed())) observations.get(name)?.settle(values)
  }
  /** @internal */
  async toBatch(action: string): Promise<RowBatch> {
    this.refuseStream(action)
    const { cache, engine } = this.context
    const { schema, batches } = await engine.collect(await cache.resolve(this.plan))
    const all: RowBatch[] = []
    for await (const batch of batches) all.push(batch)
    return concatBatches(schema, all)
  }
}
