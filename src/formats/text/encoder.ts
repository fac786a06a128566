import { isValid, type RowBatch } from '../../types/index.ts'
import type { FormatOptions } from '../record-mode.ts'
import { stringAt } from '../texts.ts'

/** Lines of one string column; null is an empty line, as in Spark. */
export function textEncoder(options: FormatOptions): (batch: RowBatch) => Uint8Array {
  const end = options.linesep ?? '\n'
  return batch => {
    let out = ''
    for (let i = 0; i < batch.length; i++) out += (isValid(batch.columns[0]!, i) ? stringAt(batch.columns[0]!, i) : '') + end
    return Buffer.from(out, 'utf8')
  }
}
