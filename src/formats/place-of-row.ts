import type { Platform } from '../platform/index.ts'
import { Lines, lineSeparator } from './lines.ts'
import { openBytes, toUtf8 } from './open-bytes.ts'
import { decoderOf, type FileSet, type ReadFilesOptions } from './read-files.ts'
import type { Decoder, FormatOptions } from './record-mode.ts'
import { flag } from './record-mode.ts'

/** Where a row of a file stands. */
export interface RowPlace {
  /** The line on which its record begins, counted from 1; packed files count lines of what is in them. */
  readonly line: number
  readonly text: string
}

/** A line as it stands in the file, counted from 1. */
export interface LineOfRow {
  readonly line: number
  readonly bytes: Uint8Array
}

const NOTHING_READ: ReadonlySet<number> = new Set()
const MOST_ROWS = 50_000

/**
 * The line of row `row` (from 0) of a set of one file, found by decoding the file again: what the decoder skips (headers, comments, empty lines,
 * records left out by DROPMALFORMED) is skipped here, too. Undefined where a row is no line: `wholetext`, JSON with `multiLine`.
 */
export async function placeOfRow(set: FileSet, row: number, platform: Platform, options: ReadFilesOptions): Promise<RowPlace | undefined> {
  const multiLine = flag(set.options, 'multiline', false)
  if (set.format === 'avro') return undefined
  if (flag(set.options, 'wholetext', false) || (multiLine && set.format === 'json')) return undefined
  const make = (): Decoder => decoderOf(set, platform, { ...options, columns: NOTHING_READ })
  return multiLine && set.format === 'csv'
    ? lineOfRecord(await allLines(set, platform, options), row, make, separatorOf(set.options))
    : textOf((await rowsToLines(set, [row], make(), platform, options)).get(row))
}

const textOf = (found: LineOfRow | undefined): RowPlace | undefined =>
  found && { line: found.line, text: Buffer.from(found.bytes).toString('utf8') }

/** The lines of several rows (ascending) of a set of one file, in one pass; none where a row is no line of its own. */
export async function linesOfRows(
  set: FileSet,
  rows: readonly number[],
  platform: Platform,
  options: ReadFilesOptions,
): Promise<ReadonlyMap<number, LineOfRow>> {
  const severalLines = set.format !== 'text' && flag(set.options, 'multiline', false)
  if (set.format === 'avro' || flag(set.options, 'wholetext', false) || severalLines) return new Map()
  return rowsToLines(set, rows, decoderOf(set, platform, { ...options, columns: NOTHING_READ }), platform, options)
}

const separatorOf = (options: FormatOptions): Uint8Array => lineSeparator(options['linesep']) ?? new Uint8Array([10])

/** Hands the decoder a line at a time until the rows are there. */
async function rowsToLines(
  set: FileSet,
  rows: readonly number[],
  decoder: Decoder,
  platform: Platform,
  options: ReadFilesOptions,
): Promise<ReadonlyMap<number, LineOfRow>> {
  const separator = separatorOf(set.options)
  const found = new Map<number, LineOfRow>()
  let taken = 0
  let line = 0
  let next = 0
  decoder.open(set.files[0]!.path)
  await eachLine(set, platform, options, bytes => {
    if (next === rows.length) return true
    line++
    decoder.push(bytes)
    decoder.push(separator)
    if (taken + decoder.length > rows[next]!) {
      const here = { line, bytes: bytes.slice() }
      while (next < rows.length && taken + decoder.length > rows[next]!) found.set(rows[next++]!, here)
    }
    if (decoder.length >= MOST_ROWS) taken += decoder.take().length
    return next === rows.length
  })
  return found
}

/** Records that run over several lines: the first line with which the file, cut off behind it, has the row. */
function lineOfRecord(lines: readonly Uint8Array[], row: number, make: () => Decoder, separator: Uint8Array): RowPlace | undefined {
  const rowsIn = (count: number): number => {
    const decoder = make()
    decoder.open('')
    for (const line of lines.slice(0, count)) {
      decoder.push(line)
      decoder.push(separator)
    }
    decoder.close()
    return decoder.length
  }
  if (rowsIn(lines.length) <= row) return undefined
  let low = 1
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (rowsIn(middle) > row) high = middle
    else low = middle + 1
  }
  return { line: low, text: Buffer.from(lines[low - 1]!).toString('utf8') }
}

async function allLines(set: FileSet, platform: Platform, options: ReadFilesOptions): Promise<readonly Uint8Array[]> {
  const lines: Uint8Array[] = []
  await eachLine(set, platform, options, bytes => {
    lines.push(bytes.slice())
    return false
  })
  return lines
}

/** Calls back for each line of the file until `take` answers true. */
async function eachLine(
  set: FileSet,
  platform: Platform,
  { signal }: ReadFilesOptions,
  take: (line: Uint8Array) => boolean,
): Promise<void> {
  let enough = false
  const lines = new Lines((bytes, start, end) => {
    enough ||= take(bytes.subarray(start, end)) === true
  }, lineSeparator(set.options['linesep']))
  const convert = toUtf8(set.options['encoding'] ?? set.options['charset'])
  for await (const chunk of openBytes(set.files[0]!, platform)) {
    signal?.throwIfAborted()
    lines.push(convert ? convert(chunk) : chunk)
    if (enough) return
  }
  const rest = convert?.(undefined)
  if (rest?.length) lines.push(rest)
  lines.close()
}
