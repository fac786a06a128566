import type { MillraceError } from '../../../errors/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import { decodedSchema } from '../fused/decode.ts'
import { decodersOf } from '../fused/decoded-source.ts'
import { batchBytes, type InputContext, nothing, type Provided, provideScan } from '../inputs.ts'
import type { Program } from '../lower/program.ts'
import { fillHoles, hole } from '../lower/statement.ts'
import { holeValue, type ProgramContext } from '../run-program.ts'
import { type BadRows, mayBeOfARow } from './bad-rows.ts'
import { sifted } from './sift.ts'

/** Rows and bytes tried at once. */
const PIECE_ROWS = 50_000
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
 * until a batch fails; then about 2 log2(n) statements a row.
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
      found += await new Search({ ...failing, input: { ...failing.input, run } }, slot, bad).all()
    }
    return found
  } finally {
    await context.duck.release(connection)
  }
}

interface Piece {
  readonly from: string
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

  constructor(failing: Failing, slot: number, bad: BadRows) {
    const { program, badOf } = failing
    this.#failing = failing
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
    const visit = async (from: number, count: number): Promise<boolean> => {
      const error = await fails(`(SELECT * FROM ${piece.from} LIMIT ${count} OFFSET ${from})`)
      if (!error) return false
      if (count === 1) {
        found.push({ at: from, error })
        return true
      }
      const half = count >> 1
      const first = await visit(from, half)
      const second = await visit(from + half, count - half)
      return first || second
    }
    await visit(0, piece.numbers.length)
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
    const { context, input } = this.#failing
    for (const text of this.#texts) {
      const sql = fillHoles(text, name => {
        const slot = name.startsWith('slot:') ? Number(name.slice('slot:'.length)) : undefined
        if (slot !== undefined && this.#mine.includes(slot)) return from
        return (slot !== undefined && others.get(slot)?.from) || holeValue(name, context)
      })
      try {
        await input.run(sql)
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
    const shown = async function* (): AsyncGenerator<Piece> {
      if (rows === 0) return
      const id = context.duck.feeds.add(schema, held)
      try {
        yield { from: `feed(${id})`, numbers: joined(numbers) }
      } finally {
        context.duck.feeds.remove(id)
      }
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

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
