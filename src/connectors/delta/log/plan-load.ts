import { MillraceError } from '../../../errors/index.ts'
import type { StoredObject } from '../../../storage/contract.ts'
import { commitPath } from './file-path.ts'

/** What lies in a log, by version. */
export interface Listing {
  readonly commits: ReadonlyMap<number, StoredObject>
  readonly checkpoints: readonly Checkpoint[]
}
export interface Checkpoint {
  readonly version: number
  readonly parts: number
  readonly files: readonly StoredObject[]
}
export interface LoadPlan {
  readonly checkpoint: Checkpoint | undefined
  /** Commits to replay after it: from … to. */
  readonly from: number
  readonly to: number
}

/** Which checkpoint and which commits make a version (absent: the newest). Reads nothing. @throws DELTA_VERSION_NOT_FOUND, DELTA_LOG_BROKEN */
export function planLoad({ commits, checkpoints }: Listing, version: number | undefined, path: string): LoadPlan {
  const whole = checkpoints.filter(c => c.files.length === c.parts)
  const last = Math.max(...commits.keys(), ...whole.map(c => c.version))
  const to = version ?? last
  const checkpoint = whole.filter(c => c.version <= to).sort((a, b) => b.version - a.version)[0]
  const from = checkpoint ? checkpoint.version + 1 : 0
  const missing = firstMissing(commits, from, Math.min(to, last))
  if (to > last || (missing === 0 && version !== undefined && commits.size > 0 && !commits.has(0))) {
    const first = Math.min(...commits.keys(), ...whole.map(c => c.version))
    throw new MillraceError('DELTA_VERSION_NOT_FOUND', { path, wanted: `version ${to}`, first, last })
  }
  if (missing !== undefined) throw new MillraceError('DELTA_LOG_BROKEN', { path, why: `${commitPath(missing)} is missing` })
  return { checkpoint, from, to }
}

function firstMissing(commits: ReadonlyMap<number, unknown>, from: number, to: number): number | undefined {
  for (let v = from; v <= to; v++) if (!commits.has(v)) return v
  return undefined
}
