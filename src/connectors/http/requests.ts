import { createHash } from 'node:crypto'
import { jsonEncoder } from '../../formats/index.ts'
import { isValid, type RowBatch } from '../../types/index.ts'
import type { Output } from '../contract.ts'

export type BodyForm = 'row' | 'array' | 'ndjson' | 'text'

export interface Shape {
  readonly form: BodyForm
  /** Of the json format, keys in lower case. */
  readonly json: Readonly<Record<string, string>>
  readonly maxRows: number
  readonly maxBytes: number
  readonly ordered: boolean
}

/** What one request carries. */
export interface Parcel {
  readonly body: Uint8Array
  readonly rows: number
  /** Names the parcel among those of its batch: whenever the batch is computed again, the same rows have the same name. */
  readonly name: string
}

const digest = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex').slice(0, 32)

/** Rows of a batch that are in memory at once where they have to be sorted. */
const ROWS_AT_ONCE = 50_000
const LINE_END = 0x0a

/** The rows of an output as bodies, one a row. */
async function* bodies(output: Output, { form, json }: Shape): AsyncGenerator<Uint8Array> {
  const rowsOf = form === 'text' ? texts(output) : lines(jsonEncoder(output.schema, json))
  for await (const batch of output.batches()) yield* rowsOf(batch)
}

const lines = (encode: (batch: RowBatch) => Uint8Array) =>
  function* (batch: RowBatch): Generator<Uint8Array> {
    const bytes = encode(batch).slice()
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(LINE_END, at)
      yield bytes.subarray(at, end)
      at = end + 1
    }
  }

const texts = ({ schema }: Output) => {
  const at = schema.fields.findIndex(f => f.name.toLowerCase() === 'value')
  return function* ({ columns, length }: RowBatch): Generator<Uint8Array> {
    const column = columns[at]!
    const { values, offsets } = column as { values: Uint8Array; offsets: Int32Array }
    for (let i = 0; i < length; i++) if (isValid(column, i)) yield values.slice(offsets[i]!, offsets[i + 1]!)
  }
}

/**
 * The requests of a batch. A parcel is named by what is in it and not by its place: a batch that is computed again may have its rows in another
 * order, and a receiver that honours the key must never take one row for another. Of equal rows the first is one, the second another.
 */
export async function* parcels(output: Output, shape: Shape): AsyncGenerator<Parcel> {
  const met = new Map<string, number>()
  const named = (body: Uint8Array, rows: number): Parcel => {
    const of = digest(body)
    const n = met.get(of) ?? 0
    met.set(of, n + 1)
    return { body, rows, name: n === 0 ? of : `${of}.${n}` }
  }
  if (shape.form === 'row' || shape.form === 'text') {
    for await (const body of bodies(output, shape)) yield named(body, 1)
    return
  }
  const pack = PACK[shape.form]
  for await (const rows of shape.ordered ? inOrder(output, shape) : byContent(output, shape)) yield named(pack(rows), rows.length)
}

const PACK: Readonly<Record<'array' | 'ndjson', (rows: readonly Uint8Array[]) => Uint8Array>> = {
  array: rows =>
    Buffer.concat([Buffer.from('['), ...rows.flatMap((row, i) => (i === 0 ? [row] : [Buffer.from(','), row])), Buffer.from(']')]),
  ndjson: rows => Buffer.concat(rows.flatMap(row => [row, Buffer.from('\n')])),
}

async function* inOrder(output: Output, shape: Shape): AsyncGenerator<readonly Uint8Array[]> {
  const chunks = new Chunks(shape)
  for await (const body of bodies(output, shape)) yield* chunks.add(body)
  yield* chunks.rest()
}

/**
 * Rows sorted by their content, so that the same ones travel together whenever the batch is computed again. A large batch is gone through several
 * times, each time for a share of its rows.
 */
async function* byContent(output: Output, shape: Shape): AsyncGenerator<readonly Uint8Array[]> {
  const shares = Math.max(1, Math.ceil(output.rowCount / ROWS_AT_ONCE))
  for (let share = 0; share < shares; share++) {
    const rows: { readonly key: string; readonly body: Uint8Array }[] = []
    for await (const body of bodies(output, shape)) {
      const key = digest(body)
      if (shares === 1 || Number.parseInt(key.slice(0, 8), 16) % shares === share) rows.push({ key, body })
    }
    rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    const chunks = new Chunks(shape)
    for (const { body } of rows) yield* chunks.add(body)
    yield* chunks.rest()
  }
}

/** Puts rows together up to the bounds of a request. */
class Chunks {
  readonly #shape: Shape
  #rows: Uint8Array[] = []
  #bytes = 2

  constructor(shape: Shape) {
    this.#shape = shape
  }

  *add(row: Uint8Array): Generator<readonly Uint8Array[]> {
    const full = this.#rows.length >= this.#shape.maxRows || this.#bytes + row.length + 1 > this.#shape.maxBytes
    if (full) yield* this.rest()
    this.#rows.push(row)
    this.#bytes += row.length + 1
  }

  *rest(): Generator<readonly Uint8Array[]> {
    if (this.#rows.length > 0) yield this.#rows
    this.#rows = []
    this.#bytes = 2
  }
}
