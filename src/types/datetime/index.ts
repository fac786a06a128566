import { splitMicros } from '../calendar.ts'
import { fromWallMicros, toWallMicros } from '../time-zone.ts'
import type { Pattern } from './pattern.ts'
import { readFields } from './read.ts'
import { type Resolved, resolve } from './resolve.ts'
import { writeFields } from './write.ts'

export { compilePattern, type Pattern, type Purpose } from './pattern.ts'

function read(pattern: Pattern, text: string): Resolved | undefined {
  const fields = readFields(pattern, text)
  return fields && resolve(fields)
}

/** Micros since the epoch of a text by a pattern, in its own zone or else in `zone`; undefined when it does not follow the pattern. */
export function parseTimestamp(pattern: Pattern, text: string, zone: string): bigint | undefined {
  const made = read(pattern, text)
  if (!made) return undefined
  if (made.zone === undefined && made.offset !== undefined) return made.wall - BigInt(made.offset) * 1_000_000n
  return fromWallMicros(made.wall, made.zone ?? zone)
}
/** Micros on the wall clock; a zone in the text is read over. */
export const parseTimestampNtz = (pattern: Pattern, text: string): bigint | undefined => read(pattern, text)?.wall
/** Days since the epoch. A zone in the text shifts the instant into `zone` first, as Spark's to_date does. */
export function parseDate(pattern: Pattern, text: string, zone: string): number | undefined {
  const micros = parseTimestamp(pattern, text, zone)
  return micros === undefined ? undefined : splitMicros(toWallMicros(micros, zone)).days
}
/** Micros of the day. */
export function parseTime(pattern: Pattern, text: string): bigint | undefined {
  const wall = read(pattern, text)?.wall
  return wall === undefined ? undefined : BigInt(splitMicros(wall).ofDay)
}

/** An instant as text in a zone. */
export const formatTimestamp = (pattern: Pattern, micros: bigint, zone: string): string =>
  writeFields(pattern, toWallMicros(micros, zone), zone, micros)
/** A wall clock as text; letters of the zone fail. */
export const formatTimestampNtz = (pattern: Pattern, wall: bigint): string => writeFields(pattern, wall)
/** A date as text; its time is midnight. */
export const formatDate = (pattern: Pattern, days: number): string => writeFields(pattern, BigInt(days) * 86_400_000_000n)
