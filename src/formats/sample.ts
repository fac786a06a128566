import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import { Lines, lineSeparator } from './lines.ts'
import { type InputFile, openBytes, toUtf8 } from './open-bytes.ts'
import { type FormatOptions, flag } from './record-mode.ts'

/** Takes a record for inference: a line, or with `multiLine` a whole file. `first` in its file. */
export type Look = (bytes: Uint8Array, start: number, end: number, first: boolean) => void

/** Fractional parts of its multiples lie evenly, so that any share of the records is spread over all of them. */
const GOLDEN = 0.618_033_988_749_895

/** The share of records that inference looks at. Throws INVALID_OPTION. */
export function samplingRatio(options: FormatOptions, format: string): number {
  const text = options.samplingratio ?? '1'
  const ratio = text.trim() === '' ? Number.NaN : Number(text)
  if (ratio > 0 && ratio <= 1) return ratio
  throw new MillraceError('INVALID_OPTION', { option: 'samplingRatio', format, value: text, expected: 'a number above 0 and up to 1' })
}

/** Which records the share is: the same ones every time (Spark draws them). */
function sampler(ratio: number): () => boolean {
  let n = 0
  return () => ratio === 1 || (n++ * GOLDEN) % 1 < ratio
}

/** Shows the records of the files to inference: all, or the share `samplingRatio`. The first of each file is always shown, for its header. */
export async function lookAtRecords(files: readonly InputFile[], options: FormatOptions, platform: Platform, look: Look): Promise<void> {
  const whole = flag(options, 'multiline', false)
  const wanted = sampler(samplingRatio(options, 'files'))
  for (const file of files) {
    let first = true
    const lines = new Lines((b, start, end) => {
      if (wanted() || first) look(b, start, end, first)
      first = false
    }, lineSeparator(options.linesep))
    const convert = toUtf8(options.encoding ?? options.charset)
    const parts: Uint8Array[] = []
    for await (const chunk of openBytes(file, platform)) {
      const utf8 = convert ? convert(chunk) : chunk
      if (whole) parts.push(utf8)
      else lines.push(utf8)
    }
    if (whole) {
      const all = Buffer.concat(parts)
      if (wanted()) look(all, 0, all.length, true)
    } else lines.close()
  }
}
