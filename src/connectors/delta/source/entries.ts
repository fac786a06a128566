import { MillraceError } from '../../../errors/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { Action } from '../log/actions.ts'
import type { Commit } from '../log/delta-log.ts'
import { schemaOfMetadata, shownSchema } from '../log/schema.ts'
import type { TableState } from '../log/table-state.ts'
import { changesBetween } from '../read/change-feed.ts'
import type { FileToRead } from '../read/scan-files.ts'
import { schemaDifferences } from './schema-change.ts'

/** What becomes of versions that take rows away. */
export interface ChangePolicy {
  readonly ignoreDeletes: boolean
  readonly ignoreChanges: boolean
  readonly skipChangeCommits: boolean
  readonly readChangeFeed: boolean
}

/** The table as it was: its files in the order in which they were written. */
export function filesOfSnapshot(state: TableState, feed: boolean): readonly FileToRead[] {
  const constants = {
    _change_type: 'insert',
    _commit_version: String(state.version),
    _commit_timestamp: new Date(state.timestamp).toISOString(),
  }
  return [...state.files.values()]
    .sort((a, b) => a.modificationTime - b.modificationTime || (a.path < b.path ? -1 : 1))
    .map(f => (feed ? { ...f, constants } : f))
}

/**
 * The files of a version that a stream reads. @throws DELTA_SOURCE_DELETES, DELTA_SOURCE_CHANGES where rows were taken away and nothing says
 * what to do; DELTA_SOURCE_SCHEMA_CHANGED where the version changes columns
 */
export function filesOfVersion(commit: Commit, schema: StructType, policy: ChangePolicy, path: string): readonly FileToRead[] {
  checkSchema(commit, schema, path)
  if (policy.readChangeFeed) return changesBetween(commit, path)
  const removed = commit.actions.find(a => a.remove?.dataChange)?.remove
  const added = commit.actions.flatMap(a => (a.add?.dataChange ? [a.add] : []))
  if (!removed) return added
  if (policy.skipChangeCommits) return []
  if (policy.ignoreChanges) return added
  const where = { path, version: commit.version, file: removed.path }
  if (added.length > 0) throw new MillraceError('DELTA_SOURCE_CHANGES', where)
  if (policy.ignoreDeletes) return []
  throw new MillraceError('DELTA_SOURCE_DELETES', where)
}

function checkSchema({ actions, version }: Commit, schema: StructType, path: string): void {
  const metadata = actions.find((a: Action) => a.metaData)?.metaData
  if (!metadata) return
  const differences = schemaDifferences(schema, shownSchema(schemaOfMetadata(metadata)))
  if (differences.length > 0) throw new MillraceError('DELTA_SOURCE_SCHEMA_CHANGED', { path, version, differences })
}
