import { MillraceError } from '../../../errors/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { Output } from '../../contract.ts'

/** The service takes 4 MB of rows a call, before packing. */
export const PART_BYTES = 4_000_000
/** Rows held in memory at a time. */
const HELD_BYTES = 32 * 1024 * 1024
const BUCKETS = 1024

export interface PartOptions {
  readonly partBytes?: number
  readonly heldBytes?: number
  readonly batchId: number
}

/**
 * Cuts a batch's rows into parts that depend on the rows alone and not on their order, so that a rerun, whose rows may come in another order, makes the same
 * parts: rows go into buckets by their text, buckets into groups by their sizes, and each group is sorted before it is cut. Yields the last part with `last`.
 *
 * @throws SNOWFLAKE_ROW_TOO_LARGE
 */
export async function* partsOf(
  output: Pick<Output, 'batches'>,
  line: Line,
  { partBytes = PART_BYTES, heldBytes = HELD_BYTES, batchId }: PartOptions,
): AsyncGenerator<{ readonly rows: string; readonly last: boolean }> {
  const sizes = new Array<number>(BUCKETS).fill(0)
  // Kept for a small batch, which then needs no second look.
  let held: string[] | undefined = []
  let total = 0
  for await (const texts of linesOf(output, line)) {
    for (const text of texts) {
      const bytes = Buffer.byteLength(text)
      if (bytes > partBytes) throw new MillraceError('SNOWFLAKE_ROW_TOO_LARGE', { bytes, limit: partBytes, batch: batchId })
      sizes[bucketOf(text)]! += bytes
      total += bytes
      if (total > heldBytes) held = undefined
      held?.push(text)
    }
  }
  let part: string | undefined
  for (const [from, to] of groupsOf(sizes, heldBytes)) {
    const lines = held ?? (await linesIn(output, line, from, to))
    for (const rows of cut(lines.sort(byText), partBytes)) {
      if (part !== undefined) yield { rows: part, last: false }
      part = rows
    }
  }
  if (part !== undefined) yield { rows: part, last: true }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Line = (batch: RowBatch, i: number) => string

/** The lines of one piece of the output after the other. */
async function* linesOf(output: Pick<Output, 'batches'>, line: Line): AsyncGenerator<string[]> {
  for await (const batch of output.batches()) yield Array.from({ length: batch.length }, (_, i) => line(batch, i))
}

async function linesIn(output: Pick<Output, 'batches'>, line: Line, from: number, to: number): Promise<string[]> {
  const found: string[] = []
  for await (const texts of linesOf(output, line)) {
    for (const text of texts) {
      const bucket = bucketOf(text)
      if (bucket >= from && bucket < to) found.push(text)
    }
  }
  return found
}

/** Ranges of buckets that hold so much together; one bucket at least. */
function groupsOf(sizes: readonly number[], most: number): (readonly [number, number])[] {
  const groups: (readonly [number, number])[] = []
  let from = 0
  let sum = 0
  for (const [bucket, bytes] of sizes.entries()) {
    if (sum > 0 && sum + bytes > most) {
      groups.push([from, bucket])
      from = bucket
      sum = 0
    }
    sum += bytes
  }
  return sum > 0 ? [...groups, [from, sizes.length]] : groups
}

function* cut(lines: readonly string[], most: number): Generator<string> {
  let part: string[] = []
  let bytes = 0
  for (const line of lines) {
    const size = Buffer.byteLength(line)
    if (bytes + size > most && part.length > 0) {
      yield part.join('')
      part = []
      bytes = 0
    }
    part.push(line)
    bytes += size
  }
  if (part.length > 0) yield part.join('')
}

/** FNV-1a. */
function bucketOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % BUCKETS
}
