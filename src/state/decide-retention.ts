import type { StateFile } from './state-file.ts'

export interface Retention {
  /** Files nobody needs any more. */
  readonly drop: readonly StateFile[]
  /** Versions with several change files, of which a commit names one: the others may go. */
  readonly doubtful: readonly number[]
  /** The version everything younger is built on; its commit must stay. 0 = there is no snapshot old enough yet. */
  readonly base: number
}

/**
 * Every version from `oldest` up to the newest must stay loadable: the newest snapshot at or below `oldest` is the base, what is older goes.
 * A snapshot is only ever made of committed versions, so its name need not be checked again.
 */
export function decideRetention(files: readonly StateFile[], oldest: number, committed: number): Retention {
  const base = Math.max(0, ...files.filter(f => f.kind === 'snapshot' && f.version <= oldest).map(f => f.version))
  const drop = files.filter(f => f.version < base || (f.kind === 'changes' && f.version === base))
  const kept = files.filter(f => f.kind === 'changes' && f.version > base && f.version <= committed)
  const count = new Map<number, number>()
  for (const { version } of kept) count.set(version, (count.get(version) ?? 0) + 1)
  return { drop, doubtful: [...count].filter(([, n]) => n > 1).map(([version]) => version), base }
}
