import type { Analyzed } from '../../analyze/resolved.ts'
import type { Output, Scan } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import { SchemasNeeded } from '../../formats/registry/columns.ts'
import type { Batch, BatchExecutor, BatchResult, BatchStats, EventTimeStats, OperatorStats } from '../../microbatch/contract.ts'
import type { Platform } from '../../platform/index.ts'
import { type EventMs, eventMs, type RowBatch } from '../../types/index.ts'
import { BadBatch, type BadRecords } from './bad-records/bad-batch.ts'
import { mayBeOfARow, RowsSetAside } from './bad-records/bad-rows.ts'
import type { Later, RunIn } from './duck/connection.ts'
import type { DuckInstance } from './duck/instance.ts'
import type { Run } from './duck/state-table.ts'
import type { Reported } from './facts.ts'
import { withFailingRow } from './failing-row.ts'
import { decodedSchema } from './fused/decode.ts'
import { decodersOf } from './fused/decoded-source.ts'
import { type InputContext, nothing, type Provided, provideScan } from './inputs.ts'
import type { Slot } from './lower/lowering.ts'
import type { Program } from './lower/program.ts'
import { observedValues } from './observed.ts'
import { type OpenOutputs, openOutput } from './outputs.ts'
import { WORTH_A_SHORT_CUT } from './plain-files.ts'
import { rowText } from './row-text.ts'
import { type BatchFunction, neverLater, type ProgramContext, type ProgramResult, runProgram } from './run-program.ts'
import { ShortCutFailed } from './short-cut.ts'
import type { Ran } from './stateful/operator.ts'
import { OperatorStates } from './stateful/operator-states.ts'
import { sparkCounts } from './stateful/spark-counts.ts'

export interface ExecutorParts {
  readonly duck: DuckInstance
  readonly platform: Platform
  readonly timeZone: string
  readonly program: Program
  readonly analyzed: Analyzed
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly states: OperatorStates
  readonly outputs: OpenOutputs
  readonly sliceBytes: number
  /** Somebody reads the outputs `late` and `duplicates`. */
  readonly wantsDropped: boolean
  /** Report what Spark would, also where its own count is off (`millrace.extensions=false`). */
  readonly sparkCounts: boolean
  /** Begins the names of outputs; unique within the session. */
  readonly prefix: string
  /** Rows of a slot that is no stream: a table, a local relation, files read anew in each batch. */
  provideStatic(slot: Slot, to: InputContext): Promise<Provided>
  batchFunction(id: string): BatchFunction
  /** Where rows go that cannot be parsed or fail in an expression; absent = they end the query, or are null. */
  readonly bad?: BadRecords
  close(): Promise<void>
}

const NO_STATE = async (): Promise<void> => {}

/** Runs one query's batches on its own DuckDB. */
export class EmbeddedExecutor implements BatchExecutor {
  readonly #parts: ExecutorParts
  readonly #emptied = new Map<number, Provided>()
  /** Batches of few rows since the last large one. */
  #smallInARow = 0
  /** Until one fails: files that look plain and are not come in families. */
  #shortCuts = true
  #program: Program

  constructor(parts: ExecutorParts) {
    this.#parts = parts
    this.#program = parts.program
    parts.duck.register(parts.program.functions)
  }

  async loadState(version: number, committedRun: (version: number) => Promise<string | undefined>): Promise<void> {
    await this.#parts.states.load(version, committedRun)
  }

  wantsNoDataBatch(last: EventMs, next: EventMs): boolean {
    const { analyzed, outputMode } = this.#parts
    return next > last && analyzed.stateful.some(op => (op.node === 'aggregate' && outputMode !== 'complete') || op.node === 'deduplicate')
  }

  purgeState(oldestVersion: number): Promise<number> {
    return this.#parts.states.purge(oldestVersion)
  }

  async run(batch: Batch, options: { readonly signal: AbortSignal }): Promise<BatchResult> {
    const bad = this.#parts.bad && new BadBatch(this.#parts.bad, batch)
    for (;;) {
      try {
        return await this.#run(batch, options, bad)
      } catch (error) {
        if (options.signal.aborted) throw error
        if (error instanceof RowsSetAside) continue
        if (!(error instanceof ShortCutFailed) || !this.#shortCuts) throw error
        this.#takeTheLongWay()
      }
    }
  }

  #takeTheLongWay(): void {
    this.#shortCuts = false
    if (!this.#program.plain) return
    this.#program = this.#program.plain()
    this.#emptied.clear()
    this.#parts.duck.register(this.#program.functions)
  }

  async #run(batch: Batch, { signal }: { readonly signal: AbortSignal }, bad: BadBatch | undefined): Promise<BatchResult> {
    const { duck, platform, states } = this.#parts
    const started = platform.clock.ticks()
    await duck.useThreads(this.#smallInARow >= 3 && expectedSmall(batch.scans))
    if (!states.any)
      return this.#finish(
        batch,
        await this.#attempt(batch, (sql, how) => duck.main.run(sql, { signal, ...how }), signal, neverLater, bad),
        started,
        NO_STATE,
      )
    const done = await duck.main
      .transaction(
        async (run, later) => {
          const ran = await this.#attempt(batch, run, signal, later, bad)
          await states.evict(run, later, batch, ran.result.ran)
          return ran
        },
        { signal },
      )
      .catch(error => {
        states.undone()
        throw error
      })
    return this.#finish(batch, done, started, states.extract(batch))
  }

  async close(): Promise<void> {
    await this.#parts.states.close()
    await this.#parts.close()
  }

  async #attempt(batch: Batch, run: RunIn, signal: AbortSignal, later: Later, bad: BadBatch | undefined): Promise<Attempt> {
    const parts = this.#parts
    const began = parts.platform.clock.ticks()
    const to: InputContext = {
      duck: parts.duck,
      run,
      platform: parts.platform,
      timeZone: parts.timeZone,
      sliceBytes: parts.sliceBytes,
      ...(this.#shortCuts && { shortCutBytes: WORTH_A_SHORT_CUT }),
      signal,
    }
    const provided: (Provided | undefined)[] = []
    const bySource = new Map<number, Provided>()
    try {
      for (const [i, slot] of this.#program.slots.entries()) {
        const source = slot.node === 'source' ? slot.sourceIndex : undefined
        const badRows = bad?.ofSlot(slot)
        const rows =
          (source !== undefined && bySource.get(source)) ||
          (await this.#provide(i, slot, batch.scans, {
            ...to,
            place: `slot ${i}${this.#shortCuts ? '' : ' the long way'}`,
            decoders: decodersOf(slot),
            used: this.#usedOf(source, i),
            anyOrder: this.#anyOrderOf(source, i),
            ...(badRows && { bad: badRows }),
          }))
        if (source !== undefined && rows) bySource.set(source, rows)
        provided.push(rows)
      }
      const context: ProgramContext = {
        duck: parts.duck,
        run,
        later,
        provided,
        outputMode: parts.outputMode,
        nowMicros: BigInt(batch.timestamp) * 1000n,
        watermarkMs: batch.watermark,
        lateWatermarkMs: batch.lateWatermark,
        batchId: batch.id,
        ticks: parts.platform.clock.ticks,
        operators: parts.states.operators,
        wantsDropped: parts.wantsDropped,
        signal,
        batchFunction: parts.batchFunction,
      }
      try {
        const result = await runProgram(this.#program, context)
        const firstRow = allNull(result.reported) ? await this.#firstRow(provided, run) : undefined
        const letters = await bad?.letters(to, context)
        return { result, provided, firstRow, ...(bad && { letters, bad: bad.counts(parts.analyzed.sources.length) }) }
      } catch (error) {
        if (bad && (await this.#setAside(error, bad, context, to))) throw new RowsSetAside()
        // The files are not what they looked like, or the person's data is at fault: the decoder will tell.
        if (provided.some(p => p?.shortCut) && !(error instanceof SchemasNeeded))
          throw new ShortCutFailed('a short cut failed', { cause: error })
        const found = await withFailingRow(error, this.#program, context, to, context.ticks() - began)
        throw bad && mayBeOfARow(found) ? withoutRow(found) : found
      }
    } finally {
      await Promise.all([...new Set(provided)].map(p => p?.release()))
    }
  }

  /** Looks for the rows that make the batch fail; they stay out of its next try. */
  async #setAside(error: unknown, bad: BadBatch, context: ProgramContext, input: InputContext): Promise<boolean> {
    if (!mayBeOfARow(error) || context.signal.aborted) return false
    const { setFailingAside } = await import('./bad-records/search.ts')
    const program = this.#program
    const sourceOf = (i: number): number | undefined => (program.slots[i] as { readonly sourceIndex?: number }).sourceIndex
    const failing = {
      program,
      context,
      input,
      used: (i: number) => this.#usedOf(sourceOf(i), i),
      badOf: (i: number) => bad.ofSlot(program.slots[i]!),
    }
    return (await setFailingAside(failing)) > 0
  }

  /** What the event times were made from, as far as one row can tell. */
  async #firstRow(provided: readonly (Provided | undefined)[], run: Run): Promise<string | undefined> {
    const { slots } = this.#program
    const i = slots.findIndex((s, k) => s.node === 'source' && s.sourceIndex !== undefined && (provided[k]?.rows ?? 0) > 0)
    const slot = slots[i]
    if (slot?.node !== 'source') return undefined
    const rows = provided[i]!
    const schema = decodedSchema(slot.schema, decodersOf(slot))
    return rowText(run, rows.from, 0, schema, this.#usedOf(slot.sourceIndex, i)).catch(() => undefined)
  }

  /** A source that stands in two slots is shown once, with the columns of both. */
  #usedOf(source: number | undefined, slot: number): ReadonlySet<number> {
    const { slots, used } = this.#program
    if (source === undefined) return used[slot]!
    return new Set(slots.flatMap((s, i) => (s.node === 'source' && s.sourceIndex === source ? [...used[i]!] : [])))
  }

  #anyOrderOf(source: number | undefined, slot: number): boolean {
    const { slots, anyOrder } = this.#program
    return source === undefined ? anyOrder[slot]! : slots.every((s, i) => s.node !== 'source' || s.sourceIndex !== source || anyOrder[i]!)
  }

  async #provide(i: number, slot: Slot, scans: readonly (Scan | undefined)[], to: InputContext): Promise<Provided | undefined> {
    if (slot.node === 'host') return undefined
    if (slot.node !== 'source' || slot.sourceIndex === undefined) return this.#parts.provideStatic(slot, to)
    const scan = scans[slot.sourceIndex]
    if (scan) return provideScan(scan, to)
    const empty = this.#emptied.get(i) ?? nothing(decodedSchema(slot.schema, decodersOf(slot)))
    this.#emptied.set(i, empty)
    return empty
  }

  #finish(
    batch: Batch,
    { result, provided, firstRow, letters, bad }: Attempt,
    started: number,
    saveState: () => Promise<void>,
  ): BatchResult {
    const { states, outputs, prefix, analyzed, duck } = this.#parts
    const program = this.#program
    this.#smallInARow = provided.reduce((n, p) => n + (p?.rows ?? 0), 0) <= SMALL_BATCH ? this.#smallInARow + 1 : 0
    const at = (name: string): string => `${prefix}-${batch.id}-${name}`
    const open = { main: openOutput(at('main'), result.main, outputs, this.#parts) } as Record<
      string,
      Output & { close(): Promise<void> }
    > & {
      main: Output & { close(): Promise<void> }
    }
    for (const [name, rows] of Object.entries({ ...dropped(program, result.ran), ...letters })) {
      const id = duck.feeds.add(rows.schema, [rows])
      const drop = async (): Promise<void> => duck.feeds.remove(id)
      open[name] = openOutput(
        at(name),
        { duck, schema: rows.schema, rowCount: rows.length, from: `feed(${id})`, memory: rows, batchId: batch.id, drop },
        outputs,
        this.#parts,
      )
    }
    const stats: BatchStats = {
      inputRows: inputRows(analyzed, program, provided, result.reported).map((n, i) => n + (bad?.[i] ?? 0)),
      ...eventTimes(analyzed, result.reported),
      ...(firstRow !== undefined && { firstRow }),
      ...(bad && { badRecords: bad }),
      operators: this.#parts.sparkCounts ? sparkCounts(analyzed, states.stats(result.ran)) : states.stats(result.ran),
      observed: observedValues(analyzed, result.reported, this.#parts.timeZone),
      durations: { addBatch: Math.round(this.#parts.platform.clock.ticks() - started) },
    }
    return {
      outputs: open,
      stats,
      saveState,
      close: async () => {
        await Promise.all(Object.values(open).map(o => o.close()))
      },
    }
  }
}

/** Rows up to which one thread is faster than two. */
const SMALL_BATCH = 2_000

/** Files say how large they are; other scans are taken to be like the ones before. */
const expectedSmall = (scans: readonly (Scan | undefined)[]): boolean =>
  scans.every(scan => scan?.kind !== 'files' || scan.files.reduce((n, f) => n + f.size, 0) <= 200 * SMALL_BATCH)

/** Is there a watermark that only nulls reached? */
const allNull = (all: readonly Reported[]): boolean =>
  all.some(({ fact, value }) => fact.kind === 'watermark' && value['nulls'] !== 0 && value['nulls'] === value['n'])

/** Says why `badRecords` did not help. */
const withoutRow = (error: MillraceError): MillraceError =>
  new MillraceError(error.condition, error.params as never, {
    cause: error.cause,
    details: [
      ...error.details,
      'badRecords set nothing aside: no one record is to blame; the expression stands above an aggregation, or fails on every row',
    ],
  })

interface Attempt {
  /** Of the input, where no row had an event time. */
  readonly firstRow?: string | undefined
  readonly result: ProgramResult
  readonly provided: readonly (Provided | undefined)[]
  /** Dead letters by the name of their output, and how many per source. */
  readonly letters?: Readonly<Record<string, RowBatch>> | undefined
  readonly bad?: readonly (number | undefined)[]
}

/** Of several operators, the one nearest the sources speaks. */
function dropped(program: Program, ran: ReadonlyMap<number, Ran>) {
  const found: Record<'late' | 'duplicates', Ran['late']> = { late: undefined, duplicates: undefined }
  for (const step of program.steps) {
    if (step.kind === 'host') continue
    const done = ran.get(step.operatorId)
    found.late ??= done?.late
    found.duplicates ??= done?.duplicates
  }
  return Object.fromEntries(Object.entries(found).filter(([, rows]) => rows !== undefined)) as Record<string, NonNullable<Ran['late']>>
}

function inputRows(analyzed: Analyzed, program: Program, provided: readonly (Provided | undefined)[], all: readonly Reported[]): number[] {
  const counted = new Map(all.flatMap(({ fact, value }) => (fact.kind === 'input' ? [[fact.slot, value['n'] as number] as const] : [])))
  return analyzed.sources.map((_, index) => {
    // A source that the plan reads twice counts twice, as in Spark.
    const slots = program.slots.flatMap((s, i) => (s.node === 'source' && s.sourceIndex === index ? [i] : []))
    return slots.reduce((n, slot) => n + (counted.get(slot) ?? provided[slot]?.rows ?? 0), 0)
  })
}

function eventTimes(analyzed: Analyzed, all: readonly Reported[]): Pick<BatchStats, 'eventTimes' | 'nullEventTimes'> {
  const found = new Map(all.flatMap(({ fact, value }) => (fact.kind === 'watermark' ? [[fact.index, value] as const] : [])))
  const times = analyzed.watermarks.map((w, i): EventTimeStats | undefined => {
    const v = found.get(i) as { n: number; lo: number; hi: number; mean: number } | undefined
    return v && v.n > 0 ? { count: v.n, min: eventMs(v.lo), max: eventMs(v.hi), avg: eventMs(v.mean), delayMs: w.delayMs } : undefined
  })
  return { eventTimes: times, nullEventTimes: analyzed.watermarks.map((_, i) => (found.get(i)?.['nulls'] as number | undefined) ?? 0) }
}

export type { OperatorStats }
export { OperatorStates }
