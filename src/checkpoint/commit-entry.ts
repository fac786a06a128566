import { type BatchId, batchId, type EventMs, eventMs } from '../types/index.ts'
import { longAt, malformed, objectLine, versioned } from './log-text.ts'

/**
 * What `commits/N` says: batch N is done, and batch N+1 has this watermark (Spark's `CommitLog`).
 * ```
 * v1
 * {"nextBatchWatermarkMs":5000}
 * ```
 * A stateful query adds `"millrace":{"run":"…"}`: the run whose state files make version N+1. Spark reads past it.
 */
export interface CommitEntry {
  readonly batchId: BatchId
  readonly nextWatermark: EventMs
  readonly run?: string
}

export function printCommit(entry: Omit<CommitEntry, 'batchId'>): string {
  return `v1\n${JSON.stringify({ nextBatchWatermarkMs: entry.nextWatermark, ...(entry.run === undefined ? {} : { millrace: { run: entry.run } }) })}`
}

const NEWEST = 2

/** Old files have `{}` or no second line: watermark 0. Unknown keys are read past. */
export function parseCommit(path: string, id: number, text: string): CommitEntry {
  const { lines } = versioned(path, text, NEWEST)
  const line = lines[0]?.trim() ?? ''
  const object = line === '' ? {} : objectLine(path, line)
  const run = runOf(path, object.millrace)
  return {
    batchId: batchId(id),
    nextWatermark: eventMs(longAt(path, object, 'nextBatchWatermarkMs')),
    ...(run === undefined ? {} : { run }),
  }
}

function runOf(path: string, ours: unknown): string | undefined {
  if (ours === undefined || ours === null) return undefined
  const run = (ours as { run?: unknown }).run
  if (run !== undefined && typeof run !== 'string') throw malformed(path, '"millrace.run" must be text')
  return run
}
