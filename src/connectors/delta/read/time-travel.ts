import { MillraceError } from '../../../errors/index.ts'
import { fromWallMicros, readDateTime, zoneMicros } from '../../../types/index.ts'
import type { DeltaLog } from '../log/delta-log.ts'

/** Epoch milliseconds of an option's time: a date, a date and time in the session's zone, or one with its own. */
export function instantOf(option: string, text: string, zone: string | undefined): number {
  const read = readDateTime(text.trim())
  if (!read) {
    throw new MillraceError('INVALID_OPTION', {
      option,
      format: 'delta',
      value: text,
      expected: 'a time such as 2026-01-31 or 2026-01-31 10:00:00',
    })
  }
  const micros = read.zone === undefined ? fromWallMicros(read.micros, zone ?? 'UTC') : read.micros - zoneMicros(read.zone)
  return Number(micros / 1000n)
}

/** Versions with times that only grow, as readers see them: a clock that went back is put right by a millisecond. */
export async function timeline(log: DeltaLog): Promise<readonly { readonly version: number; readonly timestamp: number }[]> {
  const history = await log.history()
  let last = Number.NEGATIVE_INFINITY
  const grown: { readonly version: number; readonly timestamp: number }[] = []
  const inCommit =
    history.length > 0 && (await log.commit(history.at(-1)!.version))?.actions.some(a => a.commitInfo?.inCommitTimestamp !== undefined)
  for (const { version, timestamp } of history) {
    const own = inCommit ? ((await log.commit(version))?.timestamp ?? timestamp) : timestamp
    last = Math.max(own, last + 1)
    grown.push({ version, timestamp: last })
  }
  return grown
}

/** The newest version at a time. @throws DELTA_VERSION_NOT_FOUND before the first and after the last */
export async function versionAt(log: DeltaLog, time: number, text: string): Promise<number> {
  const all = await timeline(log)
  const found = all.findLast(v => v.timestamp <= time)
  if (!found || time > all.at(-1)!.timestamp) {
    const at = (v: { timestamp: number } | undefined): string => (v ? new Date(v.timestamp).toISOString() : 'never')
    const wanted = `version at ${text} (the first is of ${at(all[0])}, the last of ${at(all.at(-1))})`
    throw new MillraceError('DELTA_VERSION_NOT_FOUND', {
      path: log.path,
      wanted,
      first: all[0]?.version ?? 0,
      last: all.at(-1)?.version ?? 0,
    })
  }
  return found.version
}
