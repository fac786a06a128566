import type { Platform } from '../platform/index.ts'
import { isValid, type RowBatch, type StructType } from '../types/index.ts'
import { checkFormatOptions } from './check.ts'
import { csvDecoder } from './csv/decoder.ts'
import { inferCsv } from './csv/infer.ts'
import { jsonDecoder } from './json/decoder.ts'
import { inferJson } from './json/infer.ts'
import { type FormatOptions, flag } from './record-mode.ts'

export type TextFormat = 'csv' | 'json'

/** Stands between texts, which may hold line ends: no text is likely to hold this. */
const SEPARATOR = '\u0000\u001e'
/** As messages name where a record stands. */
const NAME = 'the frame'
const END = new TextEncoder().encode(SEPARATOR)
/** What concerns files and not texts: a text is a record, whatever is in it. */
const OF_FILES: ReadonlySet<string> = new Set(['multiline', 'encoding', 'charset', 'linesep'])

/** Options with lower-cased keys, as they count for texts. */
function optionsOfTexts(format: TextFormat, options: FormatOptions): FormatOptions {
  checkFormatOptions(format, options, 'source')
  return { ...Object.fromEntries(Object.entries(options).filter(([name]) => !OF_FILES.has(name))), linesep: SEPARATOR }
}

/** The texts of the first column that are not null. */
function* textsOf({ columns: [column], length }: RowBatch): Generator<Uint8Array> {
  const { values, offsets } = column as { values: Uint8Array; offsets: Int32Array }
  for (let i = 0; i < length; i++) if (isValid(column!, i)) yield values.subarray(offsets[i]!, offsets[i + 1]!)
}

const isHeader = (text: Uint8Array, header: string | undefined): boolean =>
  header !== undefined && Buffer.compare(text, Buffer.from(header)) === 0

/** The header among csv texts, with option `header`: the first one that is neither blank nor a comment. */
export async function headerOfTexts(
  format: TextFormat,
  batches: AsyncIterable<RowBatch>,
  options: FormatOptions,
): Promise<string | undefined> {
  if (format !== 'csv' || !flag(options, 'header', false)) return undefined
  for await (const batch of batches) {
    for (const bytes of textsOf(batch)) {
      const text = Buffer.from(bytes).toString('utf8')
      if (text.trim() !== '' && !(options['comment'] && text.startsWith(options['comment']))) return text
    }
  }
  return undefined
}

/** The columns of texts, as of files with these lines. */
export function inferTexts(
  format: TextFormat,
  batches: AsyncIterable<RowBatch>,
  options: FormatOptions,
  header: string | undefined,
  platform: Platform,
): Promise<StructType> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let met = false
    for await (const batch of batches) {
      const parts: Uint8Array[] = []
      for (const text of textsOf(batch)) {
        const again = isHeader(text, header)
        if (!again || !met) parts.push(text, END)
        met ||= again
      }
      yield Buffer.concat(parts)
    }
  }
  const infer = format === 'csv' ? inferCsv : inferJson
  return infer([{ path: NAME, size: 0, mtimeMs: 0, bytes }], optionsOfTexts(format, options), platform)
}

/**
 * Texts into rows, each a record (an array of objects at the top of JSON is as many rows). As in Spark every text that equals the header is left out.
 *
 * @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION in mode FAILFAST; CSV_HEADER_MISMATCH
 */
export function parserOfTexts(
  format: TextFormat,
  schema: StructType,
  options: FormatOptions,
  header: string | undefined,
  today: () => number,
): (batch: RowBatch) => RowBatch {
  const make = format === 'csv' ? csvDecoder : jsonDecoder
  const known = optionsOfTexts(format, options)
  return batch => {
    const decoder = make(schema, known, today)
    decoder.open(NAME)
    if (header !== undefined) {
      decoder.push(Buffer.from(header))
      decoder.push(END)
    }
    for (const text of textsOf(batch)) {
      if (isHeader(text, header)) continue
      decoder.push(text)
      decoder.push(END)
    }
    decoder.close()
    return decoder.take()
  }
}
