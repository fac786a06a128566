import { MillraceError } from '../../errors/index.ts'
import type { CsvShape } from './options.ts'

/** Is the record too wide, or one of its fields too long? `where` it stands, for the message. Throws MALFORMED_CSV_RECORD. */
export function checkSize(tokens: readonly (string | null)[], { maxColumns, maxChars }: CsvShape, where: string): void {
  if (tokens.length > maxColumns) throw new MillraceError('MALFORMED_CSV_RECORD.TOO_MANY_COLUMNS', { where, max: maxColumns })
  if (maxChars >= 0 && tokens.some(t => t !== null && t.length > maxChars))
    throw new MillraceError('MALFORMED_CSV_RECORD.FIELD_TOO_LONG', { where, max: maxChars })
}
