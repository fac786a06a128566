import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalExpected, canonicalRows } from '../../scripts/judge/canonical.ts'
import type { Case, ExpectedBatch, Step } from '../../scripts/judge/case.ts'
import { bind, feed, inStage, open, reopen, type Stage, settle, start } from '../../scripts/judge/stage.ts'
import { planFromJson, walk } from '../../src/plan/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { type CrashAt, type Failpoints, failpoints } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { ran } from './cases.ts'

/** How the first process ends: killed at a failpoint, or stopped in good order right after a batch. */
export type Ending = CrashAt | { readonly stopAfter: number }

/** What came of telling a case in another way. */
export interface Retelling {
  /** Failpoints passed. */
  readonly calls: number
  /** The last batch that was committed when the first process ended; undefined if it lived on. */
  readonly endedAfter: number | undefined
  /** What was handed over: the rows of all batches, or of the last one in complete mode. */
  readonly rows: readonly string[]
  /** The same as recorded. */
  readonly recorded: readonly string[]
}

/**
 * Whether the case's rows can be compared as a whole: Spark ran it, each batch's rows were collected, and the rows were fed. (A source that makes
 * rows as it is asked makes more of them for each start.)
 */
export const hasRows = (case_: Case): boolean =>
  ran(case_) &&
  case_.sink === 'foreachBatch' &&
  case_.steps.some(step => step.files || Object.values(step.input ?? {}).some(rows => rows.length > 0))

/** Tells a case step by step; where an ending is given, the process ends there and another one goes on from the checkpoint. */
export async function retell(case_: Case, ending?: Ending): Promise<Retelling> {
  const points = failpoints()
  return inStage(case_, stage => new Telling(stage, points).whole(ending), points.platform(nodePlatform))
}

class Telling {
  readonly #stage: Stage
  readonly #points: Failpoints
  #stopped = false
  #endedAfter: number | undefined

  constructor(stage: Stage, points: Failpoints) {
    this.#stage = stage
    this.#points = points
  }

  async whole(ending: Ending | undefined): Promise<Retelling> {
    const [stage, points] = [this.#stage, this.#points]
    if (ending && 'at' in ending) points.arm(ending)
    if (ending && 'stopAfter' in ending) this.#stopAfter(ending.stopAfter)
    try {
      await this.#survive(async () => {
        await open(stage)
        stage.relation = bind(stage, planFromJson(stage.case_.plan), stage.case_.statics)
      })
      for (const step of stage.case_.steps) await this.#tell(step)
      // The last breath may have been drawn after the last step was told.
      if (this.#over) await this.#survive(() => this.#run())
      await stage.query!.stop().catch(() => {})
      return { calls: points.calls.length, endedAfter: this.#endedAfter, ...outcome(stage) }
    } finally {
      points.revive()
      await stage.query?.stop().catch(() => {})
      await stage.engine?.close().catch(() => {})
    }
  }

  get #over(): boolean {
    return this.#points.dead || this.#stopped
  }

  #stopAfter(batch: number): void {
    const leave = this.#stage.bus.add({
      onQueryProgress: ({ progress }) => {
        if (progress.batchId !== batch) return
        leave()
        this.#stopped = true
        void this.#stage.query?.stop()
      },
    })
  }

  async #tell(step: Step): Promise<void> {
    await feed(this.#stage, step)
    if (step.restart) await this.#survive(() => reopen(this.#stage, step))
    await this.#survive(() => this.#run())
  }

  async #run(): Promise<void> {
    if (!this.#stage.query?.isActive && !this.#over) await start(this.#stage)
    await settle(this.#stage)
  }

  /** Acts; when the process ended meanwhile, a new one takes up the query where the checkpoint stands, and acts again. */
  async #survive(act: () => Promise<void>): Promise<void> {
    const stage = this.#stage
    try {
      await act()
      if (!this.#over) return
    } catch (error) {
      if (!this.#over) throw error
    }
    await stage.query?.stop().catch(() => {})
    stage.query = undefined
    await stage.engine?.close().catch(() => {})
    this.#endedAfter = await lastCommit(stage)
    this.#points.revive()
    this.#stopped = false
    await open(stage)
    await act()
  }
}

const lastCommit = async (stage: Stage): Promise<number> =>
  Math.max(-1, ...(await readdir(join(stage.checkpoint, 'commits')).catch(() => [])).filter(name => /^\d+$/.test(name)).map(Number))

/** Append and update mode: all rows of all batches together. Complete mode: the last batch, for it holds everything. */
function outcome(stage: Stage): Pick<Retelling, 'rows' | 'recorded'> {
  const { case_ } = stage
  const recorded = recordedBatches(case_).map(batch => batch.rows ?? [])
  const handedOver = [...stage.rows].sort(([a], [b]) => a - b).map(([, rows]) => rows)
  const schema = handedOver[0]?.schema ?? parseDdl(case_.outputSchema!)
  const whole = case_.outputMode === 'complete'
  const inOrder = (rows: string[]): string[] => (case_.rowsOrdered ? rows : rows.sort())
  return {
    rows: inOrder(canonicalRows(schema, whole ? (handedOver.at(-1)?.batches ?? []) : handedOver.flatMap(rows => rows.batches))),
    recorded: inOrder(canonicalExpected(schema, whole ? (recorded.at(-1) ?? []) : recorded.flat())),
  }
}

const recordedBatches = (case_: Case): readonly ExpectedBatch[] => case_.steps.flatMap(step => step.expect.batches ?? [])

/**
 * Whether the batch after this one only moves the watermark. Spark does not make up for it when the process ends in between (it follows the
 * next batch with data), so rows that it would have shut out may still come in time.
 */
export const noDataFollows = (case_: Case, batchId: number): boolean =>
  recordedBatches(case_).some(batch => batch.batchId === batchId + 1 && batch.numInputRows === 0)

/** Steps that say more than "these rows arrive" depend on which batch a row is in. */
const plainStep = (step: Step): boolean => step.files === undefined && step.delete === undefined && step.restart === undefined

/** Options that make lines of a file depend on each other. */
const WHOLE_FILE = new Set(['header', 'wholetext', 'lineSep', 'multiLine'])

/**
 * Whether the law lets the rows come one by one: the batches may then be others, the rows not. It does where no watermark moves between two
 * rows, no limit is per batch, each line of a file is a row by itself, and the mode shows each row once (append) or everything at the end (complete).
 */
export function mayComeSingly(case_: Case): boolean {
  if (!hasRows(case_) || !case_.steps.every(plainStep) || case_.outputMode === 'update') return false
  const nodes = [...walk(planFromJson(case_.plan))]
  const kinds = new Set(nodes.map(node => node.kind))
  const readsFilesWhole = nodes.some(
    node => node.kind === 'read' && Object.keys(node.dataSource?.options ?? {}).some(o => WHOLE_FILE.has(o)),
  )
  return !readsFilesWhole && !kinds.has('limit') && !(kinds.has('withWatermark') && case_.outputMode === 'append')
}

/** The same case with each row in a step of its own. What each batch should hold is no longer known, so the last step holds all. */
export function oneRowAtATime(case_: Case): Case {
  const batches = case_.steps.flatMap(step => step.expect.batches ?? [])
  const single = case_.steps.flatMap(({ input = {} }) =>
    Object.entries(input).flatMap(([stream, rows]) => rows.map((row): Step => ({ input: { [stream]: [row] }, expect: {} }))),
  )
  return { ...case_, steps: [...single, { expect: { batches } }] }
}
