import type { ColumnData } from '../../../types/index.ts'

/** A column that says the same for long runs of rows: made at the end, and for one topic not even then. */
export class TopicColumn {
  readonly #runs: { readonly topic: string; end: number }[] = []

  /** Rows up to `end` are of that topic. */
  extend(topic: string, end: number): void {
    const last = this.#runs.at(-1)
    if (last?.topic === topic) last.end = end
    else this.#runs.push({ topic, end })
  }

  finish(): ColumnData {
    const [first, ...others] = this.#runs
    if (!first) return { length: 0, offsets: new Int32Array(1), values: new Uint8Array(0) }
    return others.length === 0 ? repeated(first.topic, first.end) : this.#joined()
  }

  #joined(): ColumnData {
    const length = this.#runs.at(-1)!.end
    const offsets = new Int32Array(length + 1)
    const parts: Uint8Array[] = []
    let row = 0
    for (const { topic, end } of this.#runs) {
      const run = repeated(topic, end - row)
      const base = offsets[row]!
      for (let i = 1; i <= run.length; i++) offsets[row + i] = base + run.offsets![i]!
      parts.push(run.values as Uint8Array)
      row = end
    }
    return { length, offsets, values: Buffer.concat(parts) }
  }
}

/** The last constant column that was made: columns are never written to again, so shorter ones are its beginning. */
let latest: { readonly topic: string; readonly column: ColumnData } | undefined

function repeated(topic: string, rows: number): ColumnData {
  if (latest?.topic !== topic || latest.column.length < rows) latest = { topic, column: constant(topic, rows) }
  const { offsets, values } = latest.column
  return { length: rows, offsets: offsets!.subarray(0, rows + 1), values: values!.subarray(0, offsets![rows]!) }
}

function constant(text: string, rows: number): ColumnData {
  const bytes = new TextEncoder().encode(text)
  const values = new Uint8Array(bytes.length * rows)
  values.set(bytes.subarray(0, values.length))
  for (let done = bytes.length; done < values.length; done *= 2) values.copyWithin(done, 0, Math.min(done, values.length - done))
  const offsets = new Int32Array(rows + 1)
  for (let i = 1; i <= rows; i++) offsets[i] = i * bytes.length
  return { length: rows, offsets, values }
}
