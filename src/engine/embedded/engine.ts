import { inspectCheckpoint, removeCheckpoint } from '../../checkpoint/index.ts'
import { Registries } from '../../formats/registry/registries.ts'
import { activeQueries } from '../../microbatch/index.ts'
import type { QueryDriver } from '../../observe/index.ts'
import type { Relation } from '../../plan/index.ts'
import { dayIn, type StructType } from '../../types/index.ts'
import type { BatchWrite, CheckpointView, Collected, Engine, EngineTables, ExplainMode, QueryPreview, StreamWrite } from '../contract.ts'
import { Analysis } from './analysis.ts'
import { collect } from './collect.ts'
import { computeWith } from './compute.ts'
import type { EmbeddedConfig } from './config.ts'
import { explain } from './explain.ts'
import { Instances } from './instances.ts'
import type { LoweringOptions } from './lower/lowering.ts'
import { batchToTable, streamToTable } from './named-tables.ts'
import { OpenOutputs } from './outputs.ts'
import { preview, promised } from './preview.ts'
import { save } from './save.ts'
import { start } from './start.ts'
import { tablesOf } from './tables.ts'
import { batchFunctionOf, hostFunctionOf } from './user-functions.ts'

/** The house inside this process: analysis, lowering, DuckDB, micro-batches. */
export class EmbeddedEngine implements Engine {
  readonly name = 'embedded'
  readonly config: EmbeddedConfig
  readonly analysis: Analysis
  readonly registries: Registries
  readonly instances: Instances
  readonly outputs = new OpenOutputs()
  readonly active = activeQueries()
  readonly tables: EngineTables

  constructor(config: EmbeddedConfig) {
    this.config = { ...config, compute: computeWith(this) }
    this.registries = new Registries(config.platform.clock)
    this.analysis = new Analysis(this.config, this.registries, async analyzed => (await collect(analyzed, this)).batches)
    this.instances = new Instances(this.config)
    this.tables = tablesOf(this)
  }

  get timeZone(): string {
    return this.config.conf('spark.sql.session.timeZone') ?? 'UTC'
  }

  /** Bytes shown to DuckDB at once. */
  get sliceBytes(): number {
    return Number(this.config.conf('millrace.sliceBytes') ?? 0) || 64 << 20
  }

  loweringOptions(outputMode: LoweringOptions['outputMode'], streaming: boolean): LoweringOptions {
    return {
      timeZone: this.timeZone,
      outputMode,
      streaming,
      userFunction: expr => hostFunctionOf(expr, this.config.functions),
      registries: this.registries,
      today: () => dayIn(this.timeZone, this.config.platform.clock.now()),
    }
  }

  batchFunction = (id: string) => batchFunctionOf(id, this.config.functions)

  schema(plan: Relation): Promise<StructType> {
    return this.analysis.schema(plan)
  }

  schemaNow(plan: Relation): StructType | undefined {
    return this.analysis.schemaNow(plan)
  }

  async collect(plan: Relation, options: { readonly signal?: AbortSignal } = {}): Promise<Collected> {
    return collect(await this.analysis.analyze(plan), this, options.signal)
  }

  async save(plan: Relation, write: BatchWrite): Promise<void> {
    const to = await batchToTable(write, plan, this)
    if (!to) return
    await save(to.plan, to.write, this)
    await to.done()
  }

  async start(plan: Relation, write: StreamWrite): Promise<QueryDriver> {
    return start(plan, await streamToTable(write, plan, this), this)
  }

  async preview(plan: Relation, write: StreamWrite): Promise<QueryPreview> {
    return preview(plan, await streamToTable(write, plan, this, false), this)
  }

  async checkpoint(location: string): Promise<CheckpointView> {
    const store = await this.config.store(location)
    return { report: await inspectCheckpoint(store), remove: () => removeCheckpoint(store, this.config.platform) }
  }

  async explain(plan: Relation, mode: ExplainMode, write?: StreamWrite): Promise<string> {
    const text = await explain(plan, mode, write, this)
    if (!write) return text
    const promises = await promised(plan, await streamToTable(write, plan, this, false), this)
    return [text, '== Delivery ==', ...promises].join('\n')
  }

  async close(): Promise<void> {
    await this.instances.closeAll()
  }
}
