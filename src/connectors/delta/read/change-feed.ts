import { MillraceError } from '../../../errors/index.ts'
import { parseDdl, type StructType } from '../../../types/index.ts'
import type { Action } from '../log/actions.ts'
import type { Commit } from '../log/delta-log.ts'
import type { FileToRead } from './scan-files.ts'

/** What a change feed says of each row beside the table's columns. */
export const CHANGE_COLUMNS: StructType = parseDdl('_change_type string, _commit_version bigint, _commit_timestamp timestamp')

/** What a version did to rows, as files to read: its change files, else what it added and removed. */
export function changesBetween({ version, timestamp, actions }: Commit, path: string): readonly FileToRead[] {
  const constants = { _commit_version: String(version), _commit_timestamp: new Date(timestamp).toISOString() }
  const recorded = actions.flatMap(a => (a.cdc ? [{ ...a.cdc, constants }] : []))
  if (recorded.length > 0) return recorded
  checkPairs(actions, version, path)
  return actions.flatMap(({ add, remove }): FileToRead[] => {
    if (add?.dataChange) return [{ ...add, constants: { ...constants, _change_type: 'insert' } }]
    if (!remove?.dataChange) return []
    const { partitionValues = {}, size = 0 } = remove
    return [{ ...remove, partitionValues, size, constants: { ...constants, _change_type: 'delete' } }]
  })
}

/** The same file with another deletion vector: which of its rows changed stands in change files alone. */
function checkPairs(actions: readonly Action[], version: number, path: string): void {
  const removed = new Set(actions.flatMap(a => (a.remove?.dataChange ? [a.remove.path] : [])))
  if (actions.some(a => a.add?.dataChange && removed.has(a.add.path))) throw new MillraceError('DELTA_CHANGE_FEED_OFF', { path, version })
}
