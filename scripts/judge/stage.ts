import { renameSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Engine, Trigger } from '../../src/engine/contract.ts'
import { createBus, type QueryDriver } from '../../src/observe/index.ts'
import { planFromJson, type Relation, rewriteRelation } from '../../src/plan/index.ts'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { batchFromRows, parseDdl, type RowBatch, type StructType } from '../../src/types/index.ts'
import type { Case, Step } from './case.ts'
import { openJudgeEngine } from './engine.ts'

/** What one case works in: a directory of its own, an engine with the case's settings, and the rows of every batch (of its last attempt). */
export class Stage {
  readonly root: string
  readonly case_: Case
  readonly platform: Platform
  engine!: Engine
  query: QueryDriver | undefined
  readonly bus = createBus()
  relation: Relation | undefined
  conf: Record<string, string>
  outputMode: Case['outputMode']
  trigger: Trigger
  files = 0
  /** Progress records compared so far. */
  seen = 0
  /** The error that ended the case where none was expected. */
  failure: unknown
  readonly views = new Map<string, Relation>()
  readonly rows = new Map<number, { readonly schema: StructType; readonly batches: RowBatch[] }>()

  constructor(root: string, case_: Case, platform: Platform) {
    this.root = root
    this.case_ = case_
    this.platform = platform
    this.conf = { ...case_.spark.conf }
    this.outputMode = case_.outputMode
    this.trigger = triggerOf(case_.trigger)
  }
  stream(name: string): string {
    return join(this.root, 'in', name)
  }
  get checkpoint(): string {
    return join(this.root, 'checkpoint')
  }
  get output(): string {
    return join(this.root, 'out')
  }
}

const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
const asJson = (row: unknown): string => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? rawJSON(String(v)) : v))
const lines = (rows: readonly unknown[]): string => rows.map(r => `${typeof r === 'string' ? r : asJson(r)}\n`).join('')

/** `stream:e` becomes the case's directory, `static:t` its rows, `CASE/` the case's root. */
export function bind(stage: Stage, plan: Relation, statics: Case['statics']): Relation {
  return rewriteRelation(plan, node => {
    const source = node.kind === 'read' ? node.dataSource : undefined
    const path = source?.paths?.[0]
    if (node.kind !== 'read' || !source) return node
    if (path?.startsWith('static:')) {
      const table = statics?.[path.slice('static:'.length)]
      if (!table) throw new Error(`the case has no table ${path}`)
      return { kind: 'localRelation', batch: batchFromRows(parseDdl(table.schema), table.rows) }
    }
    const options = Object.fromEntries(Object.entries(source.options ?? {}).map(([k, v]) => [k, v.replace(/^CASE\//, `${stage.root}/`)]))
    const paths = path?.startsWith('stream:') ? [stage.stream(path.slice('stream:'.length))] : source.paths
    return { ...node, dataSource: { ...source, options, ...(paths ? { paths } : {}) } }
  })
}

/** As recorded: an object, or words. An interval is not waited for: what runs in a step is the same. */
function triggerOf(t: Case['trigger']): Trigger {
  const named = (name: string): boolean =>
    typeof t === 'string' ? t.replaceAll(/[^a-z]/gi, '').toLowerCase() === name.toLowerCase() : t !== undefined && name in t
  if (named('availableNow')) return { kind: 'availableNow' }
  if (named('once')) return { kind: 'once' }
  if (t === undefined || typeof t === 'string' || named('processingTime')) return { kind: 'processingTime', intervalMs: 0 }
  if (t.continuous !== undefined) return { kind: 'continuous', interval: t.continuous }
  throw new Error(`unknown trigger ${JSON.stringify(t)}`)
}

export async function open(stage: Stage): Promise<void> {
  stage.engine = await openJudgeEngine(stage.platform, stage.conf, stage.views, stage.bus)
}

/** Sinks that write below a path. */
const FILE_SINKS: ReadonlySet<string> = new Set(['json', 'csv', 'parquet', 'text', 'orc', 'avro', 'xml'])

export async function start(stage: Stage): Promise<void> {
  const { case_ } = stage
  const collects = case_.sink === 'foreachBatch'
  const onDisk = FILE_SINKS.has(case_.sink)
  stage.query = await stage.engine.start(stage.relation!, {
    format: collects ? 'foreachBatch' : case_.sink === 'memory-unnamed' ? 'memory' : case_.sink,
    outputMode: stage.outputMode,
    options: { ...case_.sinkOptions, checkpointLocation: stage.checkpoint },
    ...(onDisk ? { path: stage.output } : {}),
    ...(case_.sink === 'memory' ? { queryName: 'recorded' } : {}),
    partitionBy: case_.partitionBy ?? [],
    trigger: stage.trigger,
    ...(collects
      ? {
          foreachBatch: async (batch, id) => {
            const result = await stage.engine.collect(batch)
            const batches: RowBatch[] = []
            for await (const b of result.batches) batches.push(b)
            stage.rows.set(id, { schema: result.schema, batches })
          },
        }
      : {}),
  })
}

/** A step's files are all there at once: they are made beside and moved in without the event loop turning in between. */
export async function feed(stage: Stage, step: Step): Promise<void> {
  const moves: (readonly [string, string])[] = []
  for (const [name, rows] of Object.entries(step.input ?? {})) {
    if (rows.length === 0) continue
    const format = stage.case_.streams[name]?.format ?? 'json'
    const hidden = join(stage.root, `staged-${stage.files}`)
    await writeFile(hidden, lines(rows))
    moves.push([hidden, join(stage.stream(name), `part-${String(stage.files++).padStart(5, '0')}.${format}`)])
  }
  for (const file of step.files ?? []) {
    const hidden = join(stage.root, `staged-${stage.files++}`)
    await writeFile(hidden, lines(file.rows))
    await mkdir(dirname(join(stage.stream(file.stream), file.name)), { recursive: true })
    if (file.mtime !== undefined) await utimes(hidden, file.mtime, file.mtime)
    moves.push([hidden, join(stage.stream(file.stream), file.name)])
  }
  for (const file of step.delete ?? []) await rm(join(stage.stream(file.stream), file.name), { force: true })
  for (const [from, to] of moves) renameSync(from, to)
}

export async function settle(stage: Stage): Promise<void> {
  if (stage.trigger.kind === 'processingTime') await stage.query!.processAllAvailable()
  else await stage.query!.awaitTermination()
}

/** Runs `act` in a stage of its own: directories made, views known; whatever it did is gone afterwards. */
export async function inStage<T>(case_: Case, act: (stage: Stage) => Promise<T>, platform: Platform = nodePlatform): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-judge-'))
  const stage = new Stage(root, case_, platform)
  try {
    for (const name of Object.keys(case_.streams)) await mkdir(stage.stream(name), { recursive: true })
    for (const [name, plan] of Object.entries(case_.views ?? {})) stage.views.set(name, bind(stage, planFromJson(plan), case_.statics))
    return await act(stage)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** What a step with a restart does before it goes on: other settings, another plan. */
export async function reopen(stage: Stage, step: Step): Promise<void> {
  await stage.query?.stop().catch(() => {})
  stage.query = undefined
  await stage.engine.close().catch(() => {})
  stage.conf = { ...stage.conf, ...step.restart?.conf }
  stage.outputMode = step.restart?.outputMode ?? stage.outputMode
  if (step.restart?.trigger !== undefined) stage.trigger = triggerOf(step.restart.trigger)
  await open(stage)
  if (step.restart?.plan) stage.relation = bind(stage, planFromJson(step.restart.plan), stage.case_.statics)
}
