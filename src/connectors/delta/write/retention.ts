import { parseMillis } from '../../options.ts'
import type { TableState } from '../log/table-state.ts'

const WEEK = 7 * 86_400_000

/** How long removed files stay for readers of older versions: `delta.deletedFileRetentionDuration`, a week without it. */
export function retentionMs(state: TableState): number {
  const text = state.property('delta.deletedFileRetentionDuration')
  return text === undefined ? WEEK : (parseMillis(text.replace(/^interval\s+/i, '')) ?? WEEK)
}
