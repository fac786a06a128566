import { MillraceError } from '../../errors/index.ts'
import type { RowBatch } from '../../types/index.ts'
import type { Later, RunIn } from './duck/connection.ts'
import type { DuckInstance } from './duck/instance.ts'
import { type Reported, reported, takeApart, textsOf } from './facts.ts'
import type { Provided } from './inputs.ts'
import type { HostStep, Program } from './lower/program.ts'
import { columnName, FACT, fillHoles, type HoleName, type Statement } from './lower/statement.ts'
import type { OutputRows } from './outputs.ts'
import { schemaOf } from './schema-of.ts'
import { runAggregate } from './stateful/aggregate.ts'
import { runDeduplicate } from './stateful/deduplicate.ts'
import { runLimit } from './stateful/limit.ts'
import type { Operator, Ran, StepContext } from './stateful/operator.ts'

/** A person's function over batches of columns, from the registry. */
export type BatchFunction = (batch: RowBatch, context: { readonly signal: AbortSignal }) => Promise<RowBatch>

/** For programs without state. */
export const neverLater: Later = sql => {
  throw new MillraceError('INTERNAL', { what: `outside a transaction: ${sql}` })
}

export interface ProgramContext {
  readonly duck: DuckInstance
  readonly run: RunIn
  /** In one call with the next statement; only where there is state. */
  readonly later: Later
  /** One per slot of the program; a host step's slot is filled by the step. */
  readonly provided: (Provided | undefined)[]
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly nowMicros: bigint
  readonly watermarkMs: number
  readonly lateWatermarkMs: number
  readonly batchId: number
  readonly ticks: () => number
  readonly operators: ReadonlyMap<number, Operator>
  readonly wantsDropped: boolean
  readonly signal: AbortSignal
  batchFunction(id: string): BatchFunction
}

export interface ProgramResult {
  readonly main: OutputRows
  readonly reported: readonly Reported[]
  readonly ran: ReadonlyMap<number, Ran>
}

/** Up to this many rows come straight into memory; more go through a table that DuckDB can spill. */
const SMALL = 20_000

/** Runs the steps in order, then the statement that makes the output. */
export async function runProgram(program: Program, to: ProgramContext): Promise<ProgramResult> {
  const fill = (sql: string): string => fillHoles(sql, name => holeValue(name, to))
  const all: Reported[] = []
  const ran = new Map<number, Ran>()
  let atMost = to.provided.reduce((n, p) => n + (p?.rows ?? 0), 0)
  // few rows, and all of them in memory: what reads nothing else may keep its plan
  const light = atMost <= SMALL && to.provided.every(p => p?.from.startsWith('feed('))
  for (const [i, step] of program.steps.entries()) {
    to.signal.throwIfAborted()
    if (step.kind === 'host') {
      const { rows, facts } = await runHost(step, i, fill, program, to)
      all.push(...facts)
      atMost = Math.max(atMost, rows)
      continue
    }
    const context: StepContext = {
      run: to.run,
      later: to.later,
      fill,
      watermark: BigInt(to.watermarkMs) * 1000n,
      batchId: to.batchId,
      ticks: to.ticks,
      wantsDropped: to.wantsDropped,
      keepPlan: light && i === 0,
      late: BigInt(to.lateWatermarkMs) * 1000n,
    }
    const operator = to.operators.get(step.operatorId)!
    const done =
      step.kind === 'aggregate'
        ? await runAggregate(operator, step, to.outputMode, context)
        : step.kind === 'deduplicate'
          ? await runDeduplicate(operator, step, context)
          : await runLimit(operator, step, context)
    ran.set(step.operatorId, done)
    all.push(...done.reported)
    atMost = Math.max(atMost, done.atMost)
  }
  const main = await runMain(program.main, { small: atMost <= SMALL, keepPlan: light && program.steps.length === 0 }, fill, to)
  return { main: main.rows, reported: [...all, ...main.reported], ran }
}

/** What stands in the holes of a program's texts in this batch. */
export function holeValue(name: HoleName, to: ProgramContext): string {
  if (name === 'now') return `make_timestamptz(${to.nowMicros})`
  if (name === 'late') return `${BigInt(to.lateWatermarkMs) * 1000n}`
  if (name === 'watermark') return `${BigInt(to.watermarkMs) * 1000n}`
  if (name === 'batch') return String(to.batchId)
  const slot = to.provided[Number(name.slice('slot:'.length))]
  if (!slot) throw new MillraceError('INTERNAL', { what: `${name} has no rows` })
  return slot.from
}

/** Reads a statement's rows, calls the function with up to 65,536 of them at a time, and shows what came back in the step's slot. */
async function runHost(step: HostStep, at: number, fill: (sql: string) => string, program: Program, to: ProgramContext) {
  const { rows, reported: facts } = takeApart(await to.run(fill(step.input.sql)), step.input)
  const schema = schemaOf(step.output)
  const call = to.batchFunction(step.id)
  const made: RowBatch[] = rows.length > 0 ? [await call(rows, { signal: to.signal })] : []
  const id = to.duck.feeds.add(schema, made)
  const slot = program.slots.findIndex(s => s.node === 'host' && s.step === at)
  const count = made.reduce((n, b) => n + b.length, 0)
  to.provided[slot] = { from: `feed(${id})`, rows: count, release: async () => to.duck.feeds.remove(id) }
  return { rows: count, facts }
}

let tables = 0

interface MainSize {
  readonly small: boolean
  readonly keepPlan: boolean
}

async function runMain(main: Statement, { small, keepPlan }: MainSize, fill: (sql: string) => string, to: ProgramContext) {
  const schema = schemaOf(main.columns)
  if (small) {
    const { rows, reported: facts } = takeApart(await to.run(fill(main.sql), { keepPlan }), main)
    const id = to.duck.feeds.add(schema, [rows])
    const kept: OutputRows = {
      duck: to.duck,
      schema,
      rowCount: rows.length,
      from: `feed(${id})`,
      memory: rows,
      batchId: to.batchId,
      drop: async () => to.duck.feeds.remove(id),
    }
    return { rows: kept, reported: facts }
  }
  const table = `out_${tables++}`
  const own = main.facts.length > 0 ? ` WHERE ${FACT} IS NULL` : ''
  await to.run(`CREATE TABLE ${table} AS ${fill(main.sql)}`)
  const facts =
    main.facts.length > 0 ? reported(main.facts, textsOf(await to.run(`SELECT ${FACT} FROM ${table} WHERE ${FACT} IS NOT NULL`))) : []
  const rowCount = Number(textsOf(await to.run(`SELECT CAST(count(*) AS VARCHAR) FROM ${table}${own}`))[0])
  const list = main.columns.map((a, i) => `${columnName(a.id)} AS f${i}`)
  const kept: OutputRows = {
    duck: to.duck,
    schema,
    rowCount,
    from: `(SELECT ${list.length > 0 ? list.join(', ') : '1 AS none'} FROM ${table}${own})`,
    batchId: to.batchId,
    drop: async () => void (await to.duck.main.run(`DROP TABLE IF EXISTS ${table}`)),
  }
  return { rows: kept, reported: facts }
}
