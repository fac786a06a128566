import type { Platform } from '../platform/index.ts'
import { Lines, lineSeparator } from './lines.ts'
import { type InputFile, openBytes, toUtf8 } from './open-bytes.ts'
import { type FormatOptions, flag } from './record-mode.ts'

/** Takes a record for inference: a line, or with `multiLine` a whole file. `first` in its file. */
export type Look = (bytes: Uint8Array, start: number, end: number, first: boolean) => void

/** Shows every record of the files to inference. Spark looks at a sample where asked; all of it is never less right. */
export async function lookAtRecords(files: readonly InputFile[], options: FormatOptions, platform: Platform, look: Look): Promise<void> {
  const whole = flag(options, 'multiline', false)
  for (const file of files) {
    let first = true
    const lines = new Lines((b, start, end) => {
      look(b, start, end, first)
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
      look(all, 0, all.length, true)
    } else lines.close()
  }
}
