import { MillraceError } from '../errors/index.ts'
import type { Literal } from '../plan/index.ts'
import { type RowBatch, rowsOf, type Schema, type StructType, schema as toSchema } from '../types/index.ts'
import { batchOfResult } from './batch-result.ts'
import type { AnyColumn, OpenRow } from './column-types.ts'
import { wiring } from './context.ts'
import type { DataFrame } from './data-frame.ts'
import type { FrameState } from './frame-base.ts'
import { FrameTransform } from './frame-transform.ts'
import { toLiteral } from './literal.ts'
import { Observation, observations } from './observation.ts'

type Name<Row> = 0 extends 1 & Row ? string : keyof Row & string
type Scalar = string | number | bigint | boolean

/** A batch in columns, as `mapBatches` gets it. */
export interface ColumnBatch<Row> {
  readonly length: number
  readonly schema: StructType
  /** The rows as objects. */
  rows(): Row[]
  /** One column's values. */
  column<K extends Name<Row>>(name: K): (K extends keyof Row ? Row[K] : any)[]
  /** The typed arrays behind it. */
  readonly columns: RowBatch['columns']
}
/** What `mapBatches` may give back: rows, columns by name, or a batch. */
export type BatchResult<Row> = readonly Row[] | { readonly [K in keyof Row]: ArrayLike<Row[K] | null> } | RowBatch

/** Steps over whole rows: sampling, nulls, statistics, functions of one's own. */
export class FrameRows<Row, S extends FrameState> extends FrameTransform<Row, S> {
  /** About this part of the rows; the same seed takes the same ones. */
  sample(fraction: number, options: { readonly seed?: number | bigint; readonly withReplacement?: boolean } = {}): DataFrame<Row, S> {
    return this.derive(
      {
        kind: 'sample',
        input: this.plan,
        lowerBound: 0,
        upperBound: fraction,
        withReplacement: options.withReplacement ?? false,
        seed: seedText(options.seed),
      },
      'sample',
    )
  }
  /** Cuts the rows at random in parts of these weights: `randomSplit([0.8, 0.2], 42)`. Batch only. */
  randomSplit(weights: readonly number[], seed?: number | bigint): DataFrame<Row, S>[] {
    this.refuseStream('randomSplit')
    const total = weights.reduce((a, b) => a + b, 0)
    if (!(total > 0) || weights.some(w => w < 0))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'weights', value: weights, expected: 'numbers from 0 up, not all 0' })
    const text = seedText(seed)
    let lower = 0
    return weights.map((w, i) => {
      const [from, to] = [lower, i === weights.length - 1 ? 1 : lower + w / total]
      lower = to
      return this.derive(
        {
          kind: 'sample',
          input: this.plan,
          lowerBound: from,
          upperBound: to,
          withReplacement: false,
          seed: text,
          deterministicOrder: true,
        },
        'randomSplit',
      )
    })
  }

  /** Nulls: `na.fill(0)`, `na.drop()`, `na.replace('N/A', null)`. */
  get na(): FrameNa<Row, S> {
    return {
      fill: (value, columns) => this.#fill(value, columns),
      drop: (options = {}) => this.#dropNulls(options),
      replace: (from, to, columns) => this.#replace(from, to, columns),
    }
  }
  fillna(value: Scalar | { readonly [K in Name<Row>]?: Scalar }, columns?: readonly Name<Row>[]): DataFrame<Row, S> {
    return this.#fill(value, columns)
  }
  dropna(options: DropNull<Row> = {}): DataFrame<Row, S> {
    return this.#dropNulls(options)
  }
  #fill(value: unknown, columns?: readonly string[]): DataFrame<Row, S> {
    const byName = typeof value === 'object' && value !== null
    const values = byName ? Object.values(value).map(toLiteral) : [toLiteral(value)]
    const cols = byName ? Object.keys(value) : columns
    return this.derive({ kind: 'fillNa', input: this.plan, values, ...(cols && { cols }) }, 'na.fill')
  }
  #dropNulls({ how, thresh, columns }: DropNull<Row>): DataFrame<Row, S> {
    const minNonNulls = thresh ?? (how === 'all' ? 1 : undefined)
    return this.derive(
      { kind: 'dropNa', input: this.plan, ...(columns && { cols: columns }), ...(minNonNulls !== undefined && { minNonNulls }) },
      'na.drop',
    )
  }
  #replace(from: unknown, to: unknown, cols?: readonly string[]): DataFrame<Row, S> {
    const pairs =
      from instanceof Map ? [...from] : Array.isArray(from) ? from.map((f, i) => [f, Array.isArray(to) ? to[i] : to]) : [[from, to]]
    const replacements = pairs.map(([a, b]) => ({ oldValue: replaceable(a), newValue: replaceable(b) }))
    return this.derive({ kind: 'replace', input: this.plan, replacements, ...(cols && { cols }) }, 'na.replace')
  }

  /** count, mean, stddev, min and max of the columns. Batch only. */
  describe(...columns: readonly Name<Row>[]): DataFrame<OpenRow, S> {
    this.refuseStream('describe')
    return this.derive({ kind: 'describe', input: this.plan, cols: columns }, 'describe')
  }
  summary(...statistics: readonly string[]): DataFrame<OpenRow, S> {
    this.refuseStream('summary')
    return this.derive({ kind: 'summary', input: this.plan, statistics }, 'summary')
  }
  /** Metrics of the rows that pass: in the progress of a stream under `name`, or through an `Observation` in batch. */
  observe(name: string | Observation, ...metrics: readonly [AnyColumn, ...AnyColumn[]]): DataFrame<Row, S> {
    if (name instanceof Observation) observations.set(name.name, name)
    return this.derive(
      { kind: 'collectMetrics', input: this.plan, name: typeof name === 'string' ? name : name.name, metrics: metrics.map(m => m.expr) },
      'observe',
    )
  }
  /** Without effect here, as there is one process; kept so that programs move. */
  repartition(numPartitions: number): DataFrame<Row, S> {
    return this.derive({ kind: 'repartition', input: this.plan, numPartitions, shuffle: true }, 'repartition')
  }
  coalesce(numPartitions: number): DataFrame<Row, S> {
    return this.derive({ kind: 'repartition', input: this.plan, numPartitions, shuffle: false }, 'coalesce')
  }

  /**
   * Hands each batch of rows to a function that may wait: look-ups, models, calls to other systems. `out` says what comes back.
   *
   * @example
   * frame.mapBatches(async (batch, { signal }) => ({ ...await geocode(batch.column('address'), signal) }), 'lat double, lon double')
   */
  mapBatches<const D extends string | Schema<any> | StructType>(
    fn: (batch: ColumnBatch<Row>, context: { readonly signal: AbortSignal }) => BatchResult<RowIn<D>> | Promise<BatchResult<RowIn<D>>>,
    out: D,
  ): DataFrame<RowIn<D>, S> {
    if (typeof fn !== 'function') throw new MillraceError('NOT_A_FUNCTION', { what: 'mapBatches' })
    const returns = toSchema(out as string)
    const { id, sourceHash, name } = this.context.functions.registerBatches(fn, fn.name || '<lambda>', returns, async (batch, context) =>
      batchOfResult(fn.name || '<lambda>', returns, await fn(columnBatch<Row>(batch), context)),
    )
    return this.derive(
      { kind: 'extension', name: 'MapBatches', input: this.plan, id, functionName: name, returns, sourceHash },
      'mapBatches',
    )
  }
}
type RowIn<D> = D extends Schema<infer R> ? R : D extends string ? import('../types/index.ts').RowOfDdl<D> : any

export interface DropNull<Row> {
  /** `any` (default): a null in any column; `all`: only nulls. */
  readonly how?: 'any' | 'all'
  /** Keep rows with at least so many values. */
  readonly thresh?: number
  readonly columns?: readonly Name<Row>[]
}
export interface FrameNa<Row, S extends FrameState> {
  fill(value: Scalar | { readonly [K in Name<Row>]?: Scalar }, columns?: readonly Name<Row>[]): DataFrame<Row, S>
  drop(options?: DropNull<Row>): DataFrame<Row, S>
  replace(
    from: Scalar | readonly Scalar[] | ReadonlyMap<Scalar, Scalar | null>,
    to?: Scalar | null | readonly (Scalar | null)[],
    columns?: readonly Name<Row>[],
  ): DataFrame<Row, S>
}

const seedText = (seed: number | bigint | undefined): string => String(seed ?? Math.floor(wiring().random() * 2 ** 53))
/** As Spark sends them: numbers as doubles. */
const replaceable = (value: unknown): Literal => toLiteral(value)

function columnBatch<Row>(batch: RowBatch): ColumnBatch<Row> {
  let rows: Row[] | undefined
  const all = (): Row[] => {
    rows ??= [...rowsOf(batch)] as Row[]
    return rows
  }
  return {
    length: batch.length,
    schema: batch.schema,
    columns: batch.columns,
    rows: all,
    column: name => all().map(r => (r as Record<string, never>)[name]!),
  }
}
