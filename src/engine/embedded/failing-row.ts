import type { FilesScan, Scan } from '../../connectors/contract.ts'
import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { rowsOf, type StructType } from '../../types/index.ts'
import type { DuckConnection } from './duck/connection.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import { type InputContext, type Provided, provideScan } from './inputs.ts'
import type { Program } from './lower/program.ts'
import { fillHoles } from './lower/statement.ts'
import { duckType } from './lower/types.ts'
import { holeValue, type ProgramContext } from './run-program.ts'

/** Runs of the failing statement at most; every one takes half the rows of the one before. */
const MOST_RUNS = 40

/**
 * Adds to an error of the person's data the row that caused it, its file and line: halves the batch's input until one row is left that still fails.
 * Best effort: whatever goes wrong here, the error itself comes out.
 */
export async function withFailingRow(
  error: unknown,
  program: Program,
  to: ProgramContext,
  scans: readonly (Scan | undefined)[],
  input: InputContext,
): Promise<unknown> {
  if (!isMillraceError(error) || error.domain !== 'user' || error.details.length > 0) return error
  const connection = await to.duck.connect()
  try {
    const details = await search(error, program, to, scans, { ...input, run: sql => connection.run(sql) }, connection)
    return details ? new MillraceError(error.condition, error.params as never, { cause: error.cause, details }) : error
  } catch {
    return error
  } finally {
    await to.duck.release(connection)
  }
}

async function search(
  error: MillraceError,
  program: Program,
  to: ProgramContext,
  scans: readonly (Scan | undefined)[],
  input: InputContext,
  connection: DuckConnection,
): Promise<readonly string[] | undefined> {
  const texts = [...program.steps.map(s => (s.kind === 'aggregate' ? s.delta.sql : s.input.sql)), program.main.sql]
  for (const [i, slot] of program.slots.entries()) {
    if (slot.node !== 'source' || slot.sourceIndex === undefined) continue
    const scan = scans[slot.sourceIndex]
    const text = texts.find(t => t.includes(`slot:${i}\u0001`))
    if (!scan || !text) continue
    // What a transaction had staged is gone with it: files are read again, rows in memory are still there.
    const rows =
      scan.kind === 'files'
        ? await provideScan(scan, { ...input, used: program.used[i]! })
        : (to.provided[i]!.inOrder?.() ?? to.provided[i]!)
    const fails = async (from: number, count: number): Promise<boolean> =>
      failsWith(error, text, i, part(rows, from, count), to, connection)
    const at = await halve(rows.rows, fails)
    if (at !== undefined) return describe(rows, at, slot.schema, program.used[i]!, scan, connection, input)
  }
  return undefined
}

const part = (rows: Provided, from: number, count: number): string => `(SELECT * FROM ${rows.from} LIMIT ${count} OFFSET ${from})`

async function failsWith(
  error: MillraceError,
  text: string,
  slot: number,
  from: string,
  to: ProgramContext,
  connection: DuckConnection,
): Promise<boolean> {
  const sql = fillHoles(text, name => (name === `slot:${slot}` ? from : holeValue(name, to)))
  try {
    await connection.run(sql, { signal: to.signal })
    return false
  } catch (found) {
    return isMillraceError(found, error.condition)
  }
}

/** The first row that fails alone, or undefined when it is not any one row. */
async function halve(total: number, fails: (from: number, count: number) => Promise<boolean>): Promise<number | undefined> {
  let from = 0
  let count = total
  for (let runs = 0; count > 1; runs++) {
    if (runs === MOST_RUNS) return undefined
    const half = count >> 1
    if (await fails(from, half)) count = half
    else {
      from += half
      count -= half
    }
  }
  return total > 0 && (await fails(from, 1)) ? from : undefined
}

async function describe(
  rows: Provided,
  at: number,
  schema: StructType,
  used: ReadonlySet<number>,
  scan: Scan,
  connection: DuckConnection,
  input: InputContext,
): Promise<readonly string[]> {
  const fields = schema.fields.flatMap((f, i) => (used.has(i) ? [{ ...f, i }] : []))
  const list = fields.map(f => `CAST(f${f.i} AS ${duckType(f.dataType)}) AS f${f.i}`).join(', ')
  const answer = await connection.run(`SELECT ${list || '1'} FROM ${part(rows, at, 1)}`)
  const [row] = [...rowsOf(batchOfAnswer(answer, { kind: 'struct', fields }))]
  const shown = JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))
  const place = scan.kind === 'files' ? await placeOf(scan, at, input) : undefined
  return [`row: ${shown}`, ...(place ? [`at: ${place}`] : [])]
}

/** File and line of a row: rows come in the order of the files and of their lines. */
async function placeOf(scan: FilesScan, at: number, input: InputContext): Promise<string | undefined> {
  if (scan.format === 'parquet') return undefined
  const { readFiles } = await import('../../formats/index.ts')
  let before = 0
  for (const file of scan.files) {
    let rows = 0
    for await (const batch of readFiles({ ...scan, files: [file] }, input.platform, { timeZone: input.timeZone })) rows += batch.length
    if (at < before + rows) return `${file.path}${await lineOf(file.path, at - before, scan, input.platform)}`
    before += rows
  }
  return undefined
}

/** Empty lines and a header are lines but no rows. A packed file has no lines to count. */
async function lineOf(path: string, row: number, scan: FilesScan, platform: Platform): Promise<string> {
  if (/\.(gz|deflate|zst|bz2|lz4|snappy)$/.test(path)) return `, row ${row + 1}`
  const lines = Buffer.from(await platform.files.read(path))
    .toString('latin1')
    .split(/\r?\n/)
  let left = row + (scan.format === 'csv' && scan.options['header']?.toLowerCase() === 'true' ? 1 : 0)
  for (const [i, line] of lines.entries()) {
    if (scan.format !== 'text' && line.trim() === '') continue
    if (left-- === 0) return `:${i + 1}`
  }
  return `, row ${row + 1}`
}
