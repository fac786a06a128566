import { isUtf8 } from 'node:buffer'
import type { Platform } from '../platform/index.ts'
import { csvOptions } from './csv/options.ts'
import { isPacked } from './open-bytes.ts'
import type { FileSet } from './read-files.ts'
import type { FormatOptions } from './record-mode.ts'

/** Files whose lines any reader cuts alike. */
export interface PlainFiles {
  /** Not one of them is empty. */
  readonly paths: readonly string[]
  /** One byte between fields; none where a line is a row. */
  readonly separator: string | undefined
  readonly header: boolean
  readonly rows: number
}

const LONGEST_LINE = 1 << 20

/** Options that change nothing about how a plain file is cut. */
const HARMLESS = new Set(['header', 'sep', 'delimiter', 'quote', 'escape', 'timezone', 'mode', 'wholetext', 'inferschema', 'enforceschema'])
const GLOB = /[*?[\]{}\\]/
const [LF, CR, NUL, BLANK] = [10, 13, 0, 32]

interface Shape {
  readonly separator: string | undefined
  readonly header: boolean
  /** Bytes that would make a reader think. */
  readonly special: readonly number[]
  readonly blankLines: boolean
}

/** How lines are cut, where it needs no more than counting separators. */
function shapeOf({ format, schema, options }: FileSet): Shape | undefined {
  if (Object.keys(options).some(key => !HARMLESS.has(key))) return undefined
  if (format === 'text') {
    return isFalse(options, 'wholetext') && schema.fields.length === 1
      ? { separator: undefined, header: false, special: [CR, NUL], blankLines: true }
      : undefined
  }
  if (format !== 'csv' || schema.fields.length < 2) return undefined
  const { separator, quote, escape: escapeWith, mode, header, enforceSchema } = csvOptions(options)
  const code = separator.charCodeAt(0)
  // A line of blanks is no row: a separator that is a blank would make it one.
  if (separator.length !== 1 || code <= 32 || code >= 127 || mode !== 'permissive' || (header && !enforceSchema)) return undefined
  if (quote.charCodeAt(0) >= 128 || escapeWith.charCodeAt(0) >= 128) return undefined
  const special = [quote, escapeWith].filter(c => c !== '').map(c => c.charCodeAt(0))
  return { separator, header, special: [...new Set([...special, CR, NUL])], blankLines: false }
}

const isFalse = (options: FormatOptions, key: string): boolean => (options[key] ?? 'false').toLowerCase() === 'false'

/**
 * Looks through files for anything that readers understand differently: quotes, escapes, `\r`, byte order marks, bytes that are no UTF-8, blank or
 * endless lines. Undefined where the decoder must read them. Lines with fewer or more separators than
 * columns are not looked for: the reader must refuse them. `columns`: the columns that are read; they must be strings.
 */
export async function plainFiles(set: FileSet, columns: ReadonlySet<number>, platform: Platform): Promise<PlainFiles | undefined> {
  if (set.schema.fields.some((f, i) => columns.has(i) && f.dataType.kind !== 'string')) return undefined
  if (set.files.some(f => f.partition || GLOB.test(f.path) || isPacked(f.path))) return undefined
  const shape = shapeOf(set)
  if (!shape) return undefined
  const files = set.files.filter(f => f.size > 0)
  let rows = 0
  for (const file of files) {
    const lines = await linesOf(file.path, file.size, shape, platform)
    if (lines === undefined) return undefined
    rows += lines - (shape.header ? 1 : 0)
  }
  return { paths: files.map(f => f.path), separator: shape.separator, header: shape.header, rows }
}

/** How many lines a file has; undefined where it is not plain. */
async function linesOf(path: string, size: number, shape: Shape, platform: Platform): Promise<number | undefined> {
  let lines = 0
  let seen = 0
  // What the last chunk's last line has of bytes so far.
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of platform.files.stream(path, { chunkSize: 1 << 20 })) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (seen === 0 && bytes[0] === 0xef) return undefined
    seen += bytes.length
    if (shape.special.some(code => bytes.includes(code))) return undefined
    const first = bytes.indexOf(LF)
    if (first < 0) {
      rest = Buffer.concat([rest, bytes])
      if (rest.length > LONGEST_LINE) return undefined
      continue
    }
    const start = Buffer.concat([rest, bytes.subarray(0, first)])
    // In other lines than a header the reader finds too few separators.
    if (!shape.blankLines && (start.length === 0 || (lines === 0 && start.every(code => code <= BLANK)))) return undefined
    let last = first
    lines++
    for (let at = bytes.indexOf(LF, first + 1); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (at === last + 1 && !shape.blankLines) return undefined
      if (at - last > LONGEST_LINE) return undefined
      last = at
      lines++
    }
    if (!isUtf8(start) || !isUtf8(bytes.subarray(first, last))) return undefined
    rest = Buffer.from(bytes.subarray(last + 1))
  }
  if (seen !== size || !isUtf8(rest)) return undefined
  return lines + (rest.length > 0 ? 1 : 0)
}
