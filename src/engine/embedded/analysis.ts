import { type Analyzed, type AnalyzeEnv, analyze, schemaOf } from '../../analyze/index.ts'
import type { Connector } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { Read, Relation } from '../../plan/index.ts'
import type { StructType } from '../../types/index.ts'
import type { EmbeddedConfig } from './config.ts'
import { declaredSchema, formatOf, readContext, readsOf, sourceSchema } from './reads.ts'

/** Plans of this session to analysed plans: looks up what needs I/O first, then analyses without any. */
export class Analysis {
  readonly #config: EmbeddedConfig
  /** Connectors that were loaded: they answer at once. */
  readonly #loaded = new Map<string, Connector>()
  #now: { readonly key: string; readonly env: AnalyzeEnv } | undefined

  constructor(config: EmbeddedConfig) {
    this.#config = config
  }

  async connector(format: string): Promise<Connector> {
    const connector = await this.#config.connectors.find(format)
    this.#loaded.set(format.toLowerCase(), connector)
    return connector
  }

  /** `pinned`: schemas that the checkpoint holds, by number of the streaming source. */
  async analyze(plan: Relation, pinned: readonly (StructType | undefined)[] = []): Promise<Analyzed> {
    const schemas = new Map<Read, StructType>()
    let streams = 0
    for (const read of readsOf(plan, this.#config.view)) {
      const fixed = read.isStreaming && !declaredSchema(read) ? pinned[streams] : undefined
      if (read.isStreaming) streams++
      if (!schemas.has(read))
        schemas.set(read, fixed ?? (await sourceSchema(read, await this.connector(formatOf(read, this.#config)), this.#config)))
    }
    return analyze(
      plan,
      this.#env(read => schemas.get(read)),
    )
  }

  async schema(plan: Relation): Promise<StructType> {
    return (await this.analyze(plan)).schema
  }

  /** Without I/O; undefined where a source's columns are not known yet. */
  schemaNow(plan: Relation): StructType | undefined {
    try {
      return schemaOf(plan, this.#envNow())
    } catch (error) {
      if (error instanceof MillraceError && error.condition === 'SCHEMA_NOT_KNOWN') return undefined
      throw error
    }
  }

  #envNow(): AnalyzeEnv {
    const key = `${this.#timeZone()} ${this.#loaded.size}`
    if (this.#now?.key !== key) {
      const env = this.#env(read => {
        const context = readContext(read, this.#config, this.#config.warn)
        const connector = this.#loaded.get(formatOf(read, this.#config).toLowerCase())
        return connector ? connector.fixedSchema?.(context) : declaredSchema(read)
      })
      this.#now = { key, env }
    }
    return this.#now.env
  }

  #timeZone(): string {
    return this.#config.conf('spark.sql.session.timeZone') ?? 'UTC'
  }

  #env(schemaOfRead: (read: Read) => StructType | undefined): AnalyzeEnv {
    const { view, memoryTables, conf, functions } = this.#config
    return {
      timeZone: this.#timeZone(),
      sourceSchema: schemaOfRead,
      table: name => {
        const plan = view(name)
        if (plan) return plan
        const table = memoryTables.get(name)
        return table && { schema: table.schema, table: name }
      },
      conf,
      userFunction: name => {
        const fn = functions.named(name)
        return fn && { id: fn.id, returns: fn.returns, sourceHash: fn.sourceHash }
      },
    }
  }
}
