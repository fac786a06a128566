import type { FilesScan, Scan } from '../../connectors/contract.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import { batchBytes, type InputContext, type Provided, provideScan } from './inputs.ts'

/** Some rows of a slot, in their order, that can be tried alone; `place` tells in lines for a person where the row to blame stands, and the source that its file may be mended. */
export interface Piece {
  readonly rows: Provided
  place(at: number): Promise<readonly string[]>
}

/** Rows and bytes tried at once: enough that many small files cost few statements. */
const PIECE_ROWS = 100_000
const PIECE_BYTES = 8 << 20
const MOST_SHOWN = 1000

/**
 * The rows of a slot once more, piece by piece: files are read again, rows in memory are still there.
 * Each piece is released when the next is asked for.
 */
export function piecesOf(provided: Provided, slot: string, to: InputContext): AsyncGenerator<Piece, void, undefined> {
  const { scan } = provided
  if (!scan) return whole(provided)
  if (scan.kind === 'files') return scan.format === 'parquet' ? parquetFiles(scan, to) : decodedFiles(scan, to)
  return fed(scan.schema, inMemory(scan, slot), to)
}

async function* whole(rows: Provided): AsyncGenerator<Piece, void, undefined> {
  yield { rows, place: async () => [] }
}

async function* parquetFiles(scan: FilesScan, to: InputContext): AsyncGenerator<Piece, void, undefined> {
  for (const file of scan.files) {
    const rows = await provideScan({ ...scan, files: [file] }, to)
    try {
      const place = async (at: number): Promise<readonly string[]> => {
        await scan.unreadable?.(file)
        return [`at: ${file.name ?? file.path}, row ${at + 1}`]
      }
      yield { rows, place }
    } finally {
      await rows.release()
    }
  }
}

/** Rows with what tells the place of the row `at` among them. */
interface Part {
  readonly batch: RowBatch
  place(at: number): Promise<readonly string[]>
}

async function* decodedFiles(scan: FilesScan, to: InputContext): AsyncGenerator<Piece, void, undefined> {
  const { placeOfRow, readFiles } = await import('../../formats/index.ts')
  const options = { timeZone: to.timeZone, ...(to.signal && { signal: to.signal }), ...(to.used && { columns: to.used }) }
  async function* parts(): AsyncGenerator<Part, void, undefined> {
    for (const file of scan.files) {
      const set = { ...scan, files: [file] }
      let before = 0
      for await (const batch of readFiles(set, to.platform, options)) {
        const first = before
        before += batch.length
        yield {
          batch,
          place: async at => {
            await scan.unreadable?.(file)
            // Out of time: the file and the row are known all the same.
            const found = await placeOfRow(set, first + at, to.platform, options).catch(() => undefined)
            if (!found) return [`at: ${file.name ?? file.path}, row ${first + at + 1}`]
            // The row of a text file is its line.
            return [
              `at: ${file.name ?? file.path}:${found.line}`,
              ...(scan.format === 'text' ? [] : [`line: ${cut(found.text, MOST_SHOWN)}`]),
            ]
          },
        }
      }
    }
  }
  yield* fed(scan.schema, parts(), to)
}

async function* inMemory(scan: Exclude<Scan, FilesScan>, slot: string): AsyncGenerator<Part, void, undefined> {
  let before = 0
  for await (const batch of scan.kind === 'bytes' ? scan.slices() : scan.batches) {
    const first = before
    before += batch.length
    const placeOf = scan.kind === 'bytes' ? scan.place : undefined
    yield { batch, place: async at => [`at: ${placeOf ? placeOf(batch, at) : `row ${first + at + 1} of ${slot}`}`] }
  }
}

async function* fed(schema: StructType, parts: AsyncIterable<Part>, to: InputContext): AsyncGenerator<Piece, void, undefined> {
  let held: Part[] = []
  let rows = 0
  let bytes = 0
  for await (const part of parts) {
    held.push(part)
    rows += part.batch.length
    bytes += batchBytes(part.batch)
    if (rows < PIECE_ROWS && bytes < PIECE_BYTES) continue
    yield* shown(schema, held, rows, to)
    held = []
    rows = 0
    bytes = 0
  }
  if (rows > 0) yield* shown(schema, held, rows, to)
}

function* shown(schema: StructType, parts: readonly Part[], rows: number, to: InputContext): Generator<Piece, void, undefined> {
  const id = to.duck.feeds.add(
    schema,
    parts.map(p => p.batch),
  )
  const place = (at: number): Promise<readonly string[]> => {
    let left = at
    for (const part of parts) {
      if (left < part.batch.length) return part.place(left)
      left -= part.batch.length
    }
    return Promise.resolve([])
  }
  try {
    yield { rows: { from: `feed(${id})`, rows, release: async () => {} }, place }
  } finally {
    to.duck.feeds.remove(id)
  }
}

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)
