import { MillraceError } from '../../../errors/index.ts'
import type { StoredObject } from '../../../storage/contract.ts'
import type { AddFile } from '../log/actions.ts'
import type { DeltaLog } from '../log/delta-log.ts'
import { fileLocation, LOG } from '../log/file-path.ts'
import type { TableState } from '../log/table-state.ts'
import { vectorPath } from '../vectors/read-vector.ts'
import { retentionMs } from '../write/retention.ts'

const HOUR = 3_600_000
/** Names in one request. */
const AT_ONCE = 1000

export interface VacuumOptions {
  readonly retentionHours?: number | undefined
  readonly dryRun: boolean
  readonly force: boolean
}

/** Every name below the table that a version of the retention still needs. */
function needed(state: TableState, since: number): ReadonlySet<string> {
  const names = new Set<string>()
  const keep = ({ path, deletionVector }: Pick<AddFile, 'path' | 'deletionVector'>): void => {
    const at = fileLocation(path)
    if ('below' in at) names.add(at.below)
    if (deletionVector?.storageType === 'u') names.add(vectorPath(deletionVector.pathOrInlineDv))
  }
  for (const file of state.files.values()) keep(file)
  for (const file of state.tombstones.values()) if ((file.deletionTimestamp ?? 0) > since) keep(file)
  return names
}

/** What begins with _ or a dot is not the table's, except partitions, change data and our own unfinished files. */
function isData(path: string): boolean {
  const [first = ''] = path.split('/')
  if (first === LOG) return false
  return first === '_change_data' || first === '_millrace' || first.includes('=') || !/^[_.]/.test(first)
}

/** Removes files that no version of the retention needs; answers what went, or would. @throws DELTA_VACUUM_RETENTION */
export async function vacuum(
  log: DeltaLog,
  { retentionHours, dryRun, force }: VacuumOptions,
  now: number,
): Promise<readonly StoredObject[]> {
  const state = await log.load()
  const least = retentionMs(state)
  const kept = retentionHours === undefined ? least : retentionHours * HOUR
  if (kept < least && !force) throw new MillraceError('DELTA_VACUUM_RETENTION', { hours: kept / HOUR, least: least / HOUR })
  const since = now - kept
  const keep = needed(state, since)
  // A file may be written and not yet committed: young ones stay, whatever the log says.
  const old = (await log.store.list('')).filter(o => isData(o.path) && !keep.has(o.path) && o.mtimeMs <= since)
  if (!dryRun) for (let i = 0; i < old.length; i += AT_ONCE) await log.store.delete(old.slice(i, i + AT_ONCE).map(o => o.path))
  return old
}
