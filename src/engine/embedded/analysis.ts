import { type Analyzed, type AnalyzeEnv, analyze, schemaOf } from '../../analyze/index.ts'
import type { Connector } from '../../connectors/contract.ts'
import { mayBePartitioned } from '../../connectors/files/partitioned.ts'
import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Registries } from '../../formats/registry/registries.ts'
import { type Aggregate, type Literal, type LiteralValue, type Read, type Relation, walk } from '../../plan/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import type { EmbeddedConfig } from './config.ts'
import { Constants, ofOneRow } from './constants.ts'
import { literalReader } from './duck/literal-columns.ts'
import { type NamedReads, namedReads } from './named-tables.ts'
import { declaredSchema, formatOf, readContext, readsOf, sourceSchema } from './reads.ts'

/** Spark's `spark.sql.pivotMaxValues`. */
const MOST_PIVOT_VALUES = 10_000

/** Plans of this session to analysed plans: looks up what needs I/O first, then analyses without any. */
export class Analysis {
  readonly #config: EmbeddedConfig
  readonly #registries: Registries
  readonly #collect: (analyzed: Analyzed) => Promise<AsyncIterable<RowBatch>>
  /** Connectors that were loaded: they answer at once. */
  readonly #loaded = new Map<string, Connector>()
  readonly #constants: Constants
  #now: { readonly key: string; readonly env: AnalyzeEnv } | undefined

  constructor(config: EmbeddedConfig, registries: Registries, collect: (analyzed: Analyzed) => Promise<AsyncIterable<RowBatch>>) {
    this.#config = config
    this.#registries = registries
    this.#collect = collect
    this.#constants = new Constants(async (e, env) => (await this.#values(analyze(ofOneRow(e), env)))[0]!)
  }

  async connector(format: string): Promise<Connector> {
    const connector = await this.#config.connectors.find(format)
    this.#loaded.set(format.toLowerCase(), connector)
    return connector
  }

  /** `pinned`: schemas that the checkpoint holds, by number of the streaming source; `registries`: a query's own view of them. */
  async analyze(plan: Relation, pinned: readonly (StructType | undefined)[] = [], registries = this.#registries): Promise<Analyzed> {
    const schemas = new Map<Read, StructType>()
    const named = await namedReads(plan, this.#config)
    let streams = 0
    for (const read of readsOf(plan, (name, read) => this.#config.view(name) ?? named(read))) {
      const connector = await this.connector(formatOf(read, this.#config))
      const fixed = read.isStreaming && !declaredSchema(read) && !connector.keepsSchema ? pinned[streams] : undefined
      if (read.isStreaming) streams++
      if (!schemas.has(read)) schemas.set(read, fixed ?? (await sourceSchema(read, connector, this.#config)))
    }
    return lookingUp(async asked => {
      const env = this.#env(read => schemas.get(read), { asked, registries, named })
      const pivots = await this.#pivots(plan, env)
      return analyze(plan, pivots.size > 0 ? { ...env, pivotValues: pivot => pivots.get(pivot) } : env)
    })
  }

  /** The values of pivots that name none: looked up by a query of their own, sorted, as Spark does. */
  async #pivots(plan: Relation, env: AnalyzeEnv): Promise<ReadonlyMap<Aggregate, readonly Literal[]>> {
    const found = new Map<Aggregate, readonly Literal[]>()
    for (const node of walk(plan)) {
      if (!('kind' in node) || node.kind !== 'aggregate' || !node.pivot || node.pivot.values?.length) continue
      const values: Relation = {
        kind: 'project',
        input: node.input,
        expressions: [{ kind: 'alias', expr: node.pivot.col, name: ['value'] }],
      }
      const distinct: Relation = { kind: 'deduplicate', input: values, allColumnsAsKeys: true }
      const analyzed = analyze(distinct, { ...env, pivotValues: pivot => found.get(pivot) })
      if (!analyzed.plan.streaming) found.set(node, await this.#distinct(analyzed))
    }
    return found
  }

  async #distinct(analyzed: Analyzed): Promise<readonly Literal[]> {
    const { dataType } = analyzed.schema.fields[0]!
    const values = await this.#values(analyzed, MOST_PIVOT_VALUES)
    const order = (v: LiteralValue): LiteralValue => (dataType.kind === 'decimal' ? Number(v) : v)
    const compare = (a: LiteralValue, b: LiteralValue): number => (a === null ? -1 : b === null ? 1 : order(a)! < order(b)! ? -1 : 1)
    return values.sort(compare).map(value => ({ kind: 'literal', dataType, value }))
  }

  /** The first column of a plan's rows. */
  async #values(analyzed: Analyzed, most = Number.POSITIVE_INFINITY): Promise<LiteralValue[]> {
    const values: LiteralValue[] = []
    for await (const batch of await this.#collect(analyzed)) {
      const read = literalReader(batch.columns[0]!, analyzed.schema.fields[0]!.dataType)
      for (let i = 0; i < batch.length; i++) values.push(read(i))
      if (values.length > most) throw new MillraceError('PIVOT_TOO_MANY_VALUES', { most })
    }
    return values
  }

  async schema(plan: Relation): Promise<StructType> {
    return (await this.analyze(plan)).schema
  }

  /** Without I/O; undefined where a source's columns are not known yet. */
  schemaNow(plan: Relation): StructType | undefined {
    try {
      return schemaOf(plan, this.#envNow())
    } catch (error) {
      // A table of the catalog is looked up when it runs.
      if (isMillraceError(error, 'SCHEMA_NOT_KNOWN') || isMillraceError(error, 'TABLE_OR_VIEW_NOT_FOUND')) return undefined
      // The values of a pivot of data that has an end are looked up when it runs.
      const bounded = !readsOf(plan, this.#config.view).some(read => read.isStreaming)
      if (bounded && isMillraceError(error, 'PIVOT_VALUES_NEEDED')) return undefined
      throw error
    }
  }

  #envNow(): AnalyzeEnv {
    const key = `${this.#timeZone()} ${this.#loaded.size}`
    if (this.#now?.key !== key) {
      const env = this.#env(read => {
        const context = readContext(read, this.#config, this.#config.warn)
        const connector = this.#loaded.get(formatOf(read, this.#config).toLowerCase())
        if (mayBePartitioned(context, false)) return undefined
        return connector ? connector.fixedSchema?.(context) : declaredSchema(read)
      })
      this.#now = { key, env }
    }
    return this.#now.env
  }

  #timeZone(): string {
    return this.#config.conf('spark.sql.session.timeZone') ?? 'UTC'
  }

  #env(
    schemaOfRead: (read: Read) => StructType | undefined,
    { asked = {}, registries = this.#registries, named }: Around = {},
  ): AnalyzeEnv {
    const { view, memoryTables, conf, functions } = this.#config
    const env: AnalyzeEnv = {
      timeZone: this.#timeZone(),
      sourceSchema: schemaOfRead,
      table: (name, read) => {
        const plan = view(name)
        if (plan) return plan
        const table = memoryTables.get(name)
        if (table) return { schema: table.schema, table: name }
        return read && named?.(read)
      },
      conf,
      subjectSchema: options => {
        const subject = registries.of(options)
        const known = subject.known()
        if (!known) asked.lookUp = subject.subject
        return known?.text
      },
      constant: e => {
        const known = this.#constants.known(e, env)
        if (known === undefined) asked.lookUp = () => this.#constants.lookUp(e, env)
        return known
      },
      userFunction: name => {
        const fn = functions.named(name)
        return fn && { id: fn.id, ...(fn.args && { args: fn.args }), returns: fn.returns, sourceHash: fn.sourceHash }
      },
    }
    return env
  }
}

/** What stands around one analysis besides the session. */
interface Around {
  readonly asked?: Asked
  readonly registries?: Registries
  readonly named?: NamedReads
}
/** How to look up what analysis wanted to know last and could not: a registry's subject, the value of a constant. */
interface Asked {
  lookUp?: () => Promise<unknown>
}

/** Analyses again once what it asked for was looked up. */
async function lookingUp(work: (asked: Asked) => Promise<Analyzed>): Promise<Analyzed> {
  for (;;) {
    const asked: Asked = {}
    try {
      return await work(asked)
    } catch (error) {
      if (!asked.lookUp || !isMillraceError(error, 'SCHEMA_NOT_KNOWN')) throw error
      await asked.lookUp()
    }
  }
}
