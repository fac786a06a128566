import type { Batch, OperatorStats } from '../../../microbatch/contract.ts'
import type { Platform } from '../../../platform/index.ts'
import { type CommittedRun, openStateLog, type StateLog, type StateVersion } from '../../../state/index.ts'
import type { FileStore } from '../../../storage/contract.ts'
import type { Later } from '../duck/connection.ts'
import type { DuckInstance } from '../duck/instance.ts'
import { type Run, type StateFiles, StateTable } from '../duck/state-table.ts'
import { textsOf } from '../facts.ts'
import type { Program } from '../lower/program.ts'
import { stateName } from '../lower/relations/aggregate.ts'
import type { StateStep } from '../lower/state-step.ts'
import type { Operator, Ran } from './operator.ts'

export interface StatesParts {
  readonly duck: DuckInstance
  readonly platform: Platform
  readonly store: FileStore
  readonly run: string
  /** A directory of this machine for files on their way into the store. */
  readonly scratch: string
  /** Make a snapshot after so many change files; absent: when it is worth while. */
  readonly changesBeforeSnapshot?: number
}

/** Folding costs more than a small batch, and loading a few more small files costs little. */
const FILES_BEFORE_SNAPSHOT = { few: 10, many: 50, rowsOfFew: 10_000 }

const NAMES: Readonly<Record<StateStep['kind'], string>> = { aggregate: 'stateStoreSave', deduplicate: 'dedupe', limit: 'globalLimit' }

/** The stateful operators of one query: their tables, their versions as files. */
export class OperatorStates {
  readonly operators = new Map<number, Operator>()
  readonly #parts: StatesParts
  readonly #logs = new Map<number, StateLog>()
  readonly #removed = new Map<number, { readonly rows: number; readonly ms: number; readonly micros: bigint | undefined }>()
  /** Rows changed since the last snapshot, as far as this run knows. */
  readonly #changed = new Map<number, number>()
  #committed = 0
  #saveMs = 0
  #folding: Promise<void> = Promise.resolve()
  #isFolding = false

  constructor(program: Program, parts: StatesParts) {
    this.#parts = parts
    for (const step of program.steps) {
      if (step.kind === 'host') continue
      const { keys, values, expiry } = step
      const table = new StateTable({ name: stateName(step.operatorId), keys, values, ...(expiry && { expiry }) })
      this.operators.set(step.operatorId, { step, table, soonest: undefined, total: 0, deltaReady: false })
    }
  }

  get any(): boolean {
    return this.operators.size > 0
  }

  async load(version: number, committedRun: CommittedRun): Promise<void> {
    const { duck, store, run } = this.#parts
    this.#committed = version
    for (const [id, operator] of this.operators) {
      const log = await openStateLog({ store, operator: id, run, committedRun })
      this.#logs.set(id, log)
      const files = version > 0 ? await this.#stagedFiles(await log.load(version)) : { changes: [] }
      await duck.main.transaction(async query => {
        await operator.table.load(query, files)
        await measure(operator, query)
      })
      await store.release(pathsOf(files))
    }
  }

  async #stagedFiles({ snapshot, changes }: StateVersion): Promise<StateFiles> {
    const { store } = this.#parts
    return {
      ...(snapshot && { snapshot: await store.stage(snapshot.path) }),
      changes: await Promise.all(changes.map(f => store.stage(f.path))),
    }
  }

  /** After the output was read: what has expired leaves. */
  async evict(run: Run, later: Later, batch: Batch, ran: ReadonlyMap<number, Ran>): Promise<void> {
    const micros = BigInt(batch.watermark) * 1000n
    for (const [id, operator] of this.operators) {
      const started = this.#parts.platform.clock.ticks()
      const due = operator.step.expiry !== undefined && operator.soonest !== undefined && operator.soonest <= micros
      const updated = ran.get(id)?.updated ?? 0
      this.#changed.set(id, (this.#changed.get(id) ?? 0) + updated)
      let rows = 0
      if (due || updated > 0) {
        const { all, expired, soonest } = await operator.table.count(run, due ? String(micros) : undefined)
        if (expired > 0) later(operator.table.evicting(String(micros)))
        operator.total = all - expired
        // exact again: until then nothing has to be looked for
        if (due) operator.soonest = soonest
        rows = expired
      }
      this.#removed.set(id, { rows, ms: this.#parts.platform.clock.ticks() - started, micros: due ? micros : undefined })
    }
  }

  /** The transaction was rolled back: tables made in it are gone. */
  undone(): void {
    for (const operator of this.operators.values()) operator.deltaReady = false
  }

  stats(ran: ReadonlyMap<number, Ran>): OperatorStats[] {
    return [...this.operators]
      .sort(([a], [b]) => a - b)
      .map(([id, operator]) => {
        const done = ran.get(id)
        const removed = this.#removed.get(id)
        return {
          operatorName: NAMES[operator.step.kind],
          numRowsTotal: operator.total,
          numRowsUpdated: done?.updated ?? 0,
          numRowsRemoved: removed?.rows ?? 0,
          numRowsDroppedByWatermark: done?.dropped ?? 0,
          allUpdatesTimeMs: Math.round(done?.updatesMs ?? 0),
          allRemovalsTimeMs: Math.round(removed?.ms ?? 0),
          commitTimeMs: Math.round(this.#saveMs),
          memoryUsedBytes: operator.total * 16 * (operator.step.keys.length + operator.step.values.length + 1),
          numShufflePartitions: 1,
          numStateStoreInstances: 1,
          customMetrics: done?.custom ?? {},
        }
      })
  }

  /**
   * Begins to take batch N's changes out of the tables, and answers how to make them durable as version N+1. Call it before the next batch runs:
   * the connection does one thing after the other, so what comes later finds the tables free and leaves no trace in the files.
   */
  extract(batch: Batch): () => Promise<void> {
    const { duck, platform, scratch } = this.#parts
    const started = platform.clock.ticks()
    const taken = [...this.operators].map(([id, operator]) => {
      const path = `${scratch}/${id}-${batch.id + 1}.parquet`
      const made = operator.table.saveChanges(sql => duck.main.run(sql), batch.id, this.#removed.get(id)?.micros, path)
      // nobody waits when the batch is given up
      made.catch(() => {})
      return { log: this.#logs.get(id)!, path, made }
    })
    return async () => {
      if (taken.length === 0) return
      await Promise.all(taken.map(({ log, path, made }) => made.then(() => log.writeChanges(batch.id + 1, path))))
      this.#saveMs = platform.clock.ticks() - started
      this.#committed = batch.id
      this.#foldWhenDue(batch.id)
    }
  }

  /** Batch N is being made, so version N is committed: a snapshot of it may be folded from its files. */
  #foldWhenDue(version: number): void {
    if (version === 0 || this.#isFolding) return
    const { few, many, rowsOfFew } = FILES_BEFORE_SNAPSHOT
    const due = [...this.#logs].filter(([id, log]) => {
      const enough = this.#parts.changesBeforeSnapshot ?? ((this.#changed.get(id) ?? 0) < rowsOfFew ? many : few)
      return log.changesSinceSnapshot(version) >= enough
    })
    if (due.length === 0) return
    // A snapshot only makes the next start faster: one that fails is tried again after the next batch.
    this.#isFolding = true
    const fold = async (): Promise<void> => {
      for (const [id, log] of due) await this.#fold(id, log, version)
    }
    this.#folding = fold()
      .catch(() => {})
      .finally(() => {
        this.#isFolding = false
      })
  }

  async #fold(id: number, log: StateLog, version: number): Promise<void> {
    const { duck, scratch, store } = this.#parts
    const of = await log.load(version)
    if (of.snapshot?.version === version) return
    this.#changed.set(id, 0)
    const { keys, values, expiry } = this.operators.get(id)!.step
    const table = new StateTable({ name: `fold_${id}`, keys, values, ...(expiry && { expiry }) })
    const connection = await duck.connect()
    try {
      const run: Run = sql => connection.run(sql)
      const files = await this.#stagedFiles(of)
      await table.load(run, files)
      await store.release(pathsOf(files))
      const path = `${scratch}/${id}-${version}.snapshot.parquet`
      await table.saveAll(run, path)
      await log.writeSnapshot(of, path)
      await run(`DROP TABLE ${table.name}`)
    } finally {
      await duck.release(connection)
    }
  }

  async purge(oldest: number): Promise<number> {
    await this.#folding
    let keep = Number.POSITIVE_INFINITY
    for (const log of this.#logs.values()) keep = Math.min(keep, await log.purge(oldest, this.#committed))
    return keep
  }

  async close(): Promise<void> {
    await this.#folding
  }
}

const pathsOf = ({ snapshot, changes }: StateFiles): readonly string[] => [...(snapshot === undefined ? [] : [snapshot]), ...changes]

async function measure(operator: Operator, run: Run): Promise<void> {
  operator.total = (await operator.table.count(run)).all
  const { expiry } = operator.step
  const [least] = expiry ? textsOf(await run(`SELECT CAST(min(${expiry}) AS VARCHAR) FROM ${operator.table.name}`)) : []
  operator.soonest = least === undefined ? undefined : BigInt(least)
}
