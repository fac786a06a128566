import type { BatchWrite } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import type { Relation } from '../plan/index.ts'
import { type CheckedName, type CheckedOptions, refuseWrongSide } from './format-options.ts'
import type { FrameBase } from './frame-base.ts'
import { flattenOptions, type OptionsObject, type OptionValue, withOption } from './options.ts'
import { callerLine } from './origin.ts'

export type SaveModeName = 'append' | 'overwrite' | 'error' | 'errorifexists' | 'ignore'
type Resolve = (plan: Relation) => Promise<Relation>

interface Draft {
  readonly format?: string
  readonly mode: BatchWrite['mode']
  readonly options: Readonly<Record<string, string>>
  readonly partitionBy: readonly string[]
}

/** Writes a batch frame: `frame.write.mode('overwrite').format('csv').option('header', true).save('out/')`. Whole or not at all. */
export class DataFrameWriter<Row, F extends string = string> {
  readonly #frame: FrameBase
  readonly #resolve: Resolve
  readonly #draft: Draft

  constructor(frame: FrameBase, resolve: Resolve, draft: Draft = { mode: 'error', options: {}, partitionBy: [] }) {
    this.#frame = frame
    this.#resolve = resolve
    this.#draft = draft
  }
  #with<G extends string = F>(change: Partial<Draft>): DataFrameWriter<Row, G> {
    return new DataFrameWriter<Row, G>(this.#frame, this.#resolve, Object.freeze({ ...this.#draft, ...change }))
  }

  format<const G extends string>(name: G): DataFrameWriter<Row, G> {
    return this.#with<G>({ format: name })
  }
  /** What happens when there is something already: error (default), append, overwrite, ignore. */
  mode(mode: SaveModeName): DataFrameWriter<Row, F> {
    const known = ['append', 'overwrite', 'error', 'errorifexists', 'ignore', 'default']
    const name = mode.toLowerCase()
    if (!known.includes(name))
      throw new MillraceError('INVALID_ARGUMENT', { name: 'mode', value: mode, expected: 'append, overwrite, error or ignore' })
    return this.#with({ mode: name === 'errorifexists' || name === 'default' ? 'error' : (name as BatchWrite['mode']) })
  }
  option<const K extends string>(name: CheckedName<K, F, 'sink'>, value: OptionValue): DataFrameWriter<Row, F> {
    refuseWrongSide(this.#draft.format, name, 'sink')
    return this.#with({ options: withOption(this.#draft.options, name, value) })
  }
  options<const O extends OptionsObject>(options: O & CheckedOptions<O, F, 'sink'>): DataFrameWriter<Row, F> {
    return Object.entries(flattenOptions(options)).reduce<DataFrameWriter<Row, F>>((w, [k, v]) => w.option(k as never, v), this)
  }
  /** One directory a value of these columns: `CA=R051/`. */
  partitionBy(...columns: readonly (0 extends 1 & Row ? string : keyof Row & string)[]): DataFrameWriter<Row, F> {
    return this.#with({ partitionBy: columns as readonly unknown[] as string[] })
  }

  async save(path?: string): Promise<void> {
    const { context, plan } = this.#frame
    const { mode, options, partitionBy } = this.#draft
    const format = this.#draft.format ?? context.settings.lookup('spark.sql.sources.default')!
    const line = callerLine()
    const target = path ?? optionOf(options, 'path')
    const scope = context.scopes.of(plan)
    if (scope && target !== undefined) warnFixedTarget(scope, target, mode, line)
    await context.engine.save(await this.#resolve(plan), {
      format,
      mode,
      options,
      partitionBy,
      ...(target !== undefined && { path: target }),
    })
  }
  csv(path: string, options: OptionsObject = {}): Promise<void> {
    return this.format('csv').#all(options).save(path)
  }
  json(path: string, options: OptionsObject = {}): Promise<void> {
    return this.format('json').#all(options).save(path)
  }
  parquet(path: string, options: OptionsObject = {}): Promise<void> {
    return this.format('parquet').#all(options).save(path)
  }
  text(path: string, options: OptionsObject = {}): Promise<void> {
    return this.format('text').#all(options).save(path)
  }
  /** Into a table of PostgreSQL, in one transaction; `options` are those of format jdbc: user, password, truncate, … */
  jdbc(url: string, table: string, options: OptionsObject = {}): Promise<void> {
    return this.format('jdbc')
      .#all({ ...options, url, dbtable: table })
      .save()
  }
  #all(options: OptionsObject): DataFrameWriter<Row, F> {
    return this.options(options as never)
  }
  /**
   * Writes the rows as a named table, a Delta table unless `format()` says otherwise: found again by `session.table(name)`, also by later programs. It lies
   * below `spark.sql.warehouse.dir`, or where the option `path` says. Append and overwrite keep its schema; columns go by name.
   * @throws TABLE_ALREADY_EXISTS in mode error
   * @example
   * await frame.write.mode('overwrite').saveAsTable('gold')
   * await session.table('gold').show()
   */
  async saveAsTable(name: string): Promise<void> {
    await this.#intoTable(name, {})
  }
  /**
   * Adds the rows to a table that is there (`mode('overwrite')`: puts them in the place of its rows). Columns go by their order, not by name.
   * @throws INSERT_COLUMN_ARITY_MISMATCH
   */
  async insertInto(name: string, overwrite?: boolean): Promise<void> {
    const replaces = overwrite ?? this.#draft.mode === 'overwrite'
    await this.#intoTable(name, { byPosition: true, mode: replaces ? 'overwrite' : 'append' })
  }
  async #intoTable(name: string, over: Pick<BatchWrite, 'byPosition'> & { readonly mode?: BatchWrite['mode'] }): Promise<void> {
    const { context, plan } = this.#frame
    const { mode, options, partitionBy, format = '' } = this.#draft
    const line = callerLine()
    if (context.views.has(name.toLowerCase())) throw new MillraceError('VIEW_EXISTS', { name })
    const scope = context.scopes.of(plan)
    if (scope) warnFixedTarget(scope, name, over.mode ?? mode, line)
    const path = optionOf(options, 'path')
    await context.engine.save(await this.#resolve(plan), {
      format,
      mode,
      options,
      partitionBy,
      table: name,
      ...(path !== undefined && { path }),
      ...over,
    })
  }
}

const optionOf = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(options).find(([k]) => k.toLowerCase() === name)?.[1]

type Scope = NonNullable<ReturnType<FrameBase['context']['scopes']['of']>>

/** One path for every batch of a query: overwrite keeps only the last, append doubles on a rerun. Said once a path. */
function warnFixedTarget(scope: Scope, path: string, mode: BatchWrite['mode'], line: string | undefined): void {
  const before = scope.written.get(path)
  const again = before !== undefined && before.batchId !== scope.batchId
  scope.written.set(path, { batchId: scope.batchId, warned: before?.warned || again })
  if (!again || before.warned || mode === 'ignore') return
  const where = line ? ` at ${line}` : ''
  scope.warn(
    mode === 'overwrite'
      ? {
          code: 'BATCH_OVERWRITES_BATCH',
          message: `batches ${before.batchId} and ${scope.batchId} both overwrite "${path}"${where}: only the last batch remains`,
          hint: 'Put the batch id into the path: save("out/batch_" + batchId).',
        }
      : {
          code: 'BATCH_APPENDS_TO_FIXED_TARGET',
          message: `every batch writes to "${path}"${where}: a batch that runs again after a crash ${mode === 'append' ? 'doubles its rows' : 'fails'}`,
          hint: 'Write mode("overwrite") to a path with the batch id in it: save("out/batch_" + batchId).',
        },
  )
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  txt: 'text',
  text: 'text',
  parquet: 'parquet',
  avro: 'avro',
}
const CODECS: Readonly<Record<string, string>> = { gz: 'gzip', zst: 'zstd', bz2: 'bzip2', snappy: 'snappy', lz4: 'lz4' }

/** One file by name: the format is in the name, and so is the compression. */
export async function writeOneFile(frame: FrameBase, path: string, options: OptionsObject, resolve: Resolve): Promise<void> {
  const parts = path.split('/').at(-1)!.toLowerCase().split('.')
  const codec = CODECS[parts.at(-1)!]
  const format = EXTENSIONS[(codec ? parts.at(-2) : parts.at(-1)) ?? '']
  if (!format)
    throw new MillraceError('INVALID_ARGUMENT', {
      name: 'writeFile',
      value: path,
      expected: 'a name that ends in .csv, .json, .txt, .parquet or .avro (and .gz)',
    })
  const all = { ...(codec && { compression: codec }), ...flattenOptions(options) }
  await frame.context.engine.save(await resolve(frame.plan), {
    format,
    mode: 'overwrite',
    options: all,
    path,
    partitionBy: [],
    singleFile: true,
  })
}
