import { renameSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  }
  stream(name: string): string {
    return join(this.root, 'in', name)
  }
  get checkpoint(): string {
    return join(this.root, 'checkpoint')
  }
}

const lines = (rows: readonly unknown[]): string => rows.map(r => `${typeof r === 'string' ? r : JSON.stringify(r)}\n`).join('')

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

function trigger(t: Case['trigger']): Trigger {
  if (typeof t === 'string') return { kind: 'processingTime', intervalMs: 0 }
  if (t.availableNow) return { kind: 'availableNow' }
  if (t.once) return { kind: 'once' }
  throw new Error(`unknown trigger ${JSON.stringify(t)}`)
}

export async function open(stage: Stage): Promise<void> {
  stage.engine = await openJudgeEngine(stage.platform, stage.conf, stage.views, stage.bus)
}

export async function start(stage: Stage): Promise<void> {
  const { case_ } = stage
  const collects = case_.sink === 'foreachBatch'
  stage.query = await stage.engine.start(stage.relation!, {
    format: collects ? 'foreachBatch' : case_.sink === 'memory-unnamed' ? 'memory' : case_.sink,
    outputMode: case_.outputMode,
    options: { checkpointLocation: stage.checkpoint },
    ...(collects || case_.sink === 'noop' ? {} : { path: join(stage.root, 'out') }),
    partitionBy: [],
    trigger: trigger(case_.trigger),
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
    if (file.mtime !== undefined) await utimes(hidden, file.mtime, file.mtime)
    moves.push([hidden, join(stage.stream(file.stream), file.name)])
  }
  for (const [from, to] of moves) renameSync(from, to)
  for (const file of step.delete ?? []) await rm(join(stage.stream(file.stream), file.name), { force: true })
}

export async function settle(stage: Stage): Promise<void> {
  if (typeof stage.case_.trigger === 'string') await stage.query!.processAllAvailable()
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
  await open(stage)
  if (step.restart?.plan) stage.relation = bind(stage, planFromJson(step.restart.plan), stage.case_.statics)
}
