import type { Connector } from '../contract.ts'
import { keysIn } from './write/options.ts'

const option = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(options).find(([k]) => k.toLowerCase() === name)?.[1]

/** What becomes of a table's rows when rows are written again. */
export const rowsThere: NonNullable<Connector['rowsThere']> = ({ outputMode, options }) => {
  const where = option(options, 'replacewhere')
  const keys = keysIn(option(options, 'keycolumns') ?? '')
  if (where !== undefined) return `those that meet ${where} are replaced by each batch, the others stay`
  if (outputMode === 'complete') return 'all are replaced by each batch'
  if (keys.length > 0) return `each is replaced by a row with the same ${keys.join(', ')}, the others stay`
  if (option(options, 'reprocess')?.toLowerCase() === 'append') return 'they stay, and rows that come again are written again (reprocess)'
  return "they stay; a new checkpoint with startingTimestamp is refused beside them without reprocess: 'append'"
}
