import { type Analyzed, checkBatch } from '../../analyze/index.ts'
import type { Scan } from '../../connectors/contract.ts'
import { lookingUp } from '../../formats/registry/columns.ts'
import type { RowBatch } from '../../types/index.ts'
import type { Collected } from '../contract.ts'
import type { DuckConnection } from './duck/connection.ts'
import type { DuckInstance } from './duck/instance.ts'
import { streamBatches } from './duck/read-out.ts'
import type { EmbeddedEngine } from './engine.ts'
import type { Reported } from './facts.ts'
import { withFailingRow } from './failing-row.ts'
import { type InputContext, type Provided, provideScan } from './inputs.ts'
import { lowerProgram, type Program } from './lower/program.ts'
import { observedValues } from './observed.ts'
import { neverLater, type ProgramContext, type ProgramResult, runProgram } from './run-program.ts'
import { provideSlot, withRelease } from './slots.ts'

/** A batch plan that was lowered and is about to run on an instance, over a connection of its own. */
export interface BatchRun {
  readonly analyzed: Analyzed
  readonly program: Program
  readonly duck: DuckInstance
  readonly connection: DuckConnection
  readonly provided: (Provided | undefined)[]
  readonly context: ProgramContext
  readonly input: InputContext
  /** Ticks when its reading began. */
  readonly began: number
  close(): Promise<void>
}

/** Rows that are read under the name of an output. */
type Scans = ReadonlyMap<string, Scan>

/** Which instance a plan runs on: that of the batch it reads, else the session's. */
async function instanceFor(program: Program, engine: EmbeddedEngine, scans: Scans): Promise<DuckInstance> {
  for (const slot of program.slots) if (slot.node === 'batchOutput' && !scans.has(slot.ref)) return engine.outputs.find(slot.ref).duck
  return engine.instances.batch()
}

export async function openBatchRun(
  analyzed: Analyzed,
  engine: EmbeddedEngine,
  signal: AbortSignal,
  action: string,
  scans: Scans = new Map(),
): Promise<BatchRun> {
  checkBatch(analyzed, action)
  const { config } = engine
  const began = config.platform.clock.ticks()
  const program = lowerProgram(analyzed, engine.loweringOptions('complete', false))
  const duck = await instanceFor(program, engine, scans)
  duck.register(program.functions)
  const connection = await duck.connect()
  const provided: (Provided | undefined)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(provided.map(p => p?.release()))
    await duck.release(connection)
  }
  try {
    const run = (sql: string) => connection.run(sql, { signal })
    const to: InputContext = { duck, run, platform: config.platform, timeZone: engine.timeZone, sliceBytes: engine.sliceBytes, signal }
    for (const [i, slot] of program.slots.entries()) {
      const into = { ...to, used: program.used[i]! }
      const scan = slot.node === 'batchOutput' ? scans.get(slot.ref) : undefined
      if (scan) provided.push(withRelease(await provideScan(scan, into), scan))
      else provided.push(slot.node === 'host' ? undefined : await provideSlot(slot, into, config, engine.analysis, engine.outputs))
    }
    const context: ProgramContext = {
      later: neverLater,
      duck,
      run,
      provided,
      outputMode: 'complete',
      nowMicros: BigInt(config.platform.clock.now()) * 1000n,
      watermarkMs: 0,
      lateWatermarkMs: 0,
      batchId: 0,
      ticks: config.platform.clock.ticks,
      operators: new Map(),
      wantsDropped: false,
      signal,
      batchFunction: engine.batchFunction,
    }
    return { analyzed, program, duck, connection, provided, context, input: to, began, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Runs a batch plan whole: its rows are in memory when few, else in a table until `drop`. */
export async function runBatch(batch: BatchRun): Promise<ProgramResult> {
  try {
    return await lookingUp(() => runProgram(batch.program, batch.context), batch.context.signal)
  } catch (error) {
    throw await withFailingRow(error, batch.program, batch.context, batch.input, batch.context.ticks() - batch.began)
  }
}

export async function collect(analyzed: Analyzed, engine: EmbeddedEngine, given?: AbortSignal): Promise<Collected> {
  checkBatch(analyzed, 'collect()')
  let all: readonly Reported[] = []
  async function* batches(): AsyncGenerator<RowBatch, void, undefined> {
    const signal = given ?? new AbortController().signal
    const batch = await openBatchRun(analyzed, engine, signal, 'collect()')
    try {
      const result = await runBatch(batch)
      all = result.reported
      try {
        yield* rowsOfResult(result, batch)
      } finally {
        await result.main.drop()
      }
    } finally {
      await batch.close()
    }
  }
  return { schema: analyzed.schema, batches: batches(), observed: () => observedValues(analyzed, all, engine.timeZone) }
}

async function* rowsOfResult(result: ProgramResult, batch: BatchRun): AsyncGenerator<RowBatch, void, undefined> {
  const { main } = result
  if (main.memory) {
    if (main.memory.length > 0) yield main.memory
    return
  }
  const list = main.schema.fields.map((_, i) => `f${i}`).join(', ')
  yield* streamBatches(batch.connection, `SELECT ${list || '1'} FROM ${main.from}`, main.schema, {
    expected: main.rowCount,
    signal: batch.context.signal,
  })
}
