import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import { type InputContext, type Provided, provideScan } from './inputs.ts'
import type { Slot } from './lower/lowering.ts'
import type { Program } from './lower/program.ts'
import { fillHoles, type HoleName } from './lower/statement.ts'
import { duckType } from './lower/types.ts'
import { type Piece, piecesOf } from './row-pieces.ts'
import { rowText } from './row-text.ts'
import { holeValue, type ProgramContext } from './run-program.ts'
import { schemaOf } from './schema-of.ts'

/** A search that takes longer than this, and longer than twice what it took to fail, is given up: a person waits for the error. */
const SEARCH_MS = 2000
const PROBES = 8

/**
 * Adds to an error of the person's data the row that caused it, its file and line. The rows are tried again in the failing statement, piece by piece,
 * and the first piece that fails alone is halved until one row is left.
 * Best effort: an error that comes from no one row (a sum that overflows, a constant) stays as it is, and so does every error when the search fails.
 */
export async function withFailingRow(
  error: unknown,
  program: Program,
  to: ProgramContext,
  input: InputContext,
  tookMs: number,
): Promise<unknown> {
  if (!isMillraceError(error) || error.domain !== 'user' || error.details.length > 0 || to.signal.aborted) return error
  const over = new AbortController()
  const enough = new AbortController()
  const signal = AbortSignal.any([to.signal, enough.signal])
  void input.platform.clock.sleep(Math.max(SEARCH_MS, 2 * tookMs), over.signal).then(
    () => enough.abort(error),
    () => {},
  )
  const connection = await to.duck.connect()
  try {
    const again = { ...input, signal, run: (sql: string) => connection.run(sql, { signal }) }
    const details = await new Search(error, program, to, again).details()
    return details ? new MillraceError(error.condition, error.params as never, { cause: error.cause, details }) : error
  } catch {
    return error
  } finally {
    over.abort()
    await to.duck.release(connection)
  }
}

class Search {
  readonly #error: MillraceError
  readonly #program: Program
  readonly #to: ProgramContext
  readonly #input: InputContext

  constructor(error: MillraceError, program: Program, to: ProgramContext, input: InputContext) {
    this.#error = error
    this.#program = program
    this.#to = to
    this.#input = input
  }

  async details(): Promise<readonly string[] | undefined> {
    const { slots, steps, main } = this.#program
    const texts = [...steps.map(s => (s.kind === 'aggregate' ? s.delta.sql : s.input.sql)), main.sql]
    for (const [i, slot] of slots.entries()) {
      const provided = this.#to.provided[i]
      const text = texts.find(t => t.includes(slotMark(i)))
      // A source that stands in two slots is tried in both at once.
      if (slot.node === 'host' || !provided || !text || this.#to.provided.indexOf(provided) < i) continue
      const found = await this.#inSlot(slot, provided, text)
      if (found) return found
    }
    return undefined
  }

  async #inSlot(slot: Slot, provided: Provided, text: string): Promise<readonly string[] | undefined> {
    const { used } = this.#program
    const mine = [...this.#to.provided.keys()].filter(k => this.#to.provided[k] === provided)
    const read = new Set(mine.flatMap(k => [...used[k]!]))
    const schema = schemaOf((slot as Exclude<Slot, { node: 'host' }>).output)
    const others = await this.#others(mine, text)
    const fails: Fails = async from => {
      const shown = (name: HoleName): string | undefined => (mine.some(k => name === `slot:${k}`) ? from : others.get(name)?.from)
      try {
        await this.#input.run(fillHoles(text, name => shown(name) ?? holeValue(name, this.#to)))
        return false
      } catch (found) {
        this.#input.signal?.throwIfAborted()
        return isMillraceError(found, this.#error.condition)
      }
    }
    try {
      for await (const piece of piecesOf(provided, nameOf(slot, this.#to), { ...this.#input, used: read })) {
        if (!(await fails(piece.rows.from))) continue
        const at = await firstFailing(piece, fails)
        if (at === undefined) continue
        const alone = !this.#to.provided.some((p, k) => p && !mine.includes(k) && text.includes(slotMark(k)))
        const toBlame = (await anyPasses(piece, fails)) || (alone && (piece.rows.rows === 1 || !(await fails(nullRow(schema)))))
        return toBlame
          ? [`row: ${await rowText(this.#input.run, piece.rows.from, at, schema, read)}`, ...(await piece.place(at))]
          : undefined
      }
      return undefined
    } finally {
      await Promise.all([...others.values()].map(o => o.release()))
    }
  }

  /** What a transaction had staged of other slots is gone with it, or seen by its connection only: it is read again. */
  async #others(mine: readonly number[], text: string): Promise<ReadonlyMap<string, Provided>> {
    const again = new Map<string, Provided>()
    for (const [k, provided] of this.#to.provided.entries()) {
      if (mine.includes(k) || !provided?.scan || provided.from.startsWith('feed(') || !text.includes(slotMark(k))) continue
      again.set(`slot:${k}`, await provideScan(provided.scan, { ...this.#input, used: this.#program.used[k]! }))
    }
    return again
  }
}

const slotMark = (i: number): string => `slot:${i}\u0001`
const part = (rows: Provided, from: number, count: number): string => `(SELECT * FROM ${rows.from} LIMIT ${count} OFFSET ${from})`
const nameOf = (slot: Slot, to: ProgramContext): string =>
  `batch ${to.batchId}'s rows${slot.node === 'source' ? ` from the source "${slot.format}"` : ''}`

type Fails = (from: string) => Promise<boolean>

/** The first row of a failing piece that fails alone, or undefined when it is not any one row. */
async function firstFailing({ rows }: Piece, fails: Fails): Promise<number | undefined> {
  let from = 0
  let count = rows.rows
  while (count > 1) {
    const half = count >> 1
    if (await fails(part(rows, from, half))) count = half
    else {
      from += half
      count -= half
    }
  }
  return (await fails(part(rows, from, 1))) ? from : undefined
}

/** Where every row fails it is not the rows: the other side of a join is to blame, or a constant. Some rows stand for all. */
async function anyPasses({ rows }: Piece, fails: Fails): Promise<boolean> {
  const some = new Set(Array.from({ length: PROBES }, (_, i) => Math.floor(((rows.rows - 1) * i) / (PROBES - 1))))
  for (const at of some) if (!(await fails(part(rows, at, 1)))) return true
  return false
}

function nullRow(schema: StructType): string {
  const columns = schema.fields.map((f, i) => `CAST(NULL AS ${duckType(f.dataType)}) AS f${i}`)
  return `(SELECT ${columns.join(', ') || '1 AS none'})`
}
