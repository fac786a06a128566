import { type BatchId, batchId, type EventMs, eventMs, type WallMs, wallMs } from '../types/index.ts'
import { longAt, malformed, objectLine, versioned } from './log-text.ts'

/**
 * What `offsets/N` says: up to where batch N reads, at which watermark and time (Spark's `OffsetSeqLog`).
 * ```
 * v1
 * {"batchWatermarkMs":0,"batchTimestampMs":1719290655102,"conf":{…}}
 * {"logOffset":345}          one line a source, `-` = no offset yet
 * ```
 */
export interface OffsetEntry {
  readonly batchId: BatchId
  readonly watermark: EventMs
  readonly timestamp: WallMs
  readonly conf: Readonly<Record<string, string>>
  /** The end of the batch per source, in plan order; null = that source has no offset yet. */
  readonly ends: readonly (string | null)[]
}

export function printOffsets(entry: Omit<OffsetEntry, 'batchId'>): string {
  const metadata = JSON.stringify({ batchWatermarkMs: entry.watermark, batchTimestampMs: entry.timestamp, conf: entry.conf })
  return ['v1', metadata, ...entry.ends.map(end => end ?? '-')].join('\n')
}

const NEWEST = 2

/** Reads v1, and v2 (`sourceId:offset` lines, off by default in Spark 4.2 and later). */
export function parseOffsets(path: string, id: number, text: string): OffsetEntry {
  const { version, lines } = versioned(path, text, NEWEST)
  if (lines.length === 0) throw malformed(path, 'the line with watermark and time is missing')
  const [head, ...rest] = lines
  if (version > 1 && head!.trim() === '') throw malformed(path, 'the line with watermark and time is empty')
  const metadata = head!.trim() === '' ? {} : objectLine(path, head!)
  return {
    batchId: batchId(id),
    watermark: eventMs(longAt(path, metadata, 'batchWatermarkMs')),
    timestamp: wallMs(longAt(path, metadata, 'batchTimestampMs')),
    conf: confOf(path, metadata.conf ?? {}),
    ends: (version === 1 ? rest : byId(path, rest)).map(line => (line === '-' ? null : line)),
  }
}

function confOf(path: string, conf: unknown): Readonly<Record<string, string>> {
  if (typeof conf !== 'object' || conf === null || Array.isArray(conf)) throw malformed(path, '"conf" must be an object')
  for (const [key, value] of Object.entries(conf)) if (typeof value !== 'string') throw malformed(path, `the setting "${key}" must be text`)
  return conf as Record<string, string>
}

function byId(path: string, lines: readonly string[]): string[] {
  const ends: string[] = []
  for (const line of lines) {
    const parts = /^(\d+):(.*)$/.exec(line)
    if (!parts) throw malformed(path, `a source line must be "id:offset", got ${JSON.stringify(line.slice(0, 80))}`)
    ends[Number(parts[1])] = parts[2]!
  }
  for (let i = 0; i < ends.length; i++) if (ends[i] === undefined) throw malformed(path, `the line of source ${i} is missing`)
  return ends
}
