import type { MillraceError } from '../../../errors/index.ts'
import { concatBatches, type RowBatch, type StructType, structType } from '../../../types/index.ts'
import type { DuckConnection } from '../duck/connection.ts'
import { decodedSchema } from '../fused/decode.ts'
import { decodersOf } from '../fused/decoded-source.ts'
import { batchBytes, type InputContext, nothing, type Provided, provideScan } from '../inputs.ts'
import type { Program } from '../lower/program.ts'
import { fillHoles, hole } from '../lower/statement.ts'
import { holeValue, type ProgramContext } from '../run-program.ts'
import { type BadRows, mayBeOfARow } from './bad-rows.ts'
import { numbersFrom, pick, sifted } from './sift.ts'

/** Rows tried at once: each half is shown to DuckDB by itself, so that a statement costs what its rows cost. */
const PIECE_ROWS = 16_384
const PIECE_BYTES = 8 << 20

/** What a search works on: the program as the batch ran it. */
export interface Failing {
  readonly program: Program
  readonly context: ProgramContext
  readonly input: InputContext
  /** Per slot. */
  readonly used: (slot: number) => ReadonlySet<number>
  /** Per slot; undefined where the source has no `badRecords`. */
  readonly badOf: (slot: number) => BadRows | undefined
}

/**
 * Sets aside every row of the sources with `badRecords` that a statement of the program fails on when it is alone; answers how many. Costs nothing
 * until a batch fails; then about 2 log2(n) statements a row, planned once.
 *
 * @throws TOO_MANY_BAD_RECORDS
 */
export async function setFailingAside(failing: Failing): Promise<number> {
  const { context, program } = failing
  const connection = await context.duck.connect()
  try {
    let found = 0
    const done = new Set<BadRows>()
    for (const [slot, node] of program.slots.entries()) {
      const bad = node.node === 'source' ? failing.badOf(slot) : undefined
      if (!bad || done.has(bad) || !context.provided[slot]?.scan) continue
      done.add(bad)
      const run = (sql: string) => connection.run(sql, { signal: context.signal })
      found += await new Search({ ...failing, input: { ...failing.input, run } }, slot, bad, connection).all()
    }
    return found
  } finally {
    await context.duck.release(connection)
  }
}

interface Piece {
  readonly rows: RowBatch
  readonly numbers: Int32Array
}
type Fails = (from: string) => Promise<MillraceError | undefined>

class Search {
  readonly #failing: Failing
  readonly #slot: number
  readonly #bad: BadRows
  /** The slots that show these rows. */
  readonly #mine: readonly number[]
  readonly #texts: readonly string[]
  readonly #connection: DuckConnection

  constructor(failing: Failing, slot: number, bad: BadRows, connection: DuckConnection) {
    const { program, badOf } = failing
    this.#failing = failing
    this.#connection = connection
    this.#slot = slot
    this.#bad = bad
    this.#mine = program.slots.flatMap((_, i) => (badOf(i) === bad ? [i] : []))
    const texts = [...program.steps.map(s => (s.kind === 'aggregate' ? s.delta.sql : s.input.sql)), program.main.sql]
    this.#texts = texts.filter(t => this.#mine.some(i => t.includes(hole(`slot:${i}`))))
  }

  async all(): Promise<number> {
    const others = await this.#others()
    try {
      let found = 0
      for await (const piece of this.#pieces()) found += await this.#inPiece(piece, from => this.#error(from, others))
      return found
    } finally {
      await Promise.all([...others.values()].map(o => o.release()))
    }
  }

  async #inPiece(piece: Piece, fails: Fails): Promise<number> {
    const found: { readonly at: number; readonly error: MillraceError }[] = []
    const schema = this.#schema()
    const { feeds } = this.#failing.context.duck
    const visit = async (rows: RowBatch, first: number): Promise<void> => {
      const id = feeds.addAt('search', schema, [rows])
      const error = await fails(`feed(${id})`).finally(() => feeds.remove(id))
      if (!error) return
      if (rows.length === 1) {
        found.push({ at: first, error })
        return
      }
      const half = rows.length >> 1
      await visit(pick(rows, schema, numbersFrom(0, half)), first)
      await visit(pick(rows, schema, numbersFrom(half, rows.length - half)), first + half)
    }
    await visit(piece.rows, 0)
    // Where a row of nulls fails for the same reason it is the program: a constant, the other side of a join.
    if (found.length === piece.numbers.length && found[0] && (await fails(this.#nulls()))?.message === found[0].error.message) return 0
    for (const { at, error } of found) this.#bad.add(piece.numbers[at]!, { error })
    return found.length
  }

  #schema() {
    const slot = this.#failing.program.slots[this.#slot]!
    return decodedSchema(this.#failing.context.provided[this.#slot]!.scan!.schema, decodersOf(slot))
  }

  #nulls(): string {
    return nothing(this.#schema()).from.replace(/ WHERE false\)$/, ')')
  }

  async #error(from: string, others: ReadonlyMap<number, Provided>): Promise<MillraceError | undefined> {
    const { context } = this.#failing
    // Most of what a small statement costs is its plan.
    const keepPlan = context.provided.every((p, k) => this.#mine.includes(k) || !p || (others.get(k) ?? p).from.startsWith('feed('))
    for (const text of this.#texts) {
      const sql = fillHoles(text, name => {
        const slot = name.startsWith('slot:') ? Number(name.slice('slot:'.length)) : undefined
        if (slot !== undefined && this.#mine.includes(slot)) return from
        return (slot !== undefined && others.get(slot)?.from) || holeValue(name, context)
      })
      try {
        await this.#connection.run(sql, { signal: context.signal, keepPlan })
      } catch (error) {
        context.signal.throwIfAborted()
        if (!mayBeOfARow(error)) throw error
        return error
      }
    }
    return undefined
  }

  async *#pieces(): AsyncGenerator<Piece> {
    const { input, context, program, used } = this.#failing
    const schema = this.#schema()
    const scan = context.provided[this.#slot]!.scan!
    const to = { ...input, used: used(this.#slot), decoders: decodersOf(program.slots[this.#slot]!) }
    let held: RowBatch[] = []
    let numbers: Int32Array[] = []
    let rows = 0
    function* shown(): Generator<Piece> {
      if (rows > 0) yield { rows: together(schema, held), numbers: joined(numbers) }
      held = []
      numbers = []
      rows = 0
    }
    for await (const part of sifted(scan, this.#bad, to)) {
      held.push(part.batch)
      numbers.push(part.numbers)
      rows += part.batch.length
      if (rows >= PIECE_ROWS || held.reduce((n, b) => n + batchBytes(b), 0) >= PIECE_BYTES) yield* shown()
    }
    yield* shown()
  }

  /** What a transaction had staged of other slots is gone with it, or seen by its connection only: it is read again. */
  async #others(): Promise<ReadonlyMap<number, Provided>> {
    const { context, input, program, used, badOf } = this.#failing
    const again = new Map<number, Provided>()
    for (const [k, provided] of context.provided.entries()) {
      if (this.#mine.includes(k) || !provided?.scan || provided.from.startsWith('feed(')) continue
      if (!this.#texts.some(t => t.includes(hole(`slot:${k}`)))) continue
      const bad = badOf(k)
      const to = { ...input, used: used(k), decoders: decodersOf(program.slots[k]!), ...(bad && { bad }) }
      again.set(k, await provideScan(provided.scan, to))
    }
    return again
  }
}

/** One batch of several; columns that nobody reads stay empty. */
function together(schema: StructType, batches: readonly RowBatch[]): RowBatch {
  const [first] = batches
  if (!first || batches.length === 1) return first!
  const columns = schema.fields.map((f, c) => {
    if (batches.some(b => b.columns[c]!.length < b.length)) return { length: 0 }
    const alone = structType([f])
    return concatBatches(
      alone,
      batches.map(b => ({ schema: alone, length: b.length, columns: [b.columns[c]!] })),
    ).columns[0]!
  })
  return { schema, length: batches.reduce((n, b) => n + b.length, 0), columns }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
